package sql

import (
	"time"

	"guanjia/bot"
	"guanjia/store/hot"
)

// person is a row of hot_person, and the database's time when it was read. Times are in milliseconds.
type person struct {
	now int64

	session         []byte
	sessionUntil    int64
	leaseKey        bot.EventKey
	leaseOwner      string // empty: free
	leaseUntil      int64
	unfinished      string // see hot.Unfinished
	minute, inbound int64
	lateUntil       int64 // of the newest late reply; 0: there is none
	keepUntil       int64
}

func (p person) leasedTo(l bot.Lease) bool { return p.leaseOwner == l.Owner && p.leaseKey == l.Key }

// keep moves the time when the row may be swept. It is rounded up and never moved back, so that the index over it changes
// about once an hour and not with every event.
func (p *person) keep(until int64) {
	if until > p.keepUntil {
		p.keepUntil = (until/hour + 1) * hour
	}
}

// differs compares what Begin may change.
func (p person) differs(q person) bool {
	return p.leaseKey != q.leaseKey || p.leaseOwner != q.leaseOwner || p.leaseUntil != q.leaseUntil ||
		p.unfinished != q.unfinished || p.minute != q.minute || p.inbound != q.inbound
}

// event is a row of hot_event.
type event struct {
	tries     int64
	doneBy    string // empty: nobody
	reply     []byte
	lateUntil int64
	keepUntil int64
}

// differs compares what Begin may change.
func (e event) differs(f event) bool {
	return e.tries != f.tries || e.lateUntil != f.lateUntil || e.keepUntil != f.keepUntil
}

const (
	minute = int64(time.Minute / time.Millisecond)
	hour   = int64(time.Hour / time.Millisecond)
)

// begin decides what becomes of a delivery and changes the person and the event accordingly.
func begin(p *person, e *event, r bot.BeginRequest) bot.BeginResult {
	again := p.leasedTo(r.Lease) // the same ask, sent twice
	first := e.tries == 0
	if r.Arrival && !again {
		e.tries++
		if e.keepUntil == 0 { // else it is remembered for as long as was said then
			e.keepUntil = p.now + hot.KeepTries.Milliseconds()
		}
	}
	result := bot.BeginResult{Try: int(max(1, e.tries))}
	if e.doneBy != "" {
		result.State, result.Reply = bot.BeginDone, e.reply
		if !r.Unheard {
			e.lateUntil = 0 // it reaches the person now
		}
		return result
	}
	if p.minute != p.now/minute {
		p.minute, p.inbound = p.now/minute, 0
	}
	if r.Arrival && first {
		p.inbound++
	}
	ranOut := p.leaseUntil <= p.now
	switch {
	case p.leaseOwner == "", again:
	case ranOut:
		p.unfinished = hot.AddUnfinished(p.unfinished, p.leaseKey)
	case p.leaseKey == r.Key:
		result.State = bot.BeginRunning
		return result
	default:
		result.State = bot.BeginWait
		return result
	}
	p.leaseKey, p.leaseOwner, p.leaseUntil = r.Key, r.Owner, p.now+r.For.Milliseconds()
	p.keep(p.leaseUntil + hot.KeepUnfinished.Milliseconds())
	result.State, result.Unfinished, result.Inbound = bot.BeginRun, hot.Unfinished(p.unfinished), int(max(1, p.inbound))
	if p.sessionUntil > p.now {
		result.Session = p.session
	}
	return result
}

// finish frees the lease and gives the event's row. p.lateUntil knows already which late replies went along.
func finish(p *person, r bot.FinishRequest) event {
	p.session, p.sessionUntil = nil, 0
	if len(r.Session) > 0 && r.SessionFor > 0 {
		p.session, p.sessionUntil = r.Session, p.now+r.SessionFor.Milliseconds()
	}
	p.leaseKey, p.leaseOwner, p.leaseUntil, p.unfinished = "", "", 0, ""
	e := event{doneBy: r.Owner, reply: r.Reply, keepUntil: p.now + r.ReplyFor.Milliseconds()}
	if r.Undelivered {
		// Later than the one before by a millisecond at least, because they are given in this order.
		e.lateUntil = max(p.now+hot.KeepLate.Milliseconds(), p.lateUntil+1)
		e.keepUntil = max(e.keepUntil, e.lateUntil)
		p.lateUntil = e.lateUntil
	}
	p.keep(max(p.sessionUntil, p.lateUntil))
	return e
}
