package consent_test

import (
	"testing"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/handlers/consent"
	"guanjia/store"
)

// TestTheSampleTakesOptOuts with its own words.
func TestTheSampleTakesOptOuts(t *testing.T) {
	t.Parallel()
	docs, ps := content.Load(sample.FS, nil)
	book, problems := consent.Load(docs, bottest.Zone)
	if ps = append(ps, problems...); ps != nil {
		t.Fatal(ps)
	}
	k := bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{consent.New(book, s)} })
	wang := k.Person("wang")
	wang.Says("退订").Hears("今后不再主动打扰", "回复“恢复”")
	wang.Says("恢复").Hears("已恢复", "回复“退订”")
}
