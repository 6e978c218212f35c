package e2e

import (
	"strings"
	"testing"
	"time"

	"guanjia/internal/testproc"
	"guanjia/simulator"
)

// TestTheDemoSpeaksByItselfAtItsTime moves the demo's clock and looks at the phones: the morning tip, the reminder of a quiz that was left, the
// coupon that is about to expire; each once, also when the demo is killed, and none to whoever has finished.
func TestTheDemoSpeaksByItselfAtItsTime(t *testing.T) {
	t.Parallel()
	for engines, url := range map[string]func() string{
		"SQLite":     func() string { return "" },
		"PostgreSQL": func() string { return testproc.Postgres(t) },
	} {
		t.Run(engines, func(t *testing.T) {
			t.Parallel()
			var env []string
			if u := url(); u != "" {
				env = append(env, "BOT_DATABASE_URL="+u)
			}
			d := newDemo(t, engines, env...)
			wang, li := d.phone("小王"), d.phone("小李")
			wang.does(simulator.Act{Kind: simulator.ActFollow})
			wang.says("领券", "NEW")
			d.until(t, 8, 25)
			wang.hearsLater(t, "早上好", 10*time.Minute, 2*time.Hour)

			li.does(simulator.Act{Kind: simulator.ActFollow})
			li.says("答题")
			wang.says("答题")
			d.again() // killed, with the reminders to come
			wang.hearsLater(t, "还没有答完", 4*time.Hour, 40*time.Hour)
			li.hearsLater(t, "还没有答完", 4*time.Hour, 40*time.Hour)

			// The coupon has been theirs for 27 days, and they wrote within two.
			for range 26 {
				wang.Wait(24 * time.Hour)
			}
			wang.says("菜单")
			wang.hearsLater(t, "将在", 4*time.Hour, 72*time.Hour)
			for text, times := range map[string]int{"还没有答完": 1, "将在": 1} {
				if n := wang.heard(text); n != times {
					t.Errorf("%q arrived %d times", text, n)
				}
			}
			if n := li.heard("将在"); n != 0 {
				t.Error("somebody without a coupon was told that it expires")
			}
		})
	}
}

// until moves the clock to the next time of day at which the demo's people live.
func (d *demo) until(t *testing.T, hour, minute int) {
	t.Helper()
	s, err := d.client.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("CST", 8*60*60)
	now := s.Clock.Now.In(zone)
	next := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, zone)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	if _, err := d.client.Advance(t.Context(), next.Sub(now)); err != nil {
		t.Fatal(err)
	}
}

// heard counts what came to the phone by itself.
func (p *phone) heard(text string) (n int) {
	p.d.t.Helper()
	entries, err := p.d.client.Chat(p.d.t.Context(), account, p.User.ID)
	if err != nil {
		p.d.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Via == simulator.ViaAPI && e.Reply != nil && strings.Contains(e.Reply.Text, text) {
			n++
		}
	}
	return n
}

// hearsLater moves the clock in steps, at most by so much, until something came by itself.
func (p *phone) hearsLater(t *testing.T, text string, step, most time.Duration) {
	t.Helper()
	for waited := time.Duration(0); waited <= most; waited += step {
		// What is due at this time is given time to come: jobs follow the clock, and are looked for every few seconds.
		for end := time.Now().Add(12 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if p.heard(text) > 0 {
				return
			}
		}
		if _, err := p.d.client.Advance(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("%s: %q did not come within %s\n%s", p.d.engines, text, most, p.d.log)
}
