package simulator_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"guanjia/simulator"
	"guanjia/simulator/contact"
)

// TestThePageSeesCustomerContact: its API shows what there is, draws the codes, and refuses what can't be.
func TestThePageSeesCustomerContact(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays)
	client := o.sim.Client()
	wang := simulator.NewCustomer(t, client, testCorp, "小王")
	wang.Add("shop")
	v, err := client.Contact(t.Context(), testCorp)
	if err != nil || len(v.Relations) != 1 || len(v.Ways) != 2 || v.Relations[0].ExternalUserID != wang.ExternalUserID() {
		t.Fatalf("%+v, %v", v, err)
	}
	page := httptest.NewServer(o.sim)
	t.Cleanup(page.Close)
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"a code", "GET", "/api/corps/" + testCorp + "/ways/" + v.Ways[0].ConfigID + "/qr.png", "", 200},
		{"the code of nothing", "GET", "/api/corps/" + testCorp + "/ways/nope/qr.png", "", 404},
		{"an unknown corp", "GET", "/api/corps/ww000000/contact", "", 404},
		{"a chat in an unknown corp", "GET", "/api/corps/ww000000/contact/chats/xiaolin/u1", "", 404},
		{"an empty chat", "GET", "/api/corps/" + testCorp + "/contact/chats/xiaozhou/u1", "", 200},
		{"twice", "POST", "/api/corps/" + testCorp + "/contact/acts", `{"kind":"add","state":"shop","user":"u1"}`, 409},
		{"an unknown person", "POST", "/api/corps/" + testCorp + "/contact/acts", `{"kind":"add","state":"shop","user":"u9"}`, 404},
		{"an unknown act", "POST", "/api/corps/" + testCorp + "/contact/acts", `{"kind":"dance"}`, 409},
		{"an unknown field", "POST", "/api/corps/" + testCorp + "/contact/acts", `{"kind":"add","stat":"shop"}`, 400},
		{"not JSON", "POST", "/api/corps/" + testCorp + "/contact/acts", `add`, 400},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tc.method, page.URL+tc.path, strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != tc.status {
			t.Errorf("%s: HTTP %d, want %d; %.200s", tc.name, resp.StatusCode, tc.status, body)
		}
	}
}

// FuzzContactBodies gives the calls any body over the wire: the answer is JSON with an errcode, and never -1.
func FuzzContactBodies(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `[]`, `{"welcome_code":1}`, `{"welcome_code":"\u4f60","text":{"content":"a"}}`, `{"userid":"xiaolin","external_userid":"wm","remark":null}`,
		`{"tag_id":[null]}`, "{\"group_name\":\"\xff\"}", `{"userid_list":["xiaolin"],"limit":1e9}`, `{"type":1,"scene":2,"user":["xiaolin"],"conclusions":"x"}`,
	} {
		f.Add(uint8(0), body)
	}
	sim, err := simulator.New(simulator.Config{Corps: testCorps(""), Seed: 7})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = sim.Close(context.Background()) })
	ask := func(t testing.TB, method, path, body string) map[string]any {
		w := httptest.NewRecorder()
		sim.Platform().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
		var fields map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &fields); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		return fields
	}
	token, _ := ask(f, "GET", "/cgi-bin/gettoken?corpid="+testCorp+"&corpsecret="+testAppSecret, "")["access_token"].(string)
	calls := contact.Calls()
	f.Fuzz(func(t *testing.T, n uint8, body string) {
		call := calls[int(n)%len(calls)]
		method := "POST"
		if call.Get {
			method = "GET"
		}
		fields := ask(t, method, "/cgi-bin/externalcontact/"+call.Path+"?access_token="+token, body)
		code, ok := fields["errcode"].(float64)
		if !ok || code == -1 {
			t.Fatalf("%s %q: %v", call.Path, body, fields)
		}
	})
}
