package simulator

import (
	"fmt"
	"slices"

	"guanjia/simulator/platform"
)

// push sends news of the platform to the apps of a corp that get them, a delivery for each.
func (s *Simulator) push(p platform.Push) ([]*job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	var jobs []*job
	for _, a := range s.apps {
		if a.corp.ID != p.CorpID || a.callback == "" || p.App != "" && a.Name != p.App || p.Right != "" && !a.Has(p.Right) {
			continue
		}
		j, err := s.pushTo(a, p)
		if err != nil {
			return jobs, err
		}
		jobs = append(jobs, j)
	}
	if len(jobs) == 0 {
		return nil, fmt.Errorf("corp %s: %w", p.CorpID, errNoApp)
	}
	for _, j := range jobs {
		s.work.Go(func() { s.run(j) })
	}
	return jobs, nil
}

// pushTo writes a callback of one app; s.mu is held.
func (s *Simulator) pushTo(a *app, p platform.Push) (*job, error) {
	at := s.clock.Now()
	doc := []element{text("ToUserName", a.id)}
	if p.FromUser != "" {
		doc = append(doc, text("FromUserName", p.FromUser))
	}
	doc = append(append(doc, number("CreateTime", at.Unix())), raw(p.Fields)...)
	from := p.From
	if from == "" {
		from = "sys"
	}
	j := &job{to: &a.endpoint, openID: from, done: make(chan struct{})}
	j.exchange = Exchange{Account: a.Name, User: from, OpenID: from, At: at, Act: Act{Kind: ActPush, Text: p.Brief}}
	return j, s.address(j, doc)
}

// report sends news about a follower to an official account.
func (s *Simulator) report(a *account, openID, brief string, fields []platform.Field) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	at := s.clock.Now()
	doc := append([]element{
		text("ToUserName", a.OriginalID), text("FromUserName", openID), number("CreateTime", at.Unix()),
	}, raw(fields)...)
	j := &job{to: &a.endpoint, openID: openID, done: make(chan struct{})}
	j.exchange = Exchange{Account: a.Name, User: s.userOf(a, openID), OpenID: openID, At: at, Act: Act{Kind: ActPush, Text: brief}}
	if err := s.address(j, doc); err != nil {
		return err
	}
	s.work.Go(func() { s.run(j) })
	return nil
}

// address wraps the document of a job for its endpoint and draws what will go wrong; s.mu is held. The elements of a callback
// of WeCom stand in any order.
func (s *Simulator) address(j *job, doc []element) error {
	e := j.to
	j.plan = draw(e.faults, e.next, s.lot.Float64)
	if j.plan.noise {
		doc = addNoise(doc, j.exchange.Act.isMessage(), s.lot)
	} else if e.kind == platform.WeCom {
		doc = slices.Clone(doc)
		s.lot.Shuffle(len(doc), func(i, k int) { doc[i], doc[k] = doc[k], doc[i] })
	}
	var err error
	if j.parcel, err = e.wrap(doc); err != nil {
		return err
	}
	j.document = indent(document(doc))
	if e.next != nil {
		e.next = nil
		s.publish("faults", e.faultsView())
	}
	s.state.LastExchange++
	j.exchange.ID, j.exchange.State = s.state.LastExchange, StateSending
	return nil
}
