package reception

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

var start = time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)

// room is a reception over real records, with a clock to set, and what it did.
type room struct {
	*Reception
	t     *testing.T
	store *store.Store
	now   time.Time
	fails error // of the next messages

	mu        sync.Mutex
	told      []string
	loads     map[bot.AccountName]Load
	responded []time.Duration
	closed    []store.StaffClosing
	results   []bool
}

func newRoom(t *testing.T) *room {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "room.db"), store.Options{Synchronous: "NORMAL"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &room{t: t, store: s, now: start}
	r.Reception = New(Config{
		Records: s, Messenger: r, Observer: r, Log: zap.NewNop(), Now: func() time.Time { return r.now }, Every: time.Millisecond,
		Notice: func(c store.StaffConversation, now time.Time) (Notice, bool) {
			due := c.OpenedAt.Add(5 * time.Minute)
			return Notice{From: "corp", Members: []string{"zhang", "li"}, Text: "有人在等", Quote: c.Person.User == "quoted", Due: due}, c.Waits() && !now.Before(due)
		},
	})
	return r
}

func (r *room) Tell(_ context.Context, from bot.AccountName, members []string, text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails == nil {
		r.told = append(r.told, string(from)+" "+strings.Join(members, ",")+" "+text)
	}
	return r.fails
}

func (r *room) StaffLoad(l map[bot.AccountName]Load) { r.loads = l }
func (r *room) StaffResponded(_ bot.AccountName, after time.Duration) {
	r.responded = append(r.responded, after)
}
func (r *room) StaffClosed(_ bot.AccountName, by store.StaffClosing) { r.closed = append(r.closed, by) }
func (r *room) StaffTold(_ bot.AccountName, err error)               { r.results = append(r.results, err == nil) }

func (r *room) asks(user string, at time.Time) store.StaffConversation {
	r.t.Helper()
	c, opened, err := r.store.OpenStaffConversation(r.t.Context(), store.StaffRequest{
		Person: bot.Person{Account: "brand", User: bot.UserID(user)}, Key: bot.EventKey("ask " + user), Channel: store.StaffOfficial, Reason: store.StaffAsked,
		At: at, QuietUntil: at.Add(30 * time.Minute),
	})
	if err != nil || !opened {
		r.t.Fatal(opened, err)
	}
	return c
}

