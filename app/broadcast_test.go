package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"guanjia/broadcast"
	"guanjia/internal/testproc"
	"guanjia/simulator"
	"guanjia/simulator/contact"
	simplatform "guanjia/simulator/platform"
	"guanjia/store"
)

// asks calls the API of broadcasts with a key and gives status and document.
func (h *house) asks(method, path, body string) (int, map[string]any) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.url+"/api/v1/broadcasts"+path, bytes.NewBufferString(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secretAPIKey)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		h.t.Fatalf("%d %s: %v", resp.StatusCode, b, err)
	}
	return resp.StatusCode, doc
}

// obeys calls the API and wants 200.
func (h *house) obeys(method, path, body string) map[string]any {
	h.t.Helper()
	status, doc := h.asks(method, path, body)
	if status != http.StatusOK {
		h.t.Fatalf("%s %s: %d %v", method, path, status, doc)
	}
	return doc
}

// reaches waits until so many were sent of a broadcast.
func (h *house) reaches(id string, sent int) broadcast.Report {
	h.t.Helper()
	var r broadcast.Report
	h.eventually("sent", func() (err error) {
		if r, err = h.app.Broadcasts().Report(h.t.Context(), id); err == nil && r.Progress.Sent != sent {
			err = fmt.Errorf("%s, %+v, %+v", r.Broadcast.State, r.Progress, r.Calls)
		}
		h.sim.Clock().Advance(100 * time.Millisecond)
		return err
	})
	return r
}

func onBothEnginesByDay(t *testing.T, day func(t *testing.T, h *house)) {
	env := []string{"BOT_QUIET_HOURS=off", "BOT_ROBOTS=ops:" + secretRobot}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		day(t, openCompany(t, env...))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		day(t, openCompany(t, append(env, "BOT_DATABASE_URL="+testproc.Postgres(t))...))
	})
}

// TestABroadcastArrivesOnPhones by customer-service message, for those who wrote lately; who opted out gets none.
func TestABroadcastArrivesOnPhones(t *testing.T) {
	t.Parallel()
	onBothEnginesByDay(t, func(t *testing.T, h *house) {
		wang, li := h.phone(), h.phone()
		for _, p := range []*simulator.Phone{wang, li} {
			p.Follow()
			p.Say("你好")
		}
		li.Say("退订")
		h.obeys("POST", "", `{"kind":"broadcast","id":"live","name":"直播","account":"brand","segment":"followed<1d","ways":["custom"],"messages":[{"text":"今晚八点见"}]}`)
		run := h.obeys("POST", "/live/dry-run", "")
		if run["people"] != 2.0 || fmt.Sprint(run["now"]) != "map[custom:1]" || fmt.Sprint(run["never"]) != "map[opted_out:1]" {
			t.Errorf("dry run: %v", run)
		}
		status, doc := h.asks("POST", "/live/start", "")
		if refused, _ := doc["error"].(map[string]any); status != http.StatusConflict || refused["code"] != "everybody" || refused["number"] != 2.0 {
			t.Errorf("without the number: %d %v", status, doc)
		}
		h.obeys("POST", "/live/start", `{"yes":2}`)
		h.reaches("live", 1)
		last := func(p *simulator.Phone) string {
			chat := p.Chat()
			for i := len(chat) - 1; i >= 0; i-- {
				if r := chat[i].Reply; r != nil && r.Text == "今晚八点见" {
					return r.Text
				}
			}
			return ""
		}
		if last(wang) == "" || last(li) != "" {
			t.Errorf("wang has %q, li has %q", last(wang), last(li))
		}
		shown := h.obeys("GET", "/live", "")
		if acts := fmt.Sprint(shown["acts"]); !strings.Contains(acts, "api:till") {
			t.Errorf("who did it: %s", acts)
		}
	})
}

