package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/internal/testproc"
)

// TestLabelsAreBounded: whatever outcomes handlers note and however many people come, the number of series does not grow
// beyond what the code and the settings name.
func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	o := &observer{log: zap.NewNop(), metrics: m, people: newPersonHash("")}
	for i := range 5000 {
		o.EventDone(bot.Report{
			Event:   &bot.Event{Account: "brand", User: bot.UserID(fmt.Sprint("o", i)), Kind: bot.KindText},
			Handler: "quiz", Outcome: fmt.Sprintf("said_%s", strings.Repeat("x", i%200)),
		})
		o.EventDone(bot.Report{Event: &bot.Event{Account: "brand", User: "o", Kind: bot.KindText}, Handler: "quiz", Outcome: fmt.Sprintf("手机 %d", i)})
	}
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if n := len(f.GetMetric()); n > maxValues+1 {
			t.Errorf("%s has %d series", f.GetName(), n)
		}
		for _, s := range f.GetMetric() {
			for _, l := range s.GetLabel() {
				if strings.Contains(l.GetValue(), "手机") || strings.HasPrefix(l.GetValue(), "o1") {
					t.Errorf("%s shows what a person said or is called: %s", f.GetName(), l.GetValue())
				}
			}
		}
	}
}

// TestOneLinePerEvent: an event has one line with who, what and how long, and none with what was said.
func TestOneLinePerEvent(t *testing.T) {
	t.Parallel()
	h := open(t, "BOT_LOG_LEVEL=info", "BOT_LOG_SALT=pepper")
	p := h.phone()
	p.Follow("newgift")
	p.Say("我的手机号是 13800000000")
	hash := personHash{[]byte("pepper")}.of(bot.Person{Account: "brand", User: bot.UserID(p.OpenID())})
	var lines []string
	for l := range strings.Lines(h.logs.String()) {
		if strings.Contains(l, `"msg":"event"`) {
			lines = append(lines, l)
		}
	}
	if len(lines) != 2 {
		t.Fatalf("%d lines for 2 events:\n%s", len(lines), h.logs)
	}
	has(t, lines[0], `"account":"brand"`, `"user":"`+hash+`"`, `"kind":"follow"`, `"handler":"coupon"`, `"outcome":"given"`, `"ms":`)
	has(t, lines[1], `"kind":"text"`, `"handler":"fallback"`)
	for _, private := range []string{"13800000000", p.OpenID(), "小王"} {
		if strings.Contains(h.logs.String(), private) {
			t.Errorf("the log holds %q:\n%s", private, h.logs)
		}
	}
}

// TestPeopleInTheLog: the same person is the same in a run, different people differ, and another start tells nothing.
func TestPeopleInTheLog(t *testing.T) {
	t.Parallel()
	a, b := newPersonHash(""), newPersonHash("")
	wang, li := bot.Person{Account: "brand", User: "o1"}, bot.Person{Account: "brand", User: "o2"}
	again := a.of(wang)
	if a.of(wang) != again || a.of(wang) == a.of(li) || a.of(wang) == b.of(wang) {
		t.Error("the hash must tell people apart within one start and not beyond it")
	}
	if a.of(wang) == a.of(bot.Person{Account: "bran", User: "do1"}) {
		t.Error("people of different accounts must differ")
	}
}

