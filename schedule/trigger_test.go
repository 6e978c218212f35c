package schedule_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/schedule"
	"guanjia/store"
)

// reminders are what the people of a bed were told by triggers, as "user-001 coupon_expiring".
func (b *bed) reminders(people ...string) []string {
	b.t.Helper()
	var all []string
	for _, p := range people {
		for _, s := range b.sends(bot.Person{Account: "brand", User: bot.UserID(p)}) {
			all = append(all, p+" "+strings.Split(s.Cause, ":")[2])
		}
	}
	slices.Sort(all)
	return all
}

// looks waits until a trigger has looked at a time.
func (b *bed) looks(trigger, at string) {
	b.t.Helper()
	b.eventually(trigger+" looks at "+at, func() bool {
		plans, err := b.first.Plans(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		i := slices.IndexFunc(plans, func(p store.Plan) bool { return p.Name == trigger })
		return i >= 0 && !plans[i].Scanned.Before(moment(at))
	})
}

func (b *bed) claims(user string, expires string) store.Claim {
	b.t.Helper()
	c, _, err := b.first.ClaimCoupon(b.t.Context(), store.ClaimRequest{
		Campaign: "newgift", Person: bot.Person{Account: "brand", User: bot.UserID(user)}, Key: bot.EventKey("claim:" + user), At: b.clock.Now(),
		ExpiresAt: moment(expires), Generate: &store.Generate{Code: func() (string, error) { return "CODE-" + user, nil }},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func TestACouponThatExpiresIsToldOfOnceAndNotWhenItWasUsed(t *testing.T) {
	t.Parallel()
	const yaml = `
schedules:
  - id: expiring
    name: 优惠券到期提醒
    on: coupon_expiring
    campaign: newgift
    within: 3d
    accounts: [brand]
    say: [{text: "券码 {code} 将在 {date} 到期，还有 {days} 天"}]
`
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.claims("soon", "2026-11-28 09:00:00")    // due at 09:00 today
		b.claims("used", "2026-11-28 09:00:00")    // redeemed before
		b.claims("sent", "2026-11-28 09:00:00")    // told, and redeemed before the message goes
		b.claims("later", "2026-12-30 00:00:00")   // not due for a month
		b.claims("evening", "2026-11-28 20:00:00") // due tonight
		redeem := func(user string) {
			if _, _, err := b.first.RedeemCoupon(t.Context(), store.RedeemRequest{Code: "CODE-" + user, By: "till", At: b.clock.Now()}); err != nil {
				t.Fatal(err)
			}
		}
		redeem("used")
		everybody := []string{"soon", "used", "sent", "later", "evening"}
		p := b.start(yaml)
		b.clock.set("2026-11-25 09:05:00")
		b.looks("expiring", "2026-11-25 09:05:00")
		if got := b.reminders(everybody...); !slices.Equal(got, []string{"sent coupon_expiring", "soon coupon_expiring"}) {
			t.Fatalf("told %v", got)
		}
		said := b.sends(bot.Person{Account: "brand", User: "soon"})[0]
		if text := string(said.Content); !strings.Contains(text, "券码 CODE-soon 将在 11月28日 到期，还有 3 天") {
			t.Errorf("said %s", text)
		}
		if !said.Expires.Equal(moment("2026-11-28 09:00:00")) {
			t.Errorf("it is told until %v", said.Expires)
		}
		redeem("sent")
		for user, want := range map[string]bool{"soon": false, "sent": true} {
			to := bot.Person{Account: "brand", User: bot.UserID(user)}
			if moot, err := p.service.Moot(t.Context(), to, b.sends(to)[0].Cause); err != nil || moot != want {
				t.Errorf("%s is moot: %v, %v", user, moot, err)
			}
		}
		// Whoever was away for a day still hears of it, once.
		p.stop()
		b.clock.set("2026-11-26 12:00:00")
		p = b.start(yaml)
		b.looks("expiring", "2026-11-26 12:00:00")
		if got := b.reminders(everybody...); !slices.Equal(got, []string{"evening coupon_expiring", "sent coupon_expiring", "soon coupon_expiring"}) {
			t.Errorf("told %v", got)
		}
		if got := b.slots("expiring"); slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "missed") || strings.Contains(s, "0/0") }) {
			t.Errorf("slots in which nothing happened are kept: %v", got)
		}
		p.reads("schedules: []\n")
		to := bot.Person{Account: "brand", User: "soon"}
		if moot, err := p.service.Moot(t.Context(), to, b.sends(to)[0].Cause); err != nil || !moot {
			t.Errorf("the schedule was removed, and its message goes out: %v, %v", moot, err)
		}
	})
}

