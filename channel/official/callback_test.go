package official

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/util"

	"guanjia/bot"
	"guanjia/channel/callback"
)

var (
	transfer = bot.Message{Kind: bot.MessageTransfer}
	fruit    = bot.Message{Kind: bot.MessageMenu, Menu: &bot.Menu{Head: "喜欢哪一种？", Choices: []bot.Choice{{Label: "苹果"}, {Label: "梨"}}}}
)

var hello = message("text", "<Content><![CDATA[hello]]></Content>")

func TestAMessageIsAnsweredInTheModeItCameIn(t *testing.T) {
	t.Parallel()
	want := replyOf{ToUserName: sampleUser, FromUserName: sampleAccount, MsgType: "text", Content: "hello", CreateTime: 1348831860}
	for _, mode := range []Mode{Secure, Compatible, Plain} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			a := serve(t, mode, repeat)
			deliveries := map[string]answerOf{"secure": a.postSecure(t, hello), "compatible": a.postCompatible(t, hello)}
			if mode == Plain {
				deliveries["plain"] = a.postPlain(t, hello)
			}
			for how, got := range deliveries {
				if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/xml; charset=utf-8" {
					t.Errorf("%s: status %d, %s", how, got.status, got.header)
				}
				doc := got.body
				if how != "plain" {
					var err error
					if doc, err = openSealed(doc); err != nil {
						t.Errorf("%s: %v", how, err)
					}
				}
				reply, err := readReply(doc)
				if diff := cmp.Diff(want, reply); diff != "" || err != nil {
					t.Errorf("%s (-want +got): %v\n%s", how, err, diff)
				}
			}
		})
	}
}

func TestNothingToSayIsAcknowledged(t *testing.T) {
	t.Parallel()
	silent := engineFunc(func(context.Context, *bot.Event, bot.Fitter, time.Time) (bot.Answer, error) { return bot.Answer{}, nil })
	a := serve(t, Plain, silent)
	for how, got := range map[string]answerOf{"plain": a.postPlain(t, hello), "secure": a.postSecure(t, hello)} {
		if got.status != http.StatusOK || got.body != "success" {
			t.Errorf("%s: %d %q", how, got.status, got.body)
		}
	}
}

func TestUnknownEventsAreAcknowledgedNotRefused(t *testing.T) {
	t.Parallel()
	a := serve(t, Secure, engineFunc(func(_ context.Context, ev *bot.Event, _ bot.Fitter, _ time.Time) (bot.Answer, error) {
		if ev.Kind != bot.KindUnknown && ev.Kind != bot.KindOther || len(ev.Raw) == 0 {
			return bot.Answer{}, fmt.Errorf("kind %q with %d bytes", ev.Kind, len(ev.Raw))
		}
		return bot.Answer{}, nil
	}))
	for _, doc := range []string{event("teleported"), message("hologram")} {
		if got := a.postSecure(t, doc); got.status != http.StatusOK || got.body != "success" {
			t.Errorf("%d %q", got.status, got.body)
		}
	}
}

func TestTheEngineIsToldWhatItAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, doc string
		transfers bool
	}{
		{"a message can be handed to a servicer", hello, true},
		{"an event can not", event("CLICK", "<EventKey>A</EventKey>"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			before := time.Now()
			a := serve(t, Secure, engineFunc(func(_ context.Context, ev *bot.Event, fit bot.Fitter, by time.Time) (bot.Answer, error) {
				left := by.Sub(before)
				if left < callback.AnswerWithin || left > callback.AnswerWithin+time.Minute {
					t.Errorf("respond within %v", left)
				}
				if ev.Account != "brand" || ev.User != sampleUser {
					t.Errorf("event: %+v", ev)
				}
				if now := fit.Fit([]bot.Message{transfer}).Now; (len(now) == 1) != tc.transfers {
					t.Errorf("fitted: %v", now)
				}
				return bot.Answer{}, nil
			}))
			if got := a.postSecure(t, tc.doc); got.status != http.StatusOK {
				t.Errorf("status %d", got.status)
			}
		})
	}
}

