package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"
)

// execution is one event on its way from Begin to Finish.
type execution struct {
	e      *Engine
	ev     *Event
	fit    Fitter
	flight *flight
	rules  *rules
	began  time.Time
	keep   *leaseKeeper
	// inDoubt says that the journal was asked to commit and has not answered.
	inDoubt bool
	// tookOver says that the lease ran out under another execution of this very event and that nobody has finished since: should
	// that one still commit first, the session it led to counts.
	tookOver bool
}

// Waiting for another process: from askAfter, doubling to askEvery, as long as a retry could still come.
const (
	askAfter  = 5 * time.Millisecond
	askEvery  = 200 * time.Millisecond
	askWithin = 15 * time.Second
)

func (x *execution) run(ctx context.Context, before <-chan struct{}) (Answer, error) {
	if before != nil {
		<-before
	}
	report := Report{Event: x.ev}
	answer, err := x.answer(ctx, &report)
	if err != nil {
		err = fmt.Errorf("answer event: %w", err)
	}
	if x.e.cfg.Observer != nil {
		report.Outcome, report.Err, report.Took = answer.Outcome, err, time.Since(x.began)
		x.e.cfg.Observer.EventDone(report)
	}
	return answer, err
}

func (x *execution) answer(ctx context.Context, report *Report) (Answer, error) {
	if old, ok, err := x.rememberedLong(ctx); ok || err != nil {
		report.Duplicate = ok
		return old, err
	}
	lease := Lease{Person: x.ev.Person(), Key: x.ev.Key, Owner: x.e.owner + "." + strconv.FormatUint(x.e.serial.Add(1), 36)}
	begun, err := x.begin(ctx, lease)
	if err != nil {
		return Answer{}, err
	}
	if begun.State == BeginDone {
		report.Duplicate = true
		return decodeReply(begun.Reply)
	}
	return x.work(ctx, lease, begun, report)
}

// rememberedLong asks the journal about events that are older than what the hot state remembers: a callback replayed long
// after, or one the platform held back.
func (x *execution) rememberedLong(ctx context.Context) (Answer, bool, error) {
	if x.e.cfg.Now().Sub(x.ev.At) < x.e.cfg.ReplyFor/2 {
		return Answer{}, false, nil
	}
	entry, ok, err := x.e.cfg.Journal.Find(ctx, x.ev.Account, x.ev.Key)
	if err != nil || !ok {
		return Answer{}, false, err
	}
	a, err := decodeReply(entry.Reply)
	return a, true, err
}

// begin asks for the lease until it is ours or the event turns out to be answered.
func (x *execution) begin(ctx context.Context, lease Lease) (BeginResult, error) {
	pause, arrival := askAfter, true
	for {
		r, err := x.e.cfg.Hot.Begin(ctx, BeginRequest{Lease: lease, For: x.e.cfg.Lease, Arrival: arrival, Unheard: !x.e.awaited(x.flight)})
		if err != nil {
			// It may have been carried out all the same, and then nobody else would get the lease before it runs out.
			x.free(ctx, lease)
			return r, fmt.Errorf("begin: %w", err)
		}
		x.e.counted(x.flight, r.Try)
		if r.State == BeginRun || r.State == BeginDone {
			return r, nil
		}
		if time.Since(x.began) > askWithin {
			return r, errors.New("begin: the person's earlier event did not end in time")
		}
		arrival = false
		time.Sleep(pause + rand.N(pause)) //nolint:gosec // jitter; another process holds the lease: there is nobody here to wait for
		pause = min(2*pause, askEvery)
	}
}

// work runs the event under the lease.
func (x *execution) work(ctx context.Context, lease Lease, begun BeginResult, report *Report) (Answer, error) {
	x.keep = keepLease(ctx, x.e.cfg.Hot, lease, x.e.cfg.Lease)
	answer, finish, err := x.decideAndCommit(ctx, begun, report)
	x.keep.stop()
	if err != nil {
		x.free(ctx, lease) // at once, so that the retry does not wait for it to run out
		return Answer{}, err
	}
	finish.Lease = lease
	finish.Undelivered = len(answer.Messages) > 0 && !x.e.promise(x.flight)
	if finish.Undelivered && x.e.owes(x.flight) {
		x.sendLate(ctx, answer, &finish)
	}
	if err := x.e.cfg.Hot.Finish(ctx, finish); err != nil {
		// The journal has the outcome: the answer stands, and the next Begin finds the event unfinished and looks there.
		x.e.log.Warn("event is answered but not finished in the hot state", zap.String("account", string(x.ev.Account)), zap.Error(err))
	}
	return answer, nil
}

// free gives the lease back without an outcome. After a commit in doubt it is left to run out at once instead: then the event
// is remembered as unfinished, and whoever comes next looks in the journal for the session it may have led to.
func (x *execution) free(ctx context.Context, lease Lease) {
	var err error
	if x.inDoubt {
		err = x.e.cfg.Hot.Renew(ctx, lease, time.Millisecond)
	} else {
		err = x.e.cfg.Hot.Abandon(ctx, lease)
	}
	if err != nil && !errors.Is(err, ErrLeaseLost) {
		x.e.log.Warn("lease could not be freed, it will run out", zap.String("account", string(x.ev.Account)), zap.Error(err))
	}
}

