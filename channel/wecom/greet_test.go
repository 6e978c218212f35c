package wecom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/wxapi"
)

// cameAt is a customer who can be welcomed, some time ago.
func cameAt(code string, ago time.Duration) string {
	return strings.Replace(added(code), "<CreateTime>"+sent, fmt.Sprintf("<CreateTime>%d", testNow.Add(-ago).Unix()), 1)
}

func TestACustomerIsWelcomedBeforeTheCallbackIsAcknowledged(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("您好，%NICKNAME%！<全场 8 折> & 更多"), picture))
	a.api.give("C1", testNow)
	got := a.post(t, cameAt("C1", 2*time.Second))
	if got.status != http.StatusOK || got.body != "" {
		t.Errorf("%d %q", got.status, got.body)
	}
	want := []string{`{"welcome_code":"C1","text":{"content":"您好，%NICKNAME%！<全场 8 折> & 更多"},"attachments":[{"msgtype":"image","image":{"media_id":"m"}}]}`}
	if diff := cmp.Diff(want, a.api.welcomed()); diff != "" {
		t.Errorf("welcome (-want +got):\n%s", diff)
	}
	ev := a.seen()[0]
	member, ok := ev.Detail.(interface{ MemberID() string })
	if ev.Kind != bot.KindFollow || ev.User != sampleCustomer || ev.Scene != "pharmacy-01" || !ok || member.MemberID() != sampleMember {
		t.Errorf("event: %+v", ev)
	}
	if diff := cmp.Diff([]Outcome{Sent}, a.counted.outcomes()); diff != "" || a.counted.after[0] != 2*time.Second {
		t.Errorf("after %v, outcomes (-want +got):\n%s", a.counted.after, diff)
	}
}

func TestWithNothingToSayNobodyIsAsked(t *testing.T) {
	t.Parallel()
	a := serve(t, says())
	if got := a.post(t, added("C1")); got.status != http.StatusOK || a.api.called() != 0 || len(a.counted.outcomes()) != 0 {
		t.Errorf("%d, %d calls, %v", got.status, a.api.called(), a.counted.outcomes())
	}
}

func TestWithoutASecretTheCustomerIsWrittenDown(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("您好")), withoutAPI)
	got := a.post(t, added("C1"))
	if got.status != http.StatusOK || got.body != "" || a.seen()[0].Kind != bot.KindContact {
		t.Errorf("%d %q %+v", got.status, got.body, a.seen()[0])
	}
	if n := a.logs.FilterMessageSnippet("no secret").Len(); n != 1 {
		t.Errorf("%d warnings", n)
	}
}

