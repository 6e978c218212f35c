package kf

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

func TestTooOldIsNotAnswered(t *testing.T) {
	t.Parallel()
	now := time.Unix(1800000000, 0)
	longAgo, justNow := now.Add(-30*24*time.Hour), now.Add(-time.Second)
	entry := func(code string) bot.Event {
		return bot.Event{Kind: bot.KindEnter, Detail: Entry{WelcomeCode: code}}
	}
	ended := bot.Event{Kind: bot.KindStaffEnded, Detail: Session{Change: 3, Code: "c"}}
	taken := bot.Event{Kind: bot.KindStaffTook, Detail: Session{Change: 1, Code: "c"}}
	text := bot.Event{Kind: bot.KindText}
	for _, c := range []struct {
		name            string
		ev              bot.Event
		age             time.Duration
		started         time.Time
		past, speakable bool
	}{
		{"a message", text, time.Second, longAgo, false, false},
		{"one of two days ago", text, 48 * time.Hour, longAgo, true, false},
		{"one of nearly two days ago", text, 48*time.Hour - time.Second, longAgo, false, false},
		{"one from before the first start", text, 62 * time.Second, justNow, true, false},
		{"one from just before it", text, 61 * time.Second, justNow, false, false},
		{"entering", entry("c"), 19 * time.Second, longAgo, false, true},
		{"entering too long ago", entry("c"), 20 * time.Second, longAgo, false, false},
		{"entering again", entry(""), time.Second, longAgo, false, false},
		{"the end of a talk with staff", ended, time.Second, longAgo, false, true},
		{"its beginning", taken, time.Second, longAgo, false, false},
		{"from the future", text, -time.Hour, longAgo, false, false},
	} {
		ev := c.ev
		ev.At = now.Add(-c.age)
		date(&ev, c.started, now)
		if ev.Past != c.past || ev.Speakable != c.speakable {
			t.Errorf("%s: past %v, speakable %v", c.name, ev.Past, ev.Speakable)
		}
	}
}

func TestTheLedgerKnowsWhatMayBeSaid(t *testing.T) {
	t.Parallel()
	now := time.Unix(1800000000, 0)
	for _, c := range []struct {
		leave store.KfLeave
		more  int
		want  string
	}{
		{store.KfLeave{}, 4, ""}, // nobody knows: the platform does
		{store.KfLeave{HeardAt: now}, 4, ""},
		{store.KfLeave{HeardAt: now}, 5, reasonLimit},
		{store.KfLeave{HeardAt: now, Sent: 3}, 1, ""},
		{store.KfLeave{HeardAt: now, Sent: 3}, 2, reasonLimit},
		{store.KfLeave{HeardAt: now.Add(-48 * time.Hour)}, 0, reasonWindow},
		{store.KfLeave{HeardAt: now.Add(-48*time.Hour + time.Second)}, 0, ""},
	} {
		if got := forbids(c.leave, c.more, now); got != c.want {
			t.Errorf("%+v and %d more: %q", c.leave, c.more, got)
		}
	}
}

// refusal is the error of a call that the platform refuses.
func refusal(t *testing.T, code int) error {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"errcode": code, "errmsg": "no"})
	}))
	defer server.Close()
	err := wxapi.NewCaller(wxapi.Config{BaseURL: server.URL}).Post(t.Context(), nil, pathSend, nil, nil)
	var refused *wxapi.Error
	if !errors.As(err, &refused) || refused.Code != code {
		t.Fatalf("%d: %v", code, err)
	}
	return err
}

func TestARefusalIsFinalOrWaitedFor(t *testing.T) {
	t.Parallel()
	lost := wxapi.NewCaller(wxapi.Config{BaseURL: "http://127.0.0.1:1"}).Post(t.Context(), nil, pathSend, nil, nil)
	again := verdict{}
	failed := func(reason string, ends bool) verdict { return verdict{store.KfFailed, reason, ends} }
	for _, c := range []struct {
		name           string
		err            error
		byCode, before bool
		want           verdict
	}{
		{"taken", nil, false, false, verdict{state: store.KfSent}},
		{"network away", lost, false, false, again},
		{"too many calls", refusal(t, 45009), false, false, again},
		{"too many at once", refusal(t, 45033), true, true, again},
		{"address not allowed", refusal(t, 60020), false, false, again},
		{"token again", refusal(t, 42001), false, false, again},
		{"five sent", refusal(t, 95001), false, false, failed(reasonLimit, true)},
		{"48 hours", refusal(t, 95002), false, false, failed(reasonWindow, true)},
		{"silent", refusal(t, 95032), false, false, failed(reasonWindow, true)},
		{"staff has it", refusal(t, 95018), false, false, failed(reasonStaff, true)},
		{"ended", refusal(t, 95013), false, false, failed(reasonEnded, true)},
		{"desk gone", refusal(t, 95004), false, false, failed(reasonDesk, true)},
		{"not verified", refusal(t, 95003), false, false, failed(reasonUnverified, true)},
		{"a file that is gone", refusal(t, 40007), false, false, failed(reasonMedia, false)},
		{"one message that is wrong", refusal(t, 45002), false, false, failed(reasonRefused, false)},
		{"a code that nobody knows", refusal(t, 40029), true, false, failed(reasonRefused, false)},
		{"a code that an earlier try has used", refusal(t, 95013), true, true, verdict{state: store.KfSent, ends: true}},
	} {
		if got := judge(c.err, c.byCode, c.before); got != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestMessagesAreKnownAgain: the same message has the same id at every try and on every replica, of characters that the platform
// takes; others have others.
func TestMessagesAreKnownAgain(t *testing.T) {
	t.Parallel()
	valid := regexp.MustCompile(`^[0-9a-zA-Z_-]{1,32}$`)
	ev := &bot.Event{Account: "a", Desk: "wk1", Key: "k"}
	var ids []string
	for _, other := range []*bot.Event{ev, {Account: "b", Desk: "wk1", Key: "k"}, {Account: "a", Desk: "wk2", Key: "k"}, {Account: "a", Desk: "wk1", Key: "k2"}} {
		for n := range 3 {
			id := messageID(other, n)
			if !valid.MatchString(id) || slices.Contains(ids, id) || id != messageID(other, n) {
				t.Errorf("id %q of %+v, %d", id, other, n)
			}
			ids = append(ids, id)
		}
	}
}

// TestTheCursorWaitsForTheSlowest: it moves past a page when that page and all before it are dealt with.
func TestTheCursorWaitsForTheSlowest(t *testing.T) {
	t.Parallel()
	w := newWatermark()
	slow := w.add("c1", 2)
	fast := w.add("c2", 1)
	empty := func(want string) {
		t.Helper()
		if got, ok := w.reach(); got != want || ok != (want != "") {
			t.Errorf("reached %q, %v instead of %q", got, ok, want)
		}
	}
	empty("")
	fast()
	empty("")
	slow()
	empty("")
	slow()
	empty("c2")
	empty("")
	w.add("c3", 0)
	empty("c3")
	if w.pending() != 0 {
		t.Errorf("%d pending", w.pending())
	}
}

func TestPausesGrowAndEnd(t *testing.T) {
	t.Parallel()
	last := time.Duration(0)
	for n := range 100 {
		p := pauseAfter(n+1, nil)
		if p < last || p > pauseMost {
			t.Errorf("pause %d is %s after %s", n+1, p, last)
		}
		last = p
	}
	if last != pauseMost || pauseAfter(1, refusal(t, 45009)) != pauseQuota {
		t.Errorf("the last pause is %s", last)
	}
}
