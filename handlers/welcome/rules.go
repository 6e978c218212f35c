package welcome

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// Trigger is what a rule answers.
type Trigger string

// The triggers.
const (
	OnFollow       Trigger = "follow"
	OnScan         Trigger = "scan"          // of a QR code, by somebody who follows already
	OnFirstMessage Trigger = "first_message" // the first one after a follow
	OnEnter        Trigger = "enter"         // a customer opens a chat with customer service
)

// Audience narrows a rule to some followers.
type Audience string

// The audiences.
const (
	AnyFollower       Audience = "any"
	NewFollower       Audience = "new"
	ReturningFollower Audience = "returning" // followed, left and came back
)

// visit is one occasion to greet.
type visit struct {
	trigger   Trigger
	account   bot.AccountName
	scene     bot.Scene
	member    string // of the staff, whom a customer added; empty elsewhere
	returning bool
	now       time.Time
}

// returning tells whether somebody who follows had left before. They may have followed the first time before there was a bot.
func returning(f store.Follower) bool {
	return f.Follows > 1 || !f.UnfollowedAt.IsZero() && !f.UnfollowedAt.After(f.FollowedAt)
}

// best is the narrowest rule for v, the first in the content among equals; nil when there is none. The rules are sorted so.
func (b *Book) best(v visit) *Rule {
	for i := range b.rules {
		if r := &b.rules[i]; r.isFor(v, b.zone) {
			return r
		}
	}
	return nil
}

func (r *Rule) isFor(v visit, zone *time.Location) bool {
	return r.Event == v.trigger &&
		(len(r.Scenes) == 0 || slices.Contains(r.Scenes, v.scene)) &&
		(len(r.Members) == 0 || slices.ContainsFunc(r.Members, func(id string) bool { return strings.EqualFold(id, v.member) })) &&
		(r.Followers == AnyFollower || (r.Followers == ReturningFollower) == v.returning) &&
		(len(r.Accounts) == 0 || slices.Contains(r.Accounts, v.account)) &&
		r.Active.At(v.now, zone) == content.Running
}

// narrower orders rules: one for a scene goes before one for members of staff, that before one for new or returning followers,
// that before one for an account, that before one for certain hours or dates, that before one for everybody.
func narrower(a, b Rule) int {
	return cmp.Compare(b.narrowness(), a.narrowness())
}

func (r *Rule) narrowness() int {
	n := 0
	for i, narrow := range []bool{!r.always(), len(r.Accounts) > 0, r.Followers != AnyFollower, len(r.Members) > 0, len(r.Scenes) > 0} {
		if narrow {
			n |= 1 << i
		}
	}
	return n
}

func (r *Rule) always() bool {
	return r.Active.From.IsZero() && r.Active.Until.IsZero() && len(r.Active.Hours) == 0 && len(r.Active.Days) == 0
}

// hides tells whether r, which goes before other, always takes what other is for. Only rules as narrow as each other are
// compared: hiding a narrower one is impossible, hiding a wider one is what narrow rules are for.
func (r *Rule) hides(other *Rule) bool {
	return r.Event == other.Event && r.narrowness() == other.narrowness() && r.always() && r.Followers == other.Followers &&
		contains(r.Scenes, other.Scenes) && contains(r.Members, other.Members) && contains(r.Accounts, other.Accounts)
}

func contains[T comparable](all, some []T) bool {
	return !slices.ContainsFunc(some, func(x T) bool { return !slices.Contains(all, x) })
}
