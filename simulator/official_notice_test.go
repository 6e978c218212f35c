package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"guanjia/simulator"
	"guanjia/simulator/platform"
)

// TestEachAcceptanceIsForOneNotification of its own template: a call that is refused leaves it, a refused dialogue leaves what was accepted
// before, the settings take it back, and who has left the account keeps it.
func TestEachAcceptanceIsForOneNotification(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t, func(a *simulator.Account) {
		a.Notices = []simulator.Template{
			{ID: "N1", Title: "到期提醒", Content: "{{thing1.DATA}} {{number2.DATA}}"}, {ID: "N2", Title: "开播提醒", Content: "{{thing1.DATA}}"},
		}
	})
	wang, li := simulator.NewPhone(t, o.sim.Client(), "brand", "小王"), simulator.NewPhone(t, o.sim.Client(), "brand", "小李")
	wang.Follow()
	token := o.token()
	send := func(to, template, thing, number string, want int) {
		t.Helper()
		a := o.post("/cgi-bin/message/subscribe/bizsend", token, fmt.Sprintf(
			`{"touser":%q,"template_id":%q,"page":"https://example.com/coupons","data":{"thing1":{"value":%q},"number2":{"value":%q}}}`, to, template, thing, number))
		if a.code() != want {
			t.Errorf("%s with %q and %q: %s, want %d", template, thing, number, a.raw, want)
		}
	}
	does := func(kind simulator.ActKind, template string) {
		wang.Do(simulator.Act{Kind: kind, Key: template})
	}
	id := wang.OpenID()

	send(id, "N1", "明天到期", "3", 43101) // never accepted
	does(simulator.ActRefuseNotice, "N1")
	send(id, "N1", "明天到期", "3", 43101)
	does(simulator.ActAcceptNotice, "N1")

	send("nobody", "N1", "明天到期", "3", 40003)
	send(li.OpenID(), "N1", "明天到期", "3", 40003) // a person, and no one whom the account has met
	send(id, "N9", "明天到期", "3", 40037)
	send(id, "TEMPLATE1", "明天到期", "3", 40037) // of template messages
	send(id, "N1", "", "3", 47003)
	send(id, "N1", strings.Repeat("长", 21), "3", 47003)
	send(id, "N1", "明天到期", "三", 47003)
	send(id, "N2", "开播了", "3", 43101) // accepted for the other one
	if _, err := o.sim.SetCallFaults([]platform.Fault{{Kind: platform.FaultCode, Path: "/cgi-bin/message/subscribe/bizsend", Code: 45009, Times: 1}}); err != nil {
		t.Fatal(err)
	}
	send(id, "N1", "明天到期", "3", 45009)

	send(id, "N1", strings.Repeat("长", 20), "3", 0)
	send(id, "N1", "明天到期", "3", 43101) // used up

	does(simulator.ActAcceptNotice, "N1")
	does(simulator.ActRefuseNotice, "N1")
	send(id, "N1", "后天到期", "3", 0)
	does(simulator.ActAcceptNotice, "N1")
	does(simulator.ActAcceptNotice, "N1")
	does(simulator.ActStopNotices, "N1")
	send(id, "N1", "明天到期", "3", 43101)

	does(simulator.ActAcceptNotice, "N2")
	wang.Unfollow()
	send(id, "N2", "开播了", "3", 0)

	var got []string
	for _, e := range wang.Chat() {
		if e.Reply != nil && e.Reply.Title != "" {
			got = append(got, e.Reply.Title+" "+e.Reply.Text)
		}
	}
	if want := "到期提醒 " + strings.Repeat("长", 20) + " 3|到期提醒 后天到期 3|开播提醒 开播了"; strings.Join(got, "|") != want {
		t.Errorf("they see %q, want %q", strings.Join(got, "|"), want)
	}
	if _, err := o.sim.Act(t.Context(), "brand", wang.User.ID, simulator.Act{Kind: simulator.ActAcceptNotice, Key: "N9"}); err == nil {
		t.Error("a template that does not exist is accepted")
	}
}
