package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/kf"
	"guanjia/store"
)

// withReception is a folder of content with a reception, and another for other accounts when it is given.
func withReception(t *testing.T, more string, other ...string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"handoff.yaml":  "kind: handoff\nmenu_keys: [HUMAN]\nservicer: kf2001@brand\n" + more,
		"other.yaml":    strings.Join(other, ""),
		"fallback.yaml": "kind: fallback\nkeywords: [菜单]\nmenu: {head: 我能做这些：, choices: [{label: 领券}]}\n",
	} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// staffEvent is what the platform reports of a servicer.
func staffEvent(event, field, servicer string) simulator.Act {
	return simulator.Act{Kind: simulator.ActRaw, Fields: []simulator.Field{
		{Name: "MsgType", Value: "event"}, {Name: "Event", Value: event}, {Name: field, Value: servicer},
	}}
}

// transferred fails the test unless the answer hands the person to the servicer, and shows nothing else.
func transferred(t *testing.T, x simulator.Exchange, servicer string) {
	t.Helper()
	if len(x.Replies) != 1 || x.Replies[0].Kind != simulator.ReplyTransfer || x.Replies[0].Servicer != servicer || x.Failed() {
		t.Fatalf("%q is answered with %+v, %s", x.Act.Text, x.Replies, x.Note)
	}
}

// TestAFollowerTalksToAServicer: over the platform's own documents a follower asks for a person, is transferred with everything
// they say, and is the bot's again when the servicer ends, or nobody came. Both are counted.
func TestAFollowerTalksToAServicer(t *testing.T) {
	t.Parallel()
	h := open(t, "BOT_CONTENT_DIR="+withReception(t, ""))
	p := h.phone()
	p.Follow()
	has(t, p.Say("菜单").Text(), "1. 领券")
	transferred(t, p.Say("人工"), "kf2001@brand")
	eventually(t, "one waits", func() bool {
		return strings.Contains(h.metrics(), `guanjia_staff_conversations{account="brand",state="waiting"} 1`)
	})
	p.Wait(90 * time.Second)
	transferred(t, p.Say("券用不了"), "kf2001@brand")
	p.Do(staffEvent("kf_create_session", "KfAccount", "kf2001@brand"))
	transferred(t, p.Say("菜单"), "kf2001@brand")
	p.Do(staffEvent("kf_close_session", "KfAccount", "kf2001@brand"))
	has(t, p.Say("菜单").Text(), "我能做这些：", "1. 领券")

	transferred(t, p.Say("转人工"), "kf2001@brand")
	p.Wait(31 * time.Minute)
	has(t, p.Say("菜单").Text(), "没能及时接待您", "1. 领券")
	eventually(t, "both ends are counted", func() bool {
		page := h.metrics()
		return strings.Contains(page, `guanjia_staff_closed_total{account="brand",by="staff"} 1`) &&
			strings.Contains(page, `guanjia_staff_closed_total{account="brand",by="timeout"} 1`)
	})
	has(t, h.metrics(), `guanjia_staff_first_response_seconds_count{account="brand"} 1`, `guanjia_staff_first_response_seconds_bucket{account="brand",le="60"} 0`,
		`guanjia_staff_first_response_seconds_bucket{account="brand",le="120"} 1`, `guanjia_staff_conversations{account="brand",state="waiting"} 0`)
	for _, said := range []string{"券用不了", "kf2001"} {
		if strings.Contains(h.logs.String(), said) {
			t.Errorf("%q is in the log", said)
		}
	}
}

// TestACustomerTalksToAServicer: at a desk of customer service somebody asks for a person, waits in the pool, is taken, answered
// and handed back; the bot is silent in between.
func TestACustomerTalksToAServicer(t *testing.T) {
	t.Parallel()
	h := openOffice(t, "BOT_CONTENT_DIR="+withReception(t, "accounts: [brand]\n", "kind: handoff\naccounts: [assistant]\n"))
	wang := simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小王")
	talk := wang.Open(officeDesk)
	talk.Say("菜单").Hears("我能做这些：")
	talk.Say("人工").Hears("正在为您转接人工客服")
	talk.Until(kf.StatePool)
	waiting := talk.Say("券用不了")
	xiaolin := simulator.NewServicer(t, h.sim.Client(), officeCorp, "xiaolin")
	xiaolin.Take(wang)
	xiaolin.Say(wang, "您好，我看看")
	talk.Say("菜单")
	eventually(t, "the first response is counted", func() bool {
		return strings.Contains(h.metrics(), `guanjia_staff_first_response_seconds_count{account="assistant"} 1`)
	})
	xiaolin.End(wang)
	waiting.Hears("您好，我看看", "人工服务已结束")
	if heard := waiting.Heard(); strings.Contains(heard, "我能做这些") {
		t.Errorf("the bot spoke into the talk:\n%s", heard)
	}
	talk.Say("菜单").Hears("我能做这些：")
	c, found, err := h.app.store.StaffConversation(t.Context(), 1)
	if err != nil || !found || c.Servicer != "xiaolin" || c.ClosedBy != store.ClosedByStaff || c.Channel != store.StaffKf {
		t.Errorf("recorded %+v, %v", c, err)
	}
}
