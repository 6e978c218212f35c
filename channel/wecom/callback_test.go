package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/channel/callback"
	played "guanjia/simulator/platform"
)

// vector is one known answer, published by the platform.
type vector struct {
	Name         string
	Token        string
	AESKey       string `json:"aes_key"`
	ReceiveID    string `json:"receive_id"`
	Timestamp    string
	Nonce        string
	MsgSignature string `json:"msg_signature"`
	Encrypt      string
	Plain        string
}

func vectorNamed(t *testing.T, name string) vector {
	t.Helper()
	b, err := os.ReadFile("../wxcrypt/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vs []vector
	if err := json.Unmarshal(b, &vs); err != nil {
		t.Fatal(err)
	}
	for _, v := range vs {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no vector %q", name)
	return vector{}
}

func (v vector) query() url.Values {
	return url.Values{"msg_signature": {v.MsgSignature}, "timestamp": {v.Timestamp}, "nonce": {v.Nonce}}
}

func (v vector) account(t *testing.T) *account {
	t.Helper()
	return serve(t, repeat, unwindowed, func(cfg *Config, _ *Deps) { cfg.CorpID, cfg.Token, cfg.AESKey = v.ReceiveID, v.Token, v.AESKey })
}

// TestThePlatformsOwnSamples: the published samples of the URL check and of a message, over HTTP.
func TestThePlatformsOwnSamples(t *testing.T) {
	t.Parallel()
	echo := vectorNamed(t, "wecom-official-verifyurl")
	q := echo.query()
	q.Set("echostr", echo.Encrypt)
	got := echo.account(t).send(t, http.MethodGet, q.Encode(), "")
	if got.status != http.StatusOK || got.body != echo.Plain || got.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("URL check: %d %q %v", got.status, got.body, got.header)
	}

	message := vectorNamed(t, "wecom-official-message")
	a := message.account(t)
	if got := a.send(t, http.MethodPost, message.query().Encode(), envelopeOf(message.Encrypt)); got.status != http.StatusOK {
		t.Fatalf("message: %d %q", got.status, got.body)
	}
	if ev := a.seen()[0]; ev.Kind != bot.KindText || ev.Text != "hello" || ev.OriginalID != message.ReceiveID {
		t.Errorf("message: %+v", ev)
	}
}

func TestSavingTheAddressIsProved(t *testing.T) {
	t.Parallel()
	a := serve(t, repeat)
	const echo = "5927782489442352469"
	q, encrypted := sealed(t, echo, sent, testNonce)
	q.Set("echostr", encrypted)
	if !strings.Contains(q.Encode(), "%") { // + and / and = are escaped on the wire
		t.Fatal(q.Encode())
	}
	got := a.send(t, http.MethodGet, q.Encode(), "")
	if got.status != http.StatusOK || got.body != echo || got.header.Get("Content-Length") != fmt.Sprint(len(echo)) {
		t.Errorf("%d %q %v", got.status, got.body, got.header)
	}
}

func TestMembersAreAnsweredInTheSameBreath(t *testing.T) {
	t.Parallel()
	fruit := bot.Menu{Head: "喜欢哪一种？", Choices: []bot.Choice{{Label: "苹果"}, {Label: "梨"}}}
	mini := bot.MiniProgramCard{Title: "预约", AppID: "wx1", Page: "p", URL: "https://x.cn/book"}
	cards := bot.Message{Kind: bot.MessageCards, Cards: []bot.Card{{Title: "甲", URL: "https://x.cn/1"}, {Title: "乙", URL: "https://x.cn/2"}}}
	for _, tc := range []struct {
		name, doc string
		say       bot.Message
		wantType  string
		want      string
	}{
		{"text", hello, bot.Text("您好"), "text", "您好"},
		{"a menu", hello, bot.Message{Kind: bot.MessageMenu, Menu: &fruit}, "text", "喜欢哪一种？\n1. 苹果\n2. 梨\n（回复数字选择）"},
		{"a mini program", hello, bot.Message{Kind: bot.MessageMiniProgram, MiniProgram: &mini}, "text", `<a href="https://x.cn/book">预约</a>`},
		{"image", hello, bot.Message{Kind: bot.MessageImage, MediaID: "m"}, "image", ""},
		{"voice", hello, bot.Message{Kind: bot.MessageVoice, MediaID: "m"}, "voice", ""},
		{"video", hello, bot.Message{Kind: bot.MessageVideo, MediaID: "m"}, "video", ""},
		{"cards", hello, cards, "news", ""},
		{"to a click", did("click", "<EventKey>A</EventKey>"), bot.Text("您好"), "text", "您好"},
		{"to a newcomer", did("subscribe"), bot.Text("您好"), "text", "您好"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := serve(t, says(tc.say)).post(t, tc.doc)
			reply, err := openReply(got.body)
			want := replyOf{ToUserName: sampleMember, FromUserName: testCorp, CreateTime: 1348831860, MsgType: tc.wantType, Content: tc.want}
			if diff := cmp.Diff(want, reply); diff != "" || err != nil || got.status != http.StatusOK {
				t.Errorf("%d, %v (-want +got):\n%s", got.status, err, diff)
			}
		})
	}
}

