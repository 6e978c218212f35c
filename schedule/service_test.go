package schedule_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

const morning = `
schedules:
  - id: tip
    name: 健康提示
    segment: all
    at: [morning]
    grace: 2h
    say: [{text: 早上好}]
`

func TestATimeThatComesRunsOnceOverTwoReplicas(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.follows("brand", 1203) // over several pages
		one := b.start(morning)
		b.start(morning)
		for day := 25; day <= 27; day++ {
			b.clock.set(fmt.Sprintf("2026-11-%d 08:30:00", day))
			b.comes("tip", fmt.Sprintf("%d 08:30 done 1203/1203", day))
		}
		// Both are told to look again, many times at once.
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { _ = one.service.Adopt(t.Context()) })
		}
		wg.Wait()
		b.clock.set("2026-11-28 08:30:00")
		b.comes("tip", "28 08:30 done 1203/1203")
		if got := b.slots("tip"); len(got) != 4 {
			t.Errorf("slots %v", got)
		}
		if got := b.sends(bot.Person{Account: "brand", User: "user-000"}); len(got) != 4 {
			t.Errorf("four mornings, and %d messages", len(got))
		}
	})
}

func TestWhatWasMissedRunsLateOrIsNoted(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.follows("brand", 3)
		p := b.start(morning)
		p.stop()
		b.clock.set("2026-11-25 10:29:00") // within the grace
		p = b.start(morning)
		b.comes("tip", "25 08:30 done 3/3")
		p.stop()
		b.clock.set("2026-11-28 11:00:00") // three mornings later, and too late for the last
		p = b.start(morning)
		b.comes("tip", "28 08:30 missed late")
		p.stop()
		b.clock.set("2026-11-30 09:00:00") // the 29th is gone, the 30th still makes sense
		b.start(morning)
		b.comes("tip", "30 08:30 done 3/3")
		want := []string{"25 08:30 done 3/3", "26 08:30 missed late", "27 08:30 missed late", "28 08:30 missed late", "29 08:30 missed late", "30 08:30 done 3/3"}
		if got := b.slots("tip"); !slices.Equal(got, want) {
			t.Errorf("slots\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestSeveralTimesThatComeTogetherRunAsOne(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.follows("brand", 2)
		b.start(strings.Replace(morning, "at: [morning]", `cron: ["*/10 * * * *"]`, 1))
		b.clock.set("2026-11-25 08:35:00")
		b.comes("tip", "25 08:30 done 2/2")
		if got := b.slots("tip"); !slices.Equal(got, []string{"25 08:10 missed overtaken", "25 08:20 missed overtaken", "25 08:30 done 2/2"}) {
			t.Errorf("slots %v", got)
		}
	})
}

func TestChangedContentTakesEffectAndNothingRunsTwice(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.follows("brand", 2)
		p := b.start(morning)
		b.clock.set("2026-11-25 08:30:00")
		b.comes("tip", "25 08:30 done 2/2")
		// The same time with other words does not run again; an earlier one is not caught up with.
		b.clock.set("2026-11-25 08:31:00")
		p.reads(strings.Replace(morning, "早上好", "大家早", 1))
		p.reads(strings.Replace(morning, "[morning]", "['08:15', morning, '09:00']", 1))
		b.clock.set("2026-11-25 09:00:00")
		b.comes("tip", "25 09:00 done 2/2")
		// Taken out, it is silent; put back, it goes on with what is to come.
		p.reads("schedules: []\n")
		b.clock.set("2026-11-26 09:00:00")
		p.reads(morning)
		b.clock.set("2026-11-27 08:30:00")
		b.comes("tip", "27 08:30 done 2/2")
		if got := b.slots("tip"); !slices.Equal(got, []string{"25 08:30 done 2/2", "25 09:00 done 2/2", "27 08:30 done 2/2"}) {
			t.Errorf("slots %v", got)
		}
	})
}

func TestAReplicaWithOldContentLeavesItToOthers(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.follows("brand", 1)
		old := b.start(morning)
		renewed := b.start(morning)
		renewed.reads(strings.Replace(morning, "早上好", "大家早", 1))
		renewed.stop() // only the old one works
		b.clock.set("2026-11-25 08:30:00")
		if err := old.service.Adopt(t.Context()); err != nil { // it looks after what it knows
			t.Fatal(err)
		}
		b.start(strings.Replace(morning, "早上好", "大家早", 1))
		b.eventually("the new words are said", func() bool {
			b.clock.add(11 * time.Second) // the old one leaves the job alone each time it is given it
			return slices.Contains(b.slots("tip"), "25 08:30 done 1/1")
		})
		all := b.sends(bot.Person{Account: "brand", User: "user-000"})
		if len(all) != 1 || !strings.Contains(string(all[0].Content), "大家早") {
			t.Errorf("sent %d, %s", len(all), all[0].Content)
		}
	})
}

func TestAClockThatWasFarAheadDoesNotSilenceASchedule(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.follows("brand", 1)
		p := b.start(morning)
		b.clock.set("2030-01-01 08:30:00")
		b.comes("tip", "01 08:30 done 1/1")
		p.stop()
		b.clock.set("2026-11-25 08:10:00") // it was a mistake
		b.start(morning)
		b.clock.set("2026-11-25 08:30:00")
		b.eventually("the morning of the 25th", func() bool {
			return slices.Contains(b.slots("tip"), "25 08:30 done 1/1")
		})
	})
}

func TestASequenceGoesAroundItsMoment(t *testing.T) {
	t.Parallel()
	const live = `
schedules:
  - id: live
    name: 医生直播
    segment: tag:直播
    moment: 2026-11-26 20:00
    priority: major
    topic: live
    steps:
      - {at: T-1d, say: [{text: 明晚八点直播}]}
      - {at: T-1h, say: [{text: 还有一小时}]}
      - {at: T-10m, grace: 5m, say: [{text: 马上开始}]}
      - {at: T+30m, priority: campaign, say: [{text: 请填反馈}]}
`
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.follows("brand", 5)
		fan := bot.Person{Account: "brand", User: "user-003"}
		if err := b.first.TagPerson(t.Context(), store.TagRequest{Person: fan, Tags: []string{"直播"}, At: b.clock.Now()}); err != nil {
			t.Fatal(err)
		}
		b.start(live)
		b.clock.set("2026-11-25 20:00:00")
		b.comes("live/T-1D", "25 20:00 done 1/1")
		b.clock.set("2026-11-26 19:10:00")
		b.comes("live/T-1H", "26 19:00 done 1/1")
		b.clock.set("2026-11-26 19:56:00") // six minutes late, with a grace of five
		b.comes("live/T-10M", "26 19:50 missed late")
		b.clock.set("2026-11-26 20:30:00")
		b.comes("live/T+30M", "26 20:30 done 1/1")
		var told []string
		for _, s := range b.sends(fan) {
			told = append(told, fmt.Sprintf("%s %d %s", s.Campaign, s.Priority, s.Topic))
		}
		slices.Sort(told)
		if want := []string{"live 2 live", "live 2 live", "live 3 live"}; !slices.Equal(told, want) {
			t.Errorf("told %v", told)
		}
	})
}
