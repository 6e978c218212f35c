package coupon_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/handlers/coupon"
	"guanjia/store"
)

// load reads one content file and fails on problems.
func load(t testing.TB, file string) *coupon.Book {
	t.Helper()
	d, ps := content.Parse("coupon.yaml", []byte(file), nil)
	if ps != nil {
		t.Fatal(ps)
	}
	b, ps := coupon.Load([]content.Doc{d}, bottest.Zone)
	if ps != nil {
		t.Fatal(ps)
	}
	return b
}

func talk(t *testing.T, file string) *bottest.Talk {
	book := load(t, file)
	return bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{coupon.New(book, s)} })
}

// gift is a campaign whose codes are made.
const gift = `
kind: coupon
campaigns:
- id: newgift
  name: 关注有礼
  keywords: [领券]
  menu_keys: [COUPON]
  scenes: [newgift]
  generate: {prefix: NEW, length: 8, limit: 2}
  valid_for: 30d
  how_to: 结账时出示券码
`

var madeCode = regexp.MustCompile(`NEW[0-9A-Z]{9}`)

// codeIn finds the code that was said.
func codeIn(t *testing.T, h *bottest.Heard) string {
	t.Helper()
	code := madeCode.FindString(h.Text())
	if code == "" {
		t.Fatalf("no code in %q", h.Text())
	}
	return code
}

// TestAFollowerOfTheSceneGetsOneCode, however often they come back for another.
func TestAFollowerOfTheSceneGetsOneCode(t *testing.T) {
	t.Parallel()
	k := talk(t, gift)
	wang := k.Person("wang")
	given := wang.Follows("newgift").Hears("送您《关注有礼》", "结账时出示券码", "有效期至2026年4月9日")
	code := codeIn(t, given)
	wang.Again(given.Event).Hears("送您", code)
	wang.Says("领券").Hears("已经领过", code, "结账时出示券码", "有效期至2026年4月9日")
	wang.Clicks("COUPON").Hears("已经领过", code)
	wang.Scans("newgift").Hears("已经领过", code)
	wang.Follows("newgift").Hears("已经领过", code)

	li := k.Person("li")
	li.Follows("").HearsNothing()
	li.Follows("pharmacy-01").HearsNothing()
	if other := codeIn(t, li.Says(" 领券。").Hears("送您")); other == code {
		t.Errorf("two persons got %s", code)
	}
	k.Person("zhang").Says("领券").Hears("领完了").DoesNotHear("NEW")
	wang.Says("领券").Hears(code)
}

// TestTheSameEventGetsTheSameCode, also when the first execution died before its answer was kept.
func TestTheSameEventGetsTheSameCode(t *testing.T) {
	t.Parallel()
	k := talk(t, gift)
	h := coupon.New(load(t, gift), k.Store)
	var first string
	for i := range 3 {
		turn := &bot.Turn{
			Event:    &bot.Event{Account: "brand", User: "o-wang", Key: "same", Kind: bot.KindFollow, Scene: "newgift", At: bottest.Start},
			Campaign: "newgift", Now: bottest.Start.Add(time.Duration(i) * time.Hour), Session: &bot.Session{},
		}
		r, err := h.Handle(t.Context(), turn)
		if err != nil || turn.Outcome() != "given" {
			t.Fatalf("said %v, noted %q, %v", r, turn.Outcome(), err)
		}
		if i == 0 {
			first = r.Messages[0].Text
		}
		if r.Messages[0].Text != first {
			t.Errorf("said %q, first %q", r.Messages[0].Text, first)
		}
	}
}

// TestOutcomesAreToldApart: not begun, outside the hours, over; who has a code sees it all the same.
func TestOutcomesAreToldApart(t *testing.T) {
	t.Parallel()
	k := talk(t, `
kind: coupon
campaigns:
- id: spring
  name: 春季礼
  keywords: [春天]
  scenes: [spring]
  active: {from: 2026-03-12 09:00, until: 2026-03-15, hours: [09:00-12:00, 14:00-18:00], days: [周四, 周五, 周六]}
  generate: {limit: 0}
  how_to: 结账时出示券码
`)
	k.Later(24 * time.Hour) // Wednesday, 10:00
	wang, li := k.Person("wang"), k.Person("li")
	wang.Says("春天").Hears("还没开始", "2026年3月12日 09:00 开始领取")
	wang.Follows("spring").Hears("还没开始")
	k.Later(27 * time.Hour) // Thursday, 13:00
	wang.Says("春天").Hears("现在不是", "周四、周五、周六 09:00-12:00、14:00-18:00")
	k.Later(2 * time.Hour)
	wang.Says("春天").Hears("送您", "长期有效")
	k.Later(5 * time.Hour) // 20:00
	wang.Says("春天").Hears("已经领过", "长期有效")
	li.Says("春天").Hears("现在不是")
	k.Later(72 * time.Hour) // Sunday
	wang.Says("春天").Hears("已经领过")
	li.Says("春天").Hears("已经结束")
	li.Scans("spring").Hears("已经结束")
}

