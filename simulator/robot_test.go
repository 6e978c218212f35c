package simulator_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"

	"guanjia/simulator"
	"guanjia/simulator/platform"
)

const (
	reception  = "wkReception0000000000000000001"
	afterSales = "wkAfterSales000000000000000002"
)

// robot answers at the desks of an office as a bot does: it pulls when the doorbell rings, one pull at a time.
type robot struct {
	*office
	t     *testing.T
	token string

	mu     sync.Mutex
	cursor map[string]string
	items  []map[string]any
	reply  func(r *robot, item map[string]any)
}

func withDesks(c *simulator.Config) {
	c.Corps[0].Desks = []platform.Desk{
		{OpenKfID: reception, Name: "健康管家", Servicers: []string{"xiaolin", "xiaozhou"}},
		{OpenKfID: afterSales, Name: "售后"},
	}
}

// newRobot opens an office with two desks whose bot does what reply says with each item.
func newRobot(t *testing.T, reply func(r *robot, item map[string]any), change ...func(*simulator.Config)) *robot {
	t.Helper()
	r := &robot{t: t, cursor: map[string]string{}, reply: reply, office: newOffice(t, append([]func(*simulator.Config){withDesks}, change...)...)}
	r.token = r.office.token(t, testAppSecret)
	r.office.answer = func(c callback) string {
		if c.value("Event") == "kf_msg_or_event" {
			r.pull(c.value("OpenKfId"), c.value("Token"))
		}
		return ""
	}
	return r
}

func (r *robot) calls(path, body string) answered {
	r.t.Helper()
	return r.post(lasting{r.t}, "/cgi-bin/"+path+"?access_token="+url.QueryEscape(r.token), body)
}

// lasting is a test whose bot may still be at work when it ends.
type lasting struct{ *testing.T }

func (l lasting) Context() context.Context { return context.WithoutCancel(l.T.Context()) }

// Fatalf ends the bot's work: the platform is gone.
func (lasting) Fatalf(string, ...any) { panic(http.ErrAbortHandler) }

func (r *robot) pull(openKfID, token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		a := r.calls("kf/sync_msg", fmt.Sprintf(`{"cursor":%q,"token":%q,"open_kfid":%q}`, r.cursor[openKfID], token, openKfID))
		if a.code() != 0 {
			r.t.Errorf("sync_msg: %s", a.raw)
			return
		}
		for _, item := range a.fields["msg_list"].([]any) {
			it := item.(map[string]any)
			r.items = append(r.items, it)
			r.reply(r, it)
		}
		r.cursor[openKfID] = a.text("next_cursor")
		if a.fields["has_more"] != 1.0 {
			return
		}
	}
}

func (r *robot) seen() []map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.items)
}

// says answers an item.
func (r *robot) says(item map[string]any, text string) answered {
	return r.calls("kf/send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"text","text":{"content":%q}}`,
		item["external_userid"], item["open_kfid"], text))
}

// parrot welcomes, repeats what is said, and hands over on demand.
func parrot(r *robot, item map[string]any) {
	if e, ok := item["event"].(map[string]any); ok {
		if code, _ := e["welcome_code"].(string); code != "" {
			r.calls("kf/send_msg_on_event", fmt.Sprintf(`{"code":%q,"msgtype":"msgmenu","msgmenu":{"head_content":"欢迎来到%s","list":[
				{"type":"click","click":{"id":"c1","content":"领券"}},{"type":"view","view":{"url":"https://example.com","content":"官网"}}]}}`, code, e["scene"]))
		}
		if code, _ := e["msg_code"].(string); code != "" && e["change_type"] == 3.0 {
			r.calls("kf/send_msg_on_event", fmt.Sprintf(`{"code":%q,"msgtype":"text","text":{"content":"感谢咨询"}}`, code))
		}
		return
	}
	text, _ := item["text"].(map[string]any)
	switch said, _ := text["content"].(string); {
	case item["origin"] != 3.0:
	case said == "人工":
		a := r.calls("kf/service_state/trans", fmt.Sprintf(`{"open_kfid":%q,"external_userid":%q,"service_state":2}`, item["open_kfid"], item["external_userid"]))
		r.calls("kf/send_msg_on_event", fmt.Sprintf(`{"code":%q,"msgtype":"text","text":{"content":"正在为您转接"}}`, a.text("msg_code")))
	case said == "在哪":
		to := fmt.Sprintf(`"touser":%q,"open_kfid":%q`, item["external_userid"], item["open_kfid"])
		r.calls("kf/send_msg", `{`+to+`,"msgtype":"location","location":{"name":"人民路店","address":"人民路 1 号","latitude":31.2,"longitude":121.5}}`)
		r.calls("kf/send_msg", `{`+to+`,"msgtype":"ca_link","ca_link":{"link_url":"https://work.weixin.qq.com/ca/cawcde1"}}`)
	case text != nil:
		r.says(item, "收到："+said+fmt.Sprint(text["menu_id"]))
	default:
		r.says(item, "收到一个 "+fmt.Sprint(item["msgtype"]))
	}
}
