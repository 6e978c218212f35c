package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// TagRequest gives a person tags.
type TagRequest struct {
	Person   bot.Person
	Tags     []string
	Handler  bot.HandlerName
	Campaign string
	Key      bot.EventKey
	At       time.Time
}

// TagPerson writes tags down that the bot has given a person, and marks the contacts that the person is, to have them brought
// to the platform. A tag that is there already, and the same event again, changes nothing.
func (s *Store) TagPerson(ctx context.Context, r TagRequest) error {
	if len(r.Tags) == 0 {
		return nil
	}
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		if _, err := s.holdOwner(ctx, tx, r.Person); err != nil {
			return 0, err // the contacts that the person is are those of now
		}
		added := 0
		for _, tag := range r.Tags {
			n, err := tx.Exec(ctx, `INSERT INTO person_tag (account, user_id, tag, handler, campaign, event_key, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
				string(r.Person.Account), string(r.Person.User), clean(tag), string(r.Handler), clean(r.Campaign), string(r.Key), ms(r.At))
			if err != nil {
				return 0, err
			}
			added += n
		}
		if added == 0 {
			return 0, nil
		}
		return added, wantPush(ctx, tx, r.Person, r.At)
	})
	if err != nil {
		return fmt.Errorf("tag a person: %w", err)
	}
	return nil
}

// wantPush marks the contacts that the person is, when the bot knows tags of the person.
func wantPush(ctx context.Context, tx *Tx, p bot.Person, at time.Time) error {
	all, err := samePerson(ctx, tx, p)
	if err != nil {
		return err
	}
	tags, err := tagsOf(ctx, tx, all)
	if err != nil || len(tags) == 0 {
		return err
	}
	for _, one := range all {
		_, is, err := Get(ctx, tx, scalar[int], "SELECT 1 FROM contact WHERE account = $1 AND user_id = $2", string(one.Account), string(one.User))
		if err == nil && is {
			err = markDirty(ctx, tx, one.Account, DirtyPush, string(one.User), at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tagsOf lists the tags of people, each once.
func tagsOf(ctx context.Context, q Queryer, people []bot.Person) ([]string, error) {
	args := make([]any, 0, 2*len(people))
	for _, p := range people {
		args = append(args, string(p.Account), string(p.User))
	}
	rows := placeholders(1, len(people), 2)
	return All(ctx, q, scalar[string], "SELECT DISTINCT tag FROM person_tag WHERE (account, user_id) IN (VALUES "+rows+") ORDER BY tag", args...)
}

// PersonTag is a tag that the bot gave a person.
type PersonTag struct {
	Person   bot.Person
	Tag      string
	Handler  bot.HandlerName
	Campaign string
	At       time.Time
}

// PersonTags lists the tags of a person on one account.
func (s *Store) PersonTags(ctx context.Context, p bot.Person) ([]PersonTag, error) {
	all, err := All(ctx, s.read(), func(r Row) (PersonTag, error) {
		t := PersonTag{Person: p}
		var at int64
		err := r.Scan(&t.Tag, &t.Handler, &t.Campaign, &at)
		t.At = fromMS(at)
		return t, err
	}, "SELECT tag, handler, campaign, at FROM person_tag WHERE account = $1 AND user_id = $2 ORDER BY tag", string(p.Account), string(p.User))
	if err != nil {
		return nil, fmt.Errorf("read tags of a person: %w", err)
	}
	return all, nil
}

// Push is a tag to bring to the platform: for the customer of one member.
type Push struct{ Member, Tag string }

// Pushes lists what of a contact's tags the platform does not have yet: tags of the same person on any account, for every
// member who has the customer. What was brought there once, or never can be, is not listed while the relation lasts: a tag
// that the staff took away stays away.
func (s *Store) Pushes(ctx context.Context, p bot.Person) ([]Push, error) {
	all, err := samePerson(ctx, s.read(), p)
	if err != nil {
		return nil, fmt.Errorf("find tags to push: %w", err)
	}
	tags, err := tagsOf(ctx, s.read(), all)
	if err != nil || len(tags) == 0 {
		return nil, err
	}
	c, err := readContact(ctx, s.read(), p)
	if err != nil {
		return nil, fmt.Errorf("find tags to push: %w", err)
	}
	type done struct {
		Push
		at int64
	}
	before, err := All(ctx, s.read(), func(r Row) (d done, err error) { return d, r.Scan(&d.Member, &d.Tag, &d.at) },
		"SELECT member, tag, at FROM tag_push WHERE account = $1 AND user_id = $2", string(p.Account), string(p.User))
	if err != nil {
		return nil, fmt.Errorf("read pushed tags: %w", err)
	}
	pushed := map[Push]int64{}
	for _, d := range before {
		pushed[d.Push] = d.at
	}
	var missing []Push
	for _, r := range c.Relations {
		if !r.Lasts() {
			continue
		}
		has := map[string]bool{}
		for _, t := range r.Tags {
			has[t.Name] = t.ID != ""
		}
		for _, tag := range tags {
			at, was := pushed[Push{r.Member, tag}]
			if !has[tag] && (!was || at < ms(r.Since)) {
				missing = append(missing, Push{r.Member, tag})
			}
		}
	}
	return missing, nil
}

// PushOutcome is what became of bringing a tag to the platform.
type PushOutcome string

// The outcomes. All of them are final.
const (
	PushDone    PushOutcome = "done"
	PushEnded   PushOutcome = "ended"    // the member has the customer no longer
	PushNoRight PushOutcome = "no_right" // the app may not
	PushRefused PushOutcome = "refused"  // the platform does not take it, for another reason
)

// PushedTag is one tag of one member's customer.
type PushedTag struct {
	Person bot.Person
	Push
	Outcome PushOutcome
	Note    string // a sentence for operators; empty when done
	At      time.Time
}

// RecordPush writes down what became of a tag.
func (s *Store) RecordPush(ctx context.Context, t PushedTag) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, `INSERT INTO tag_push (account, user_id, member, tag, outcome, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (account, user_id, member, tag) DO UPDATE SET outcome = excluded.outcome, note = excluded.note, at = excluded.at`,
			string(t.Person.Account), string(t.Person.User), memberID(t.Member), clean(t.Tag), string(t.Outcome), clean(t.Note), ms(t.At))
	})
	if err != nil {
		return fmt.Errorf("record a pushed tag: %w", err)
	}
	return nil
}

// PushedTags lists what became of a contact's tags.
func (s *Store) PushedTags(ctx context.Context, p bot.Person) ([]PushedTag, error) {
	all, err := All(ctx, s.read(), func(r Row) (PushedTag, error) {
		t := PushedTag{Person: p}
		var at int64
		err := r.Scan(&t.Member, &t.Tag, &t.Outcome, &t.Note, &at)
		t.At = fromMS(at)
		return t, err
	}, "SELECT member, tag, outcome, note, at FROM tag_push WHERE account = $1 AND user_id = $2 ORDER BY member, tag", string(p.Account), string(p.User))
	if err != nil {
		return nil, fmt.Errorf("read pushed tags: %w", err)
	}
	return all, nil
}

// PushProblem is why tags did not reach the platform, and how many.
type PushProblem struct {
	Outcome PushOutcome
	Note    string
	Tags    int
}

// PushProblems counts the tags of an account that could not be brought to the platform.
func (s *Store) PushProblems(ctx context.Context, a bot.AccountName) ([]PushProblem, error) {
	all, err := All(ctx, s.read(), func(r Row) (p PushProblem, err error) { return p, r.Scan(&p.Outcome, &p.Note, &p.Tags) },
		`SELECT outcome, note, count(*) FROM tag_push WHERE account = $1 AND outcome IN ('no_right', 'refused') GROUP BY outcome, note ORDER BY 3 DESC, 2`, string(a))
	if err != nil {
		return nil, fmt.Errorf("count tags that were refused: %w", err)
	}
	return all, nil
}