// decideAndCommit restores what a crashed predecessor left, lets the handlers decide and writes the journal row.
func (x *execution) decideAndCommit(ctx context.Context, begun BeginResult, report *Report) (Answer, FinishRequest, error) {
	finish := FinishRequest{ReplyFor: x.e.cfg.ReplyFor, Session: begun.Session, SessionFor: x.e.cfg.SessionFor}
	recovered := false
	if len(begun.Unfinished) > 0 {
		x.tookOver = begun.Unfinished[0] == x.ev.Key
		entry, ok, err := x.newestKnown(ctx, begun.Unfinished)
		if err != nil {
			return Answer{}, finish, err
		}
		if recovered = ok; ok {
			begun.Session, finish.Session = entry.Session, entry.Session
			finish.Recovered = &Late{Key: entry.Key, Reply: entry.Reply}
			finish.LateTaken = lateIn(entry.Reply)
			begun.Late = slices.DeleteFunc(begun.Late, func(l Late) bool { return slices.Contains(finish.LateTaken, l.Key) })
			x.sendRecovered(ctx, entry, finish.Recovered)
		}
	}
	if begun.Try > 1 {
		// Whoever took up an earlier delivery may have died after the commit: running the event again on the session that it
		// led to would be a second answer.
		entry, ok, err := x.e.cfg.Journal.Find(ctx, x.ev.Account, x.ev.Key)
		if err != nil {
			return Answer{}, finish, fmt.Errorf("look up an earlier delivery: %w", err)
		}
		if ok {
			report.Duplicate = true
			if !recovered && slices.Contains(begun.Unfinished, x.ev.Key) { // it was committed since the look above
				finish.Session = entry.Session
			}
			return x.asCommitted(entry, finish)
		}
	}
	session, err := decodeSession(begun.Session)
	if err != nil {
		// A session nobody can read must not lock the person out for ever.
		x.e.log.Error("session was unreadable and starts anew", zap.String("account", string(x.ev.Account)), zap.Error(err))
		session = &Session{}
	}
	d := &decision{execution: x, session: session, now: x.e.cfg.Now()}
	if err := d.make(ctx, begun); err != nil {
		return Answer{}, finish, err
	}
	report.Handler = d.handler
	return x.commit(ctx, d, finish)
}

// newestKnown finds the newest of the events that the journal knows.
func (x *execution) newestKnown(ctx context.Context, newestFirst []EventKey) (Entry, bool, error) {
	for _, k := range newestFirst {
		entry, ok, err := x.e.cfg.Journal.Find(ctx, x.ev.Account, k)
		if err != nil {
			return Entry{}, false, fmt.Errorf("look up an unfinished event: %w", err)
		}
		if ok {
			return entry, true, nil
		}
	}
	return Entry{}, false, nil
}

// commit writes the journal row. When another execution has written it first, its reply counts and what this one decided
// is dropped.
func (x *execution) commit(ctx context.Context, d *decision, finish FinishRequest) (Answer, FinishRequest, error) {
	answer := Answer{Messages: d.messages, At: d.now.UTC().Truncate(time.Second), Outcome: d.outcome}
	late := slices.Concat(finish.LateTaken, d.lateTaken)
	reply, err := encodeReply(answer, late)
	if err != nil {
		return Answer{}, finish, err
	}
	session, err := encodeSession(d.session)
	if err != nil {
		return Answer{}, finish, err
	}
	entry := Entry{
		Person: x.ev.Person(), Key: x.ev.Key, Kind: x.ev.Kind, Name: x.ev.Name, MsgID: x.ev.MsgID, At: x.ev.At,
		Received: d.now, Took: time.Since(x.began), Handler: d.handler, Outcome: d.outcome, Text: x.ev.Text,
		Private: d.private, Reply: reply, Session: session,
	}
	if d.private {
		entry.Text = ""
	}
	if x.ev.Kind == KindUnknown || x.ev.Kind == KindOther && !d.private {
		entry.Raw = x.ev.Raw
	}
	if !x.keep.held() {
		return Answer{}, finish, ErrLeaseLost // somebody else may have gone on with the session
	}
	x.inDoubt = true
	counts, ours, err := x.e.cfg.Journal.Commit(ctx, entry)
	if err != nil {
		return Answer{}, finish, fmt.Errorf("write journal: %w", err)
	}
	x.inDoubt = false
	if !ours {
		if x.tookOver {
			finish.Session = counts.Session
		}
		return x.asCommitted(counts, finish)
	}
	finish.Reply, finish.Session, finish.LateTaken = reply, session, late
	if life := time.UnixMilli(d.session.Until).Sub(d.now); life > 0 {
		finish.SessionFor += life
	}
	return answer, finish, nil
}

// asCommitted answers with what the journal says was answered; the session stays as it was found.
func (x *execution) asCommitted(entry Entry, finish FinishRequest) (Answer, FinishRequest, error) {
	a, err := decodeReply(entry.Reply)
	finish.Reply = entry.Reply
	finish.LateTaken = append(finish.LateTaken, lateIn(entry.Reply)...)
	return a, finish, err
}
