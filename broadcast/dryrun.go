package broadcast

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/segment"
	"guanjia/store"
)

// DryRun is what would become of a broadcast that is started now.
type DryRun struct {
	At     time.Time      `json:"at"`
	People int            `json:"people"`
	Now    map[string]int `json:"now,omitempty"`   // by way
	Later  []Wave         `json:"later,omitempty"` // in order
	Held   int            `json:"held,omitempty"`  // kept for the next visit
	Never  map[string]int `json:"never,omitempty"` // by reason
	Notes  []string       `json:"notes,omitempty"` // of calls that the platform addresses itself
}

// Wave is how many would go out later, at about one time.
type Wave struct {
	At     time.Time     `json:"at"`
	Reason policy.Reason `json:"reason"`
	People int           `json:"people"`
}

// DryRun asks the policy for everybody of the segment, without sending anything, and keeps the result. progress, which may be nil, is told how
// many were asked.
func (s *Service) DryRun(ctx context.Context, id, who string, progress func(done, all int)) (DryRun, error) {
	_, d, err := s.find(ctx, id)
	if err != nil {
		return DryRun{}, err
	}
	now := s.now()
	r := DryRun{At: now, Now: map[string]int{}, Never: map[string]int{}}
	all, err := s.count(ctx, d, now)
	if err != nil {
		return r, err
	}
	if d.To == ToPeople {
		err = s.judgeAll(ctx, d, now, &r, func(done int) {
			if progress != nil {
				progress(done, max(all, done))
			}
		})
	} else {
		err = s.dryCall(ctx, d, all, &r)
	}
	if err != nil {
		return r, err
	}
	_, err = s.change(ctx, id, who, "dry_run", r.String(), func(_ context.Context, _ *store.Tx, b *store.Broadcast) error {
		b.DryRun, err = json.Marshal(r)
		b.DryRunAt = now
		return err
	})
	return r, err
}

func (s *Service) judgeAll(ctx context.Context, d Draft, now time.Time, r *DryRun, progress func(int)) error {
	e, err := audience(d)
	if err != nil {
		return err
	}
	waves := map[Wave]int{}
	for after := bot.UserID(""); ; {
		users, err := segment.ListIn(ctx, s.store, e, now, d.Account, after, segment.PageMax)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(users, store.CrowdMax) {
			p := d.push(bot.Person{Account: d.Account})
			p.Expires = d.expires(now, s.cfg.Zone)
			verdicts, err := s.cfg.Judge.JudgeAll(ctx, p, some)
			if err != nil {
				return fmt.Errorf("ask the policy: %w", err)
			}
			for _, v := range verdicts {
				r.add(v, waves)
			}
			progress(r.People)
		}
		if len(users) < segment.PageMax {
			break
		}
		after = users[len(users)-1]
	}
	for w, n := range waves {
		w.People = n
		r.Later = append(r.Later, w)
	}
	slices.SortFunc(r.Later, func(a, b Wave) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Reason, b.Reason)) })
	return nil
}

// waveWidth is how close together those are told as one who would go out later.
const waveWidth = 30 * time.Minute

func (r *DryRun) add(v policy.Verdict, waves map[Wave]int) {
	r.People++
	switch v.Do {
	case policy.Send:
		r.Now[string(v.Way)]++
	case policy.Wait:
		w := Wave{Reason: v.Reason}
		if !v.Until.IsZero() {
			w.At = v.Until.UTC().Truncate(waveWidth)
		}
		waves[w]++
	case policy.Hold:
		r.Held++
	default:
		r.Never[string(v.Reason)]++
	}
}

// Sum adds the counts of a list up.
func sum(of map[string]int) (n int) {
	for _, v := range of {
		n += v
	}
	return n
}

// String is the result in one sentence, times in UTC; Tell uses a zone.
func (r DryRun) String() string { return r.Tell(time.UTC) }

// Tell is the result in one sentence: "12,480 people: 9,113 now, 2,950 tomorrow 08:30, 417 never: 300 opted out, 117 cap".
func (r DryRun) Tell(zone *time.Location) string {
	parts := []string{thousands(sum(r.Now)) + " now"}
	for _, w := range r.Later {
		parts = append(parts, thousands(w.People)+" "+when(w.At, r.At, zone))
	}
	if r.Held > 0 {
		parts = append(parts, thousands(r.Held)+" at their next visit")
	}
	if n := sum(r.Never); n > 0 {
		why := make([]string, 0, len(r.Never))
		for _, reason := range byCount(r.Never) {
			why = append(why, thousands(r.Never[reason])+" "+strings.ReplaceAll(reason, "_", " "))
		}
		parts = append(parts, thousands(n)+" never: "+strings.Join(why, ", "))
	}
	text := thousands(r.People) + " people: " + strings.Join(parts, ", ")
	if len(r.Notes) > 0 {
		text = strings.Join(r.Notes, "; ")
	}
	return text
}

// byCount lists the words of a list, the most frequent first.
func byCount(of map[string]int) []string {
	list := make([]string, 0, len(of))
	for word := range of {
		list = append(list, word)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b)) })
	return list
}

func when(at, now time.Time, zone *time.Location) string {
	if at.IsZero() {
		return "when it is resumed"
	}
	at, now = at.In(zone), now.In(zone)
	days := func(t time.Time) int { return int(t.Unix()+int64(offset(t))) / 86400 }
	switch days(at) - days(now) {
	case 0:
		return "today " + at.Format("15:04")
	case 1:
		return "tomorrow " + at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

func offset(t time.Time) int {
	_, seconds := t.Zone()
	return seconds
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
