package coupon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/handlers/coupon"
	"guanjia/store"
)

func person(i int) bot.Person {
	return bot.Person{Account: bottest.Account, User: bot.UserID(fmt.Sprintf("o-%d", i))}
}

const randomCampaign = `
kind: coupon
campaigns:
- id: CAMPAIGN
  name: 礼
  keywords: [领]
  scenes: [s]
  how_to: 出示
  on_unfollow: void
  generate: {length: 8, limit: 4}
`

// TestNobodyEverHasTwoCodes plays random conversations: whatever people do in whatever order, with events delivered twice, a
// code has one owner, a person one code, and no more are given than there are.
func TestNobodyEverHasTwoCodes(t *testing.T) {
	t.Parallel()
	const limit = 4
	s := open(t)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		book := load(t, strings.Replace(randomCampaign, "CAMPAIGN", fmt.Sprintf("run-%d", runs), 1))
		id := book.Campaigns()[0].ID
		h := coupon.New(book, s)
		codeOf, ownerOf := map[bot.Person]string{}, map[string]bot.Person{}
		var events []bot.Event
		now := bottest.Start
		handle := func(ev bot.Event) {
			now = now.Add(time.Second)
			turn := &bot.Turn{Event: &ev, Campaign: id, Now: now, Session: &bot.Session{}}
			if _, err := h.Handle(t.Context(), turn); err != nil {
				rt.Fatal(err)
			}
			claim, err := s.CouponClaim(t.Context(), id, ev.Person())
			if err != nil {
				return
			}
			if had, ok := codeOf[ev.Person()]; ok && had != claim.Code {
				rt.Fatalf("%v had %s and has %s", ev.Person(), had, claim.Code)
			}
			if owner, ok := ownerOf[claim.Code]; ok && owner != ev.Person() {
				rt.Fatalf("%s belongs to %v and %v", claim.Code, owner, ev.Person())
			}
			codeOf[ev.Person()], ownerOf[claim.Code] = claim.Code, ev.Person()
		}
		rt.Repeat(map[string]func(*rapid.T){
			"new event": func(rt *rapid.T) {
				kind := rapid.SampledFrom([]bot.Kind{bot.KindText, bot.KindFollow, bot.KindScan, bot.KindUnfollow}).Draw(rt, "kind")
				p := person(rapid.IntRange(0, 6).Draw(rt, "person"))
				ev := bot.Event{Account: p.Account, User: p.User, Kind: kind, Scene: "s", Key: bot.EventKey(fmt.Sprint(runs, "-", len(events))), At: now}
				events = append(events, ev)
				handle(ev)
			},
			"event again": func(rt *rapid.T) {
				if len(events) == 0 {
					rt.Skip()
				}
				handle(rapid.SampledFrom(events).Draw(rt, "event"))
			},
			"redemption": func(rt *rapid.T) {
				p := person(rapid.IntRange(0, 6).Draw(rt, "person"))
				if _, _, err := s.RedeemCoupon(t.Context(), store.RedeemRequest{Code: codeOf[p], At: now}); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				if len(ownerOf) > limit {
					rt.Fatalf("%d codes given of %d", len(ownerOf), limit)
				}
			},
		})
	})
}
