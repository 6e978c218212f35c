package broadcast

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/segment"
	"guanjia/store"
)

// Preview sends a draft to one person, who asked for it: neither caps nor quiet hours apply, the platform's rights do. It can be done
// again.
func (s *Service) Preview(ctx context.Context, id string, to bot.Person, who string) error {
	b, d, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if to.Account == "" {
		to.Account = d.Account
	}
	if d.To != ToPeople {
		return s.previewCall(ctx, b, d, to, who)
	}
	p := d.push(to)
	now := s.now()
	p.Cause, p.Budget, p.Campaign, p.Expires = "preview:"+id+":"+strconv.FormatInt(now.UnixMilli(), 10), policy.ForReply, "preview:"+id, now.Add(time.Hour)
	_, err = s.change(ctx, id, who, "previewed", string(to.Account)+"/"+string(to.User), func(ctx context.Context, tx *store.Tx, b *store.Broadcast) error {
		if b.State == store.BroadcastDraft {
			b.PreviewedAt = now
		}
		_, err := s.outbox.Enqueue(ctx, tx, p)
		return err
	})
	return err
}

// Start says how a broadcast is started.
type Start struct {
	At  time.Time // zero: at once
	Yes int       // the number of people, for a segment that matches everybody
	Who string
}

// Start starts a draft, or sets the time when it will be. Its segment is counted first: an empty one is refused, one that matches
// everybody on the account wants the number itself.
func (s *Service) Start(ctx context.Context, id string, r Start) (store.Broadcast, error) {
	b, d, err := s.find(ctx, id)
	if err != nil {
		return b, err
	}
	now := s.now()
	n, err := s.count(ctx, d, now)
	if err != nil {
		return b, err
	}
	if err := s.confirmed(ctx, d, n, r.Yes, now); err != nil {
		return b, err
	}
	act, detail := "started", strconv.Itoa(n)+" people"
	if r.At.After(now) {
		act, detail = "scheduled", r.At.In(s.cfg.Zone).Format("2006-01-02 15:04")+", "+detail
	}
	return s.change(ctx, id, r.Who, act, detail, func(ctx context.Context, tx *store.Tx, b *store.Broadcast) error {
		if b.State != store.BroadcastDraft && b.State != store.BroadcastScheduled {
			return wrongState(*b, "only a draft can be started")
		}
		b.Audience, b.StartAt = n, now
		if r.At.After(now) {
			b.State, b.StartAt = store.BroadcastScheduled, r.At
			return s.queue.Insert(ctx, tx, newStart(b.ID, r.At))
		}
		return s.begin(ctx, tx, b)
	})
}

// begin lets a broadcast go out, in the transaction that has locked it.
func (s *Service) begin(ctx context.Context, tx *store.Tx, b *store.Broadcast) error {
	b.State, b.AsOf, b.Page, b.Cursor, b.Problem = store.BroadcastSending, s.now(), 0, "", ""
	return s.queue.Insert(ctx, tx, newPage(b.ID, 0, s.now()), newWatch(b.ID, s.now()))
}

// count tells how many people a broadcast is for; calls that the platform addresses itself count as one.
func (s *Service) count(ctx context.Context, d Draft, now time.Time) (int, error) {
	if d.To != ToPeople && d.To != GroupSend {
		return 1, nil
	}
	e, err := audience(d)
	if err != nil {
		return 0, err
	}
	return segment.CountIn(ctx, s.store, e, now)
}

func (s *Service) confirmed(ctx context.Context, d Draft, n, yes int, now time.Time) error {
	if d.To != ToPeople && d.To != GroupSend {
		return nil
	}
	if n == 0 {
		return &Refusal{Code: codeEmpty, What: "nobody is meant: the segment matches no one on the account", Remedy: "count parts of it with 'guanjia segment count', and change the draft"}
	}
	everybody := d
	everybody.Segment = string(segment.All)
	all, err := s.count(ctx, everybody, now)
	if err != nil || n < all || yes == n {
		return err
	}
	what := fmt.Sprintf("the segment matches everybody on %s: %d people", d.Account, n)
	if yes != 0 {
		what += fmt.Sprintf(", and not %d", yes)
	}
	return &Refusal{Code: codeEverybody, What: what, Remedy: fmt.Sprintf("if that is what you want, confirm the number: --yes=%d", n), Number: n}
}