func TestWhoLeftAQuizOrASurveyIsRemindedOnce(t *testing.T) {
	t.Parallel()
	const yaml = `
schedules:
  - {id: quiz, name: 答题提醒, on: quiz_unfinished, campaign: health, after: 4h, say: [{text: 还差几题}]}
  - {id: survey, name: 问卷提醒, on: survey_unfinished, campaign: views, after: 2h, segment: "tag:会员", say: [{text: 还差几题}]}
`
	onBothEngines(t, func(t *testing.T, b *bed) {
		person := func(user string) bot.Person { return bot.Person{Account: "brand", User: bot.UserID(user)} }
		start := func(user string) store.Attempt {
			a, _, err := b.first.StartAttempt(t.Context(), "health", person(user), 0, bot.EventKey("start:"+user), b.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		finish := func(a store.Attempt) {
			if _, _, err := b.first.FinishAttempt(t.Context(), store.FinishedAttempt{ID: a.ID, Key: "f:" + bot.EventKey(a.ID), At: b.clock.Now(), MaxScore: 1}); err != nil {
				t.Fatal(err)
			}
		}
		left, finished := start("left"), start("finished")
		finish(finished)
		for _, user := range []string{"member", "stranger", "done"} {
			b.follow(person(user))
			if err := b.first.BeginSurvey(t.Context(), "views", person(user), b.clock.Now()); err != nil {
				t.Fatal(err)
			}
			if user != "stranger" {
				if err := b.first.TagPerson(t.Context(), store.TagRequest{Person: person(user), Tags: []string{"会员"}, At: b.clock.Now()}); err != nil {
					t.Fatal(err)
				}
			}
		}
		answer := func(user string) {
			r := store.SurveyResponse{Campaign: "views", Key: bot.EventKey("s:" + user), StartedAt: b.clock.Now(), FinishedAt: b.clock.Now().Add(time.Minute), Complete: true, Anonymous: true}
			if _, err := b.first.SubmitSurvey(t.Context(), r, person(user)); err != nil {
				t.Fatal(err)
			}
		}
		answer("done")
		p := b.start(yaml)
		b.clock.set("2026-11-25 11:55:00") // five minutes short of four hours
		b.looks("quiz", "2026-11-25 11:55:00")
		b.looks("survey", "2026-11-25 11:55:00")
		everybody := []string{"left", "finished", "member", "stranger", "done"}
		if got := b.reminders(everybody...); !slices.Equal(got, []string{"member survey_unfinished"}) {
			t.Fatalf("told %v", got)
		}
		b.clock.set("2026-11-25 12:00:00")
		b.looks("quiz", "2026-11-25 12:00:00")
		want := []string{"left quiz_unfinished", "member survey_unfinished"}
		if got := b.reminders(everybody...); !slices.Equal(got, want) {
			t.Fatalf("told %v", got)
		}
		moot := func(user string) bool {
			m, err := p.service.Moot(t.Context(), person(user), b.sends(person(user))[0].Cause)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		if moot("left") || moot("member") {
			t.Error("it is moot before anything happened")
		}
		finish(left)
		answer("member")
		if !moot("left") || !moot("member") {
			t.Error("who has finished is reminded all the same")
		}
		b.clock.set("2026-11-27 12:00:00")
		b.looks("quiz", "2026-11-27 12:00:00")
		if got := b.reminders(everybody...); !slices.Equal(got, want) {
			t.Errorf("told again: %v", got)
		}
	})
}

// TestFollowersHearDaysAfter goes over several pages, of people who followed in the same moment; those who followed long before the trigger
// was written do not.
func TestFollowersHearDaysAfter(t *testing.T) {
	t.Parallel()
	const yaml = "schedules:\n  - {id: third-day, name: 第三天, on: followed, after: 3d, accounts: [brand], say: [{text: 欢迎}]}\n"
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.clock.set("2026-11-20 08:00:00")
		b.follow(bot.Person{Account: "brand", User: "old"})
		b.clock.set("2026-11-25 08:00:00")
		b.follows("brand", 1100)
		b.follow(bot.Person{Account: "other", User: "elsewhere"})
		gone := bot.Person{Account: "brand", User: "user-007"}
		if err := b.first.Unfollow(t.Context(), gone, "gone", b.clock.Now()); err != nil {
			t.Fatal(err)
		}
		p := b.start(yaml)
		b.clock.set("2026-11-28 08:00:00")
		b.comes("third-day", "28 08:00 done 1099/1099")
		if got := b.reminders("old"); len(got) != 0 {
			t.Errorf("told %v", got)
		}
		to := bot.Person{Account: "brand", User: "user-001"}
		if err := b.first.Unfollow(t.Context(), to, "gone2", b.clock.Now()); err != nil {
			t.Fatal(err)
		}
		if moot, err := p.service.Moot(t.Context(), to, b.sends(to)[0].Cause); err != nil || !moot {
			t.Errorf("moot %v, %v", moot, err)
		}
	})
}

func TestCausesOfOthersAreNeverMoot(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, b *bed) {
		p := b.start(morning)
		b.clock.set("2026-11-25 08:29:00")
		for cause, want := range map[string]bool{
			"late:abc": false, "": false, "schedule": false, "schedule:tip": false, "broadcast:schedule:tip": false,
			schedule.CauseOf("tip", "2026-11-25T0000Z"): false, schedule.CauseOf("gone", "2026"): true,
			schedule.CauseOf("tip", "coupon_expiring", "a", "b", "not a number"): false,
			schedule.CauseOf("tip", "poem", "a", "b", "1"):                       false,
		} {
			if moot, err := p.service.Moot(t.Context(), bot.Person{Account: "brand", User: "a"}, cause); err != nil || moot != want {
				t.Errorf("%q is moot: %v, %v", cause, moot, fmt.Sprint(err))
			}
		}
	})
}
