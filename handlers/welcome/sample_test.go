package welcome_test

import (
	"testing"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/handlers/welcome"
	"guanjia/store"
)

// TestTheSampleGreetsByScene, and everybody else too.
func TestTheSampleGreetsByScene(t *testing.T) {
	t.Parallel()
	docs, ps := content.Load(sample.FS, nil)
	book, problems := welcome.Load(docs, bottest.Zone)
	if ps = append(ps, problems...); ps != nil {
		t.Fatal(ps)
	}
	k := bottest.New(t, func(s *store.Store) []bot.Handler {
		return []bot.Handler{welcome.NewRecorder(s), welcome.New(book, s), echo{}}
	})
	for scene, want := range map[bot.Scene]string{
		"": "1. 领一张优惠券", "newgift": "健康管家", "pharmacy-01": "一号药房", "pharmacy-02": "二号药房", "live-doctor": "看完直播", "unknown": "1. 领一张优惠券",
	} {
		person := k.Person("follower-of-" + string(scene))
		person.Follows(scene).Hears(want)
		person.Unfollows()
		person.Follows("").Hears("欢迎回来")
	}
	wang := k.Person("wang")
	wang.Follows("")
	wang.Says("1").Hears("您说：领券")
	wang.Scans("pharmacy-01").Hears("又见面了")
	li := k.Person("li")
	li.Follows("pharmacy-02")
	li.Says("有退烧药吗").Hears("请直接问柜台药师")
}