// TestSecretsNeverShow drives what can fail and looks for the secrets in everything that can be seen.
func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	redis := testproc.StartRedis(t)
	h := open(t, "BOT_REDIS_URL="+strings.Replace(redis.URL, "redis://", "redis://:@", 1))
	p := h.phone()
	p.Follow()
	p.Say("菜单")
	var seen strings.Builder
	look := func(method, path string, header http.Header) {
		_, body := h.do(method, h.url+path, header)
		seen.WriteString(body)
	}
	look(http.MethodGet, "/callback/brand?signature=x&timestamp=1&nonce=1&echostr=1", nil)
	look(http.MethodPost, "/callback/brand?msg_signature=x&timestamp=1&nonce=1&encrypt_type=aes", nil)
	look(http.MethodPost, "/api/v1/coupons/ABC/redeem", http.Header{"Authorization": {"Bearer " + secretAPIKey + "x"}})
	look(http.MethodPost, "/api/v1/coupons/ABC/redeem", http.Header{"Authorization": {"Bearer " + secretAPIKey}})
	redis.Kill()
	eventually(t, "not ready", func() bool { s, _ := h.get(h.url + "/readyz"); return s == http.StatusServiceUnavailable })
	look(http.MethodGet, "/readyz", nil)
	h.write(h.env, "BOT_ACCOUNT_BRAND_TOKEN=hunter2!\nBOT_API_KEYS=hunter2\n")
	eventually(t, "the slip is logged", func() bool { return strings.Contains(h.logs.String(), "can't be used") })
	seen.WriteString(h.metrics())
	seen.WriteString(h.logs.String())
	_, cmdline := h.get("http://" + h.app.InternalAddr().String() + "/debug/pprof/cmdline")
	seen.WriteString(cmdline)
	if i := strings.Index(seen.String(), "hunter2"); i >= 0 {
		t.Errorf("a secret shows: ...%s", seen.String()[max(0, i-200):i+20])
	}
	redis.Restart()
}

// TestScrub: what a library puts into its errors is taken out.
func TestScrub(t *testing.T) {
	t.Parallel()
	url := Secret("postgres://bot:hunter2x@db/guanjia?password=other4")
	err := errors.New("parse postgres://bot:hunter2x@db/guanjia?password=other4: user bot:hunter2x, password hunter2x or other4")
	if got := scrub(err, url); strings.Contains(got, "hunter2x") || strings.Contains(got, "other4") {
		t.Errorf("got %q", got)
	}
}

// TestLostLeaseIsNoFault: the metrics of the hot state count faults of the state, not of its users.
func TestLostLeaseIsNoFault(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	hot := timedHot{failingHot{fmt.Errorf("finish: %w", bot.ErrLeaseLost)}, stopwatch{m.hot}}
	_ = hot.Finish(t.Context(), bot.FinishRequest{})
	_ = hot.Renew(t.Context(), bot.Lease{}, time.Second)
	hot = timedHot{failingHot{errors.New("gone")}, stopwatch{m.hot}}
	_ = hot.Finish(t.Context(), bot.FinishRequest{})
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]uint64{}
	for _, f := range families {
		if f.GetName() != "guanjia_hot_seconds" {
			continue
		}
		for _, s := range f.GetMetric() {
			got[s.GetLabel()[0].GetValue()+" "+s.GetLabel()[1].GetValue()] = s.GetHistogram().GetSampleCount()
		}
	}
	if got["finish ok"] != 1 || got["renew ok"] != 1 || got["finish error"] != 1 {
		t.Errorf("got %v", got)
	}
}

// failingHot is a hot state that fails.
type failingHot struct{ err error }

func (f failingHot) Begin(context.Context, bot.BeginRequest) (bot.BeginResult, error) {
	return bot.BeginResult{}, f.err
}
func (f failingHot) Finish(context.Context, bot.FinishRequest) error       { return f.err }
func (f failingHot) Renew(context.Context, bot.Lease, time.Duration) error { return f.err }
func (f failingHot) Abandon(context.Context, bot.Lease) error              { return f.err }
func (f failingHot) PutOnce(context.Context, string, []byte, time.Duration) ([]byte, error) {
	return nil, f.err
}

// BenchmarkEventDone is what one event costs in metrics and log.
func BenchmarkEventDone(b *testing.B) {
	log, _ := NewLog(LogSettings{LogLevel: "info", LogFormat: "json"}, io.Discard)
	o := &observer{log: log, metrics: newMetrics(), people: newPersonHash("")}
	r := bot.Report{Event: &bot.Event{Account: "brand", User: "oABCDEFGHIJKLMNOPQRSTUVWXYZ1", Kind: bot.KindText}, Handler: "quiz", Outcome: "answered", Took: time.Millisecond}
	b.ReportAllocs()
	for b.Loop() {
		o.EventDone(r)
	}
}
