package kf

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

// letter is one answer on its way to a customer.
type letter struct {
	*Service
	ev     *bot.Event
	talk   store.KfTalk
	budget *budget
	code   string    // what can be said by; empty: as an answer to the customer's words
	since  time.Time // of the code
	leave  store.KfLeave
	// counted is how many messages have been sent that the platform counts.
	counted int
	// blocked is why nothing more of the answer can be sent.
	blocked string
}

// deliver sends an answer, each message once: what is written down as sent is not sent again, and what may have been sent
// carries the same id. It tells whether everything is settled: not, when ctx ended before.
func (s *Service) deliver(ctx context.Context, j job, messages []bot.Message) bool {
	ev := j.ev
	l := &letter{Service: s, ev: ev, talk: talkOf(ev), budget: j.budget}
	if ev.Speakable {
		l.code, l.since = codeOf(ev), ev.At
	}
	planned := s.now()
	rows := plan(ev, messages, planned)
	ok := s.insist(ctx, func(ctx context.Context) (err error) {
		l.leave, rows, err = s.records.PlanKfSends(ctx, l.talk, j.budget.heard(j.newest), ev.Key, plan(ev, messages, planned), planned)
		return err
	})
	if !ok || len(messages) == 0 {
		return ok
	}
	finished := l.sendAll(ctx, messages, rows, planned)
	// What has been sent is written down also when there is no time for the rest.
	ok = s.insist(ctx, func(ctx context.Context) error { return s.records.SettleKfSends(ctx, l.talk, ev.Key, rows, l.counted) })
	switch {
	case !finished || !ok:
		return false
	case l.blocked == reasonServicer:
		return s.tellNobody(ctx, l, len(messages))
	case l.blocked == reasonLimit:
		l.budget.full = true
		return s.keep(ctx, l, messages, rows)
	}
	return true
}

// sendAll sends what has not been settled, in order, and notes in rows what became of it.
func (l *letter) sendAll(ctx context.Context, messages []bot.Message, rows []store.KfSend, planned time.Time) bool {
	for i := range rows {
		row := &rows[i]
		if row.State != store.KfPlanned || row.Number >= len(messages) {
			continue
		}
		before := row.Planned.Before(planned.Truncate(time.Millisecond))
		v, ok := verdict{state: store.KfUnsent, reason: l.blocked}, true
		if l.blocked == "" {
			v, ok = l.sendOne(ctx, messages[row.Number], row.MsgID, try{before: before, spoke: l.code == "" && spokeIn(rows[:i])})
		}
		if !ok {
			return false
		}
		row.State, row.Reason, row.Settled = v.state, v.reason, l.now()
		l.report(row)
		if v.state == store.KfSent && l.code == "" && !isChange(row.Kind) {
			l.counted++
			l.budget.spend(1, l.now())
		}
		if v.ends && l.blocked == "" {
			l.blocked = v.reason
		}
	}
	return true
}

// keep lets what could not be said, because the customer has been sent as many messages as may be, lead the answer to their next
// words.
func (s *Service) keep(ctx context.Context, l *letter, messages []bot.Message, rows []store.KfSend) bool {
	unsaid := &bot.Event{
		Account: l.ev.Account, User: l.ev.User, Desk: l.ev.Desk, OriginalID: l.ev.OriginalID, Kind: bot.KindSendFailed, Name: LimitReached,
		Key: bot.EventKey("u:" + messageID(l.ev, 0)), At: s.now().UTC().Truncate(time.Second),
	}
	for _, row := range rows {
		if row.State != store.KfSent && row.Reason == reasonLimit && row.Number < len(messages) {
			unsaid.Unsaid = append(unsaid.Unsaid, messages[row.Number])
		}
	}
	if len(unsaid.Unsaid) == 0 {
		return true
	}
	_, ok := s.ask(ctx, unsaid, toMessage)
	return ok
}

// LimitReached is the name of the event, a KindSendFailed, by which an answer is kept that could not be said yet.
const LimitReached = "limit_reached"

// report tells what became of a message. It names no customer.
func (l *letter) report(row *store.KfSend) {
	outcome := string(row.State)
	if row.Reason != "" {
		outcome = row.Reason
	}
	l.observer.Sent(l.account, outcome)
	if row.State != store.KfSent {
		l.log.Warn("a message was not sent", zap.String("kind", string(row.Kind)), zap.String("state", string(row.State)), zap.String("why", row.Reason))
	}
	if l.ev.Kind == bot.KindEnter && row.Number == 0 {
		l.observer.Greeted(l.account, outcome, max(0, l.now().Sub(l.ev.At)))
	}
}

// try is what came before a try to send.
type try struct {
	before bool // an earlier try may have gone through
	spoke  bool // a message of the same answer was sent, so the conversation is the bot's
}

