package handoff_test

import (
	"testing"
	"time"

	"guanjia/bot"
)

func TestThreeUnknownMessagesInARowWishForAPerson(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := member(k, "wang")
	wang.says("为什么不行").Hears("没看懂").DoesNotHear("人工")
	wang.says("怎么办啊").DoesNotHear("人工")
	wang.says("菜单").Hears("1. 领券")
	wang.says("为什么不行").DoesNotHear("人工客服")
	wang.says("怎么办啊").DoesNotHear("人工客服")
	wang.says("你倒是说话").Hears("没看懂", "已通知人工客服")
	wang.says("喂").HearsNothing()
	if c := record(t, k, 1); c.Reason != "fallback" {
		t.Errorf("recorded %+v", c)
	}
	goesOut(t, follower(k, "a").says("啊"), bot.MessageMenu)
	follower(k, "a").says("啊")
	goesOut(t, follower(k, "a").says("啊"), bot.MessageTransfer)
}

func TestAtNightUnknownMessagesAreStillAnswered(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	k.Later(10 * time.Hour)
	wang := member(k, "wang")
	for i := range 7 {
		heard := wang.says("为什么不行").Hears("没看懂")
		if tells := i%3 == 2; tells {
			heard.Hears("人工服务时间")
		} else {
			heard.DoesNotHear("人工")
		}
	}
}

func TestWithoutContentNobodyIsPromisedAPerson(t *testing.T) {
	t.Parallel()
	k := talk(t)
	wang := member(k, "wang")
	wang.says("人工").Hears("没看懂")
	wang.says("人工").Hears("没看懂")
	wang.says("人工").Hears("暂时没有人工客服")
	wang.says("菜单").Hears("1. 领券")
	// An official account's servicers are there whatever the content says.
	li := follower(k, "li")
	li.says("啊")
	li.says("啊")
	goesOut(t, li.says("啊"), bot.MessageTransfer)
	k.Toggles.Switch("handoff", false)
	zhao := follower(k, "zhao")
	zhao.says("啊")
	zhao.says("啊")
	zhao.says("啊").Hears("没看懂").DoesNotHear("人工")
}
