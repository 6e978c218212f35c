package schedule_test

import (
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/schedule"
)

// TestItIsKnownAheadWhomATriggerFindsNext: List tells for whom a plan is, and when a trigger finds the first of those who are known now. Who
// has been told is known no more, nor who is not meant.
func TestItIsKnownAheadWhomATriggerFindsNext(t *testing.T) {
	t.Parallel()
	const yaml = `
schedules:
  - id: expiring
    name: 优惠券到期提醒
    on: coupon_expiring
    campaign: newgift
    within: 3d
    say: [{text: "快到期了"}]
  - id: elsewhere
    name: 别处的提醒
    on: coupon_expiring
    campaign: newgift
    within: 3d
    accounts: [other]
    say: [{text: "快到期了"}]
  - id: tagged
    name: 会员的提醒
    on: coupon_expiring
    campaign: newgift
    within: 3d
    segment: tag:会员
    say: [{text: "快到期了"}]
  - id: morning
    name: 早安
    segment: tag:会员
    at: [morning]
    say: [{text: "早上好"}]
`
	onBothEngines(t, func(t *testing.T, b *bed) {
		b.claims("first", "2026-11-28 09:01:00") // due at 09:01: the look at 09:05 finds it
		b.claims("second", "2026-12-30 00:00:00")
		b.start(yaml)
		known := func() map[string]schedule.Status {
			t.Helper()
			list, err := schedule.List(t.Context(), b.first, read(t, yaml).Plans(nil, []bot.AccountName{"brand", "other"}, b.clock.Now), b.clock.Now(), 3)
			if err != nil {
				t.Fatal(err)
			}
			named := map[string]schedule.Status{}
			for _, s := range list {
				named[s.Name] = s
			}
			return named
		}
		is := func(s schedule.Status, want time.Time) {
			t.Helper()
			if !s.Soonest.Equal(want) {
				t.Errorf("%s finds somebody at %v, not %v", s.Name, s.Soonest, want)
			}
		}
		all := known()
		is(all["expiring"], moment("2026-11-25 09:05:00"))
		is(all["elsewhere"], time.Time{})
		is(all["tagged"], time.Time{})
		is(all["morning"], time.Time{})
		if a := all["morning"]; a.Audience.Segment != "tag:会员" || a.Looks || !a.Next.Equal(moment("2026-11-25 08:30:00")) {
			t.Errorf("the morning is told as %+v", a)
		}
		if a := all["expiring"].Audience; a.On != schedule.CouponExpiring || a.Campaign != "newgift" || a.Segment != "" {
			t.Errorf("the trigger is for %+v", a)
		}
		b.clock.set("2026-11-25 09:05:00")
		b.looks("expiring", "2026-11-25 09:05:00")
		is(known()["expiring"], moment("2026-12-27 00:00:00"))
	})
}
