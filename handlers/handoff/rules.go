package handoff

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// originalID begins the account's own id of official accounts, as their callbacks name it (official account docs, 原始ID). A
// corp's has no such mark.
const originalID = "gh_"

// channelOf tells how the person of an event reaches staff.
func channelOf(ev *bot.Event) store.StaffChannel {
	switch {
	case ev.Desk != "":
		return store.StaffKf
	case strings.HasPrefix(ev.OriginalID, originalID):
		return store.StaffOfficial
	}
	return store.StaffApp
}

// passesOn tells whether the reply to an event can pass it on to staff, and has to: an official account's platform gives its
// servicers the messages of people who wait only when asked to, each by itself, and events never (official account docs,
// 将消息转发到客服).
func passesOn(ev *bot.Event) bool {
	return channelOf(ev) == store.StaffOfficial && ev.Kind.IsMessage()
}

// heard tells whether a sign of staff means that the person has heard of them. An official account's platform does not report
// what its servicers say: that one took the conversation, greeting the person, is all that is known.
func heard(ev *bot.Event) bool {
	return ev.Kind == bot.KindStaffSaid || channelOf(ev) != store.StaffKf
}

// says tells whether a text is one of the words.
func says(words []string, text string) bool {
	text = bot.Normalize(text)
	return slices.ContainsFunc(words, func(w string) bool { return bot.Normalize(w) == text })
}

// asksFor tells whether an event asks for a person by what was typed or tapped.
func (s *Settings) asksFor(ev *bot.Event) bool {
	return ev.Kind == bot.KindText && says(s.Keywords, ev.Text) || ev.Kind == bot.KindMenuClick && slices.Contains(s.MenuKeys, ev.ItemKey)
}

// receives tells whether people may ask now.
func (s *Settings) receives(now time.Time, zone *time.Location) bool {
	return s.Outside == Take || s.Active.At(now, zone) == content.Running
}

// tells is the account whose app tells staff of conversations of a.
func (s *Settings) tells(a bot.AccountName) bot.AccountName { return cmp.Or(s.Staff.Account, a) }

// serves tells whether somebody is of the staff for conversations of a. User ids differ in more than case (WeCom docs, 成员管理).
func (s *Settings) serves(who bot.Person, a bot.AccountName) bool {
	return who.Account == s.tells(a) && slices.ContainsFunc(s.Staff.Members, func(m string) bool { return strings.EqualFold(m, string(who.User)) })
}

// order is what staff type: to take a conversation, or to end it.
type order struct {
	finish bool
	number int64
}

var orderText = regexp.MustCompile(`^(接待|结束) ?(?:编号|第)? ?#?([0-9]{1,15}) ?号?$`)

// orderMax bounds what is looked at for an order, in bytes: most texts are none.
const orderMax = 64

// readOrder reads "接待 12" and "结束12".
func readOrder(text string) (o order, ok bool) {
	if len(text) > orderMax {
		return order{}, false
	}
	m := orderText.FindStringSubmatch(bot.Normalize(text))
	if m == nil {
		return order{}, false
	}
	n, err := strconv.ParseInt(m[2], 10, 64)
	return order{finish: m[1] == "结束", number: n}, err == nil
}