func (r *room) says(user string, at time.Time) {
	r.t.Helper()
	_, _, err := r.store.SignOfStaff(r.t.Context(), store.StaffSign{
		StaffRequest: store.StaffRequest{Person: bot.Person{Account: "brand", User: bot.UserID(user)}, Key: bot.EventKey("say " + user), Reason: store.StaffBegan, At: at, QuietUntil: at.Add(2 * time.Hour)},
		Who:          "zhang", Responded: true,
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// at sets the clock so long after the start, and looks.
func (r *room) at(d time.Duration) {
	r.now = start.Add(d)
	r.look(r.t.Context())
}

func (r *room) wantTold(n int) {
	r.t.Helper()
	if len(r.told) != n {
		r.t.Fatalf("staff were told %q", r.told)
	}
}

// TestStaffAreToldOnceOfWhoWaits, not before they may, and not of those that somebody has taken.
func TestStaffAreToldOnceOfWhoWaits(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.asks("wang", start)
	r.asks("li", start)
	r.says("li", start.Add(time.Minute))
	r.at(4 * time.Minute)
	r.wantTold(0)
	for range 3 {
		r.at(5 * time.Minute)
	}
	r.at(20 * time.Minute)
	r.wantTold(1)
	if want := "corp zhang,li 有人在等"; r.told[0] != want {
		t.Errorf("told %q", r.told[0])
	}
	c, _, err := r.store.StaffConversation(t.Context(), 1)
	if err != nil || !c.NotifiedAt.Equal(start.Add(5*time.Minute)) {
		t.Errorf("recorded %+v, %v", c, err)
	}
}

// TestWhatFailedIsToldAgain, after a while and in the same words, whatever was said since.
func TestWhatFailedIsToldAgain(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	said := func(key, text string, at time.Time, private bool) {
		if _, _, err := r.store.Journal().Commit(t.Context(), bot.Entry{
			Person: bot.Person{Account: "brand", User: "quoted"}, Key: bot.EventKey(key), Kind: bot.KindText, At: at, Received: at, Text: text, Private: private,
		}); err != nil {
			t.Fatal(err)
		}
	}
	said("1", "很久以前", start.Add(-time.Hour), false)
	said("2", "订单\n坏了", start.Add(-time.Minute), false)
	said("3", "只对你说", start.Add(-time.Second), true)
	said("4", strings.Repeat("急", 200), start.Add(time.Minute), false)
	r.asks("quoted", start)
	r.fails = errors.New("busy")
	r.at(5 * time.Minute)
	said("5", "还在吗", start.Add(5*time.Minute+time.Second), false)
	r.fails = nil
	r.at(5*time.Minute + 30*time.Second)
	r.wantTold(0)
	r.at(6 * time.Minute)
	r.wantTold(1)
	if want := "corp zhang,li 有人在等\n> 订单 坏了\n> " + strings.Repeat("急", 100) + "……"; r.told[0] != want {
		t.Errorf("told %q", r.told[0])
	}
	if !slices.Equal(r.results, []bool{false, true}) {
		t.Errorf("results %v", r.results)
	}
}

// TestSilenceAndFirstResponsesAreCounted: once each, and the load as it is.
func TestSilenceAndFirstResponsesAreCounted(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.asks("wang", start)
	r.asks("li", start.Add(time.Minute))
	r.asks("zhao", start.Add(2*time.Minute))
	r.says("zhao", start.Add(4*time.Minute))
	r.says("began by staff", start.Add(4*time.Minute))
	r.at(4 * time.Minute)
	if got, want := r.loads["brand"], (Load{Waiting: 2, Talking: 2, Longest: 4 * time.Minute}); got != want {
		t.Errorf("load %+v", got)
	}
	r.at(31 * time.Minute)
	r.at(32 * time.Minute)
	if got, want := r.loads["brand"], (Load{Talking: 2}); got != want {
		t.Errorf("load %+v", got)
	}
	if !slices.Equal(r.responded, []time.Duration{2 * time.Minute}) || !slices.Equal(r.closed, []store.StaffClosing{store.ClosedByTimeout, store.ClosedByTimeout}) {
		t.Errorf("responded %v, closed %v", r.responded, r.closed)
	}
}

// TestItLooksUntilItIsStopped, which can be done twice, or without a start.
func TestItLooksUntilItIsStopped(t *testing.T) {
	t.Parallel()
	newRoom(t).Stop()
	r := newRoom(t)
	r.asks("wang", start)
	r.now = start.Add(time.Hour)
	r.Start()
	r.Start()
	for closed := false; !closed; {
		c, _, err := r.store.StaffConversation(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		closed = c.ClosedBy == store.ClosedByTimeout
	}
	r.Stop()
	r.Stop()
}

// TestAnAppMessageSaysWhatThePlatformWants: duplicates are left out by the platform, and members it can't reach are no failure.
func TestAnAppMessageSaysWhatThePlatformWants(t *testing.T) {
	t.Parallel()
	var got map[string]any
	answer := `{"errcode":0,"errmsg":"ok","invaliduser":"gone"}`
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.URL.Path != "/cgi-bin/message/send" {
			t.Error(r.URL.Path, err)
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(platform.Close)
	apps := Apps{API: wxapi.NewCaller(wxapi.Config{BaseURL: platform.URL}), List: map[bot.AccountName]App{"corp": {Agent: 1000002}}, Log: zap.NewNop()}
	if err := apps.Tell(t.Context(), "corp", []string{"zhang", "gone"}, strings.Repeat("等", 800)); err != nil {
		t.Fatal(err)
	}
	text, _ := got["text"].(map[string]any)["content"].(string)
	if got["touser"] != "zhang|gone" || got["msgtype"] != "text" || got["agentid"] != 1000002.0 || got["enable_duplicate_check"] != 1.0 || len(text) != 2046 {
		t.Errorf("sent %v", got)
	}
	answer = `{"errcode":81013,"errmsg":"user & party & tag all invalid"}`
	var refused *wxapi.Error
	if err := apps.Tell(t.Context(), "corp", []string{"gone"}, "等"); !errors.As(err, &refused) || refused.Code != 81013 {
		t.Errorf("told: %v", err)
	}
	if err := apps.Tell(t.Context(), "brand", []string{"zhang"}, "等"); !errors.Is(err, ErrNoApp) {
		t.Errorf("told: %v", err)
	}
}
