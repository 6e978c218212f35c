package simulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/screen"
)

// TestAMassMessageReachesAFollowerFourTimesAMonth by tag or to all, once for each clientmsgid; the fifth is dropped and the account told.
func TestAMassMessageReachesAFollowerFourTimesAMonth(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	wang, li := simulator.NewPhone(t, o.sim.Client(), "brand", "小王"), simulator.NewPhone(t, o.sim.Client(), "brand", "小李")
	wang.Follow()
	li.Follow()
	token := o.token()
	o.post("/cgi-bin/tags/create", token, `{"tag":{"name":"星标"}}`)
	o.post("/cgi-bin/tags/members/batchtagging", token, fmt.Sprintf(`{"openid_list":[%q],"tagid":100}`, wang.OpenID()))
	tagged := func(id, text string) string {
		return fmt.Sprintf(`{"filter":{"is_to_all":false,"tag_id":100},"msgtype":"text","text":{"content":%q},"clientmsgid":%q}`, text, id)
	}
	for body, code := range map[string]int{
		`{"msgtype":"text","text":{"content":"a"}}`:                                                             40035,
		`{"filter":{"tag_id":7},"msgtype":"text","text":{"content":"a"}}`:                                       45159,
		`{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":""}}`:                                  44004,
		`{"filter":{"is_to_all":true},"msgtype":"images","images":{"media_ids":["x"]}}`:                         40007,
		`{"filter":{"is_to_all":true},"msgtype":"mpnews","mpnews":{"media_id":"x"}}`:                            40007,
		`{"filter":{"is_to_all":true},"msgtype":"music"}`:                                                       40008,
		tagged(strings.Repeat("x", 65), "a"):                                                                    45067,
		`{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"` + strings.Repeat("a", 2049) + `"}}`: 45002,
	} {
		if a := o.post("/cgi-bin/message/mass/sendall", token, body); a.code() != code {
			t.Errorf("%.90s: %s, want %d", body, a.raw, code)
		}
	}
	first := o.post("/cgi-bin/message/mass/sendall", token, tagged("m-0", "第 0 次"))
	again := o.post("/cgi-bin/message/mass/sendall", token, tagged("m-0", "第 0 次"))
	if again.code() != 45065 || first.text("msg_id") != again.text("msg_id") {
		t.Errorf("the same clientmsgid: %s, and before %s", again.raw, first.raw)
	}
	for n := 1; n < 6; n++ {
		o.post("/cgi-bin/message/mass/sendall", token, tagged(fmt.Sprint("m-", n), fmt.Sprintf("第 %d 次", n)))
	}
	got := map[*simulator.Phone]int{}
	for _, p := range []*simulator.Phone{wang, li} {
		for _, e := range p.Chat() {
			if e.Reply != nil && strings.HasPrefix(e.Reply.Text, "第 ") {
				got[p]++
			}
		}
	}
	if got[wang] != 4 || got[li] != 0 {
		t.Errorf("wang got %d, li %d", got[wang], got[li])
	}
	if a := o.post("/cgi-bin/message/mass/preview", token, fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":"预览"}}`, li.OpenID())); a.code() != 0 {
		t.Errorf("preview: %s", a.raw)
	}
}

// TestASubscriptionAccountSendsOneMassMessageADay, an article of its drafts for example, however often in a month; it has no template messages and
// makes no codes.
func TestASubscriptionAccountSendsOneMassMessageADay(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t, func(a *simulator.Account) {
		a.Subscription = true
		a.Articles = []simulator.Draft{{MediaID: "A1", Articles: []screen.Article{{Title: "本周上新", URL: "https://mp.weixin.qq.com/s/a1"}}}}
	})
	p := simulator.NewPhone(t, o.sim.Client(), "brand", "小王")
	p.Follow()
	article := `{"filter":{"is_to_all":true},"msgtype":"mpnews","mpnews":{"media_id":"A1"}}`
	for day := range 6 {
		token := o.token()
		for n, code := range []int{0, 45028} {
			if a := o.post("/cgi-bin/message/mass/sendall", token, article); a.code() != code {
				t.Errorf("day %d, message %d: %s", day, n, a.raw)
			}
		}
		o.sim.Clock().Advance(24 * time.Hour)
	}
	got := 0
	for _, e := range p.Chat() {
		if e.Reply != nil && len(e.Reply.Articles) == 1 && e.Reply.Articles[0].Title == "本周上新" {
			got++
		}
	}
	if got != 6 {
		t.Errorf("they got %d", got)
	}
	token := o.token()
	for path, code := range map[string]int{"/cgi-bin/message/template/send": 48001, "/cgi-bin/qrcode/create": 48001, "/cgi-bin/tags/create": 0} {
		if a := o.post(path, token, `{"tag":{"name":"星标"}}`); a.code() != code {
			t.Errorf("%s: %s", path, a.raw)
		}
	}
}