// TestACodeTellsWhatBecameOfIt: used, void, expired.
func TestACodeTellsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	k := talk(t, gift)
	wang, li := k.Person("wang"), k.Person("li")
	used := codeIn(t, wang.Follows("newgift"))
	if _, o, err := k.Store.RedeemCoupon(t.Context(), store.RedeemRequest{Code: used, At: k.Now()}); err != nil || o != store.Redeemed {
		t.Fatal(o, err)
	}
	wang.Says("领券").Hears("已使用", used).DoesNotHear("有效期")
	expired := codeIn(t, li.Follows("newgift"))
	k.Later(29 * 24 * time.Hour)
	li.Says("领券").Hears("还可以用", expired)
	k.Later(2 * 24 * time.Hour)
	li.Says("领券").Hears("已过期", expired, "有效期至2026年4月9日")
	wang.Says("领券").Hears("已使用")
}

// TestLeavingVoidsWhereTheCampaignSaysSo, with the feature off too; elsewhere codes are kept, and used ones stay used.
func TestLeavingVoidsWhereTheCampaignSaysSo(t *testing.T) {
	t.Parallel()
	k := talk(t, `
kind: coupon
campaigns:
- {id: strict, name: 严格礼, keywords: [严格], how_to: 出示, on_unfollow: void, generate: {prefix: NEW, length: 8, limit: 9}}
- {id: gentle, name: 宽松礼, keywords: [宽松], how_to: 出示, on_unfollow: keep, generate: {prefix: NEW, length: 8, limit: 9}}
- {id: elsewhere, name: 别处礼, keywords: [别处], how_to: 出示, on_unfollow: void, accounts: [doctors], generate: {limit: 9}}
`)
	wang, li := k.Person("wang"), k.Person("li")
	strict := codeIn(t, wang.Says("严格"))
	gentle := codeIn(t, wang.Says("宽松"))
	used := codeIn(t, li.Says("严格"))
	if _, _, err := k.Store.RedeemCoupon(t.Context(), store.RedeemRequest{Code: used, At: k.Now()}); err != nil {
		t.Fatal(err)
	}
	k.Toggles.Switch("coupon", false)
	wang.Unfollows().HearsNothing()
	li.Unfollows().HearsNothing()
	k.Toggles.Switch("coupon", true)
	wang.Follows("").HearsNothing()
	wang.Says("严格").Hears("已作废", strict)
	wang.Says("宽松").Hears("还可以用", gentle)
	li.Says("严格").Hears("已使用")
}

// TestALateUnfollowTakesNothingThatCameAfterIt: the platform does not promise its events in order.
func TestALateUnfollowTakesNothingThatCameAfterIt(t *testing.T) {
	t.Parallel()
	k := talk(t, strings.Replace(gift, "how_to", "on_unfollow: void\n  how_to", 1))
	wang := k.Person("wang")
	left := k.Now()
	k.Later(time.Minute)
	code := codeIn(t, wang.Follows("newgift"))
	wang.Again(bot.Event{Account: wang.Account, User: wang.User, Key: "late", Kind: bot.KindUnfollow, At: left})
	wang.Says("领券").Hears("还可以用", code)
	wang.Unfollows()
	wang.Says("领券").Hears("已作废", code)
}

