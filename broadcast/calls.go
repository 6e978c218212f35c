package broadcast

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// callJob makes one call and follows what becomes of it.
type callJob struct {
	ID     string `json:"id"`
	Number int    `json:"number"`
}

// Kind names it.
func (callJob) Kind() string { return "broadcast_call" }

const (
	pausedLook  = 2 * time.Second
	busyLook    = 10 * time.Second
	limitedLook = time.Minute
	// pollFirst and pollLast bound how long one waits before asking what became of a call: half as long as it has been there, since staff
	// confirm at once or much later.
	pollFirst = 3 * time.Second
	pollLast  = 10 * time.Minute
)

// callName names a call to the platform.
func callName(id string, number int) string { return id + "-" + strconv.Itoa(number) }

// callBody is to whom a call is.
type callBody struct {
	Users  []bot.UserID `json:"users,omitempty"`
	Sender string       `json:"sender,omitempty"`
}

// plan writes down the call that a page of a broadcast is.
func (s *Service) plan(ctx context.Context, j pageJob, b store.Broadcast, d Draft) error {
	call := store.BroadcastCall{Broadcast: b.ID, Number: b.Page, State: store.CallPlanned}
	var users []bot.UserID
	last := true
	if d.To == GroupSend {
		var err error
		if users, err = s.next(ctx, j, b, d, MaxUsers); err != nil {
			return err
		}
		last = len(users) < MaxUsers
	}
	body := callBody{Users: users}
	if d.To == ToGroups && b.Page < len(d.Senders) {
		body.Sender = d.Senders[b.Page]
	}
	if d.To == GroupSend && len(d.Senders) > 0 {
		body.Sender = d.Senders[0]
	}
	if d.To == ToGroups { // one call for each sender
		last = b.Page+1 >= len(d.Senders)
	}
	call.People = len(users)
	call.Body, _ = json.Marshal(body) // plain data
	return s.page(ctx, j, last, func(ctx context.Context, tx *store.Tx, b *store.Broadcast) error {
		if d.To == GroupSend && len(users) == 0 {
			return nil
		}
		if err := store.SaveCall(ctx, tx, call); err != nil {
			return err
		}
		b.Enqueued += len(users)
		if len(users) > 0 {
			b.Cursor = users[len(users)-1]
		}
		return s.queue.Insert(ctx, tx, jobs.New(callJob{b.ID, call.Number}))
	})
}

// call does the next step of a call.
func (s *Service) call(ctx context.Context, j callJob) error {
	b, d, err := s.find(ctx, j.ID)
	if err != nil {
		return err
	}
	caller := s.cfg.Callers[keyOf(d)]
	if caller == nil {
		return s.settleCall(ctx, j, store.CallFailed, func(c *store.BroadcastCall) { c.Detail = "the account can't send this way any more" })
	}
	if b.State == store.BroadcastPaused {
		return jobs.Later(pausedLook)
	}
	over := !s.now().Before(d.expires(b.AsOf, s.cfg.Zone))
	c, found, err := s.claimCall(ctx, j, b.State, over)
	if err != nil || c.State.Over() {
		return err
	}
	switch {
	case c.State == store.CallTaken:
		return s.poll(ctx, j, d, c, caller)
	case found == store.CallCalling && (over || b.State == store.BroadcastCancelled || !caller.KnowsAgain()):
		// Left in the middle, or its answer was lost. Making it again would be the first that the platform hears of it, maybe.
		return s.settleCall(ctx, j, store.CallUnknown, func(c *store.BroadcastCall) { c.Detail = policy.Unknown.English() })
	}
	var body callBody
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return jobs.Never(fmt.Errorf("read a call of a broadcast: %w", err))
	}
	taken, err := caller.Call(ctx, Letter{ID: callName(b.ID, c.Number), Draft: d, Users: body.Users, Sender: body.Sender})
	return s.called(ctx, j, caller, taken, err)
}

