package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"guanjia/broadcast"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/schedule"
	"guanjia/simulator"
	"guanjia/simulator/contact"
)

// TestWhatTheDemoHasReadyArrivesWhenItsTimeComes is the demo's operator at work: the dry run of the broadcast tells numbers, started it arrives;
// the clock is moved to the next tip, which waits for the person's cap and arrives; and to three days before the end of a coupon, whose reminder
// waits for the end of quiet hours and arrives. Nothing ever arrives in quiet hours, and nothing twice.
func TestWhatTheDemoHasReadyArrivesWhenItsTimeComes(t *testing.T) {
	t.Parallel()
	d := newDemo(t, "SQLite")
	d.until(t, 11, 0) // the tip of this morning is too late
	desk := d.operator()
	wang, li := d.phone("小王"), d.phone("小李")
	wang.does(simulator.Act{Kind: simulator.ActFollow, Scene: "newgift"}, "券码：")
	wang.says("菜单")                                   // opens the window of 48 hours
	li.does(simulator.Act{Kind: simulator.ActFollow}) // without a coupon

	var dry broadcast.DryRun
	desk.asks(http.MethodPost, "api/v1/broadcasts/member-day/dry-run", "{}", &dry)
	if dry.People != 1 || dry.Now[string(policy.Custom)] != 1 || wang.heard("会员日") != 0 {
		t.Fatalf("the dry run tells %+v", dry)
	}
	desk.asks(http.MethodPost, "api/v1/broadcasts/member-day/start", "{}", nil)
	eventually(t, "the broadcast arrives", func() bool { return wang.heard("会员日") == 1 })

	tip := desk.schedule("morning-tip")
	eventually(t, "this morning's tip is dealt with", func() bool {
		tip = desk.schedule("morning-tip")
		return tip.Next.Sub(d.now()) > 0
	})
	desk.moves(tip.Next)
	waits := desk.waits("morning-tip", policy.CapDay)
	if wang.heard("早上好") != 0 {
		t.Error("the tip came within a day of the broadcast")
	}
	desk.moves(waits.Next)
	eventually(t, "the tip arrives", func() bool { return wang.heard("早上好") == 1 })

	due := desk.schedule("coupon-expiring").Soonest
	desk.moves(due.Add(-4 * time.Hour))
	wang.says("菜单") // opens the window again
	desk.moves(due)
	waits = desk.waits("coupon-expiring", policy.QuietHours)
	if wang.heard("将在") != 0 {
		t.Error("the reminder came in quiet hours")
	}
	desk.moves(waits.Next)
	eventually(t, "the reminder arrives", func() bool { return wang.heard("将在") == 1 })

	for text, want := range map[string]int{"会员日": 1, "将在": 1} {
		if n := wang.heard(text); n != want {
			t.Errorf("%q arrived %d times", text, n)
		}
		if n := li.heard(text); n != 0 {
			t.Errorf("%q arrived at somebody whom it was not for", text)
		}
	}
	for _, p := range []*phone{wang, li} {
		p.sleepsWell(t)
	}
}

// TestTheDemosStaffConfirmWhatIsSentInTheirName: the demo's group send waits for the member, and arrives when they confirm; its robot posts in the
// group of the shops.
func TestTheDemosStaffConfirmWhatIsSentInTheirName(t *testing.T) {
	t.Parallel()
	d := newDemo(t, "SQLite")
	d.until(t, 11, 0)
	desk := d.operator()
	s, err := d.client.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	corp := s.Corps[0].ID
	wang := simulator.NewCustomer(t, d.client, corp, "小王")
	wang.Add("newgift")
	arrives := func(text string) bool {
		return slices.ContainsFunc(wang.Read("xiaolin"), func(line string) bool { return strings.Contains(line, text) })
	}
	eventually(t, "the welcome arrives", func() bool { return len(wang.Read("xiaolin")) > 0 })

	var dry broadcast.DryRun
	eventually(t, "the customer is known", func() bool {
		desk.asks(http.MethodPost, "api/v1/broadcasts/new-arrivals/dry-run", "{}", &dry)
		return dry.People == 1
	})
	desk.asks(http.MethodPost, "api/v1/broadcasts/new-arrivals/start", `{"yes":1}`, nil)
	desk.asks(http.MethodPost, "api/v1/broadcasts/store-briefing/start", `{}`, nil)
	task := ""
	eventually(t, "the member is asked", func() bool {
		v, err := d.client.Contact(t.Context(), corp)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range v.GroupSends {
			task = g.MsgID
		}
		return task != ""
	})
	if arrives("换季") {
		t.Error("it arrived before the member confirmed it")
	}
	member := contact.Act{Kind: contact.ActConfirmSend, UserID: "xiaolin", ID: task}
	if _, err := d.client.ActContact(t.Context(), corp, simulator.ContactAct{Act: member}); err != nil {
		t.Fatal(err)
	}
	if !arrives("换季") {
		t.Errorf("the customer reads %q", wang.Read("xiaolin"))
	}
	eventually(t, "the robot posts", func() bool { return strings.Contains(d.robots(corp), "血压计") })
}

