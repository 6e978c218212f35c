package coupon_test

import (
	"os"
	"testing"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/handlers/coupon"
	"guanjia/store"
)

// TestTheSampleGivesItsGifts: the follow gift needs no import; the batch that comes with the sample can be imported.
func TestTheSampleGivesItsGifts(t *testing.T) {
	t.Parallel()
	docs, ps := content.Load(sample.FS, nil)
	book, problems := coupon.Load(docs, bottest.Zone)
	if ps = append(ps, problems...); ps != nil {
		t.Fatal(ps)
	}
	k := bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{coupon.New(book, s)} })
	wang := k.Person("wang")
	code := codeIn(t, wang.Follows("newgift").Hears("送您《关注有礼》", "有效期至2026年4月9日"))
	wang.Says("领券").Hears("已经领过", code)
	k.Person("li").Says("夜间券").Hears("领取时间：每天 21:00-06:00。")

	k.Person("zhang").Follows("pharmacy-02").Hears("正在补货")
	f, err := os.Open("../../content/sample/pharmacy-02.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum, err := coupon.Import(t.Context(), k.Store, "pharmacy-02", f, k.Now(), quiet)
	if err != nil || sum.Added != 30 || sum.Bad != 0 {
		t.Fatalf("imported %+v, %v", sum, err)
	}
	k.Person("zhang").Says("到店礼").Hears("送您《二号药房到店礼》", "P2-0001-")
}
