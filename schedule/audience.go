package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"guanjia/bot"
	"guanjia/outbound"
	"guanjia/segment"
	"guanjia/store"
)

const (
	// pageOf is how many people one transaction of a trigger writes to.
	pageOf = 500
	// pageOfSegment is the same of a segment, whose people are read ahead.
	pageOfSegment = 2000
)

// Plans are what the content says by the clock, around moments and because of something, as plans that enqueue pushes. accounts are all
// that there are.
func (b *Book) Plans(out outbound.Enqueuer, accounts []bot.AccountName, now func() time.Time) []Plan {
	var all []Plan
	ahead := &segment.Ahead{}
	for i := range b.plans {
		s := b.plans[i]
		if len(s.accounts) == 0 {
			s.accounts = accounts
		}
		all = append(all, Plan{
			Name: s.name, Title: s.title, Version: s.version, Grace: s.grace, Next: s.next,
			Audience: Audience{Segment: s.segment, Accounts: b.plans[i].accounts},
			Ahead: func(ctx context.Context, st *store.Store, slot store.Slot) error {
				last, over, err := s.after(&slot, now())
				if err == nil && !over {
					_, err = ahead.List(ctx, st, s.pageAfter(last, slot.At))
				}
				return err
			},
			Page: func(ctx context.Context, tx *store.Tx, slot *store.Slot) (bool, error) {
				return s.page(ctx, tx, out, ahead, slot, now())
			},
		})
	}
	for i := range b.triggers {
		all = append(all, b.triggers[i].plan(out))
	}
	return all
}

// after is after whom a run goes on; over tells that it does not.
func (s *said) after(slot *store.Slot, now time.Time) (last bot.Person, over bool, err error) {
	if err := readMark(slot.Mark, &last); err != nil {
		return last, false, err
	}
	if len(s.accounts) == 0 || !now.Before(slot.At.Add(s.life)) { // late, each would be told that it makes no sense any more
		return last, true, nil
	}
	if !slices.Contains(s.accounts, last.Account) {
		last = bot.Person{Account: s.accounts[0]}
	}
	return last, false, nil
}

// pageAfter asks for the people after somebody. Who belongs to the segment is asked at the time of the slot.
func (s *said) pageAfter(last bot.Person, at time.Time) segment.Page {
	return segment.Page{Of: s.name, Expr: s.to, At: at, Account: last.Account, After: last.User, Limit: pageOfSegment}
}

// page writes to the next people of the segment, account by account.
func (s *said) page(ctx context.Context, tx *store.Tx, out outbound.Enqueuer, ahead *segment.Ahead, slot *store.Slot, now time.Time) (done bool, err error) {
	to, over, err := s.after(slot, now)
	if err != nil || over {
		return over, err
	}
	p := s.pageAfter(to, slot.At)
	users, ok := ahead.Kept(p)
	if !ok { // somebody else was faster with the page that was read ahead
		if users, err = segment.List(ctx, tx, p.Expr, p.At, p.Account, p.After, p.Limit); err != nil {
			return false, err
		}
	}
	pushes := make([]outbound.Push, len(users))
	for i, u := range users {
		to.User = u
		pushes[i] = s.push(s.id, to, CauseOf(s.name, slot.At.UTC().Format(causeTime)), slot.At, s.turn(slot.At, s.zone))
	}
	if err := enqueue(ctx, tx, out, slot, pushes); err != nil {
		return false, err
	}
	if len(users) < pageOfSegment {
		at := slices.Index(s.accounts, to.Account)
		if at+1 == len(s.accounts) {
			return true, nil
		}
		to = bot.Person{Account: s.accounts[at+1]}
	}
	slot.Mark, err = writeMark(to)
	return false, err
}

// causeTime is how a time stands in a cause.
const causeTime = "2006-01-02T1504Z"

// push is what is said to somebody.
func (m *message) push(campaign string, to bot.Person, cause string, at time.Time, c outbound.Content) outbound.Push {
	return outbound.Push{
		To: to, Cause: cause, Campaign: campaign, Topic: m.topic, Priority: m.priority, Expires: at.Add(m.life), Ways: m.ways, Content: c,
	}
}

// enqueue hands pushes over and counts them.
func enqueue(ctx context.Context, tx *store.Tx, out outbound.Enqueuer, slot *store.Slot, pushes []outbound.Push) error {
	if len(pushes) == 0 {
		return nil
	}
	fresh, err := out.Enqueue(ctx, tx, pushes...)
	slot.People += len(pushes)
	slot.Queued += fresh
	return err
}

// readMark reads how far a run has come.
func readMark(mark string, v any) error {
	if mark == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(mark), v); err != nil {
		return fmt.Errorf("the mark of a run can't be read: %w", err)
	}
	return nil
}

func writeMark(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
