package kf

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
)

const (
	// maxAhead bounds what is pulled ahead of the slowest customer, in items.
	maxAhead = 4 * pullLimit
	// maxHalves is how often in a row half an answer is asked for again.
	maxHalves = 4
	// Pauses after an empty page that says there is more, and after half an answer.
	pauseStuckFirst = 10 * time.Millisecond
	pauseStuckMost  = 5 * time.Second
	// lookEvery is how often whoever pulls looks for bells of other replicas while customers are being answered.
	lookEvery = time.Second
)

// shift is one replica's time at a desk, from taking it until everything has been dealt with.
type shift struct {
	*desk
	ctx    context.Context // ends with the lease
	marks  *watermark
	queues *queues

	started time.Time // of the desk: older items are past
	cursor  string    // as written down
	ahead   string    // up to where pages have been pulled

	gathered []gathered // pulled and not in the queues yet

	bell     string    // that is being answered
	more     bool      // there may be something behind ahead
	moreTold bool      // the platform says so
	failures int       // to pull, in a row
	stuck    int       // pulls in a row that led nowhere
	halves   int       // of them, half answers
	retryAt  time.Time // not before
	// tokenless says that the last pull failed without a token.
	tokenless bool
}

// gathered is an event to go into the queues.
type gathered struct {
	ev   *bot.Event
	done func()
}

// pull takes a shift if the desk is free, and tells whether it did.
func (d *desk) pull(ctx context.Context) bool {
	l, err := d.lock(ctx)
	if err != nil {
		if ctx.Err() == nil {
			d.log.Warn("a desk could not be taken yet", zap.String("desk", d.id), zap.Error(err))
		}
		return false
	}
	if l == nil {
		d.observer.Pulled(d.account, d.id, PullElsewhere, 0)
		return false
	}
	defer l.end()
	s := &shift{desk: d, ctx: l.ctx, marks: newWatermark(), more: true}
	s.queues = newQueues(d.slots, func(n int) { d.observer.Waiting(d.account, n) }, d.dealWith)
	if s.begin() {
		s.work()
	}
	s.queues.stop()
	s.advance(context.WithoutCancel(ctx)) // what was in work has been dealt with too
	return true
}

// begin reads where the desk stands.
func (s *shift) begin() bool {
	s.bell = s.hung()
	for failures := 1; ; failures++ {
		stands, err := s.records.OpenKfDesk(s.ctx, s.account, s.id, s.now())
		if err == nil {
			s.started, s.cursor, s.ahead = stands.StartedAt, stands.Cursor, stands.Cursor
			return true
		}
		if s.ctx.Err() == nil {
			s.log.Warn("the cursor of a desk could not be read yet", zap.String("desk", s.id), zap.Error(err))
		}
		if !wait(s.ctx, pauseAfter(failures, nil)) {
			return false
		}
	}
}

// work pulls and lets what was pulled be dealt with, until nothing is left or the shift ends.
func (s *shift) work() {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for s.ctx.Err() == nil {
		if s.more && s.mayPull() && s.marks.pending() < maxAhead {
			if !s.page() {
				return
			}
			continue
		}
		s.hand()
		if !s.advance(s.ctx) {
			return
		}
		if s.idle() && s.over() {
			return
		}
		var retry <-chan time.Time
		if s.more {
			retry = time.After(max(time.Millisecond, time.Until(s.retryAt)))
		}
		select {
		case <-s.ctx.Done():
		case <-retry:
		case <-s.marks.moved:
		case <-s.desk.bell:
			s.more = true
			s.rehang()
		case <-look.C:
			s.answerOthers()
		}
	}
}

// mayPull tells whether the time to pull again has come. After a pull without a token, of which there may be few, it comes with
// one.
func (s *shift) mayPull() bool {
	return time.Now().After(s.retryAt) || s.tokenless && s.pullToken() != ""
}

func (s *shift) idle() bool { return !s.more && s.marks.pending() == 0 && s.cursor == s.ahead }

// over takes the bell down that has been answered. It is false when there is another one.
func (s *shift) over() bool {
	s.unhang(s.bell)
	s.bell = ""
	select {
	case <-s.desk.bell:
		s.more = true
		return false
	default:
		return true
	}
}

// answerOthers pulls again when another replica has been rung meanwhile.
func (s *shift) answerOthers() {
	if bell := s.hung(); bell != "" && bell != s.bell {
		s.bell, s.more = bell, true
	}
}

// rehang lets the other replicas know what is being worked on here.
func (s *shift) rehang() {
	bell, err := s.hang()
	if err != nil {
		s.log.Warn("a bell could not be shared", zap.String("desk", s.id), zap.Error(err))
		return
	}
	s.bell = bell
}