// TestTheRestIsAcknowledgedWithNothing: an empty 200, for everything nobody reads an answer to.
func TestTheRestIsAcknowledgedWithNothing(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("nobody reads this"), bot.Message{Kind: bot.MessageTransfer}))
	docs := []string{
		readDocument(t, "events/kf_msg_or_event"), readDocument(t, "events/kf_account_auth_change"),
		readDocument(t, "events/change_external_chat.update.add_member"), readDocument(t, "events/change_external_tag.create.tag"),
		readDocument(t, "events/change_external_contact.edit_external_contact"), readDocument(t, "events/change_external_contact.del_follow_user"),
		readDocument(t, "events/suite_change_external_contact.add_external_contact"),
		did("teleported"), did("scancode_push", "<EventKey>1</EventKey>"), did("location_select"),
		"<xml><SuiteId>s</SuiteId><InfoType>suite_ticket</InfoType><TimeStamp>1348831860</TimeStamp></xml>",
	}
	for _, doc := range docs {
		if got := a.post(t, doc); got.status != http.StatusOK || got.body != "" {
			t.Errorf("%d %q to %s", got.status, got.body, doc)
		}
	}
	if n := len(a.seen()); n != len(docs) {
		t.Errorf("%d events for the journal, want %d", n, len(docs))
	}
	silent := serve(t, says())
	if got := silent.post(t, hello); got.status != http.StatusOK || got.body != "" {
		t.Errorf("nothing to say: %d %q", got.status, got.body)
	}
	servicer := serve(t, says(bot.Message{Kind: bot.MessageTransfer}))
	if got := servicer.post(t, hello); got.status != http.StatusOK || got.body != "" {
		t.Errorf("a servicer, whom no app has: %d %q", got.status, got.body)
	}
}

// TestWhatCanNotBeSaidNowWaits: to some taps on the menu no reply is shown; it leads the next one.
func TestWhatCanNotBeSaidNowWaits(t *testing.T) {
	t.Parallel()
	a := serve(t, engineFunc(func(_ context.Context, _ *bot.Event, fit bot.Fitter, _ time.Time) (bot.Answer, error) {
		if f := fit.Fit([]bot.Message{bot.Text("收到")}); len(f.Now) != 0 || len(f.Later) != 1 {
			t.Errorf("fitted: %+v", f)
		}
		return bot.Answer{}, nil
	}))
	a.post(t, did("pic_sysphoto", "<EventKey>1</EventKey>"))
}

func TestWhatIsDeliveredAgainHasTheSameKey(t *testing.T) {
	t.Parallel()
	a := serve(t, says())
	for _, doc := range []string{hello, did("click", "<EventKey>A</EventKey>"), readDocument(t, "events/kf_msg_or_event")} {
		a.post(t, doc)
		later := fmt.Sprint(testNow.Add(5 * time.Second).Unix())
		q, encrypted := sealed(t, doc, later, "99")
		a.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted))
	}
	events := a.seen()
	for i := 0; i < len(events); i += 2 {
		if events[i].Key != events[i+1].Key {
			t.Errorf("%s: %q and %q", events[i].Name, events[i].Key, events[i+1].Key)
		}
	}
}

func TestAFailedEngineIsAskedAgain(t *testing.T) {
	t.Parallel()
	a := serve(t, engineFunc(func(context.Context, *bot.Event, bot.Fitter, time.Time) (bot.Answer, error) {
		return bot.Answer{}, errors.New("the database is away")
	}))
	for _, doc := range []string{hello, added("C"), readDocument(t, "events/kf_msg_or_event")} {
		if got := a.post(t, doc); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
			t.Errorf("%d %v", got.status, got.header)
		}
	}
}