// TestSeveralCampaignsRunAtOnce: a scene gives its own coupon, a shared keyword the open one that comes first.
func TestSeveralCampaignsRunAtOnce(t *testing.T) {
	t.Parallel()
	k := talk(t, `
kind: coupon
campaigns:
- {id: march, name: 三月礼, keywords: [领券], scenes: [poster], how_to: 出示, active: {until: 2026-03-11}, generate: {limit: 0}}
- {id: april, name: 四月礼, keywords: [领券], scenes: [poster], how_to: 出示, active: {from: 2026-04-01}, generate: {limit: 0}}
- {id: store, name: 到店礼, scenes: [shop], keywords: [到店], how_to: 出示, generate: {limit: 0}}
- {id: vip, name: 会员礼, keywords: [领券], priority: -1, how_to: 出示, active: {days: [周三]}, generate: {limit: 0}}
- {id: off, name: 停用礼, keywords: [停用], scenes: [poster], disabled: true, how_to: 出示, generate: {limit: 0}}
texts:
  given: 给您{name} {code}
`)
	k.Person("wang").Says("领券").Hears("给您三月礼").DoesNotHear("四月", "会员")
	k.Person("li").Follows("poster").Hears("给您三月礼").DoesNotHear("四月", "停用")
	k.Person("zhang").Follows("shop").Hears("给您到店礼").DoesNotHear("三月")
	k.Later(24 * time.Hour) // Wednesday: 三月礼 is over, 四月礼 has not begun
	k.Person("zhao").Says("领券").Hears("给您会员礼")
	k.Person("sun").Follows("poster").Hears("《四月礼》还没开始").DoesNotHear("三月")
	k.Person("zhou").Says("停用").HearsNothing()
}

// TestGivingOnFollowAndScanCanBeChosen: a gift for everybody who follows, or for new ones only.
func TestGivingOnFollowAndScanCanBeChosen(t *testing.T) {
	t.Parallel()
	k := talk(t, `
kind: coupon
campaigns:
- {id: all, name: 见面礼, on_follow: true, how_to: 出示, active: {until: 2026-03-11}, generate: {limit: 0}}
- {id: fresh, name: 新人礼, scenes: [new], on_scan: false, how_to: 出示, generate: {limit: 0}}
- {id: back, name: 回头礼, scenes: [new], on_follow: false, how_to: 出示, generate: {limit: 0}}
`)
	wang := k.Person("wang")
	wang.Follows("").Hears("见面礼").DoesNotHear("新人礼", "回头礼")
	wang.Scans("new").Hears("回头礼").DoesNotHear("新人礼", "见面礼")
	k.Person("li").Follows("new").Hears("见面礼", "新人礼").DoesNotHear("回头礼")
	k.Later(24 * time.Hour)
	k.Person("zhang").Follows("").HearsNothing() // nobody asked for a coupon that is over
}

// TestImportedCodesAreGivenInTheirOrder, each once.
func TestImportedCodesAreGivenInTheirOrder(t *testing.T) {
	t.Parallel()
	k := talk(t, `
kind: coupon
campaigns:
- {id: store, name: 到店礼, keywords: [到店], how_to: 出示, valid_until: 2026-04-01 18:30}
`)
	k.Person("wang").Says("到店").Hears("领完了")
	sum, err := coupon.Import(t.Context(), k.Store, "store", strings.NewReader("A-1\nA-2\n"), k.Now(), func(int64) {})
	if err != nil || sum.Added != 2 {
		t.Fatal(sum, err)
	}
	k.Person("wang").Says("到店").Hears("A-1", "有效期至2026年4月1日 18:30")
	k.Person("li").Says("到店").Hears("A-2")
	k.Person("zhang").Says("到店").Hears("领完了")
}

