package kf_test

import (
	"testing"

	"guanjia/bot"
	"guanjia/simulator"
	simkf "guanjia/simulator/kf"
)

// TestACustomerIsWelcomedAnsweredAndHandedOver, and comes back to the bot: everything that a chat can be.
func TestACustomerIsWelcomedAnsweredAndHandedOver(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		wang := h.customer("小王")
		talk := wang.Open(reception, "shop-7")
		welcome := talk.Replies(1)[0]
		if welcome.Path != simkf.PathEvent || welcome.Use != "welcome" {
			t.Errorf("welcome: %+v", welcome)
		}
		talk.Hears("欢迎shop-7", "领一张券")
		talk.Say("你好").Hears("收到：你好")
		talk.Tap("领一张券").Hears("收到：领券") // what it means, not what it shows
		talk.Tap("看看").Hears("收到：看看")
		talk.SendVoice(nil).Hears("收到一个 voice")
		talk.SendFile("a.pdf", []byte("%PDF-1.4")).Hears("收到一个 file")
		talk.SendLocation(31.2, 121.5, "药房", "人民路").Hears("收到一个 location")
		talk.SendLink("文章", "", "https://example.com").Hears("收到一个 link")

		xiaolin := simulator.NewServicer(t, h.sim.Client(), corp, "xiaolin").At(reception)
		talk.Say("人工").Hears("请稍等")
		talk.Until(simkf.StatePool)
		xiaolin.Take(wang)
		xiaolin.Say(wang, "我是小林")
		muted := talk.Say("在吗")
		h.eventually("the message to the staff", func() bool { return r.watched.sent("staff") == 1 })
		if heard := muted.Heard(); heard != "" {
			t.Errorf("the bot said %q beside the staff", heard)
		}
		xiaolin.End(wang)
		talk.Hears("人工服务已结束")
		talk.Say("谢谢").Hears("收到：谢谢")

		said := talk.Say("撤回这个")
		said.Hears("收到：撤回这个")
		talk.Recall(said)
		h.eventually("everything to be noted", func() bool {
			return r.watched.saw(bot.KindRecall) == 1 && r.watched.saw(bot.KindStaffTook) == 1 && r.watched.saw(bot.KindStaffSaid) == 1
		})
		if refused := talk.Ledger().Refused; len(refused) != 0 {
			t.Errorf("refused: %+v", refused)
		}
	})
}
