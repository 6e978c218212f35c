package broadcast

import (
	"context"

	"guanjia/outbound/policy"
	"guanjia/store"
)

// Progress is how far a broadcast is.
type Progress struct {
	Audience int `json:"audience"` // as counted when it was started
	Written  int `json:"written"`  // pushes written down, or people of calls that are planned
	Waiting  int `json:"waiting"`  // queued or waiting for their time
	Sending  int `json:"sending"`
	Held     int `json:"held"` // kept for the next visit
	Sent     int `json:"sent"`
	Unknown  int `json:"unknown"` // may have arrived, and count as sent
	Failed   int `json:"failed"`  // the platform refused
	Dropped  int `json:"dropped"` // not tried: the policy, or somebody who cancelled

	ByWay   map[string]int `json:"by_way,omitempty"`  // of sent
	Reasons map[string]int `json:"reasons,omitempty"` // of waiting, held, failed and dropped
}

// Open is how many something is still to become of, without those who are waited for to visit.
func (p Progress) Open() int { return p.Waiting + p.Sending }

// Report is everything that is known of a broadcast.
type Report struct {
	Broadcast store.Broadcast
	Draft     Draft
	Progress  Progress
	Calls     []store.BroadcastCall
	Acts      []store.BroadcastAct
}

// Report reads it.
func (s *Service) Report(ctx context.Context, id string) (Report, error) {
	b, d, err := s.find(ctx, id)
	if err != nil {
		return Report{}, err
	}
	r := Report{Broadcast: b, Draft: d}
	if r.Acts, err = s.store.BroadcastActs(ctx, id); err != nil {
		return r, err
	}
	if r.Calls, err = s.store.BroadcastCalls(ctx, id); err != nil {
		return r, err
	}
	r.Progress, err = s.progress(ctx, b, d)
	return r, err
}

func (s *Service) progress(ctx context.Context, b store.Broadcast, d Draft) (Progress, error) {
	p := Progress{Audience: b.Audience, Written: b.Enqueued, ByWay: map[string]int{}, Reasons: map[string]int{}}
	if d.To != ToPeople {
		calls, err := s.store.BroadcastCalls(ctx, b.ID)
		for _, c := range calls {
			p.addCall(c, d)
		}
		return p, err
	}
	tallies, err := s.store.SendTallies(ctx, campaign(b.ID))
	if err != nil {
		return p, err
	}
	for _, t := range tallies {
		p.add(t)
	}
	return p, nil
}

func (p *Progress) add(t store.SendTally) {
	switch t.State {
	case store.SendQueued:
		p.Waiting += t.Count
		return
	case store.SendWaiting:
		p.Waiting += t.Count
	case store.SendHeld:
		p.Held += t.Count
	case store.SendSending:
		p.Sending += t.Count
		return
	case store.SendSent:
		p.Sent += t.Count
		p.ByWay[t.Way] += t.Count
		return
	case store.SendUnknown:
		p.Unknown += t.Count
		p.ByWay[t.Way] += t.Count
		return
	case store.SendFailed:
		p.Failed += t.Count
	case store.SendDropped:
		p.Dropped += t.Count
	}
	if t.Reason != "" {
		p.Reasons[t.Reason] += t.Count
	}
}

func (p *Progress) addCall(c store.BroadcastCall, d Draft) {
	p.Sent += c.Sent
	p.Failed += c.Failed
	switch {
	case !c.State.Over():
		p.Waiting += max(1, c.People-c.Sent-c.Failed)
	case c.State == store.CallFailed: // nobody of it gets it
		p.Failed += max(0, max(1, c.People)-c.Failed)
	case c.State == store.CallUnknown:
		p.Unknown += max(1, c.People)
	case c.State == store.CallCancelled:
		p.Dropped += max(1, c.People-c.Sent-c.Failed)
		p.Reasons[string(policy.Cancelled)] += max(1, c.People-c.Sent-c.Failed)
	}
	if c.Sent > 0 {
		p.ByWay[string(d.To)] += c.Sent
	}
}
