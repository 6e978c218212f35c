package kf_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"guanjia/simulator/kf"
	"guanjia/simulator/platform"
)

func (p *play) answers(name, path, in, want string) {
	p.Helper()
	out, code := p.calls(path, in)
	got := fmt.Sprint(code)
	if code == 0 {
		data, err := json.Marshal(out)
		p.must(err)
		got = string(data)
	}
	if !strings.Contains(got, want) {
		p.Errorf("%s: got %s, want %s", name, got, want)
	}
}

// Accounts come in pages, each with the right to operate it; without the right every call is refused.
func TestAccounts(t *testing.T) {
	p := newPlay(t, func(c *platform.Corp) {
		c.Desks[1].Unmanaged = true
		for n := range 150 {
			c.Desks = append(c.Desks, platform.Desk{OpenKfID: fmt.Sprint("wk", n), Name: fmt.Sprint("客服", n)})
		}
	})
	out, _ := p.calls("kf/account/list", `{}`)
	p.want("a page without a limit", len(out["account_list"].([]any)), 100)
	out, _ = p.calls("kf/account/list", `{"offset":100,"limit":100}`)
	p.want("the rest", len(out["account_list"].([]any)), 52)
	p.answers("one that may not be operated", "kf/account/list", `{"offset":1,"limit":1}`, `"manage_privilege":false,"name":"售后","open_kfid":"wkAfterSales"`)
	p.answers("limit", "kf/account/list", `{"limit":101}`, "40058")
	p.answers("limit 0", "kf/account/list", `{"limit":0}`, "40058")
	for _, path := range []string{"kf/sync_msg", "kf/send_msg", "kf/service_state/get", "kf/service_state/trans", "kf/add_contact_way", "kf/servicer/list", "kf/servicer/add"} {
		p.answers(path, path, fmt.Sprintf(`{"open_kfid":%q,"touser":"x","external_userid":"x"}`, other), "48007")
	}
}

// Servicers are added, taken away and listed; each is answered for by themselves.
func TestServicers(t *testing.T) {
	p := newPlay(t)
	in := func(list string) string { return fmt.Sprintf(`{"open_kfid":%q,"userid_list":[%s]}`, desk, list) }
	p.answers("add", "kf/servicer/add", in(`"new","zhang","nobody"`),
		`[{"errcode":0,"errmsg":"success","userid":"new"},{"errcode":0,"errmsg":"ignored","userid":"zhang"},{"errcode":40003,"errmsg":"invalid userid","userid":"nobody"}]`)
	p.answers("del", "kf/servicer/del", in(`"chen","chen"`),
		`[{"errcode":0,"errmsg":"success","userid":"chen"},{"errcode":0,"errmsg":"ignored","userid":"chen"}]`)
	p.staff("new", kf.Act{Kind: kf.ActSuspend})
	p.answers("list", "kf/servicer/list", fmt.Sprintf(`{"open_kfid":%q}`, desk), `[{"status":0,"userid":"zhang"},{"status":1,"stop_type":1,"userid":"new"}]`)
	p.answers("nobody named", "kf/servicer/add", in(""), "40058")
	p.answers("a department", "kf/servicer/add", fmt.Sprintf(`{"open_kfid":%q,"department_id_list":[7]}`, desk), `"department_id":7,"errcode":60003`)
	if _, err := p.StaffDoes(p.now, desk, "chen", kf.Act{Kind: kf.ActReceive}); err == nil {
		t.Error("chen still serves")
	}
}

// Only customers who wrote within 48 hours can be asked about.
func TestWhoCanBeAskedAbout(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.opens(li)
	ask := func(ids string) string {
		return `{"external_userid_list":[` + ids + `],"need_enter_session_context":1}`
	}
	p.answers("one who has only entered", "kf/customer/batchget", ask(`"wmWang"`), "95031")
	p.says(wang, "你好")
	p.answers("one of two wrote", "kf/customer/batchget", ask(`"wmWang","wmLi","wmNobody"`),
		`{"customer_list":[{"avatar":"","enter_session_context":{"scene":"menu"},"external_userid":"wmWang","gender":0,"nickname":"小王","unionid":"oWang"}],"invalid_external_userid":["wmLi","wmNobody"]}`)
	p.answers("without a union id", "kf/customer/batchget", ask(`"wmNobody"`), `"invalid_external_userid":["wmNobody"]`)
	p.answers("nobody", "kf/customer/batchget", ask(""), "40058")
	p.now = p.now.Add(48 * time.Hour)
	p.answers("two days later", "kf/customer/batchget", ask(`"wmWang"`), "95031")
}

// The ledger tells which replies followed each message, in the order of the messages.
func TestLedger(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.opens(li)
	for _, turn := range []struct{ who, says, hears string }{{wang, "一", "甲"}, {li, "二", ""}, {wang, "三", "乙"}} {
		p.says(turn.who, turn.says)
		if turn.hears != "" {
			p.now = p.now.Add(300 * time.Millisecond)
			p.sends(turn.who, turn.hears)
		}
	}
	p.sends(wang, "")
	var got []string
	l := p.Ledger(desk, "")
	for _, turn := range l.Turns {
		line := turn.Message.Text()
		for _, r := range turn.Replies {
			line += fmt.Sprint("=", r.Text(), r.AfterMS)
		}
		got = append(got, line)
	}
	p.want("turns", strings.Join(got, " "), "[enter_session] [enter_session] 一=甲300 二 三=乙300")
	p.want("refused", len(l.Refused), 1)
	p.want("why", l.Refused[0].ErrCode, 44004)
	p.want("li's turns", len(p.Ledger(desk, li).Turns), 2)
}
