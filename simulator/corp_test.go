package simulator_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/silenceper/wechat/v2/util"

	"guanjia/simulator"
	"guanjia/simulator/platform"
)

const (
	testCorp      = "ww0123456789abcdef"
	testAppSecret = "app-secret-for-tests-0123456789"
)

// office is a corp's bot: a server that reads the callbacks of its app by itself, and the platform's API beside it.
type office struct {
	sim *simulator.Simulator
	api *httptest.Server
	bot *httptest.Server

	mu     sync.Mutex
	came   []callback
	answer func(c callback) string // the plain reply; empty: none
	status int
}

// callback is what came to the app, decrypted.
type callback struct {
	outer string
	plain string
	query map[string][]string
}

func (c callback) value(name string) string {
	d := xml.NewDecoder(strings.NewReader(c.plain))
	inside := false
	for {
		switch t, err := d.Token(); x := t.(type) {
		case xml.StartElement:
			inside = x.Name.Local == name
		case xml.CharData:
			if inside {
				return string(x)
			}
		case xml.EndElement:
			inside = false
		default:
			if err != nil {
				return ""
			}
		}
	}
}

func testCorps(callbackURL string) []simulator.Corp {
	return []simulator.Corp{{
		ID: testCorp, Title: "测试企业",
		Members: []platform.Member{{UserID: "xiaolin", Name: "小林"}, {UserID: "xiaozhou", Name: "小周"}},
		Apps: []platform.App{
			{Name: "assistant", AgentID: 1000002, Secret: testAppSecret, Token: testToken, AESKey: testAESKey, Callback: callbackURL,
				Rights: []platform.Right{platform.RightContact, platform.RightService}},
			{Name: "poor", AgentID: 1000003, Secret: "poor-" + testAppSecret},
		},
	}}
}

func newOffice(t *testing.T, change ...func(*simulator.Config)) *office {
	t.Helper()
	o := &office{status: http.StatusOK}
	o.bot = httptest.NewServer(o)
	t.Cleanup(o.bot.Close)
	cfg := simulator.Config{Corps: testCorps(o.bot.URL + "/callback"), Seed: 7}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	if o.sim, err = simulator.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.sim.Close(context.WithoutCancel(t.Context())) })
	o.api = httptest.NewServer(o.sim.Platform())
	t.Cleanup(o.api.Close)
	return o
}

// ServeHTTP reads a callback of the app.
func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	q := r.URL.Query()
	var in struct {
		Encrypt string `xml:"Encrypt"`
	}
	if r.Method == http.MethodGet {
		in.Encrypt = q.Get("echostr")
	} else if err := xml.Unmarshal(body, &in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if util.Signature(testToken, q.Get("timestamp"), q.Get("nonce"), in.Encrypt) != q.Get("msg_signature") {
		http.Error(w, "signature", http.StatusForbidden)
		return
	}
	_, plain, err := util.DecryptMsg(testCorp, in.Encrypt, testAESKey)
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(plain)
		return
	}
	c := callback{outer: string(body), plain: string(plain), query: q}
	o.mu.Lock()
	o.came = append(o.came, c)
	answer, status := o.answer, o.status
	o.mu.Unlock()
	w.WriteHeader(status)
	if answer != nil {
		_, _ = io.WriteString(w, sealed(answer(c)))
	}
}

// sealed encrypts a reply of the app.
func sealed(plain string) string {
	if plain == "" {
		return ""
	}
	encrypted, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(plain), testCorp, testAESKey)
	if err != nil {
		panic(err)
	}
	const timestamp, nonce = "1700000000", "nonce"
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature>%s</MsgSignature><TimeStamp>%s</TimeStamp><Nonce>%s</Nonce></xml>",
		encrypted, util.Signature(testToken, timestamp, nonce, string(encrypted)), timestamp, nonce)
}

func (o *office) callbacks() []callback {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]callback(nil), o.came...)
}

// answered is an answer of the API.
type answered struct {
	status int
	header http.Header
	raw    string
	fields map[string]any
}

func (a answered) code() int {
	code, _ := a.fields["errcode"].(float64)
	return int(code)
}

func (a answered) text(name string) string { s, _ := a.fields[name].(string); return s }

// get and post call the API; a path with "token=" before it gets the token of that app.
func (o *office) get(t *testing.T, path string) answered {
	return callAPI(t, http.MethodGet, o.api.URL+path, "")
}

func (o *office) post(t simulator.T, path, body string) answered {
	return callAPI(t, http.MethodPost, o.api.URL+path, body)
}

func callAPI(t simulator.T, method, url, body string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return fetch(t, req)
}

func fetch(t simulator.T, req *http.Request) answered {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%v", err)
	}
	a := answered{status: resp.StatusCode, header: resp.Header, raw: string(data)}
	_ = json.Unmarshal(data, &a.fields)
	return a
}

// token fetches the token of the app with a secret.
func (o *office) token(t *testing.T, secret string) string {
	t.Helper()
	a := o.get(t, "/cgi-bin/gettoken?corpid="+testCorp+"&corpsecret="+secret)
	if a.code() != 0 || a.text("access_token") == "" {
		t.Fatalf("gettoken: %s", a.raw)
	}
	return a.text("access_token")
}

// The callback URL of an app is checked with an encrypted echo, which must come back plain.
func TestAnAppsCallbackIsVerified(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v, err := o.sim.Client().Verify(t.Context(), "assistant")
	if err != nil || !v.OK {
		t.Fatalf("verify: %+v, %v", v, err)
	}
}
