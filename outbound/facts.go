package outbound

import (
	"time"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// request is what the policy is asked, from what is known.
func (w *work) request(now time.Time) (policy.Request, pauseKey) {
	notices := w.board.shown.Load()
	paused, key := notices.paused(&w.send)
	if paused == policy.Running && !w.cfg.On(w.send.Person.Account) {
		paused = policy.PausedBySetting
	}
	r := policy.Request{
		Now: now, Budget: policy.Budget(w.send.Budget), Priority: policy.Priority(w.send.Priority), Paused: paused,
		NotBefore: w.send.NotBefore, Expires: w.send.Expires,
		OptedOut: w.facts.OptedOut, OptedOutTopic: w.facts.OptedOutTopic, Gone: w.facts.Gone, Moot: w.moot,
		Quiet: w.cfg.Rules.Quiet, Caps: w.cfg.Rules.Caps,
	}
	for _, p := range w.facts.Sent {
		r.Sent = append(r.Sent, p.At)
	}
	for _, v := range w.facts.Rivals {
		r.Rivals = append(r.Rivals, policy.Rival{Priority: policy.Priority(v.Priority), From: v.From, Expires: v.Expires})
	}
	for _, way := range waysOf(w.send) {
		r.Rights = append(r.Rights, w.right(way, notices, now))
	}
	return r, key
}

// right is what is known of a way.
func (w *work) right(way policy.Way, n *notices, now time.Time) policy.Right {
	r := policy.Right{Way: way}
	if way == policy.NextVisit {
		if len(w.content.Messages) == 0 {
			r.Shut = policy.NoContent
		}
		return r
	}
	sender := w.cfg.Senders[w.send.Person.Account][way]
	if sender == nil {
		r.Shut = policy.NoRight
		return r
	}
	parts, why := sender.Fit(w.send.Person, w.content)
	if why == "" && len(parts) == 0 {
		why = policy.NoContent
	}
	if why != "" {
		r.Shut = why
		return r
	}
	r.Needs = len(parts)
	if refused, ok := w.refused[way]; ok {
		return closed(r, refused.reason, refused.until)
	}
	if why, opens := n.shut(w.send.Person.Account, way, now); why != "" {
		return closed(r, why, opens)
	}
	switch way {
	case policy.Custom:
		r.Windowed, r.Grants = true, CustomGrants(w.facts.Acts, w.facts.BySend, now)
	case policy.KF:
		w.atDesk(&r)
	case policy.Subscribe:
		if w.facts.NotSubscribed {
			r.Shut = policy.Unsubscribed
		}
	case policy.GroupSend:
		if !w.facts.Contact {
			r.Shut = policy.NotContact
		} else if why, opens := policy.GroupSends(w.facts.BySend, now, china()); why != "" {
			r.Shut, r.Opens = why, opens
		}
	case policy.App:
		if w.facts.Contact || len(w.facts.Talks) > 0 {
			r.Shut = policy.NoRight // a customer, and no member of the corp
		}
	}
	return r
}

// closed is a way that can't be used. A right that the account does not have is nothing to wait for.
func closed(r policy.Right, why policy.Reason, opens time.Time) policy.Right {
	r.Shut = why
	if why != policy.NoRight {
		r.Opens = opens
	}
	return r
}

// What people's acts allow an official account to send (official account docs, 客服消息, 下发规则).
const (
	wordsFor   = 48 * time.Hour
	wordsCount = 5
	actFor     = time.Minute
	actCount   = 3
)

// CustomGrants is what an official account may send to somebody at now, from what they did and were sent.
func CustomGrants(acts []store.PersonAct, sent []time.Time, now time.Time) []policy.Grant {
	var grants []policy.Act
	for _, a := range acts {
		switch {
		case a.Kind.IsMessage():
			grants = append(grants, policy.Act{At: a.At, For: wordsFor, Count: wordsCount})
		case a.Kind == bot.KindFollow, a.Kind == bot.KindScan, a.Kind == bot.KindMenuClick, a.Kind == bot.KindMenuScanCode:
			grants = append(grants, policy.Act{At: a.At, For: actFor, Count: actCount})
		}
	}
	return policy.Grants(grants, sent, now)
}

// What customer service may send after a customer's last message (WeCom docs, 微信客服 发送消息).
const (
	deskFor   = 48 * time.Hour
	deskCount = 5
)

// atDesk is the right at the desk where the person last spoke.
func (w *work) atDesk(r *policy.Right) {
	r.Windowed = true
	if len(w.facts.Talks) == 0 {
		return
	}
	t := w.facts.Talks[0]
	if t.Staff {
		r.Shut = policy.WithStaff
		return
	}
	if t.HeardAt.IsZero() {
		return
	}
	r.Grants = []policy.Grant{{From: t.HeardAt, Until: t.HeardAt.Add(deskFor), Left: max(0, deskCount-t.Sent)}}
}

func (w *work) desk() string {
	if len(w.facts.Talks) == 0 {
		return ""
	}
	return w.facts.Talks[0].Desk
}