// TestWhatThePlatformRefusesIsToldApart: every refusal has its own word, and is final, so that the callback is acknowledged.
func TestWhatThePlatformRefusesIsToldApart(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		next  []answering
		ago   time.Duration
		codes map[string]time.Time
		want  Outcome
	}{
		{"another app was quicker", nil, 0, map[string]time.Time{"C1": {}}, OtherApp},
		{"the code has lived", nil, 21 * time.Second, map[string]time.Time{"C1": testNow.Add(-21 * time.Second)}, Late},
		{"the code is not known", nil, time.Second, nil, DeadCode},
		{"the code is empty to the platform", []answering{{code: 41049}}, 0, nil, NoCode},
		{"no consent to the archive", []answering{{code: 41053}}, 0, nil, NoConsent},
		{"gone again", []answering{{code: 84061}}, 0, nil, NoRelation},
		{"no right", []answering{{code: 48002}}, 0, nil, Refused},
		{"an address that is not allowed", []answering{{code: 60020}}, 0, nil, Refused},
		{"busy, too late to ask again", []answering{{code: -1}, {code: -1}, {code: -1}, {code: -1}, {code: 41050}}, 21 * time.Second, nil, Late},
		{"busy once", []answering{{code: -1}}, 0, map[string]time.Time{"C1": testNow}, Sent},
		{"another app tries and gives up", []answering{{code: 41096}, {code: 41096}}, 0, map[string]time.Time{"C1": testNow}, Sent},
		{"another app tries and succeeds", []answering{{code: 41096}}, 0, map[string]time.Time{"C1": {}}, OtherApp},
		{"a token that was taken back", []answering{{code: 42001}}, 0, map[string]time.Time{"C1": testNow}, Sent},
		{"the connection broke before", []answering{{drop: true}}, 0, map[string]time.Time{"C1": testNow}, Sent},
		{"the connection broke after", []answering{{obeyed: true}}, 0, map[string]time.Time{"C1": testNow}, SentBefore},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, says(bot.Text("您好")))
			for code, at := range tc.codes {
				a.api.give(code, at)
			}
			a.api.expect(tc.next...)
			got := a.post(t, cameAt("C1", tc.ago))
			if diff := cmp.Diff([]Outcome{tc.want}, a.counted.outcomes()); diff != "" || got.status != http.StatusOK || got.body != "" {
				t.Errorf("%d %q, outcomes (-want +got):\n%s", got.status, got.body, diff)
			}
			words := tc.want.Describe()
			if n := slices.IndexFunc(a.logs.All(), func(e loggedEntry) bool { return e.ContextMap()["what"] == words }); n < 0 || words == "" {
				t.Errorf("not in the log: %q", words)
			}
		})
	}
}

func TestWhatCanNotBeAttachedDoesNotKeepTheTextBack(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("您好"), picture))
	a.api.give("C1", testNow)
	a.api.expect(answering{code: 40007}) // the picture has lived its three days
	a.post(t, added("C1"))
	if diff := cmp.Diff([]string{`{"welcome_code":"C1","text":{"content":"您好"}}`}, a.api.welcomed()); diff != "" {
		t.Errorf("welcome (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Outcome{SentText}, a.counted.outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if n := a.logs.FilterField(errcode(40007)).Len(); n != 1 {
		t.Error("the log does not say why")
	}

	alone := serve(t, says(picture))
	alone.api.give("C1", testNow)
	alone.api.expect(answering{code: 40007})
	alone.post(t, added("C1"))
	if diff := cmp.Diff([]Outcome{Refused}, alone.counted.outcomes()); diff != "" {
		t.Errorf("a picture alone (-want +got):\n%s", diff)
	}
}

// TestTheSameCustomerIsWelcomedOnce under duplicates, one after the other and at once, and over a crash.
func TestTheSameCustomerIsWelcomedOnce(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("您好")))
	a.api.give("C1", testNow)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := a.post(t, added("C1")); got.status != http.StatusOK {
				t.Errorf("status %d", got.status)
			}
		})
	}
	wg.Wait()
	a.post(t, added("C1"))
	outcomes := a.counted.outcomes()
	if n := len(a.api.welcomed()); n != 1 || outcomes[0] != Sent {
		t.Errorf("%d welcomes, %v", n, outcomes)
	}
	for _, o := range outcomes[1:] {
		if o != SentBefore {
			t.Errorf("our own welcome counts as %s", o)
		}
	}

	crashed := serve(t, says(bot.Text("您好")), func(_ *Config, d *Deps) { d.Marks = a.marks }) // shared, as the hot state is
	crashed.api.give("C1", time.Time{})                                                       // sent before the crash
	crashed.post(t, added("C1"))
	if diff := cmp.Diff([]Outcome{SentBefore}, crashed.counted.outcomes()); diff != "" {
		t.Errorf("after a crash (-want +got):\n%s", diff)
	}
}

func TestTwoCustomersInOneSecondAreBothWelcomed(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("您好")))
	a.api.give("C1", testNow)
	a.api.give("C2", testNow)
	a.post(t, added("C1"))
	a.post(t, strings.Replace(added("C2"), sampleCustomer, "wmOther", 1))
	if n := len(a.api.welcomed()); n != 2 || a.seen()[0].Key == a.seen()[1].Key {
		t.Errorf("%d welcomes, %v", n, a.seen())
	}
}

