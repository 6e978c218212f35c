package simulator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/platform"
)

// When the admin takes the right to a desk, the app is told, its calls are refused, and nobody rings any more; and back again.
func TestTheRightToADeskComesAndGoes(t *testing.T) {
	t.Parallel()
	r := newRobot(t, parrot)
	c := r.sim.Client()
	change := func(managed bool, field string) {
		if err := c.ManageDesk(t.Context(), reception, managed); err != nil {
			t.Fatal(err)
		}
		until(t, field, func() bool {
			return slices.ContainsFunc(r.callbacks(), func(c callback) bool {
				return c.value("Event") == "kf_account_auth_change" && c.value(field) == reception && c.value("FromUserName") == "sys"
			})
		})
	}
	change(false, "AuthDelOpenKfId")
	if a := r.calls("kf/account/list", `{}`); !strings.Contains(a.raw, `"open_kfid":"`+reception+`","name":"健康管家"`) || !strings.Contains(a.raw, `"manage_privilege":false`) {
		t.Errorf("account/list: %s", a.raw)
	}
	talk := simulator.NewCustomer(t, c, testCorp, "小王").Open(reception)
	if a := r.calls("kf/sync_msg", `{"open_kfid":"`+reception+`"}`); a.code() != 48007 {
		t.Errorf("sync_msg: %s", a.raw)
	}
	change(true, "AuthAddOpenKfId")
	talk.Say("在吗").Hears("收到：在吗")
	bells := 0
	for _, c := range r.callbacks() {
		if c.value("Event") == "kf_msg_or_event" {
			bells++
		}
	}
	if bells != 1 {
		t.Errorf("%d bells, want the one after the right came back", bells)
	}
}

// Two desks with the same open kfid, in one corp or in two, are a mistake of the configuration.
func TestDesksHaveIdsOfTheirOwn(t *testing.T) {
	t.Parallel()
	cfg := simulator.Config{Corps: testCorps("")}
	withDesks(&cfg)
	cfg.Corps = append(cfg.Corps, simulator.Corp{ID: "wwother", Desks: []platform.Desk{{OpenKfID: reception, Name: "客服"}}})
	if _, err := simulator.New(cfg); err == nil || !strings.Contains(err.Error(), "another desk") {
		t.Errorf("got %v", err)
	}
}

// A desk shows material of its own corp, of the right kind, and for three days.
func TestADeskShowsMaterialForThreeDays(t *testing.T) {
	t.Parallel()
	r := newRobot(t, parrot)
	c := r.sim.Client()
	talk := simulator.NewCustomer(t, c, testCorp, "小王").Open(reception)
	said := talk.SendPicture(picture(t)).Hears("收到一个 image")
	var sent struct {
		MediaID string `json:"media_id"`
	}
	if err := json.Unmarshal(said.Body, &sent); err != nil || sent.MediaID == "" {
		t.Fatalf("the picture's message: %s, %v", said.Body, err)
	}
	send := func(kind string) int {
		return r.calls("kf/send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":%q,%q:{"media_id":%q}}`,
			talk.ExternalUserID(), reception, kind, kind, sent.MediaID)).code()
	}
	if got := send("image"); got != 0 {
		t.Errorf("the customer's picture sent back: errcode %d", got)
	}
	if got := send("file"); got != 40007 {
		t.Errorf("a picture as a file: errcode %d", got)
	}
	if _, err := c.Advance(t.Context(), 72*time.Hour); err != nil {
		t.Fatal(err)
	}
	r.token = r.office.token(t, testAppSecret)
	talk.Say("还在吗").Hears("还在吗")
	if got := send("image"); got != 40007 {
		t.Errorf("after three days: errcode %d", got)
	}
}
