package kf_test

import (
	"strings"
	"testing"

	"guanjia/simulator"
	simkf "guanjia/simulator/kf"
	"guanjia/simulator/platform"
)

// TestNobodyCanTakeOver is told to the customer, and the bot goes on.
func TestNobodyCanTakeOver(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		talk := h.customer("小王").Open(reception)
		fault := func(code, times int) {
			t.Helper()
			if _, err := h.sim.SetCallFaults([]platform.Fault{{Kind: platform.FaultCode, Code: code, Path: "/cgi-bin/kf/service_state/trans", Times: times}}); err != nil {
				t.Fatal(err)
			}
		}
		fault(95016, 1)
		talk.Say("人工").Hears("请稍等", "没有人工客服能接待您")
		h.eventually("the bot to know", func() bool { return r.watched.sent("servicer") == 1 })
		talk.Say("那你来").Hears("收到：那你来")

		// Somebody who does not receive: anybody may take over.
		xiaozhou := simulator.NewServicer(t, h.sim.Client(), corp, "xiaozhou").At(reception)
		xiaozhou.Receive(false)
		talk.Say("找小周")
		talk.Until(simkf.StatePool)
		xiaozhou.Receive(true)
		xiaozhou.Take(talk.Customer)

		// Taken back, the bot may say one thing, and the customer's next words are its own.
		talk.Say("回来").Hears("我回来了")
		talk.Say("你好").Hears("收到：你好")
		talk.Say("找小周")
		talk.Until(simkf.StateHuman)
		if refused := talk.Ledger().Refused; len(refused) != 0 {
			t.Errorf("refused: %+v", refused)
		}
	})
}

// TestAHandOverNobodyHeardOfIsNotDoneTwice: the platform obeys and its answer is lost; before the bot asks again, somebody has
// served the customer and ended. That is no refusal.
func TestAHandOverNobodyHeardOfIsNotDoneTwice(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		talk := h.customer("小王").Open(reception)
		_, err := h.sim.SetCallFaults([]platform.Fault{
			{Kind: platform.FaultNoAnswer, Delay: 1000, Path: "/cgi-bin/kf/service_state/trans", Times: 1},
			{Kind: platform.FaultBusy, Path: "/cgi-bin/kf/service_state/get", Times: 6}, // nor does it tell at once who has the conversation
		})
		if err != nil {
			t.Fatal(err)
		}
		said := talk.Say("人工").Hears("请稍等")
		xiaozhou := simulator.NewServicer(t, h.sim.Client(), corp, "xiaozhou").At(reception)
		xiaozhou.Take(talk.Customer)
		xiaozhou.Say(talk.Customer, "您好")
		xiaozhou.End(talk.Customer)
		said.Hears("您好", "人工服务已结束")
		if heard := said.Heard(); strings.Contains(heard, "没有人工客服能接待您") || r.watched.sent("servicer") != 0 {
			t.Errorf("heard %q", heard)
		}
	})
}

// TestTheEndOfATalkIsToldAlsoToWhoWritesFirst: the code of the end is good for nothing once the customer has written; their words are.
func TestTheEndOfATalkIsToldAlsoToWhoWritesFirst(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		h.start()
		talk := h.customer("小王").Open(reception)
		xiaolin := simulator.NewServicer(t, h.sim.Client(), corp, "xiaolin").At(reception)
		talk.Say("人工").Hears("请稍等")
		talk.Until(simkf.StatePool)
		xiaolin.Take(talk.Customer)
		xiaolin.Say(talk.Customer, "我是小林")
		h.mute.Store(true)
		xiaolin.End(talk.Customer)
		talk.Say("谢谢")
		h.mute.Store(false)
		talk.Say("再问一下").Hears("收到：再问一下")
		h.eventually("the end of the talk to be told", func() bool {
			told := 0
			for _, b := range talk.Chat() {
				told += strings.Count(string(b.Body), "人工服务已结束")
			}
			return told == 1
		})
		if refused := talk.Ledger().Refused; len(refused) > 1 {
			t.Errorf("refused: %+v", refused)
		}
	})
}

// TestWhoWasServedIsNotHandedOverAgain: the answer to a hand-over is lost, and before the bot can ask, the customer has been served,
// and has written again to the bot.
func TestWhoWasServedIsNotHandedOverAgain(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		h.start()
		talk := h.customer("小王").Open(reception)
		_, err := h.sim.SetCallFaults([]platform.Fault{
			{Kind: platform.FaultNoAnswer, Delay: 1000, Path: "/cgi-bin/kf/service_state/trans", Times: 1},
			{Kind: platform.FaultBusy, Path: "/cgi-bin/kf/service_state/trans", Times: 1000},
			{Kind: platform.FaultBusy, Path: "/cgi-bin/kf/service_state/get", Times: 1000},
		})
		if err != nil {
			t.Fatal(err)
		}
		talk.Say("人工").Hears("请稍等")
		talk.Until(simkf.StatePool)
		xiaozhou := simulator.NewServicer(t, h.sim.Client(), corp, "xiaozhou").At(reception)
		xiaozhou.Take(talk.Customer)
		xiaozhou.Say(talk.Customer, "您好")
		xiaozhou.End(talk.Customer)
		again := talk.Say("再问一下")
		if _, err := h.sim.SetCallFaults(nil); err != nil {
			t.Fatal(err)
		}
		again.Hears("收到：再问一下")
		handed := 0
		for _, b := range talk.Chat() {
			if b.Type == "trans" && strings.Contains(string(b.Body), `"to":2`) {
				handed++
			}
		}
		if handed != 1 {
			t.Errorf("handed over %d times", handed)
		}
	})
}