// TestAWelcomeThatCouldNotBeSentIsAskedForAgain: while the code lives the platform delivers the callback again, and then it
// goes out; when the code is too old that is over.
func TestAWelcomeThatCouldNotBeSentIsAskedForAgain(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("您好")))
	a.api.give("C1", testNow)
	greet := func(ago time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // less than it takes to have asked three times
		defer cancel()
		return a.greet(ctx, &bot.Event{Account: "assistant", At: testNow.Add(-ago)}, "C1", []bot.Message{bot.Text("您好")})
	}
	busy := []answering{{code: codeBusy}, {code: codeBusy}, {code: codeBusy}, {code: codeBusy}}
	a.api.expect(busy...)
	if err := greet(0); !errors.Is(err, errTryAgain) {
		t.Errorf("young: %v", err)
	}
	a.api.mu.Lock()
	a.api.next = nil
	a.api.mu.Unlock()
	if err := greet(5 * time.Second); err != nil {
		t.Errorf("the next delivery: %v", err)
	}
	a.api.expect(busy...)
	if err := greet(25 * time.Second); err != nil {
		t.Errorf("old: %v", err)
	}
	if diff := cmp.Diff([]Outcome{TryAgain, Sent, OtherBusy}, a.counted.outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestAPlatformOutOfReachIsAskedThroughTheNextDelivery(t *testing.T) {
	t.Parallel()
	nowhere := wxapi.NewCaller(wxapi.Config{BaseURL: "http://127.0.0.1:1"})
	tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.WeCom, ID: testCorp, Secret: testSecret, Caller: nowhere})
	t.Cleanup(tokens.Close)
	a := serve(t, says(bot.Text("您好")), func(_ *Config, d *Deps) { d.API, d.Tokens = nowhere, tokens })
	if got := a.post(t, added("C1")); got.status != http.StatusServiceUnavailable {
		t.Errorf("status %d", got.status)
	}
	if diff := cmp.Diff([]callback.Reason{callback.ReasonUnavailable}, a.counted.rejected); diff != "" || a.counted.outcomes()[0] != TryAgain {
		t.Errorf("%v, reasons (-want +got):\n%s", a.counted.outcomes(), diff)
	}
}

func TestWithoutTheMemoryOfTriesCustomersAreStillWelcomed(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("您好")))
	a.marks.err = errors.New("redis is away")
	a.api.give("C1", testNow)
	if got := a.post(t, added("C1")); got.status != http.StatusOK || len(a.api.welcomed()) != 1 {
		t.Errorf("%d, %d welcomes", got.status, len(a.api.welcomed()))
	}
}

func TestAWelcomeThatMissedEveryDeliveryIsCounted(t *testing.T) {
	t.Parallel()
	a := serve(t, engineFunc(func(context.Context, *bot.Event, bot.Fitter, time.Time) (bot.Answer, error) {
		return bot.Answer{Outcome: bot.OutcomeLate}, nil
	}))
	if got := a.post(t, added("C1")); got.status != http.StatusOK || a.api.called() != 0 {
		t.Errorf("%d, %d calls", got.status, a.api.called())
	}
	if diff := cmp.Diff([]Outcome{Late}, a.counted.outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestEveryOutcomeIsDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, o := range []Outcome{
		Sent, SentBefore, SentText, OtherApp, OtherBusy, Late, DeadCode, NoCode, NoConsent, NoRelation, Refused, Unreachable, TryAgain,
	} {
		if o.Describe() == "" || seen[o.Describe()] || seen[string(o)] {
			t.Errorf("%q is not described, or like another", o)
		}
		seen[o.Describe()], seen[string(o)] = true, true
	}
	if Outcome("hologram").Describe() != "" {
		t.Error("an outcome that is none is described")
	}
}