// spokeIn tells whether the customer was sent any of rows.
func spokeIn(rows []store.KfSend) bool {
	return slices.ContainsFunc(rows, func(row store.KfSend) bool { return row.State == store.KfSent && !isChange(row.Kind) })
}

// sendOne tries until it is decided. ok is false when ctx ended before.
func (l *letter) sendOne(ctx context.Context, m bot.Message, id string, t try) (v verdict, ok bool) {
	switch m.Kind {
	case bot.MessageTransfer:
		return l.transfer(ctx, m, t)
	case bot.MessageReturn:
		return l.takeBack(ctx)
	}
	before := t.before
	path, body := l.address(id, m)
	renewed := false
	for failures := 1; ; failures++ {
		if !l.pace.wait(ctx, l.slots) {
			return verdict{}, false
		}
		why := l.forbidden(ctx)
		if why == reasonLate && l.wroteSince(ctx) {
			path, body = l.address(id, m)
			why = l.forbidden(ctx)
		}
		if why != "" && !before { // what has been sent before is not forbidden now
			return verdict{state: store.KfUnsent, reason: why, ends: true}, true
		}
		// A call under way is not given up: whether it is obeyed should be known.
		err := l.api.Post(context.WithoutCancel(ctx), l.tokens, path, body, nil)
		if v = judge(err, l.code != "", before); v.state != "" {
			l.logRefusal(err)
			if v.reason == reasonEnded && l.wroteSince(ctx) {
				path, body = l.address(id, m)
				continue
			}
			if v.reason == reasonMedia && !renewed {
				renewed = true
				if fresh, ok := l.renew(ctx, m); ok {
					path, body = l.address(id, fresh)
					continue
				}
			}
			return v, true
		}
		before = before || mayHaveArrived(err)
		l.log.Warn("a message could not be sent yet", zap.Int("failures", failures), zap.Error(err))
		if !l.pauseFor(ctx, failures, err) {
			return verdict{}, false
		}
	}
}

// wroteSince tells whether what was to be said by the code of a talk's end can be said as an answer instead: the customer was faster, has
// written again, and the conversation is the bot's.
func (l *letter) wroteSince(ctx context.Context) bool {
	if l.code == "" || l.ev.Kind != bot.KindStaffEnded {
		return false
	}
	state, err := l.state(ctx)
	if err != nil || state > stateBot {
		return false
	}
	l.code = ""
	return true
}

// address is where m goes, and how.
func (l *letter) address(id string, m bot.Message) (path string, body outgoing) {
	path, body = pathSend, outgoing{Customer: string(l.ev.User), Desk: l.ev.Desk, MsgID: id}
	if l.code != "" {
		path, body = pathOnEvent, outgoing{Code: l.code, MsgID: id}
	}
	body.write(m)
	return path, body
}

// renewWithin bounds the upload of a file that the platform has forgotten, while a customer waits.
const renewWithin = 10 * time.Second

// renew gets m with media ids that the platform knows; what can't be had is said in words, if there are any.
func (l *letter) renew(ctx context.Context, m bot.Message) (_ bot.Message, ok bool) {
	if l.media == nil {
		return m, false
	}
	ctx, cancel := context.WithTimeout(ctx, renewWithin)
	defer cancel()
	fresh, changed := l.media.Again(ctx, l.account, []bot.Message{m})
	if !changed || len(fresh) != 1 {
		return m, false
	}
	said := expressed(fresh[0])
	if len(said) != 1 {
		return m, false
	}
	return said[0], true
}

// pauseFor waits before the next try; after too many calls everybody waits.
func (s *Service) pauseFor(ctx context.Context, failures int, err error) bool {
	pause := pauseAfter(failures, err)
	var refused *wxapi.Error
	if errors.As(err, &refused) && refused.RateLimited() {
		s.pace.hold(pause)
	}
	return rest(ctx, s.slots, pause)
}

func (l *letter) logRefusal(err error) {
	if err != nil {
		l.log.Warn("the platform refused a message", zap.Error(err))
	}
}

// forbidden is the reason why the next message can't be sent.
func (l *letter) forbidden(ctx context.Context) string {
	switch {
	case l.code != "" && l.now().Sub(l.since) >= codeLife:
		return reasonLate
	case l.code != "":
		return ""
	case l.leave.Staff:
		return l.staffHas(ctx)
	}
	return forbids(l.leave, l.counted, l.now())
}

// pace lets all who send wait after the platform said that there were too many calls.
type pace struct {
	mu    sync.Mutex
	until time.Time
}

func (p *pace) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.until) {
		p.until = until
	}
}

// wait waits until the time has come. It is false when ctx ended before.
func (p *pace) wait(ctx context.Context, slots chan struct{}) bool {
	for {
		p.mu.Lock()
		left := time.Until(p.until)
		p.mu.Unlock()
		if left <= 0 {
			return true
		}
		if !rest(ctx, slots, left) {
			return false
		}
	}
}