// TestTheStaffSendAMassMessage: contacts hear of it when the member confirms, and the report is what the platform tells.
func TestTheStaffSendAMassMessage(t *testing.T) {
	t.Parallel()
	onBothEnginesByDay(t, func(t *testing.T, h *house) {
		wang := simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小王")
		li := simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小李")
		wang.Add("shop")
		li.Add("night")
		h.obeys("POST", "", `{"kind":"broadcast","id":"new","name":"上新","account":"assistant","to":"group_send","segment":"followed","messages":[{"text":"新品到店"},{"cards":[{"title":"看看","url":"https://shop.example/new"}]}]}`)
		h.obeys("POST", "/new/start", `{"yes":2}`)
		var msgID string
		h.eventually("asked", func() error {
			r, err := h.app.Broadcasts().Report(t.Context(), "new")
			if err == nil && (len(r.Calls) != 1 || r.Calls[0].MsgID == "") {
				err = fmt.Errorf("%+v", r.Calls)
			}
			if err == nil {
				msgID = r.Calls[0].MsgID
			}
			return err
		})
		if got := wang.Read("xiaolin"); strings.Contains(strings.Join(got, " "), "新品到店") {
			t.Errorf("before anybody confirmed: %v", got)
		}
		confirm := func(member string) {
			if _, err := h.sim.ActContact(t.Context(), officeCorp, simulator.ContactAct{Act: contact.Act{Kind: contact.ActConfirmSend, UserID: member, ID: msgID}}); err != nil {
				t.Fatal(err)
			}
		}
		confirm("xiaolin")
		r := h.reaches("new", 1)
		if r.Progress.Waiting != 1 {
			t.Errorf("one member has not confirmed: %+v", r.Progress)
		}
		if got := strings.Join(wang.Read("xiaolin"), "|"); !strings.Contains(got, "新品到店") || !strings.Contains(got, "看看") {
			t.Errorf("wang reads %s", got)
		}
		confirm("xiaozhou")
		h.sim.Clock().Advance(20 * time.Minute)
		r = h.reaches("new", 2)
		if r.Progress.Waiting != 0 || !r.Calls[0].State.Over() {
			t.Errorf("all have confirmed: %+v, %+v", r.Progress, r.Calls)
		}
	})
}

