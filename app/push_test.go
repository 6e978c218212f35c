package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/simulator"
	simplatform "guanjia/simulator/platform"
	"guanjia/simulator/screen"
	"guanjia/store"
)

const officialSecret = "hunter2hunter2hunter2hunter2appx"

// openWriting starts a bot with a certified official account and the platform with its API.
func openWriting(t *testing.T, env ...string) *house {
	t.Helper()
	h := &house{t: t, logs: &logBook{}, env: filepath.Join(t.TempDir(), "bot.env")}
	h.write(h.env, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.url = "http://" + l.Addr().String()
	h.sim, err = simulator.New(simulator.Config{Accounts: []simulator.Account{{
		Name: "brand", OriginalID: "gh_brand", AppID: "wx0123456789abcdef", Token: secretToken, AESKey: secretAESKey,
		Secret: officialSecret, Certified: true, Callback: h.url + "/callback/brand",
		Templates: []simulator.Template{{ID: "T1", Title: "礼券到期提醒", Content: "{{thing1.DATA}}"}},
		Articles:  []simulator.Draft{{MediaID: "A1", Articles: []screen.Article{{Title: "本周上新", URL: "https://mp.weixin.qq.com/s/a1"}}}},
		Notices:   []simulator.Template{{ID: "N1", Title: "礼券到期提醒", Content: "{{thing1.DATA}}"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(h.sim.Platform())
	t.Cleanup(api.Close)
	h.start(l, append([]string{
		"BOT_WECHAT_API_URL=" + api.URL, "BOT_ACCOUNT_BRAND_APP_SECRET=" + officialSecret, "BOT_ACCOUNT_BRAND_CERTIFIED=on", "BOT_QUIET_HOURS=off",
	}, env...)...)
	return h
}

func (h *house) enqueue(pushes ...outbound.Push) {
	h.t.Helper()
	_, err := store.InTx(h.t.Context(), h.app.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		return h.app.outbound.Outbox().Enqueue(ctx, tx, pushes...)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// arrived lists what somebody got beside the passive replies.
func arrived(p *simulator.Phone) (texts []string) {
	for _, e := range p.Chat() {
		if e.Reply != nil && e.Via != "" {
			texts = append(texts, e.Reply.Text)
		}
	}
	return texts
}

func textTo(p *simulator.Phone, cause, text string, ways ...policy.Way) outbound.Push {
	return outbound.Push{
		To: bot.Person{Account: "brand", User: bot.UserID(p.OpenID())}, Cause: cause, Campaign: "newgift", Ways: ways,
		Content: outbound.Content{Messages: []bot.Message{bot.Text(text)}},
	}
}

// settles waits until a push has come to a state.
func (h *house) settles(p outbound.Push, want store.SendState) store.Send {
	h.t.Helper()
	var s store.Send
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var err error
		if s, _, err = h.app.store.Send(h.t.Context(), store.SendID(p.To, p.Cause)); err != nil {
			h.t.Fatal(err)
		}
		if s.State == want && s.ClaimedBy == "" {
			return s
		}
	}
	h.t.Fatalf("%s is %s because of %s (%s), not %s", p.Cause, s.State, s.Reason, s.Detail, want)
	return s
}

// TestPushesReachFollowersAndAreExplained: a follower who wrote is written to, one who did not is told at their next visit, whom the
// platform refuses is not, and each is explained.
func TestPushesReachFollowersAndAreExplained(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	wang, li := h.phone(), simulator.NewPhone(t, h.sim.Client(), "brand", "小李")
	wang.Follow()
	li.Follow()
	wang.Say("你好")
	h.sim.Clock().Advance(2 * time.Minute) // what following allows is over
	toWang, toLi := textTo(wang, "gift:1", "您的礼券明天到期", policy.Custom, policy.NextVisit), textTo(li, "gift:1", "您的礼券明天到期", policy.Custom, policy.NextVisit)
	h.enqueue(toWang, toLi)
	h.settles(toWang, store.SendSent)
	if got := arrived(wang); len(got) != 1 || got[0] != "您的礼券明天到期" {
		t.Errorf("wang got %q", got)
	}
	h.settles(toLi, store.SendHeld)
	if got := arrived(li); len(got) != 0 {
		t.Errorf("li got %q", got)
	}
	time.Sleep(2 * time.Second) // replicas know of it within that
	if e := li.Say("你好"); !strings.Contains(e.Text(), "您的礼券明天到期") {
		t.Errorf("the visit was answered %q", e.Text())
	}
	h.settles(toLi, store.SendSent)

	status, body := h.do(http.MethodGet, h.url+"/api/v1/why?user="+wang.OpenID()+"&campaign=newgift", http.Header{"Authorization": {"Bearer " + secretAPIKey}})
	var why struct{ Messages []outbound.Told }
	if err := json.Unmarshal([]byte(body), &why); err != nil || status != http.StatusOK || len(why.Messages) != 1 || why.Messages[0].Reason != policy.Arrived {
		t.Errorf("why: %d %s", status, body)
	}
	if status, _ := h.get(h.url + "/api/v1/why?user=x"); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", status)
	}
	if status, body := h.do(http.MethodGet, h.url+"/api/v1/quotas", http.Header{"Authorization": {"Bearer " + secretAPIKey}}); status != http.StatusOK || !strings.Contains(body, `"pushed":1`) {
		t.Errorf("quotas: %d %s", status, body)
	}
}

// TestThePlatformRefusesSomePushes: the codes that decide something, each for one person.
func TestThePlatformRefusesSomePushes(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	for _, c := range []struct {
		code  int
		state store.SendState
	}{
		{-1, store.SendSent}, {45015, store.SendHeld}, {45047, store.SendHeld}, {43004, store.SendFailed}, {40003, store.SendFailed}, {50002, store.SendFailed},
		{48001, store.SendHeld},
	} {
		phone := simulator.NewPhone(t, h.sim.Client(), "brand", fmt.Sprint("小", c.code))
		phone.Follow()
		phone.Say("你好")
		times := 1
		if c.code == -1 {
			times = 4 // the caller asks again by itself
		}
		if _, err := h.sim.SetCallFaults([]simplatform.Fault{{Kind: simplatform.FaultCode, Path: "/cgi-bin/message/custom/send", Code: c.code, Times: times}}); err != nil {
			t.Fatal(err)
		}
		push := textTo(phone, "gift:1", "您的礼券明天到期", policy.Custom, policy.NextVisit)
		h.enqueue(push)
		s := h.settles(push, c.state)
		want := 0
		if c.state == store.SendSent {
			want = 1
		}
		if got := arrived(phone); len(got) != want {
			t.Errorf("after %d somebody got %q (%s)", c.code, got, s.Reason)
		}
	}
}

// TestAConnectionThatBreaksWhileSending: the platform obeyed and its answer was lost. Nobody gets it twice.
func TestAConnectionThatBreaksWhileSending(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	phone := h.phone()
	phone.Follow()
	phone.Say("你好")
	if _, err := h.sim.SetCallFaults([]simplatform.Fault{{Kind: simplatform.FaultHalf, Path: "/cgi-bin/message/custom/send", Times: 1}}); err != nil {
		t.Fatal(err)
	}
	push := textTo(phone, "gift:1", "您的礼券明天到期", policy.Custom)
	h.enqueue(push)
	h.settles(push, store.SendUnknown)
	if got := arrived(phone); len(got) != 1 {
		t.Errorf("it arrived as %q", got)
	}
}

// TestPushesArePausedOverTheAPI: and resumed.
func TestPushesArePausedOverTheAPI(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	post := func(path, body string, want int) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+secretAPIKey)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s %s: %d", path, body, resp.StatusCode)
		}
	}
	for _, body := range []string{"", "{}", `{"account":"nobody"}`, `{"all":true,"campaign":"x"}`, "[]", "null"} {
		post("/api/v1/push/pause", body, http.StatusBadRequest)
	}
	post("/api/v1/push/pause", `{"campaign":"newgift"}`, http.StatusOK)
	time.Sleep(2 * time.Second)
	phone := h.phone()
	phone.Follow()
	phone.Say("你好")
	push := textTo(phone, "gift:1", "您的礼券明天到期", policy.Custom)
	h.enqueue(push)
	if s := h.settles(push, store.SendWaiting); s.Reason != string(policy.PauseCampaign) {
		t.Errorf("it waits because of %s", s.Reason)
	}
	var state struct {
		Pauses []pauseView        `json:"pauses"`
		Open   []outbound.Waiting `json:"open"`
	}
	h.gets("/api/v1/push", &state)
	if len(state.Pauses) != 1 || state.Pauses[0].Name != "newgift" || len(state.Open) != 1 || state.Open[0].Count != 1 ||
		state.Open[0].State != store.SendWaiting || !strings.Contains(state.Open[0].ExplanationZh, "已暂停") {
		t.Errorf("the API tells %+v", state)
	}
	post("/api/v1/push/resume", `{"campaign":"newgift"}`, http.StatusOK)
	h.settles(push, store.SendSent)
}

// TestALateAnswerComesAsAMessage: the callback is acknowledged in time, once, and the answer follows, once.
func TestALateAnswerComesAsAMessage(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	wang := h.phone()
	wang.Follow()
	// Somebody has the person's lease, and never comes back: the event waits until it runs out.
	lease := bot.Lease{Person: bot.Person{Account: "brand", User: bot.UserID(wang.OpenID())}, Key: "lost", Owner: "gone"}
	if r, err := h.app.hot.Begin(t.Context(), bot.BeginRequest{Lease: lease, For: 7 * time.Second, Arrival: true}); err != nil || r.State != bot.BeginRun {
		t.Fatal(r.State, err)
	}
	x := wang.Say("菜单")
	if x.State != simulator.StateAcknowledged || x.Tries != 1 || x.Text() != "" {
		t.Errorf("the callback was %s after %d tries, with %q", x.State, x.Tries, x.Text())
	}
	eventually(t, "the answer comes", func() bool { return len(arrived(wang)) == 1 })
	if got := arrived(wang)[0]; !strings.Contains(got, "我能") {
		t.Errorf("the answer is %q", got)
	}
	if x := wang.Say("你好"); strings.Count(x.Text(), "我能") > 1 {
		t.Errorf("the next reply leads with it again: %q", x.Text())
	}
	if got := arrived(wang); len(got) != 1 {
		t.Errorf("it came %d times", len(got))
	}
}

// TestAPushOfTomorrowArrivesWhenTheClockIsMoved: jobs follow the simulated clock.
func TestAPushOfTomorrowArrivesWhenTheClockIsMoved(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	phone := h.phone()
	phone.Follow()
	phone.Say("你好")
	push := textTo(phone, "gift:1", "明天的提醒", policy.Custom)
	push.NotBefore = h.sim.Clock().Now().Add(24 * time.Hour)
	h.enqueue(push)
	if s := h.settles(push, store.SendQueued); !s.Due.After(h.sim.Clock().Now().Add(23 * time.Hour)) {
		t.Errorf("it is due at %s", s.Due)
	}
	if err := h.sim.Clock().Advance(25 * time.Hour); err != nil {
		t.Fatal(err)
	}
	h.settles(push, store.SendSent)
	if got := arrived(phone); len(got) != 1 {
		t.Errorf("it arrived as %q", got)
	}
}
