package app

import (
	"fmt"
	"testing"

	"guanjia/bot"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/simulator"
	"guanjia/store"
)

// TestPushesAtADesk: they go by the ledger that answers go by, so that both together are five.
func TestPushesAtADesk(t *testing.T) {
	t.Parallel()
	h := openOffice(t, "BOT_QUIET_HOURS=off", "BOT_PUSH_PER_DAY=10", "BOT_PUSH_PER_WEEK=10", "BOT_PUSH_MIN_GAP=0s")
	wang := simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小王")
	talk := wang.Open(officeDesk)
	first := talk.Say("菜单")
	first.Hears("我能帮您做这些：")
	customer := wang.User.Corps[officeCorp]
	push := func(n int) outbound.Push {
		return outbound.Push{
			To: bot.Person{Account: "assistant", User: bot.UserID(customer)}, Cause: fmt.Sprint("gift:", n), Ways: []policy.Way{policy.KF},
			Content: outbound.Content{Messages: []bot.Message{bot.Text(fmt.Sprint("提醒", n))}},
		}
	}
	for n := range 4 {
		h.enqueue(push(n))
		h.settles(push(n), store.SendSent)
	}
	h.enqueue(push(4))
	if s := h.settles(push(4), store.SendDropped); s.Reason != string(policy.WindowUsed) {
		t.Errorf("the sixth message was dropped because of %s", s.Reason)
	}
	first.Hears("提醒0", "提醒1", "提醒2", "提醒3")
	talk.Say("菜单").Hears("我能帮您做这些：")
	// The platform takes it and reports later that it did not arrive.
	if err := h.sim.Client().FailNextSends(t.Context(), officeDesk, 10); err != nil {
		t.Fatal(err)
	}
	h.enqueue(push(5))
	if s := h.settles(push(5), store.SendFailed); s.Reason != string(policy.Undeliverable) {
		t.Errorf("it failed because of %s", s.Reason)
	}
}

// TestPushesToMembers go by the app.
func TestPushesToMembers(t *testing.T) {
	t.Parallel()
	h := openOffice(t, "BOT_QUIET_HOURS=off")
	for user, state := range map[bot.UserID]store.SendState{"xiaolin": store.SendSent, "nobody": store.SendFailed} {
		p := outbound.Push{
			To: bot.Person{Account: "assistant", User: user}, Cause: "meeting", Ways: []policy.Way{policy.App},
			Content: outbound.Content{Messages: []bot.Message{bot.Text("三点开会")}},
		}
		h.enqueue(p)
		h.settles(p, state)
	}
	chat, err := h.sim.Client().Chat(t.Context(), "assistant", "xiaolin")
	if err != nil || len(chat) != 1 || chat[0].Reply == nil || chat[0].Reply.Text != "三点开会" {
		t.Errorf("xiaolin's chat: %+v, %v", chat, err)
	}
}