func TestSavingTheAddressIsProved(t *testing.T) {
	t.Parallel()
	echo := "5927782489442352469 +/=<b>"
	for _, mode := range []Mode{Secure, Compatible, Plain} {
		a := serve(t, mode, repeat)
		q := plainQuery(sent, testNonce)
		q.Set("echostr", echo)
		got := a.send(t, http.MethodGet, q.Encode(), "")
		if got.status != http.StatusOK || got.body != echo || got.header.Get("Content-Type") != "text/plain; charset=utf-8" ||
			got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %q %v", mode, got.status, got.body, got.header)
		}
	}
}

// The published vector of another SDK for a plain signature, from 2014: with the clock window off it is taken.
func TestSavingTheAddressTakesAPublishedSignature(t *testing.T) {
	t.Parallel()
	a := serve(t, Secure, repeat, func(cfg *Config) { cfg.Token, cfg.MaxSkew = "test", 0 })
	q := "signature=f21891de399b4e33a1a93c9a7b8a8fffb5a443ff&timestamp=1410685589&nonce=test&echostr=hi"
	if got := a.send(t, http.MethodGet, q, ""); got.status != http.StatusOK || got.body != "hi" {
		t.Errorf("%d %q", got.status, got.body)
	}
}

func TestARetryAndTheOtherModeHaveTheSameKey(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{"message": hello, "event": event("SCAN", "<EventKey>7</EventKey><Ticket>T</Ticket>")} {
		var mu sync.Mutex
		keys := map[bot.EventKey]int{}
		a := serve(t, Plain, engineFunc(func(_ context.Context, ev *bot.Event, _ bot.Fitter, _ time.Time) (bot.Answer, error) {
			mu.Lock()
			defer mu.Unlock()
			keys[ev.Key]++
			return bot.Answer{}, nil
		}))
		a.postPlain(t, doc)
		a.postSecure(t, doc)
		a.postCompatible(t, doc)
		later := fmt.Sprint(testNow.Add(5 * time.Second).Unix())
		q, encrypted := secured(t, doc, later, "99")
		a.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted))
		a.send(t, http.MethodPost, plainQuery(later, "99").Encode(), doc)
		if len(keys) != 1 || a.events() != 5 {
			t.Errorf("%s: %d events with the keys %v", name, a.events(), keys)
		}
	}
}

func TestAFailedEngineIsAskedAgain(t *testing.T) {
	t.Parallel()
	a := serve(t, Secure, engineFunc(func(context.Context, *bot.Event, bot.Fitter, time.Time) (bot.Answer, error) {
		return bot.Answer{}, errors.New("the database is away")
	}))
	got := a.postSecure(t, hello)
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || strings.Contains(got.body, "database") {
		t.Errorf("%d %q %v", got.status, got.body, got.header)
	}
}

func TestAnAnswerThatCanNotBeSaidIsOurFault(t *testing.T) {
	t.Parallel()
	for name, messages := range map[string][]bot.Message{
		"two messages": {bot.Text("a"), bot.Text("b")},
		"a menu":       {fruit},
	} {
		a := serve(t, Secure, engineFunc(func(context.Context, *bot.Event, bot.Fitter, time.Time) (bot.Answer, error) {
			return bot.Answer{Messages: messages}, nil
		}))
		if got := a.postSecure(t, hello); got.status != http.StatusInternalServerError {
			t.Errorf("%s: %d %q", name, got.status, got.body)
		}
	}
}

func TestAPanicIsOneRequestsAndQuotesNobody(t *testing.T) {
	t.Parallel()
	a := serve(t, Secure, engineFunc(func(_ context.Context, ev *bot.Event, _ bot.Fitter, _ time.Time) (bot.Answer, error) {
		if ev.Text == "runtime" {
			var none *bot.Event
			_ = none.Text
		}
		if ev.Text == "own" {
			panic("could not stand " + ev.Text)
		}
		return bot.Answer{}, nil
	}))
	for _, said := range []string{"runtime", "own"} {
		if got := a.postSecure(t, message("text", "<Content>"+said+"</Content>")); got.status != http.StatusInternalServerError {
			t.Errorf("%s: status %d", said, got.status)
		}
	}
	if got := a.postSecure(t, hello); got.status != http.StatusOK {
		t.Errorf("the next request: status %d", got.status)
	}
	for _, entry := range a.logs.FilterMessage("callback panicked").All() {
		if strings.Contains(fmt.Sprint(entry.ContextMap()["type"], entry.ContextMap()["error"]), "stand") {
			t.Errorf("log quotes the panic: %v", entry.ContextMap())
		}
	}
	if n := a.logs.FilterMessage("callback panicked").Len(); n != 2 {
		t.Errorf("%d panics logged, want 2", n)
	}
}