// claimCall writes down that a planned call is about to be made, or that it is not because the broadcast is cancelled or its time is over. found is
// how it was.
func (s *Service) claimCall(ctx context.Context, j callJob, state store.BroadcastState, over bool) (c store.BroadcastCall, found store.CallState, err error) {
	type claim struct {
		call  store.BroadcastCall
		found store.CallState
	}
	got, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (claim, error) {
		c, err := store.LockCall(ctx, tx, j.ID, j.Number)
		if err != nil || c.State != store.CallPlanned {
			return claim{c, c.State}, err
		}
		found := c.State
		switch {
		case state == store.BroadcastCancelled:
			c.State, c.SettledAt = store.CallCancelled, s.now()
		case over:
			c.State, c.SettledAt, c.Detail = store.CallFailed, s.now(), policy.Expired.English()
		default:
			c.State, c.CalledAt = store.CallCalling, s.now()
		}
		return claim{c, found}, store.SaveCall(ctx, tx, c)
	})
	if err != nil {
		return c, "", fmt.Errorf("claim a call of a broadcast: %w", err)
	}
	return got.call, got.found, nil
}

// called writes down what came of making a call.
func (s *Service) called(ctx context.Context, j callJob, caller Caller, taken Taken, err error) error {
	ctx = context.WithoutCancel(ctx) // what the platform said must not be lost
	if err == nil {
		state := store.CallTaken
		if taken.Outcome != nil {
			state = store.CallDone
		}
		if err := s.settleCall(ctx, j, state, func(c *store.BroadcastCall) {
			c.MsgID, c.Failed = taken.MsgID, taken.Refused
			if taken.Outcome != nil {
				take(c, *taken.Outcome)
			}
		}); err != nil || state == store.CallDone {
			return err
		}
		return jobs.Later(pollFirst)
	}
	var refused *wxapi.Error
	var silent *wxapi.NoAnswerError
	s.log.Warn("a call of a broadcast was not taken", zap.String("broadcast", j.ID), zap.Int("call", j.Number), zap.Error(err))
	switch {
	case errors.As(err, &silent) && silent.Why != wxapi.Unsent:
		if caller.KnowsAgain() {
			return jobs.Later(busyLook)
		}
		return s.settleCall(ctx, j, store.CallUnknown, func(c *store.BroadcastCall) { c.Detail = policy.Unknown.English() })
	case errors.As(err, &refused) && !passing(refused):
		return s.settleCall(ctx, j, store.CallFailed, func(c *store.BroadcastCall) { c.Detail = refused.Error() })
	}
	// Nothing went out: it is planned again.
	wait := busyLook
	if refused != nil && refused.RateLimited() {
		wait = limitedLook
	}
	if err := s.settleCall(ctx, j, store.CallPlanned, func(c *store.BroadcastCall) { c.Detail = err.Error() }); err != nil {
		return err
	}
	return jobs.Later(wait)
}

// passing tells whether the same call may be taken later.
func passing(e *wxapi.Error) bool {
	return e.Code == -1 || e.RateLimited() || e.TokenInvalid() || e.SecretRefused() || e.AddressRefused()
}

// poll asks what became of a call until that is clear, or the broadcast makes no sense any more.
func (s *Service) poll(ctx context.Context, j callJob, d Draft, c store.BroadcastCall, caller Caller) error {
	o, err := s.ask(ctx, d, c, caller)
	if err != nil {
		s.log.Info("what became of a broadcast's call could not be asked, it is tried again", zap.String("broadcast", j.ID), zap.Error(err))
		return jobs.Later(limitedLook)
	}
	state := store.CallTaken
	if o.Done || s.now().After(d.expires(c.CalledAt, s.cfg.Zone)) {
		state = store.CallDone
	}
	if err := s.settleCall(ctx, j, state, func(c *store.BroadcastCall) { take(c, o) }); err != nil || state == store.CallDone {
		return err
	}
	return jobs.Later(min(pollLast, max(pollFirst, s.now().Sub(c.CalledAt)/2)))
}

// ask looks at what the platform told by itself, and else asks it.
func (s *Service) ask(ctx context.Context, d Draft, c store.BroadcastCall, caller Caller) (o Outcome, err error) {
	told, err := s.store.Told(ctx, d.Account, c.MsgID)
	if err != nil {
		return o, err
	}
	if told == nil {
		return caller.Poll(ctx, d, c.MsgID)
	}
	return o, json.Unmarshal(told, &o)
}

