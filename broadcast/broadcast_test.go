package broadcast_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/store"
)

const live = `
kind: broadcast
id: live
name: 平安夜直播
account: shop
segment: followed<30d and not tag:staff
ways: [template]
topic: live
expires: 24h
messages:
  - text: 今晚八点，直播间见。
`

func TestADryRunTellsWhatWouldBecomeOfEverybody(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.followers(0, 50)
		for i := range 3 {
			_, err := b.store.SetConsent(b.t.Context(), store.Consent{Person: user(i), Source: "test", Key: bot.EventKey(fmt.Sprint("no-", i)), At: b.clock.Now()})
			b.ok(err)
		}
		b.ok(b.store.TagPerson(b.t.Context(), store.TagRequest{Person: user(10), Tags: []string{"staff"}, Key: "k", At: b.clock.Now()}))
		b.draft(live)
		asked := 0
		r, err := b.service.DryRun(b.t.Context(), "live", "wang", func(done, _ int) { asked = done })
		b.ok(err)
		if got, want := r.Tell(china()), "49 people: 46 now, 3 never: 3 opted out"; got != want || asked != 49 {
			b.t.Errorf("by day %q after %d, want %q", got, asked, want)
		}
		b.clock.forward(10 * time.Hour) // 22:00
		r, err = b.service.DryRun(b.t.Context(), "live", "wang", nil)
		b.ok(err)
		if got, want := r.Tell(china()), "49 people: 0 now, 46 tomorrow 08:30, 3 never: 3 opted out"; got != want {
			b.t.Errorf("by night %q, want %q", got, want)
		}
		if n, _ := b.post.counts(); n != 0 {
			b.t.Errorf("a dry run sent %d messages", n)
		}
	})
}

func TestEverybodyOfTheSegmentGetsItOnce(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.followers(0, 4100) // more than two pages
		b.draft(strings.Replace(live, "followed<30d and not tag:staff", "scene:scene and not tag:staff", 1))
		b.ok(b.store.TagPerson(b.t.Context(), store.TagRequest{Person: user(10), Tags: []string{"staff"}, Key: "k", At: b.clock.Now()}))
		b.ok(b.store.Unfollow(b.t.Context(), user(11), "left", b.clock.Now().Add(time.Second)))
		crashes := 0
		b.crash = func() error { // the second page and its job are lost the first time
			if crashes++; crashes == 3 {
				return errors.New("killed")
			}
			return nil
		}
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Who: "wang"})
		b.ok(err)
		b.work()
		r := b.until("live", "sent", func(r broadcast.Report) bool { return r.Broadcast.State == store.BroadcastSent })
		people, messages := b.post.counts()
		if people != 4098 || messages != 4098 || r.Progress.Sent != 4098 || r.Progress.Written != 4099 {
			b.t.Errorf("%d people got %d messages; %+v", people, messages, r.Progress)
		}
		if r.Progress.Dropped != 1 || r.Progress.Reasons["gone"] != 1 {
			b.t.Errorf("who left: %+v", r.Progress)
		}
		if len(r.Acts) != 2 || r.Acts[0].Who != "wang" || r.Acts[1].Act != "started" {
			b.t.Errorf("who did what: %+v", r.Acts)
		}
	})
}

func TestASegmentOfEverybodyWantsTheNumberAndAnEmptyOneIsRefused(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.followers(0, 5)
		b.draft(strings.Replace(live, "followed<30d and not tag:staff", "all", 1))
		start := func(yes int) error {
			_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: yes, Who: "wang"})
			return err
		}
		if r := refusal(t, start(0), "everybody"); r.Number != 5 || !strings.Contains(r.Error(), "--yes=5") {
			t.Errorf("%+v", r)
		}
		refusal(t, start(4), "everybody")
		b.draft(strings.Replace(live, "followed<30d and not tag:staff", "tag:nobody", 1))
		refusal(t, start(0), "empty")
		b.draft(strings.Replace(live, "followed<30d and not tag:staff", "all", 1))
		b.ok(start(5))
		refusal(t, start(5), "wrong_state")
	})
}

func TestAPausedBroadcastGoesOnWhenItIsResumed(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.followers(0, 300)
		b.draft(strings.Replace(live, " and not tag:staff", " and scene:scene", 1))
		hold := make(chan struct{})
		b.post.hold = hold
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: 300, Who: "wang"})
		b.ok(err)
		b.work()
		b.until("live", "written", func(r broadcast.Report) bool { return r.Progress.Written == 300 && r.Progress.Sending > 0 })
		_, err = b.service.Pause(b.t.Context(), "live", "li")
		b.ok(err)
		time.Sleep(2 * time.Second) // what a pause takes on all replicas
		close(hold)
		r := b.until("live", "waiting", func(r broadcast.Report) bool {
			return r.Progress.Sending == 0 && r.Progress.Reasons["paused_campaign"] > 0
		})
		if r.Progress.Sent > 20 {
			b.t.Errorf("%d went out of a paused one", r.Progress.Sent)
		}
		_, err = b.service.Resume(b.t.Context(), "live", "li")
		b.ok(err)
		b.until("live", "sent", func(r broadcast.Report) bool {
			return r.Broadcast.State == store.BroadcastSent && r.Progress.Sent == 300
		})
		if people, messages := b.post.counts(); people != 300 || messages != 300 {
			b.t.Errorf("%d people got %d messages", people, messages)
		}
	})
}

func TestWhatHasNotGoneOutOfACancelledOneIsDropped(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.followers(0, 100)
		b.draft(live)
		b.clock.forward(10 * time.Hour) // quiet hours: all wait
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: 100, Who: "wang"})
		b.ok(err)
		b.work()
		b.until("live", "waiting", func(r broadcast.Report) bool { return r.Progress.Reasons["quiet_hours"] == 100 })
		_, err = b.service.Cancel(b.t.Context(), "live", "li")
		b.ok(err)
		b.until("live", "dropped", func(r broadcast.Report) bool { return r.Progress.Reasons["cancelled"] == 100 })
		if people, _ := b.post.counts(); people != 0 {
			b.t.Errorf("%d people got a cancelled message", people)
		}
	})
}

func TestAScheduledBroadcastStartsAtItsTime(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.followers(0, 3)
		b.draft(live)
		at := b.clock.Now().Add(time.Hour)
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{At: at, Yes: 3, Who: "wang"})
		b.ok(err)
		b.work()
		b.clock.forward(30 * time.Minute)
		r, err := b.service.Report(b.t.Context(), "live")
		b.ok(err)
		if r.Broadcast.State != store.BroadcastScheduled {
			b.t.Fatalf("before its time it is %s", r.Broadcast.State)
		}
		b.clock.forward(31 * time.Minute)
		b.until("live", "sent", func(r broadcast.Report) bool { return r.Progress.Sent == 3 })
	})
}

func TestAPreviewReachesOnePersonInQuietHours(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.followers(0, 3)
		b.draft(live)
		b.clock.forward(10 * time.Hour)
		b.work()
		b.ok(b.service.Preview(b.t.Context(), "live", bot.Person{User: user(1).User}, "wang"))
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			if people, _ := b.post.counts(); people == 1 {
				break
			}
			if time.Now().After(deadline) {
				b.t.Fatal("the preview never came")
			}
		}
	})
}
