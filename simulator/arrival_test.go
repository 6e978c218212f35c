package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"guanjia/simulator"
)

// TestNotificationsArriveAsThePhoneIsSet and the account hears of it as from the platform: by the event of a template message, by a refusal or
// an event of a subscription notification.
func TestNotificationsArriveAsThePhoneIsSet(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t, func(a *simulator.Account) {
		a.Notices = []simulator.Template{{ID: "N1", Title: "到期提醒", Content: "{{thing1.DATA}}"}}
	})
	p := simulator.NewPhone(t, o.sim.Client(), "brand", "小王")
	p.Follow()
	token := o.token()
	for _, c := range []struct {
		arrival        simulator.Arrival
		shown          int
		notice         int // errcode
		status, result string
	}{
		{simulator.Blocked, 0, 43101, "failed:user block", ""},
		{simulator.Failing, 0, 0, "failed: system failed", "system failed"},
		{simulator.Arrives, 2, 0, "success", "success"},
	} {
		p.Notices(c.arrival)
		p.Do(simulator.Act{Kind: simulator.ActAcceptNotice, Key: "N1"})
		before, heard := len(p.Chat()), len(o.bot.seen())
		template := o.post("/cgi-bin/message/template/send", token, fmt.Sprintf(`{"touser":%q,"template_id":"TEMPLATE1","data":{"thing1":{"value":"a"},"time2":{"value":"b"}}}`, p.OpenID()))
		notice := o.post("/cgi-bin/message/subscribe/bizsend", token, fmt.Sprintf(`{"touser":%q,"template_id":"N1","data":{"thing1":{"value":"a"}}}`, p.OpenID()))
		if template.code() != 0 || notice.code() != c.notice {
			t.Errorf("%s: %s, %s", c.arrival, template.raw, notice.raw)
		}
		if n := len(p.Chat()) - before; n != c.shown {
			t.Errorf("%s: %d are shown", c.arrival, n)
		}
		until(t, "the account hears of it", func() bool {
			all := ""
			for _, r := range o.bot.seen()[heard:] {
				all += r.plain
			}
			return strings.Contains(all, "<Status><![CDATA["+c.status+"]]>") && (c.result == "" || strings.Contains(all, "<ErrorStatus><![CDATA["+c.result+"]]>"))
		})
	}
	if _, err := o.sim.SetArrival("brand", p.User.ID, "sometimes"); err == nil {
		t.Error("an arrival that does not exist is taken")
	}
}