func TestTheEngineHasLessTimeForAWelcome(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]time.Duration{hello: callback.AnswerWithin, added("C"): decideWithin} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			c, err := New(Config{Account: "assistant", CorpID: testCorp, Token: testToken, AESKey: testAESKey}, Deps{
				Engine: engineFunc(func(_ context.Context, _ *bot.Event, _ bot.Fitter, by time.Time) (bot.Answer, error) {
					if left := by.Sub(began); left != want {
						t.Errorf("respond within %v, want %v", left, want)
					}
					time.Sleep(time.Until(by))
					return bot.Answer{}, bot.ErrNoAnswer
				}),
			})
			if err != nil {
				t.Fatal(err)
			}
			c.decoder.welcomes = true
			defer func() {
				p := recover()
				if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) || time.Since(began) != callback.PlatformWaits {
					t.Errorf("after %v: %v", time.Since(began), p)
				}
			}()
			q, encrypted := sealed(t, doc, sent, testNonce)
			c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/?"+q.Encode(), strings.NewReader(envelopeOf(encrypted))))
			t.Error("it was answered")
		})
	}
}

func TestManyAtOnceGetTheirOwnAnswers(t *testing.T) {
	t.Parallel()
	a := serve(t, repeat)
	var wg sync.WaitGroup
	for worker := range 16 {
		wg.Go(func() {
			for i := range 20 {
				text := fmt.Sprintf("%d-%d %s", worker, i, strings.Repeat("好", i*5))
				reply, err := openReply(a.post(t, said("text", "<Content><![CDATA["+text+"]]></Content>")).body)
				if err != nil || reply.Content != text {
					t.Errorf("said %q, heard %q (%v)", text, reply.Content, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestNeitherLogsNorAnswersQuoteBodiesOrSecrets(t *testing.T) {
	t.Parallel()
	c := open(t, says(bot.Text("欢迎")))
	const private = "我的身份证号"
	c.suffer(t, played.Fault{Kind: played.FaultCode, Code: 40058})
	token, err := c.tokens.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range []string{"<xml><a>" + private, said("text", "<Content>"+private+"</Content>"), added("CODE4711"), added("CODE4711"), added("")} {
		c.deliver(t, doc)
		c.send(t, http.MethodPost, "msg_signature=0&timestamp="+sent+"&nonce=1", doc)
	}
	if c.called() == 0 {
		t.Error("the API was not called: its refusals are not looked at")
	}
	for _, entry := range c.logs.All() {
		line := fmt.Sprint(entry.Message, entry.ContextMap())
		for _, secret := range []string{private, testToken, testAESKey, testSecret, sampleCustomer, "CODE4711", token} {
			if strings.Contains(line, secret) {
				t.Errorf("log quotes %s: %s", secret, line)
			}
		}
	}
}

func TestAnAccountThatCanNotWorkIsNotMade(t *testing.T) {
	t.Parallel()
	good := Config{Account: "assistant", CorpID: testCorp, Token: testToken, AESKey: testAESKey}
	able := serve(t, repeat)
	deps := Deps{Engine: repeat, API: able.api, Tokens: able.tokens, Marks: &marks{}}
	if _, err := New(good, Deps{Engine: repeat}); err != nil {
		t.Fatalf("the least: %v", err)
	}
	for _, tc := range []struct {
		name   string
		change func(*Config, *Deps)
		says   string
	}{
		{"no name", func(c *Config, _ *Deps) { c.Account = "" }, "no name"},
		{"no corp", func(c *Config, _ *Deps) { c.CorpID = "" }, "corp id"},
		{"no token", func(c *Config, _ *Deps) { c.Token = "" }, "token"},
		{"no key", func(c *Config, _ *Deps) { c.AESKey = "" }, "AES key"},
		{"a bad key", func(c *Config, _ *Deps) { c.AESKey = "secretsecret" }, "43 characters"},
		{"a negative window", func(c *Config, _ *Deps) { c.MaxSkew = -time.Second }, "negative"},
		{"no engine", func(_ *Config, d *Deps) { d.Engine = nil }, "engine"},
		{"tokens without an API", func(_ *Config, d *Deps) { d.API = nil }, "API"},
		{"tokens without marks", func(_ *Config, d *Deps) { d.Marks = nil }, "memory"},
	} {
		cfg, d := good, deps
		tc.change(&cfg, &d)
		c, err := New(cfg, d)
		if err == nil || c != nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "secretsecret") {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