// TestTheOwnerSendsAMassMessageToTheGroups: to those of the members who are named, when they confirm.
func TestTheOwnerSendsAMassMessageToTheGroups(t *testing.T) {
	t.Parallel()
	onBothEnginesByDay(t, func(t *testing.T, h *house) {
		wang := simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小王")
		wang.Add("shop")
		act := func(a contact.Act) simulator.Contacted {
			t.Helper()
			done, err := h.sim.ActContact(t.Context(), officeCorp, simulator.ContactAct{Act: a})
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		act(contact.Act{Kind: contact.ActCreateGroup, UserID: "xiaolin", Name: "老客户", Names: []string{wang.ExternalUserID()}})
		act(contact.Act{Kind: contact.ActCreateGroup, UserID: "xiaozhou", Name: "别人的群"})
		h.obeys("POST", "", `{"kind":"broadcast","id":"groups","name":"群里上新","account":"assistant","to":"groups","senders":["xiaolin"],"messages":[{"text":"群里的新品"}]}`)
		if notes := fmt.Sprint(h.obeys("POST", "/groups/dry-run", "")["notes"]); !strings.Contains(notes, "xiaolin") {
			t.Errorf("dry run: %s", notes)
		}
		h.obeys("POST", "/groups/start", "")
		var msgID string
		h.eventually("asked", func() error {
			r, err := h.app.Broadcasts().Report(t.Context(), "groups")
			if err == nil && (len(r.Calls) != 1 || r.Calls[0].MsgID == "") {
				return fmt.Errorf("%+v", r.Calls)
			}
			if err == nil {
				msgID = r.Calls[0].MsgID
			}
			return err
		})
		posts := func() (said []string) {
			t.Helper()
			view, err := h.sim.Client().Contact(t.Context(), officeCorp)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range view.Posts {
				said = append(said, p.UserID+": "+p.Line.Text)
			}
			return said
		}
		if got := posts(); len(got) != 0 {
			t.Errorf("before anybody confirmed: %v", got)
		}
		act(contact.Act{Kind: contact.ActConfirmSend, UserID: "xiaolin", ID: msgID})
		r := h.reaches("groups", 1)
		if got := posts(); len(got) != 1 || got[0] != "xiaolin: 群里的新品" || !r.Calls[0].State.Over() {
			t.Errorf("%v, %+v", got, r.Calls)
		}
	})
}

// TestARobotSaysItInItsGroup and its key is seen nowhere.
func TestARobotSaysItInItsGroup(t *testing.T) {
	t.Parallel()
	onBothEnginesByDay(t, func(t *testing.T, h *house) {
		h.obeys("POST", "", `{"kind":"broadcast","id":"ops","name":"日报","to":"robot","robot":"ops","messages":[{"text":"今日新增 12 人"}]}`)
		h.obeys("POST", "/ops/start", "")
		h.reaches("ops", 1)
		said := h.sim.RobotsSaid(officeCorp)["运营群"]
		if len(said) != 1 || said[0].Text != "今日新增 12 人" {
			t.Errorf("%+v", said)
		}
		if strings.Contains(h.logs.String(), secretRobot) {
			t.Error("the key is in the logs")
		}
		status, doc := h.asks("POST", "", `{"kind":"broadcast","id":"ops2","name":"日报","to":"robot","robot":"nobody","messages":[{"text":"a"}]}`)
		if status != http.StatusUnprocessableEntity || !strings.Contains(fmt.Sprint(doc), "BOT_ROBOTS") {
			t.Errorf("%d %v", status, doc)
		}
	})
}

// TestAMassMessageReachesTheFollowersWithATag, is closed by what the platform reports, and is sent once though its answer was lost.
func TestAMassMessageReachesTheFollowersWithATag(t *testing.T) {
	t.Parallel()
	onBothEnginesByDay(t, func(t *testing.T, h *house) {
		wang, li := h.phone(), h.phone()
		wang.Follow()
		li.Follow()
		tokens, api := h.app.platform.followers(h.app.settings.Account["brand"]), h.app.platform.official
		var made struct {
			Tag struct {
				ID int64 `json:"id"`
			} `json:"tag"`
		}
		if err := api.Post(t.Context(), tokens, "/cgi-bin/tags/create", map[string]any{"tag": map[string]any{"name": "星标"}}, &made); err != nil {
			t.Fatal(err)
		}
		if err := api.Post(t.Context(), tokens, "/cgi-bin/tags/members/batchtagging", map[string]any{"openid_list": []string{wang.OpenID()}, "tagid": made.Tag.ID}, nil); err != nil {
			t.Fatal(err)
		}
		draft := fmt.Sprintf(`{"kind":"broadcast","id":"mass","name":"群发","account":"brand","to":"mass","tag":%d,"messages":[{"text":"本周上新"}]}`, made.Tag.ID)
		h.obeys("POST", "", draft)
		if notes := fmt.Sprint(h.obeys("POST", "/mass/dry-run", "")["notes"]); !strings.Contains(notes, "at most 4 mass messages") {
			t.Errorf("dry run: %s", notes)
		}
		if err := h.sim.API().SetFaults(simplatform.Fault{Kind: simplatform.FaultNoAnswer, Path: "/cgi-bin/message/mass/sendall", Times: 1, Delay: 1}); err != nil {
			t.Fatal(err)
		}
		h.obeys("POST", "/mass/start", "")
		h.reaches("mass", 1)
		for who, want := range map[*simulator.Phone]int{wang: 1, li: 0} {
			got := 0
			for _, e := range who.Chat() {
				if e.Reply != nil && e.Reply.Text == "本周上新" {
					got++
				}
			}
			if got != want {
				t.Errorf("%s got it %d times, want %d", who.User.ID, got, want)
			}
		}
	})
}

// TestAMassMessageMayBeAnArticle of the account's drafts; one that is not there fails, as one does that is over the account's quota, and the
// report says why.
func TestAMassMessageMayBeAnArticle(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	p := h.phone()
	p.Follow()
	for id, article := range map[string]string{"there": "A1", "gone": "A2"} {
		h.obeys("POST", "", fmt.Sprintf(`{"kind":"broadcast","id":%q,"name":"图文","account":"brand","to":"mass","all":true,"article":%q}`, id, article))
		h.obeys("POST", "/"+id+"/start", "")
	}
	h.reaches("there", 1)
	fails := func(id, code string) {
		t.Helper()
		h.eventually(id+" fails", func() error {
			r, err := h.app.Broadcasts().Report(t.Context(), id)
			if err == nil && (len(r.Calls) != 1 || r.Calls[0].State != store.CallFailed || !strings.Contains(r.Calls[0].Detail, code)) {
				err = fmt.Errorf("%+v", r.Calls)
			}
			return err
		})
	}
	fails("gone", "40007")
	if _, err := h.sim.SetCallFaults([]simplatform.Fault{{Kind: simplatform.FaultCode, Path: "/cgi-bin/message/mass/sendall", Code: 45028, Times: 1}}); err != nil {
		t.Fatal(err)
	}
	h.obeys("POST", "", `{"kind":"broadcast","id":"over","name":"图文","account":"brand","to":"mass","all":true,"article":"A1"}`)
	h.obeys("POST", "/over/start", "")
	fails("over", "45028")
	got := 0
	for _, e := range p.Chat() {
		if e.Reply != nil && len(e.Reply.Articles) == 1 && e.Reply.Articles[0].Title == "本周上新" {
			got++
		}
	}
	if got != 1 {
		t.Errorf("they got it %d times", got)
	}
	status, doc := h.asks("POST", "", `{"kind":"broadcast","id":"both","name":"图文","account":"brand","to":"mass","all":true,"article":"A1","messages":[{"text":"a"}]}`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("an article and a message: %d %v", status, doc)
	}
}
