package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"guanjia/bot"
)

// model is the hot state of one person in which nothing expires, written as plainly as can be.
type model struct {
	holder  *bot.Lease
	session string
	tries   map[bot.EventKey]int
	done    map[bot.EventKey]string
	doneBy  map[bot.EventKey]string
	late    []bot.Late
}

func (m *model) begin(r bot.BeginRequest) bot.BeginResult {
	again := m.holder != nil && *m.holder == r.Lease
	if r.Arrival && !again {
		m.tries[r.Key]++
	}
	result := bot.BeginResult{Try: max(1, m.tries[r.Key])}
	reply, done := m.done[r.Key]
	switch {
	case done:
		result.State, result.Reply = bot.BeginDone, []byte(reply)
		m.late = slices.DeleteFunc(m.late, func(l bot.Late) bool { return l.Key == r.Key && !r.Unheard })
	case m.holder == nil || again:
		m.holder = &r.Lease
		result.State, result.Late = bot.BeginRun, slices.Clone(m.late)
		if m.session != "" {
			result.Session = []byte(m.session)
		}
	case m.holder.Key == r.Key:
		result.State = bot.BeginRunning
	default:
		result.State = bot.BeginWait
	}
	return result
}

func (m *model) finish(r bot.FinishRequest) error {
	if m.holder == nil || *m.holder != r.Lease {
		if m.doneBy[r.Key] == r.Owner {
			return nil
		}
		return bot.ErrLeaseLost
	}
	m.holder, m.session = nil, string(r.Session)
	m.done[r.Key], m.doneBy[r.Key] = string(r.Reply), r.Owner
	m.late = slices.DeleteFunc(m.late, func(l bot.Late) bool { return slices.Contains(r.LateTaken, l.Key) })
	if r.Undelivered {
		m.late = append(m.late, bot.Late{Key: r.Key, Reply: r.Reply})
	}
	return nil
}

// hotModel does the same random things to the hot state and to the model and compares what they say.
func hotModel(t *testing.T, open OpenHot) {
	h := open()
	var person atomic.Int32
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{tries: map[bot.EventKey]int{}, done: map[bot.EventKey]string{}, doneBy: map[bot.EventKey]string{}}
		who := someone(int(person.Add(1))) // each run has a person of its own
		anyKey := rapid.SampledFrom([]bot.EventKey{"k1", "k2", "k3", "k4"})
		anyLease := func(rt *rapid.T) bot.Lease {
			if m.holder != nil && rapid.Bool().Draw(rt, "the holder") {
				return *m.holder
			}
			return bot.Lease{Person: who, Key: anyKey.Draw(rt, "key"), Owner: fmt.Sprint("o", rapid.IntRange(1, 3).Draw(rt, "owner"))}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"begin": func(rt *rapid.T) {
				r := bot.BeginRequest{Lease: anyLease(rt), For: long, Arrival: rapid.Bool().Draw(rt, "arrival"), Unheard: rapid.Bool().Draw(rt, "unheard")}
				got, err := h.Begin(t.Context(), r)
				if err != nil {
					rt.Fatal(err)
				}
				got.Inbound = 0 // depends on the clock
				if got.Reply == nil && got.State == bot.BeginDone {
					got.Reply = []byte{}
				}
				if want := m.begin(r); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
					rt.Fatalf("begin %+v:\n got %+v\nwant %+v", r, got, want)
				}
			},
			"finish": func(rt *rapid.T) {
				r := bot.FinishRequest{Lease: anyLease(rt), SessionFor: long, ReplyFor: long,
					Session:     []byte(rapid.SampledFrom([]string{"", "s1", "s2"}).Draw(rt, "session")),
					Reply:       []byte(rapid.SampledFrom([]string{"", "r1", "r2"}).Draw(rt, "reply")),
					Undelivered: rapid.Bool().Draw(rt, "undelivered"),
					LateTaken:   rapid.SliceOfNDistinct(anyKey, 0, 2, rapid.ID).Draw(rt, "late taken"),
				}
				if got, want := h.Finish(t.Context(), r), m.finish(r); !errors.Is(got, want) {
					rt.Fatalf("finish %+v: got %v, want %v", r, got, want)
				}
			},
			"abandon": func(rt *rapid.T) {
				l := anyLease(rt)
				if err := h.Abandon(t.Context(), l); err != nil {
					rt.Fatal(err)
				}
				if m.holder != nil && *m.holder == l {
					m.holder = nil
				}
			},
			"renew": func(rt *rapid.T) {
				l := anyLease(rt)
				err := h.Renew(t.Context(), l, long)
				if held := m.holder != nil && *m.holder == l; held != (err == nil) || err != nil && !errors.Is(err, bot.ErrLeaseLost) {
					rt.Fatalf("renew: %v, held %v", err, held)
				}
			},
		})
	})
}
