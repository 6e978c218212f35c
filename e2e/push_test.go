package e2e

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"guanjia/simulator"
	simplatform "guanjia/simulator/platform"
)

// sendsWanted names the environment variable with the number of messages to send.
const sendsWanted = "GUANJIA_PUSH_SENDS"

const (
	defaultSends = 1500
	// perDay is BOT_PUSH_PER_DAY, one less than the number of broadcasts to everybody.
	perDay = 3
)

// broadcasts go out at the same time, to everybody.
func broadcasts() []string { return []string{"a", "b", "c", "d"} }

// lastOne is the broadcast in whose middle the platform closes both ways. It is of the priority that caps don't count.
const lastOne = "last"

// TestManyAreWrittenToByTheRules: four broadcasts go to everybody at once, though nobody may get more than three messages in a day,
// while the platform fails in every way it knows, replicas are killed with kill -9, quiet hours begin and end, everything is paused and
// resumed, and people opt out and leave. What arrived is asked of the platform.
func TestManyAreWrittenToByTheRules(t *testing.T) {
	t.Parallel()
	sends := defaultSends
	if s := os.Getenv(sendsWanted); s != "" {
		var err error
		if sends, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, on := range []struct {
		name     string
		replicas int
		env      func(*testing.T) []string
	}{
		{"SQLite", 1, func(*testing.T) []string { return nil }},
		{"Redis and PostgreSQL", 3, onServers},
	} {
		t.Run(on.name, func(t *testing.T) {
			t.Parallel()
			env := append(on.env(t), "BOT_PUSH_PER_DAY="+strconv.Itoa(perDay), "BOT_PUSH_PER_WEEK="+strconv.Itoa(perDay), "BOT_PUSH_MIN_GAP=0s", "BOT_PUSH_RATE=0", "BOT_QUIET_HOURS=off")
			r := &pushRun{office: newOffice(t, (sends+perDay-1)/perDay, on.replicas, env...)}
			r.db = r.replicas[0].open()
			r.under()
			r.closeWays()
			for _, s := range r.replicas {
				s.stop()
				s.keepsSecrets(brandSecret)
			}
			r.check()
		})
	}
}

// pushRun is one run.
type pushRun struct {
	*office
	db    *sql.DB
	quiet time.Time // the minute that is quiet
	began time.Time // when the quiet minute was over
}

// lead is how long before the quiet minute the broadcasts start.
const lead = 8 * time.Second

// under sends the four broadcasts while there is trouble.
func (r *pushRun) under() {
	t := r.t
	r.quiet = time.Now().UTC().Add(lead + 5*time.Second).Truncate(time.Minute).Add(time.Minute)
	for _, s := range r.replicas {
		s.stop()
		s.env = append(s.env, "BOT_QUIET_HOURS="+r.quiet.Format("15:04")+"-"+r.quiet.Add(time.Minute).Format("15:04"))
		s.start()
	}
	for n := range r.readers {
		if n%40 == 7 { // some have opted out before
			r.leaves(r.readers[n], false)
		}
	}
	time.Sleep(time.Until(r.quiet.Add(-lead)))
	if _, err := r.sim.SetCallFaults(faults()); err != nil {
		t.Fatal(err)
	}
	for _, id := range broadcasts() {
		r.broadcast(id, "campaign")
	}
	r.until("some are sent, or it is quiet", func() bool { return r.sent() > len(r.readers)/10 || time.Now().After(r.quiet) })
	r.killOne()
	time.Sleep(time.Until(r.quiet.Add(time.Minute)))
	r.began = time.Now()
	before := r.sent()
	t.Logf("%d were sent before it was quiet", before)

	var leaving sync.WaitGroup
	leaving.Go(func() {
		for n, p := range r.readers {
			if n%40 == 17 || n%40 == 27 {
				r.leaves(p, n%40 == 27)
			}
		}
	})
	all := len(r.readers) * perDay
	r.until("a third is sent", func() bool { return r.sent() > all/3 })
	r.pause()
	r.until("two thirds are sent", func() bool { return r.sent() > all*6/10 })
	r.killOne()
	leaving.Wait()
	r.until("most are sent", func() bool { return r.sent() > all*8/10 })
	after, took := r.sent(), time.Since(r.began)
	t.Logf("%d were sent in the %s after it was quiet, with a pause in it: %.0f in a second", after-before, took.Round(time.Second), float64(after-before)/took.Seconds())
	r.until("nothing is left to do", func() bool { return r.left() == 0 })
	t.Logf("nothing is left after %s", time.Since(r.began).Round(time.Second))
}

// killOne kills a replica, and starts it again.
func (r *pushRun) killOne() {
	s := r.replicas[rand.IntN(len(r.replicas))]
	r.t.Logf("one is killed at %d", time.Now().UnixMilli())
	s.kill()
	s.start()
}

// takesEffect is within how long a pause stops everything (two seconds), with calls that were on their way.
const takesEffect = 3 * time.Second

// pause pauses everything, sees that nothing arrives, and resumes.
func (r *pushRun) pause() {
	s := r.replicas[0]
	run(r.t, s.dir, s.env, "push", "pause", "--all")
	time.Sleep(takesEffect)
	from := r.sim.Clock().Now()
	time.Sleep(takesEffect)
	until := r.sim.Clock().Now()
	run(r.t, s.dir, s.env, "push", "resume", "--all")
	n := 0
	for _, p := range r.readers {
		for _, m := range r.arrived(p) {
			if m.at.After(from) && m.at.Before(until) {
				n++
			}
		}
	}
	if n > 0 {
		r.t.Errorf("%d messages arrived while everything was paused", n)
	}
}

// closeWays sends one more broadcast, in the middle of which the platform takes one way from the account and says of the other that
// the quota of the day is used.
func (r *pushRun) closeWays() {
	_, err := r.sim.SetCallFaults([]simplatform.Fault{
		{Kind: simplatform.FaultCode, Path: pathCustom, Code: 48001, Chance: 0.02, Times: 1},
		{Kind: simplatform.FaultCode, Path: pathTemplate, Code: 45009, Chance: 0.005, Times: 1},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.broadcast(lastOne, "service")
	r.until("both ways are closed", func() bool { return count(r.t, r.db, "SELECT count(*) FROM send_closed") == 2 || r.left() == 0 })
	r.until("nothing is left to do", func() bool { return r.left() == 0 })
}

// until waits for something that must come.
func (r *pushRun) until(what string, ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(15 * time.Minute); !ok(); time.Sleep(250 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("it never came that %s: %d sent, %d left\n%s", what, r.sent(), r.left(), r.states())
		}
	}
}

func (r *pushRun) sent() int {
	return count(r.t, r.db, "SELECT count(*) FROM send WHERE state = 'sent'")
}

// left is how many something is to become of soon: the broadcasts are not written down, or messages wait for no other day.
func (r *pushRun) left() int {
	return count(r.t, r.db, "SELECT count(*) FROM broadcast WHERE spread_at = 0 OR spread_at IS NULL") +
		count(r.t, r.db, fmt.Sprintf("SELECT count(*) FROM send WHERE state IN ('queued', 'sending') OR state = 'waiting' AND due_at < %d", time.Now().Add(30*time.Minute).UnixMilli()))
}

// message is one that arrived.
type message struct {
	id string // of the broadcast
	at time.Time
}

// arrived asks the platform what is on somebody's phone.
func (r *pushRun) arrived(p *reader) []message {
	chat, err := r.sim.Chat("brand", p.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	var list []message
	for _, e := range chat {
		if e.From != simulator.SideAccount || e.Via != simulator.ViaAPI && e.Via != simulator.ViaTemplate {
			continue
		}
		list = append(list, message{markedBy(e.Reply.Text), e.At})
	}
	return list
}