// settleCall writes down how a call stands now.
func (s *Service) settleCall(ctx context.Context, j callJob, state store.CallState, f func(c *store.BroadcastCall)) error {
	_, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (bool, error) {
		c, err := store.LockCall(ctx, tx, j.ID, j.Number)
		if err != nil || c.State.Over() {
			return false, err
		}
		f(&c)
		c.State = state
		if state.Over() {
			c.SettledAt, c.Body = s.now(), nil
		}
		return true, store.SaveCall(ctx, tx, c)
	})
	if err != nil {
		return fmt.Errorf("write down what became of a broadcast's call: %w", err)
	}
	return nil
}

// take writes an outcome into a call; who was refused at once stays counted.
func take(c *store.BroadcastCall, o Outcome) {
	c.Sent, c.Waiting = o.Sent, o.Waiting
	c.Failed = max(c.Failed, o.Failed)
	c.Outcome, _ = json.Marshal(o.By) // plain data
}

// Finished takes what the platform tells by itself of a call; known is false when it is not of a broadcast. What is told before the answer to
// the call has come is kept until it has.
func (s *Service) Finished(ctx context.Context, account bot.AccountName, msgID string, o Outcome) (known bool, err error) {
	c, known, open, err := s.store.FindCall(ctx, account, msgID)
	if err != nil || !known && !open {
		return known, err
	}
	if !known {
		told, err := json.Marshal(o)
		if err != nil {
			return false, fmt.Errorf("keep what the platform told: %w", err)
		}
		return false, s.store.KeepTold(ctx, account, msgID, told, s.now())
	}
	_, err = store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (bool, error) {
		c, err := store.LockCall(ctx, tx, c.Broadcast, c.Number)
		if err != nil || c.State != store.CallTaken && c.State != store.CallDone {
			return false, err
		}
		take(&c, o)
		c.State, c.SettledAt, c.Body = store.CallDone, s.now(), nil
		return true, store.SaveCall(ctx, tx, c)
	})
	if err != nil {
		return true, fmt.Errorf("write down what became of a broadcast's call: %w", err)
	}
	return true, nil
}

// cancelCalls takes back what the platform has of a cancelled broadcast and has not sent.
func (s *Service) cancelCalls(ctx context.Context, id string) error {
	_, d, err := s.find(ctx, id)
	if err != nil || d.To == ToPeople {
		return err
	}
	calls, err := s.store.BroadcastCalls(ctx, id)
	if err != nil {
		return err
	}
	caller := s.cfg.Callers[keyOf(d)]
	for _, c := range calls {
		if c.State.Over() || c.State == store.CallCalling {
			continue
		}
		if c.State == store.CallTaken && caller != nil {
			if err := caller.Cancel(ctx, c.MsgID); err != nil {
				s.log.Warn("a call of a broadcast could not be cancelled", zap.String("broadcast", id), zap.Error(err))
				continue // what becomes of it is still asked for
			}
		}
		if err := s.settleCall(ctx, callJob{id, c.Number}, store.CallCancelled, func(*store.BroadcastCall) {}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) previewCall(ctx context.Context, b store.Broadcast, d Draft, to bot.Person, who string) error {
	caller := s.cfg.Callers[keyOf(d)]
	if caller == nil {
		return noWay(d)
	}
	if err := caller.Preview(ctx, d, to.User); errors.Is(err, ErrNoPreview) {
		return &Refusal{Code: codeNoWay, What: "the platform shows nobody a preview of it", Remedy: "the staff see it before they confirm it; or send the same messages with to: people to a segment of one"}
	} else if err != nil {
		return fmt.Errorf("preview a broadcast: %w", err)
	}
	_, err := s.change(ctx, b.ID, who, "previewed", string(to.User), func(_ context.Context, _ *store.Tx, b *store.Broadcast) error {
		b.PreviewedAt = s.now()
		return nil
	})
	return err
}

func (s *Service) dryCall(ctx context.Context, d Draft, people int, r *DryRun) error {
	caller := s.cfg.Callers[keyOf(d)]
	if caller == nil {
		return noWay(d)
	}
	r.People = people
	notes, err := caller.Notes(ctx, d, people)
	r.Notes = notes
	return err
}
