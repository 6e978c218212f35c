package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
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

// serve does something as the servicer of the official account, and waits until the bot has heard of it.
func (h *house) serve(p *simulator.Phone, do simulator.ServicerDo, event bot.Kind) {
	h.t.Helper()
	query := "SELECT count(*) FROM journal WHERE kind = '" + string(event) + "'"
	before := h.count(query)
	if _, err := h.sim.Client().Serve(h.t.Context(), "brand", p.User.ID, simulator.ServicerAct{Do: do, Servicer: "kf2001@brand"}); err != nil {
		h.t.Fatal(err)
	}
	eventually(h.t, string(event), func() bool { return h.count(query) > before })
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
	h.serve(p, simulator.ServicerTake, bot.KindStaffTook)
	x := p.Say("菜单") // the platform shows no answer now
	if last := x.Deliveries[len(x.Deliveries)-1]; len(x.Replies) != 0 || !strings.Contains(last.Answer, "transfer_customer_service") {
		t.Errorf("to whom the servicer serves the bot says %+v", x)
	}
	h.serve(p, simulator.ServicerEnd, bot.KindStaffEnded)
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

// TestAMemberIsServedByMembersOfTheApp: who asks is told that somebody was told; the staff read it in the app, with the number and
// what was said before, take it and end it there; and the bot answers again.
func TestAMemberIsServedByMembersOfTheApp(t *testing.T) {
	t.Parallel()
	h := openOffice(t, "BOT_CONTENT_DIR="+withReception(t, "accounts: [brand]\n",
		"kind: handoff\naccounts: [assistant]\nstaff: {members: [xiaolin, xiaozhou, gone], quote: true}\n"))
	says := func(member, text string) string {
		t.Helper()
		x, err := h.sim.Client().Act(t.Context(), "assistant", member, simulator.Act{Kind: simulator.ActText, Text: text})
		if err != nil || x.Failed() {
			t.Fatalf("%s says %q: %v %s", member, text, err, x.Note)
		}
		return x.Text()
	}
	told := func(member string) string {
		t.Helper()
		chat, err := h.sim.Client().Chat(t.Context(), "assistant", member)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, e := range chat {
			if e.Via == simulator.ViaAPI && e.Reply != nil {
				all = append(all, e.Reply.Text)
			}
		}
		return strings.Join(all, "\n---\n")
	}
	has(t, says("xiaosun", "报销单提交不了"), "我能做这些：")
	if _, err := h.sim.Client().Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	has(t, says("xiaosun", "人工"), "已通知人工客服")
	eventually(t, "both are told", func() bool { return told("xiaolin") != "" && told("xiaozhou") != "" })
	has(t, told("xiaolin"), "【人工请求 1】xiaosun 自 ", "在“assistant”等候人工服务", "“接待 1”", "> 报销单提交不了")
	if got := says("xiaosun", "接待 1"); got != "" { // whoever waits is no staff
		t.Errorf("the bot obeyed: %s", got)
	}
	has(t, says("xiaolin", "接待 1"), "1 号由您接待")
	if got := says("xiaosun", "菜单"); got != "" {
		t.Errorf("the bot spoke into the talk: %s", got)
	}
	has(t, says("xiaolin", "结束 1"), "1 号已结束")
	has(t, says("xiaosun", "菜单"), "人工服务已结束", "我能做这些：")
	eventually(t, "it is counted", func() bool {
		return strings.Contains(h.metrics(), `guanjia_staff_closed_total{account="assistant",by="staff"} 1`)
	})
	has(t, h.metrics(), `guanjia_staff_notices_total{account="assistant",result="ok"} 1`, `guanjia_staff_first_response_seconds_count{account="assistant"} 1`)
	has(t, h.logs.String(), "some of the staff can't be told")
	if n := strings.Count(told("xiaolin"), "人工请求"); n != 1 {
		t.Errorf("told %d times", n)
	}
}

// TestStaffAreToldAgainWhenThePlatformRefuses, and once only when it takes it; a follower's wait is told by another account's app.
func TestStaffAreToldAgainWhenThePlatformRefuses(t *testing.T) {
	t.Parallel()
	h := openOffice(t, "BOT_CONTENT_DIR="+withReception(t, "accounts: [brand]\nstaff: {account: assistant, members: [nobody-here], after: 5m}\n"))
	p := h.phone()
	p.Follow()
	transferred(t, p.Say("人工"), "kf2001@brand")
	p.Wait(6 * time.Minute)
	eventually(t, "it is refused", func() bool {
		return strings.Contains(h.metrics(), `guanjia_staff_notices_total{account="brand",result="error"} 1`)
	})
	has(t, h.logs.String(), "staff could not be told that somebody waits", "81013")
	p.Wait(2 * time.Minute)
	eventually(t, "it is tried again", func() bool {
		return strings.Contains(h.metrics(), `guanjia_staff_notices_total{account="brand",result="error"} 2`)
	})
	c, _, err := h.app.store.StaffConversation(t.Context(), 1)
	if err != nil || !c.NotifiedAt.IsZero() || !c.Waits() {
		t.Errorf("recorded %+v, %v", c, err)
	}
}

// TestACustomerTakesTheWordBack from the pool by a word, and hears the bot again.
func TestACustomerTakesTheWordBack(t *testing.T) {
	t.Parallel()
	h := openOffice(t, "BOT_CONTENT_DIR="+withReception(t, "accounts: [brand]\n", "kind: handoff\naccounts: [assistant]\n"))
	wang := simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小王")
	talk := wang.Open(officeDesk)
	talk.Say("人工").Hears("正在为您转接人工客服")
	talk.Until(kf.StatePool)
	talk.Say("返回机器人").Hears("接下来由我为您服务")
	talk.Say("菜单").Hears("我能做这些：")
	talk.Say("人工")
	talk.Until(kf.StatePool)
	if _, err := h.sim.Client().Advance(t.Context(), 31*time.Minute); err != nil {
		t.Fatal(err)
	}
	talk.Say("在吗").Hears("没能及时接待您")
	talk.Say("菜单").Hears("我能做这些：")
}
