package outbound

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
	"guanjia/store/hot"
)

// work is one push at work.
type work struct {
	*Service
	send    store.Send
	by      string
	content Content
	facts   store.SendFacts
	moot    bool
	// refused are the ways that turned out to be shut, in this try.
	refused map[policy.Way]outcome
	// placed says that a place under the person's caps was taken.
	placed bool
	// maybe says that the part that is being sent may have arrived at an earlier try.
	maybe bool
}

// push does the job of one push. An error makes the job come again.
func (s *Service) push(ctx context.Context, id string) error {
	w := &work{Service: s, by: s.worker(), refused: map[policy.Way]outcome{}}
	var ok bool
	var err error
	if w.send, ok, err = s.records.ClaimSend(ctx, id, w.by, s.cfg.Lease); err != nil {
		return err
	}
	if !ok {
		if ok, err = w.inherit(ctx, id); !ok {
			return err
		}
	}
	if err := json.Unmarshal(w.send.Content, &w.content); err != nil {
		s.log.Error("a push can't be read", zap.String("id", id), zap.Error(err))
		return w.settle(ctx, store.SendFailed, "", outcome{reason: policy.BadData})
	}
	switch {
	case w.send.State == store.SendSending:
		return w.resolve(ctx)
	case w.send.Parts > 0: // some of it is there
		return w.goOn(ctx, policy.Way(w.send.Way), w.send.Parts)
	case w.send.Tries > triesMax:
		return w.settle(ctx, store.SendFailed, "", outcome{reason: policy.GivenUp, detail: w.send.Detail})
	}
	return w.decide(ctx)
}

// inherit is for a push that can't be claimed: it is done with, it waits for the staff, or somebody has it. Whose process is known to have
// ended leaves it at once, and else when the lease is over.
func (w *work) inherit(ctx context.Context, id string) (ok bool, err error) {
	there, ok, err := w.records.Send(ctx, id)
	if err != nil {
		return false, err
	}
	if ok && asked(there) {
		return false, w.follow(ctx, there)
	}
	if !ok || there.State.Settled() || there.State == store.SendHeld {
		return false, nil
	}
	if process, _, named := strings.Cut(there.ClaimedBy, workerSerial); named && w.gone(process) {
		if w.send, ok, err = w.records.InheritSend(ctx, id, w.by, there.ClaimedBy); ok || err != nil {
			return ok, err
		}
	}
	return false, jobs.Later(min(w.cfg.Lease, askAgain))
}

// askAgain is how long a push that somebody has is left alone: by then it is known whether they have ended.
const askAgain = 3 * time.Second

// actsFor is how far back acts are looked for that give a right to write.
const actsFor = 48 * time.Hour

// decide asks the policy until it is clear what becomes of the push for now: each way that turns out to be shut is left out the next
// time.
func (w *work) decide(ctx context.Context) error {
	if err := w.gather(ctx); err != nil {
		return err
	}
	for {
		request, pause := w.request(w.now())
		v := policy.Decide(request)
		switch v.Do {
		case policy.Wait:
			if request.Paused != policy.Running {
				return w.pause(ctx, v, request.Paused, pause)
			}
			return w.wait(ctx, v.Until, outcome{reason: v.Reason}, true)
		case policy.Hold:
			return w.settle(ctx, store.SendHeld, policy.NextVisit, outcome{reason: v.Reason})
		case policy.Never:
			return w.never(ctx, v)
		}
		again, err := w.sendBy(ctx, v.Way)
		if !again || err != nil {
			return err
		}
	}
}

// never ends it. A way that the platform refused says more than that none is open.
func (w *work) never(ctx context.Context, v policy.Verdict) error {
	state, o := store.SendDropped, outcome{reason: v.Reason}
	for _, way := range waysOf(w.send) {
		if refused, ok := w.refused[way]; ok && refused.detail != "" {
			state, o = store.SendFailed, refused
			break
		}
	}
	return w.settle(ctx, state, "", o)
}

