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

// TestTheSampleGreetsCustomersOfStaff with a picture and a link, by whom they added, and who comes back in fewer words.
func TestTheSampleGreetsCustomersOfStaff(t *testing.T) {
	t.Parallel()
	docs, _ := content.Load(sample.FS, nil)
	book, problems := welcome.Load(docs, bottest.Zone)
	if problems != nil {
		t.Fatal(problems)
	}
	k := bottest.New(t, func(s *store.Store) []bot.Handler {
		return []bot.Handler{welcome.NewRecorder(s), welcome.New(book, s), echo{}}
	})
	add := func(customer, member string, state bot.Scene) *bottest.Heard {
		return k.Person(customer).Does(bot.Event{Kind: bot.KindFollow, Scene: state, Detail: added(member)})
	}
	add("wang", "xiaolin", "").Hears("%NICKNAME%，您好！我是健康管家的顾问", "家庭常备药怎么放", "https://example.com/articles/medicine-box")
	k.Person("wang").Unfollows()
	add("wang", "XiaoZhou", "").Hears("欢迎回来，我一直都在").DoesNotHear("家庭常备药")
	add("li", "xiaozhou", "consult").Hears("我是您的健康顾问")
	add("zhao", "xiaolin", "pharmacy-01").Hears("一号药房")
	add("qian", "somebody-else", "").Hears("很高兴认识您！想从哪儿开始？")

	files := content.Attached(docs)
	if len(files) == 0 {
		t.Error("the sample carries no files")
	}
	for _, f := range files {
		if b, err := f.Read(); err != nil || len(b) == 0 || f.Size > 200<<10 {
			t.Errorf("%s: %d bytes, %v", f.Path, f.Size, err)
		}
	}
}
