package policy

import "time"

// yieldFor is how long after a rival's moment one looks again.
const yieldFor = time.Minute

// Decide is the policy.
func Decide(r Request) Verdict {
	if v, ok := r.stopped(); ok {
		return v
	}
	if r.Budget != ForReply {
		if v, ok := r.unwelcome(); ok {
			return v
		}
	}
	return r.byRights()
}

// stopped are the rules for every message.
func (r *Request) stopped() (Verdict, bool) {
	switch {
	case r.Paused != Running:
		return Verdict{Do: Wait, Reason: pausedReason(r.Paused)}, true
	case r.expired(r.Now):
		return Verdict{Do: Never, Reason: Expired}, true
	case r.Now.Before(r.NotBefore) && r.expired(r.NotBefore):
		return Verdict{Do: Never, Reason: Expired}, true
	case r.Now.Before(r.NotBefore):
		return Verdict{Do: Wait, Until: r.NotBefore, Reason: Early}, true
	case r.Budget != ForReply && r.OptedOut:
		return Verdict{Do: Never, Reason: OptedOut}, true
	case r.Budget != ForReply && r.OptedOutTopic:
		return Verdict{Do: Never, Reason: OptedOutTopic}, true
	case r.Gone:
		return Verdict{Do: Never, Reason: Gone}, true
	case r.Moot:
		return Verdict{Do: Never, Reason: Moot}, true
	}
	return Verdict{}, false
}

func (r *Request) expired(at time.Time) bool { return !r.Expires.IsZero() && !at.Before(r.Expires) }

// unwelcome are the rules of the house for what nobody waits for.
func (r *Request) unwelcome() (Verdict, bool) {
	if r.Quiet.At(r.Now) {
		return r.wait(r.Quiet.End(r.Now), QuietHours, QuietTooLong), true
	}
	if r.Priority == Service {
		return Verdict{}, false // what somebody has a right to know is not rationed
	}
	if r.Caps.None() {
		return Verdict{Do: Never, Reason: CapNone}, true
	}
	if free, why := r.Caps.Free(r.Sent, r.Now); free.After(r.Now) {
		return r.wait(r.Quiet.End(free), why, CapTooLong), true
	}
	if at, yields := r.yields(); yields {
		return r.wait(r.Quiet.End(at.Add(yieldFor)), Yields, YieldsTooLong), true
	}
	return Verdict{}, false
}

// wait is to wait, or never when it expires before.
func (r *Request) wait(until time.Time, why, tooLong Reason) Verdict {
	if r.expired(until) {
		return Verdict{Do: Never, Reason: tooLong}
	}
	return Verdict{Do: Wait, Until: until, Reason: why}
}

// yields tells whether something more important waits that this one would block, and when that can go.
func (r *Request) yields() (at time.Time, ok bool) {
	for _, rival := range r.Rivals {
		if rival.Priority >= r.Priority || rival.Priority == Service {
			continue // it gives way itself, or is not counted
		}
		from := r.Now
		if rival.From.After(from) {
			from = rival.From
		}
		alone := r.settle(r.Sent, from)
		after := r.settle(append(r.Sent[:len(r.Sent):len(r.Sent)], r.Now), from)
		if !rival.Expires.IsZero() && !alone.Before(rival.Expires) || !after.After(alone) {
			continue // it can't go anyway, or has room beside this one
		}
		if !ok || alone.Before(at) {
			at, ok = alone, true
		}
	}
	return at, ok
}

// settle is the first moment from at on that neither caps nor quiet hours forbid.
func (r *Request) settle(sent []time.Time, at time.Time) time.Time {
	for {
		free, _ := r.Caps.Free(sent, r.Quiet.End(at))
		if !r.Quiet.At(free) {
			return free
		}
		at = free
	}
}

// byRights takes the first way that is open; else waits for one that opens in time; else keeps it for the next visit.
func (r *Request) byRights() Verdict {
	why, hold := NoWay, false
	var opens time.Time
	var closed Reason // why what opens is shut until then
	for _, right := range r.Rights {
		if right.Way == NextVisit {
			hold = hold || right.Shut == ""
			continue
		}
		shut, at := right.shut(r.Now)
		if shut == "" {
			return Verdict{Do: Send, Way: right.Way, Reason: Allowed}
		}
		if why == NoWay {
			why = shut
		}
		if !at.IsZero() && !r.expired(at) && (opens.IsZero() || at.Before(opens)) {
			opens, closed = at, shut
		}
	}
	switch {
	case !opens.IsZero():
		if r.Budget != ForReply {
			opens = r.Quiet.End(opens)
		}
		if !r.expired(opens) {
			return Verdict{Do: Wait, Until: opens, Reason: closed}
		}
		if !hold {
			return Verdict{Do: Never, Reason: QuotaTooLong}
		}
		fallthrough
	case hold:
		return Verdict{Do: Hold, Reason: ForNextVisit}
	}
	return Verdict{Do: Never, Reason: why}
}

// shut is why the way can't be used now, and from when on it can.
func (w *Right) shut(now time.Time) (Reason, time.Time) {
	if w.Shut != "" && (w.Opens.IsZero() || now.Before(w.Opens)) {
		return w.Shut, w.Opens
	}
	if !w.Windowed {
		return "", time.Time{}
	}
	open, left := 0, 0
	for _, g := range w.Grants {
		if g.open(now) {
			open, left = open+1, left+g.Left
		}
	}
	switch {
	case left >= max(1, w.Needs):
		return "", time.Time{}
	case open > 0:
		return WindowUsed, time.Time{}
	}
	return WindowClosed, time.Time{}
}