// robots is what the robots of a corp said, as the page reads it.
func (d *demo) robots(corp string) string {
	d.t.Helper()
	resp, err := http.Get("http://" + d.addr + "/simulator/api/corps/" + corp + "/robots")
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(said)
}

// sleepsWell checks that nothing came by itself between half past nine in the evening and half past eight.
func (p *phone) sleepsWell(t *testing.T) {
	t.Helper()
	entries, err := p.d.client.Chat(t.Context(), account, p.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		at := e.At.In(time.FixedZone("CST", 8*60*60)).Format("15:04")
		if e.Via == simulator.ViaAPI && (at < "08:30" || at >= "21:30") {
			t.Errorf("%s was woken at %s by %q", p.User.Nickname, at, e.Reply.Text)
		}
	}
}

// operatorDesk asks what the operator's page asks.
type operatorDesk struct{ *demo }

// operator is there when the demo has its broadcasts, which it gets from the first start just after it is ready.
func (d *demo) operator() *operatorDesk {
	d.t.Helper()
	desk := &operatorDesk{demo: d}
	eventually(d.t, "the demo has its broadcasts", func() bool {
		var told struct{ Broadcasts []broadcast.Shown }
		desk.asks(http.MethodGet, "api/v1/broadcasts", "", &told)
		return len(told.Broadcasts) >= 3
	})
	return desk
}

func (o *operatorDesk) asks(method, path, body string, v any) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), method, "http://"+o.addr+"/operator/"+path, bytes.NewBufferString(body))
	if err != nil {
		o.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err == nil && v != nil {
		err = json.Unmarshal(said, v)
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		o.t.Fatalf("%s %s: %d %s, %v\n%s", method, path, resp.StatusCode, said, err, o.log)
	}
}

// now is the demo's clock.
func (d *demo) now() time.Time {
	d.t.Helper()
	s, err := d.client.State(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return s.Clock.Now
}

func (o *operatorDesk) moves(to time.Time) {
	o.t.Helper()
	body, err := json.Marshal(map[string]time.Time{"to": to})
	if err != nil {
		o.t.Fatal(err)
	}
	o.asks(http.MethodPost, "clock", string(body), nil)
}

func (o *operatorDesk) schedule(name string) schedule.Status {
	o.t.Helper()
	var told struct{ Schedules []schedule.Status }
	o.asks(http.MethodGet, "api/v1/schedules", "", &told)
	i := slices.IndexFunc(told.Schedules, func(s schedule.Status) bool { return s.Name == name })
	if i < 0 {
		o.t.Fatalf("%s is not among %+v", name, told.Schedules)
	}
	return told.Schedules[i]
}

// waits waits until a campaign waits for a reason.
func (o *operatorDesk) waits(campaign string, reason policy.Reason) (found outbound.Waiting) {
	o.t.Helper()
	eventually(o.t, campaign+" waits: "+string(reason), func() bool {
		var told struct{ Open []outbound.Waiting }
		o.asks(http.MethodGet, "api/v1/push", "", &told)
		i := slices.IndexFunc(told.Open, func(w outbound.Waiting) bool { return w.Campaign == campaign && w.Reason == reason })
		if i >= 0 {
			found = told.Open[i]
		}
		return i >= 0
	})
	return found
}
