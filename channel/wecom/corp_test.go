package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/channel/callback"
	"guanjia/channel/wxapi"
	"guanjia/simulator"
	customers "guanjia/simulator/contact"
	played "guanjia/simulator/platform"
)

// corp is a channel under test with the platform's own simulator before and behind it: what customers do arrives as callbacks,
// and what the channel says goes through the API.
type corp struct {
	*account
	sim *simulator.Simulator
}

// atWork is a member of the corp, who has a contact way whose state is sampleState.
const (
	atWork      = "xiaolin"
	sampleState = "shop"
)

func open(t *testing.T, engine callback.Engine, change ...func(*Config, *Deps)) *corp {
	t.Helper()
	var api atomic.Pointer[http.Handler]
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*api.Load()).ServeHTTP(w, r) }))
	t.Cleanup(gate.Close)
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: gate.URL})
	tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.WeCom, ID: testCorp, Secret: testSecret, Caller: caller})
	t.Cleanup(tokens.Close)
	clock := &simulator.Clock{}
	real := func(_ *Config, d *Deps) { d.API, d.Tokens, d.Now = caller, tokens, clock.Now }
	c := &corp{account: serve(t, engine, append([]func(*Config, *Deps){real}, change...)...)}
	agent, err := strconv.ParseInt(testAgent, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	c.sim, err = simulator.New(simulator.Config{Clock: clock, Seed: 1, RetryPause: time.Millisecond, Corps: []simulator.Corp{{
		ID: testCorp, Members: []played.Member{{UserID: atWork, Name: "小林"}},
		Ways:         []played.Way{{State: sampleState, Members: []string{atWork}, SkipVerify: true}},
		MiniPrograms: []string{"wxours"},
		Apps: []played.App{{
			Name: "assistant", AgentID: agent, Secret: testSecret, Token: testToken, AESKey: testAESKey, Callback: c.url + "/",
			Rights: []played.Right{played.RightContact},
		}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.sim.Close(context.WithoutCancel(t.Context())) })
	handler := c.sim.Platform()
	api.Store(&handler)
	return c
}

// customer is somebody who has not been here before.
func (c *corp) customer(t *testing.T) *simulator.Customer {
	t.Helper()
	return simulator.NewCustomer(t, c.sim.Client(), testCorp, "小王")
}

// administer does something in the corp's console.
func (c *corp) administer(t *testing.T, a customers.Act) {
	t.Helper()
	simulator.Administer(t, c.sim.Client(), testCorp, a)
}

// suffer makes calls of send_welcome_msg go wrong.
func (c *corp) suffer(t *testing.T, faults ...played.Fault) {
	t.Helper()
	for i := range faults {
		faults[i].Path, faults[i].Times = pathWelcome, max(faults[i].Times, 1)
	}
	if err := c.sim.API().SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
}

// called tells how often a welcome was asked for.
func (c *corp) called() int {
	n := 0
	for _, call := range c.sim.State().Calls {
		if call.Path == pathWelcome {
			n++
		}
	}
	return n
}

// deliver delivers a document as if it were of now.
func (c *corp) deliver(t *testing.T, doc string) answerOf {
	t.Helper()
	now := strconv.FormatInt(c.now().Unix(), 10)
	q, encrypted := sealed(t, strings.Replace(doc, "<CreateTime>"+sent, "<CreateTime>"+now, 1), now, testNonce)
	return c.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted))
}

// cameBy is the event of a customer with a code.
func cameBy(wang *simulator.Customer, code string) string {
	return strings.Replace(added(code), sampleCustomer, wang.ExternalUserID(), 1)
}

// upload puts a picture on the platform and gives its media id.
func (c *corp) upload(t *testing.T, name string) string {
	t.Helper()
	token, err := c.tokens.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("media", name)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(part, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/cgi-bin/media/upload?type=image&access_token="+token, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	c.sim.Platform().ServeHTTP(w, r)
	var answer struct {
		MediaID string `json:"media_id"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.MediaID == "" {
		t.Fatalf("upload: %s", w.Body)
	}
	return answer.MediaID
}