// page pulls one page and puts its items into the queues. It is false when there is no such desk any more.
func (s *shift) page() bool {
	if s.pullToken() == "" {
		s.hung() // perhaps another replica was given one
	}
	p, err := s.sync(s.ctx, s.ahead)
	if err != nil {
		return s.failed(err)
	}
	s.observer.Pulled(s.account, s.id, PullOK, len(p.items))
	s.tokenless = false
	stuck := p.half || p.more && len(p.items) == 0 && p.next == s.ahead
	told := s.more && s.moreTold // by the page before
	s.failures, s.more, s.moreTold = 0, p.more, p.more
	if len(p.items) > 0 && s.bell == "" {
		s.rehang()    // nobody rang, but somebody must find it if this replica dies
		s.more = true // it may stand where another replica's bell hung
	}
	if len(p.items) > 0 || p.next != s.ahead {
		s.takeUp(p)
	}
	if !stuck {
		s.stuck, s.halves = 0, 0
		return true
	}
	if s.stuck++; p.half {
		// Not for ever unless there is known to be more: a desk to which nobody has ever written may have no cursor.
		s.halves++
		s.more, s.moreTold = told || s.halves <= maxHalves, told
	}
	s.retryAt = time.Now().Add(min(pauseStuckMost, pauseStuckFirst<<min(s.stuck, 10)))
	return true
}

// takeUp gathers the items of a page.
func (s *shift) takeUp(p pulled) {
	done := s.marks.add(p.next, len(p.items))
	s.ahead = p.next
	for _, raw := range p.items {
		ev := s.decoder.decode(raw, s.now())
		date(ev, s.started, s.now())
		s.gathered = append(s.gathered, gathered{ev, done})
	}
}

// hand puts what was gathered into the queues, in the order in which it happened: the platform means to keep it, and does not
// always. Everything that waits at a desk is gathered first: what a customer wrote in a breath is answered in few messages.
func (s *shift) hand() {
	slices.SortStableFunc(s.gathered, func(a, b gathered) int { return a.ev.At.Compare(b.ev.At) })
	for _, g := range s.gathered {
		s.queues.add(s.ctx, g.ev, g.done)
	}
	s.gathered = nil
}

// failed decides what follows when a page could not be pulled.
func (s *shift) failed(err error) bool {
	switch {
	case s.ctx.Err() != nil:
		return false
	case deskGone(err):
		s.log.Warn("a customer-service account is gone, or withdrawn from the app", zap.String("desk", s.id), zap.Error(err))
		s.unhang(s.bell)
		s.close(s.id)
		return false
	case cursorUnknown(err, s.ahead):
		return s.startOver(err)
	}
	s.failures++
	s.tokenless = s.pullToken() == ""
	s.retryAt = time.Now().Add(pauseAfter(s.failures, err))
	s.observer.Pulled(s.account, s.id, PullFailed, 0)
	s.log.Warn("a desk could not be pulled yet", zap.String("desk", s.id), zap.Int("failures", s.failures), zap.Error(err))
	return true
}

// startOver pulls the desk from the oldest item that the platform keeps, since it does not know the cursor any more. What the
// journal knows is not answered again.
func (s *shift) startOver(err error) bool {
	s.log.Warn("the platform does not know the cursor of a desk any more: it is pulled from the oldest message", zap.String("desk", s.id), zap.Error(err))
	s.queues.stop()
	if !s.advance(s.ctx) {
		return false
	}
	if moved, err := s.records.MoveKfCursor(s.ctx, s.account, s.id, s.cursor, "", s.now()); err != nil || !moved {
		s.log.Warn("the cursor of a desk could not be taken back", zap.String("desk", s.id), zap.Error(err))
		return false
	}
	s.cursor, s.ahead = "", ""
	s.marks = newWatermark()
	s.queues = newQueues(s.slots, s.queues.count, s.dealWith)
	return true
}

// advance writes down how far everything has been dealt with. It is false when somebody else has moved the cursor: this
// replica was held up, and has lost the desk.
func (s *shift) advance(ctx context.Context) bool {
	to, ok := s.marks.reach()
	if !ok || to == s.cursor {
		return true
	}
	for failures := 1; ; failures++ {
		moved, err := s.records.MoveKfCursor(ctx, s.account, s.id, s.cursor, to, s.now())
		switch {
		case err == nil && moved:
			s.cursor = to
			return true
		case err == nil:
			s.log.Warn("another replica has moved the cursor of a desk", zap.String("desk", s.id))
			return false
		case s.ctx.Err() != nil:
			return false // what was dealt with is pulled again, and known
		}
		s.log.Warn("the cursor of a desk could not be moved yet", zap.String("desk", s.id), zap.Error(err))
		if !wait(ctx, pauseAfter(failures, nil)) {
			return false
		}
	}
}
