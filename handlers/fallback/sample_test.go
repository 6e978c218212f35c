package fallback_test

import (
	"testing"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/handlers/fallback"
	"guanjia/store"
)

// TestTheSampleShowsItsMenu: each choice says a keyword of the sample.
func TestTheSampleShowsItsMenu(t *testing.T) {
	t.Parallel()
	docs, ps := content.Load(sample.FS, nil)
	book, problems := fallback.Load(docs, bottest.Zone)
	if ps = append(ps, problems...); ps != nil {
		t.Fatal(ps)
	}
	k := bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{fallback.New(book)} })
	heard := k.Person("wang").Says("菜单").Hears("我能帮您做这些：")
	for i, want := range []string{"领券", "答题", "问卷", "反馈"} {
		if got := heard.Messages[0].Menu.Choices[i].Meaning(); got != want {
			t.Errorf("choice %d says %s, want %s", i+1, got, want)
		}
	}
	k.Person("li").Says("你们几点开门").Hears("抱歉", "1. 领一张优惠券")
}
