package simulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"guanjia/simulator"
	"guanjia/simulator/kf"
)

// Whatever a program or a page sends to the desks: it is answered or refused, never as a mistake of the simulator; and what is in
// the log afterwards can be read.
func FuzzDesks(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[]`, `{"open_kfid":null}`, `{"cursor":"4gw7MepFLfgF2VC5npN","token":"ENC","limit":1,"open_kfid":"` + reception + `"}`,
		`{"touser":"wm","open_kfid":"` + reception + `","msgid":"a","msgtype":"text","text":{"content":"\u0000"}}`,
		`{"touser":"USER","open_kfid":"` + reception + `","msgtype":"msgmenu","msgmenu":{"list":[null,{"type":"click"}]}}`,
		`{"code":"x","msgtype":"text","text":{"content":"y"}}`, `{"external_userid_list":["a"]}`, `{"userid_list":["xiaolin"],"open_kfid":"` + reception + `"}`,
		`{"open_kfid":"` + reception + `","external_userid":"USER","service_state":3,"servicer_userid":"xiaolin"}`,
		`{"kind":"raw","msgtype":"event","body":{"event_type":"x"}}`, `{"kind":"open","link":"https://work.weixin.qq.com/kf/` + reception + `?enc_scene=%00.x"}`,
		`{"kind":"tap","bubble":1,"item":-1}`, `{"kind":"location","latitude":1e308}`, `{"kind":"take","user":"u1"}`, `{"kind":"text","text":"a","user":"u1"}`,
	} {
		for which := range uint8(16) {
			f.Add(which, body)
		}
	}
	cfg := simulator.Config{Corps: testCorps("")}
	withDesks(&cfg)
	sim, err := simulator.New(cfg)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = sim.Close(context.Background()) })
	serve := func(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	token := struct {
		Token string `json:"access_token"`
	}{}
	got := serve(sim.Platform(), http.MethodGet, "/cgi-bin/gettoken?corpid="+testCorp+"&corpsecret="+testAppSecret, "")
	if err := json.Unmarshal(got.Body.Bytes(), &token); err != nil || token.Token == "" {
		f.Fatalf("no token: %s", got.Body)
	}
	if _, err := sim.NewUser("小王"); err != nil {
		f.Fatal(err)
	}
	known := sim.Client()
	open, err := known.CustomerDoes(context.Background(), reception, "u1", kf.Act{Kind: kf.ActOpen})
	if err != nil || open.ID == 0 {
		f.Fatal(err)
	}
	chat, _ := known.DeskChat(context.Background(), reception, "u1", 0, 0)

	f.Fuzz(func(t *testing.T, which uint8, body string) {
		body = strings.ReplaceAll(body, "USER", chat.ExternalUserID)
		acts := []string{"/api/desks/" + reception + "/users/u1/acts", "/api/desks/" + reception + "/servicers/xiaolin/acts", "/api/desks/" + reception + "/faults/next"}
		if n := int(which) % (len(kf.Paths()) + len(acts)); n < len(acts) {
			w := serve(sim, http.MethodPost, acts[n], body)
			if w.Code >= http.StatusInternalServerError || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%s: HTTP %d %s", acts[n], w.Code, w.Body)
			}
		} else {
			path := kf.Paths()[n-len(acts)]
			w := serve(sim.Platform(), http.MethodPost, "/cgi-bin/"+path+"?access_token="+url.QueryEscape(token.Token), body)
			var a struct{ ErrCode int }
			if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || a.ErrCode < 0 {
				t.Fatalf("%s: %s, %v", path, w.Body, err)
			}
		}
		if _, err := known.DeskChat(t.Context(), reception, "u1", 0, 0); err != nil {
			t.Fatal(err)
		}
	})
}