// pause lets the push wait for somebody. Its job ends here: whoever resumes it makes another.
func (w *work) pause(ctx context.Context, v policy.Verdict, by policy.Pause, key pauseKey) error {
	if by == policy.PausedBySetting {
		return w.wait(ctx, w.now().Add(settingPause), outcome{reason: v.Reason}, true)
	}
	if err := w.giveBack(ctx); err != nil {
		return err
	}
	paused, err := w.records.PauseSend(ctx, w.outcome(store.SendWaiting, "", outcome{reason: v.Reason}, w.now(), true), key.scope, key.name)
	if err != nil {
		return err
	}
	if paused {
		w.report(store.SendWaiting, "", v.Reason)
		return nil
	}
	// Somebody has resumed it meanwhile.
	if err := w.board.refresh(ctx); err != nil {
		return err
	}
	if w.send.Parts > 0 {
		return w.wait(ctx, w.now(), outcome{}, false)
	}
	return w.decide(ctx)
}

// settingPause is how long a push waits that the settings switch off, before it looks again.
const settingPause = 5 * time.Minute

// wait lets the push come again at a time.
func (w *work) wait(ctx context.Context, until time.Time, o outcome, unsent bool) error {
	if unsent {
		if err := w.giveBack(ctx); err != nil {
			return err
		}
	}
	way := ""
	if w.send.Parts > 0 {
		way = w.send.Way
	}
	ok, err := w.records.SettleSend(ctx, w.outcome(store.SendWaiting, policy.Way(way), o, until, unsent && w.send.Parts == 0))
	if err != nil || !ok {
		return err
	}
	w.report(store.SendWaiting, policy.Way(way), o.reason)
	return jobs.Later(max(until.Sub(w.now()), 10*time.Millisecond))
}

// settle ends the push, or keeps it for a visit.
func (w *work) settle(ctx context.Context, state store.SendState, way policy.Way, o outcome) error {
	unsent := state != store.SendSent && state != store.SendUnknown && w.send.Parts == 0
	if unsent {
		if err := w.giveBack(ctx); err != nil {
			return err
		}
	}
	ok, err := w.records.SettleSend(context.WithoutCancel(ctx), w.outcome(state, way, o, time.Time{}, unsent))
	if err != nil || !ok {
		return err
	}
	w.report(state, way, o.reason)
	return nil
}

func (w *work) outcome(state store.SendState, way policy.Way, o outcome, due time.Time, unsent bool) store.SendOutcome {
	return store.SendOutcome{
		ID: w.send.ID, By: w.by, State: state, Way: string(way), Reason: string(o.reason), Detail: o.detail, MsgID: w.send.MsgID, Due: due,
		Parts: w.send.Parts, Unsent: unsent, At: w.now(),
	}
}

// report tells what the push has come to. It names nobody.
func (w *work) report(state store.SendState, way policy.Way, why policy.Reason) {
	w.cfg.Observer.Pushed(w.send.Person.Account, policy.Budget(w.send.Budget), way, state, why)
	if state == store.SendFailed || state == store.SendUnknown {
		w.log.Warn("a push did not go out, or may not have", zap.String("id", w.send.ID), zap.String("account", string(w.send.Person.Account)),
			zap.String("campaign", w.send.Campaign), zap.String("state", string(state)), zap.String("why", string(why)), zap.String("detail", w.send.Detail))
	}
}

// counts tells whether the push counts against the person's caps.
func (w *work) counts() bool {
	return w.send.Budget != string(policy.ForReply) && policy.Priority(w.send.Priority) != policy.Service
}

// place takes a place under the person's caps; ok is false when there is none, with when there will be.
func (w *work) place(ctx context.Context) (free time.Time, ok bool, err error) {
	if !w.counts() {
		return time.Time{}, true, nil
	}
	// With what the records know, so that nobody is asked twice: it counts only where the state knows nothing of the person.
	known := make([]hot.CapPlace, 0, len(w.facts.Sent))
	for _, p := range w.facts.Sent {
		known = append(known, hot.CapPlace(p))
	}
	got, err := w.cfg.Caps.Reserve(ctx, hot.CapRequest{Owner: w.facts.Owner, ID: w.send.ID, Now: w.now(), Caps: w.cfg.Rules.Caps, Known: known})
	if err != nil {
		return time.Time{}, false, fmt.Errorf("reserve a place: %w", err)
	}
	w.placed = got.Taken
	return got.Free, got.Taken, nil
}

func (w *work) giveBack(ctx context.Context) error {
	if !w.placed {
		return nil
	}
	if err := w.cfg.Caps.GiveBack(context.WithoutCancel(ctx), w.facts.Owner, w.send.ID); err != nil {
		return err
	}
	w.placed = false
	return nil
}