// TestTwoHundredPersonsAndFiftyCodes: the promise Never oversold, through the engine and the handler.
func TestTwoHundredPersonsAndFiftyCodes(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"made":     "generate: {prefix: NEW, length: 8, limit: 50}",
		"imported": "valid_for: 1d",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := talk(t, "kind: coupon\ncampaigns:\n- id: a\n  name: 限量礼\n  keywords: [抢]\n  how_to: 出示\n  "+file+"\n  texts: {given: '码 {code} 。', already: '码 {code} 。'}\n")
			if name == "imported" {
				var codes strings.Builder
				for i := range 50 {
					fmt.Fprintf(&codes, "CODE-%d\n", i)
				}
				if _, err := coupon.Import(t.Context(), k.Store, "a", strings.NewReader(codes.String()), k.Now(), func(int64) {}); err != nil {
					t.Fatal(err)
				}
			}
			type heard struct {
				bot.Answer
				error
			}
			said := make(chan heard, 400)
			for i := range 400 { // everybody asks twice, at once
				ev := &bot.Event{
					Account: bottest.Account, User: bot.UserID(fmt.Sprint(i / 2)), Key: bot.EventKey(fmt.Sprint(i)),
					Kind: bot.KindText, Text: "抢", At: k.Now(),
				}
				go func() {
					a, err := k.Engine.Handle(t.Context(), ev, bottest.Whole{}, time.Now().Add(time.Minute))
					said <- heard{a, err}
				}()
			}
			owners := map[string]int{}
			soldOut := 0
			for range 400 {
				h := <-said
				if h.error != nil || len(h.Messages) != 1 {
					t.Fatalf("said %v, %v", h.Messages, h.error)
				}
				if text := h.Messages[0].Text; strings.Contains(text, "领完了") {
					soldOut++
				} else {
					owners[text]++
				}
			}
			if len(owners) != 50 || soldOut != 300 {
				t.Errorf("%d codes given, %d told that none is left; want 50 and 300", len(owners), soldOut)
			}
			for text, n := range owners {
				if n != 2 {
					t.Errorf("%q was said %d times, want twice, to the one who has it", text, n)
				}
			}
			stock, err := k.Store.CouponStock(t.Context(), "a")
			if err != nil || stock.Total != 50 || stock.Claimed != 50 {
				t.Errorf("stock %+v, %v", stock, err)
			}
		})
	}
}

// TestADeadDatabaseIsAnError, so that the platform asks again, never "sold out".
func TestADeadDatabaseIsAnError(t *testing.T) {
	t.Parallel()
	h := coupon.New(load(t, strings.Replace(gift, "how_to", "on_unfollow: void\n  active: {until: 2026-03-11}\n  how_to", 1)), deadStore{})
	for _, c := range []struct {
		kind bot.Kind
		now  time.Time
	}{{bot.KindText, bottest.Start}, {bot.KindText, bottest.Start.AddDate(0, 1, 0)}, {bot.KindUnfollow, bottest.Start}} {
		turn := &bot.Turn{Event: &bot.Event{Kind: c.kind}, Campaign: "newgift", Now: c.now, Session: &bot.Session{}}
		if r, err := h.Handle(t.Context(), turn); !errors.Is(err, errDead) || !r.Empty() {
			t.Errorf("%s: %v, %v", c.kind, r, err)
		}
	}
	if _, err := h.Handle(t.Context(), &bot.Turn{Event: &bot.Event{}, Campaign: "gone"}); err == nil {
		t.Error("a campaign that does not exist is no error")
	}
}

// TestWhoGetsACodeIsTagged, once, and who is shown it again is not anew.
func TestWhoGetsACodeIsTagged(t *testing.T) {
	t.Parallel()
	book := load(t, strings.Replace(gift, "how_to", "tags: [领过券, 新客]\n  how_to", 1))
	k := bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{coupon.New(book, s)} })
	wang := k.Person("wang")
	for range 2 {
		wang.Says("领券")
		tags, err := k.Store.PersonTags(t.Context(), wang.Person)
		if err != nil || len(tags) != 2 || tags[0].Tag != "新客" || tags[1].Tag != "领过券" || tags[0].Campaign != "newgift" || !tags[0].At.Equal(bottest.Start.Add(time.Second)) {
			t.Errorf("%+v, %v", tags, err)
		}
	}
}

var errDead = errors.New("no database")

type deadStore struct{}

func (deadStore) ClaimCoupon(context.Context, store.ClaimRequest) (store.Claim, store.ClaimOutcome, error) {
	return store.Claim{}, 0, errDead
}

func (deadStore) CouponClaim(context.Context, string, bot.Person) (store.Claim, error) {
	return store.Claim{}, errDead
}

func (deadStore) VoidClaims(context.Context, bot.Person, []string, time.Time) (int, error) {
	return 0, errDead
}

func (deadStore) TagPerson(context.Context, store.TagRequest) error { return errDead }

func (deadStore) RedeemCoupon(context.Context, store.RedeemRequest) (store.Redemption, store.RedeemOutcome, error) {
	return store.Redemption{}, 0, errDead
}

func (deadStore) ImportCodes(context.Context, string, []string, time.Time) (store.ImportResult, error) {
	return store.ImportResult{}, errDead
}