func TestAnUnansweredRequestEndsWhenThePlatformHangsUp(t *testing.T) {
	t.Parallel()
	told := make(chan struct{})
	a := serve(t, Secure, engineFunc(func(ctx context.Context, _ *bot.Event, _ bot.Fitter, _ time.Time) (bot.Answer, error) {
		close(told)
		<-ctx.Done()
		return bot.Answer{}, bot.ErrNoAnswer
	}))
	q, encrypted := secured(t, hello, sent, testNonce)
	ctx, hangUp := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+"/?"+q.Encode(), strings.NewReader(envelopeOf(encrypted)))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-told
		hangUp()
	}()
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		t.Errorf("answered: %s", res.Status)
	}
}

func TestManyAtOnceGetTheirOwnAnswers(t *testing.T) {
	t.Parallel()
	a := serve(t, Plain, repeat)
	var wg sync.WaitGroup
	for worker := range 16 {
		wg.Go(func() {
			for i := range 20 {
				text := fmt.Sprintf("%d-%d %s", worker, i, strings.Repeat("好", i*5))
				doc := message("text", "<Content><![CDATA["+text+"]]></Content>")
				nonce := fmt.Sprint(worker*1000 + i)
				q, encrypted := secured(t, doc, sent, nonce)
				body, err := openSealed(a.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted)).body)
				if i%2 == 0 {
					body, err = a.send(t, http.MethodPost, plainQuery(sent, "p"+nonce).Encode(), doc).body, nil
				}
				reply, rerr := readReply(body)
				if err != nil || rerr != nil || reply.Content != text {
					t.Errorf("said %q, heard %q (%v, %v)", text, reply.Content, err, rerr)
				}
			}
		})
	}
	wg.Wait()
}

func TestEveryRequestIsSeenFromOutside(t *testing.T) {
	t.Parallel()
	a := serve(t, Secure, repeat)
	a.postSecure(t, hello)
	a.postPlain(t, hello)
	a.counted.mu.Lock()
	defer a.counted.mu.Unlock()
	if len(a.counted.took) != 1 || cmp.Diff([]callback.Reason{callback.ReasonWeak}, a.counted.rejected) != "" {
		t.Errorf("took %v, rejected %v", a.counted.took, a.counted.rejected)
	}
	entry := a.logs.FilterMessage("callback refused").All()[0]
	if m := entry.ContextMap(); m["account"] != "brand" || m["reason"] != "weak" || m["look_at"] == "" {
		t.Errorf("log: %v", m)
	}
}

func TestNeitherLogsNorAnswersQuoteBodiesOrSecrets(t *testing.T) {
	t.Parallel()
	a := serve(t, Plain, repeat)
	const private = "我的身份证号"
	for _, doc := range []string{"<xml><a>" + private, message("text", "<Content>"+private+"</Content><MsgId>"+private+"</MsgId>")} {
		got := []answerOf{a.postPlain(t, doc), a.postSecure(t, doc)}
		q := plainQuery(sent, testNonce)
		q.Set("signature", strings.Repeat("0", 40))
		got = append(got, a.send(t, http.MethodPost, q.Encode(), doc))
		for _, g := range got {
			for _, secret := range []string{private, testToken, testAESKey, testAppID} {
				if strings.Contains(g.body, secret) && g.status != http.StatusOK {
					t.Errorf("status %d quotes %s: %s", g.status, secret, g.body)
				}
			}
		}
	}
	for _, entry := range a.logs.All() {
		line := fmt.Sprint(entry.Message, entry.ContextMap())
		for _, secret := range []string{private, testToken, testAESKey, util.Signature(testToken, sent, testNonce)} {
			if strings.Contains(line, secret) {
				t.Errorf("log quotes %s: %s", secret, line)
			}
		}
	}
}
