package doctor

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/official"
	"guanjia/channel/wecom"
	"guanjia/channel/wxapi"
	"guanjia/channel/wxcrypt"
)

// silent is an engine that has nothing to say.
type silent struct{}

func (silent) Handle(_ context.Context, ev *bot.Event, _ bot.Fitter, _ time.Time) (bot.Answer, error) {
	if ev.Kind != bot.KindUnknown {
		return bot.Answer{Messages: []bot.Message{bot.Text("somebody acts on it")}}, nil
	}
	return bot.Answer{}, nil
}

// running is a real callback address, set up for an account.
func running(t *testing.T, a Account) http.Handler {
	t.Helper()
	var h http.Handler
	var err error
	if a.Kind == wxapi.WeCom {
		h, err = wecom.New(wecom.Config{Account: a.Name, CorpID: a.ID, AgentID: a.AgentID, Token: a.Token, AESKey: a.AESKey, MaxSkew: a.MaxSkew}, wecom.Deps{Engine: silent{}})
	} else {
		mode := official.Secure
		if a.Plain {
			mode = official.Plain
		}
		h, err = official.New(official.Config{Account: a.Name, AppID: a.ID, Token: a.Token, AESKey: a.AESKey, Mode: mode, MaxSkew: a.MaxSkew}, official.Deps{Engine: silent{}, Replays: forgetful{}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// forgetful remembers nothing.
type forgetful struct{}

func (forgetful) PutOnce(context.Context, string, []byte, time.Duration) ([]byte, error) {
	return nil, nil
}

// changed is h with its 200 answers changed.
func changed(h http.Handler, change func(body string) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		w.WriteHeader(rec.Code)
		if rec.Code == http.StatusOK {
			_, _ = io.WriteString(w, change(rec.Body.String()))
		}
	})
}

// always answers everything alike.
func always(status int, header, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// onPost is h, with POST answered otherwise.
func onPost(h, otherwise http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			h = otherwise
		}
		h.ServeHTTP(w, r)
	})
}

// credulous decrypts and echoes whatever comes, as programs do that skip the signature.
func credulous(t *testing.T, key string) http.Handler {
	t.Helper()
	k, err := wxcrypt.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, err := k.Decrypt(r.URL.Query().Get("echostr"), ""); err == nil {
			_, _ = w.Write(text)
		}
	})
}

// examined is what a doctor finds at an address, one line for each.
func examined(t *testing.T, a Account, address string, client *http.Client) []Finding {
	t.Helper()
	var found []Finding
	a.Callback, a.API = address, "http://127.0.0.1" // the platform is where the bot is
	d := Doctor{HTTP: client, Now: time.Now, Tell: func(f Finding) { found = append(found, f) }}
	d.callback(t.Context(), a)
	for _, f := range found {
		check(t, f, f.Level)
	}
	return found
}

// worst is the finding that matters most.
func worst(found []Finding) Finding {
	w := found[0]
	for _, f := range found {
		if f.Level > w.Level {
			w = f
		}
	}
	return w
}

// TestWhatCallbackAddressesDoWrong: every fault that the platform's console has one sentence for is told apart.
func TestWhatCallbackAddressesDoWrong(t *testing.T) {
	t.Parallel()
	const otherKey = "hunter2efghijklmnopqrstuvwxyz0123456789abcd"
	other := func(a Account, change func(*Account)) http.Handler {
		change(&a)
		return running(t, a)
	}
	plain := brand
	plain.Plain, plain.AESKey = true, ""
	fine, fineBrand := running(t, assistant), running(t, brand)
	for _, tc := range []struct {
		name    string
		account Account
		server  http.Handler
		level   Level
		parts   []string
	}{
		{"an app of WeCom", assistant, fine, OK, nil},
		{"an official account", brand, fineBrand, OK, nil},
		{"an official account in plain mode", plain, running(t, plain), OK, nil},

		{"quotes", assistant, changed(fine, func(b string) string { return `"` + b + `"` }), Problem, []string{"in quotes"}},
		{"a byte order mark", assistant, changed(fine, func(b string) string { return "\xef\xbb\xbf" + b }), Problem, []string{"byte order mark"}},
		{"a line break", brand, changed(fineBrand, func(b string) string { return b + "\n" }), Problem, []string{"line break"}},
		{"nothing", assistant, always(200, "", ""), Problem, []string{"with nothing"}},
		{"success", assistant, always(200, "", "success"), Problem, []string{"something else, 7 bytes"}},
		{"more than the echo", assistant, changed(fine, func(b string) string { return b + "<!-- 0.3 ms -->" }), Problem, []string{"the echo and something else"}},
		{"a web page", brand, always(200, "", "<!DOCTYPE html>\n<html><head><title> Welcome to\tnginx! </title>"), Problem, []string{`a web page, "Welcome to`, "web site"}},
		{"a web page without a title", brand, always(200, "", "<html>"), Problem, []string{"a web page, without a title"}},
		{"the echo as it came", assistant, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Query().Get("echostr")) }), Problem, []string{"not decrypted"}},

		{"a slash", assistant, always(301, "Location: /callback/assistant/", ""), Problem, []string{"for a slash at its end", "/callback/assistant/ in 应用管理"}},
		{"to TLS", brand, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusPermanentRedirect)
		}), Problem, []string{"from http to https", "in 设置与开发"}},
		{"elsewhere", assistant, always(302, "Location: https://login.example.com/?next=secret", ""), Problem, []string{"to https://login.example.com/:"}},
		{"nowhere", assistant, always(302, "", ""), Problem, []string{"redirect (302)"}},
		{"not found", assistant, always(404, "", ""), Problem, []string{"/callback/assistant", "BOT_ACCOUNTS"}},
		{"a login", assistant, always(401, "", ""), Problem, []string{"login (401)"}},
		{"no GET", assistant, always(405, "", ""), Problem, []string{"no GET (405)"}},
		{"a proxy without a bot", assistant, always(502, "", ""), Problem, []string{"start the bot", "(502)"}},
		{"a fault", assistant, always(500, "", ""), Problem, []string{"status 500"}},

		{"another token", assistant, other(assistant, func(a *Account) { a.Token = "hunter2other" }), Problem, []string{"BOT_ACCOUNT_ASSISTANT_TOKEN", "its token differs"}},
		{"another token of an official account", brand, other(brand, func(a *Account) { a.Token = "hunter2other" }), Problem, []string{"BOT_ACCOUNT_BRAND_TOKEN"}},
		{"another corp", assistant, other(assistant, func(a *Account) { a.ID = "ww9999999999999999" }), Problem, []string{"its token is right", "BOT_ACCOUNT_ASSISTANT_CORP_ID"}},
		{"another key", assistant, other(assistant, func(a *Account) { a.AESKey = otherKey }), Problem, []string{"can't read the console's check (400)", "BOT_ACCOUNT_ASSISTANT_AES_KEY"}},
		{"another key of an official account", brand, other(brand, func(a *Account) { a.AESKey = otherKey }), Problem, []string{"can't read an encrypted event (400)", "BOT_ACCOUNT_BRAND_AES_KEY"}},
		{"another official account", brand, other(brand, func(a *Account) { a.ID = "wx9999999999999999" }), Problem, []string{"refuses an encrypted event (403)"}},
		{"another clock", assistant, always(403, "Date: "+time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), ""), Problem, []string{"its clock is 1h0m", "NTP"}},
		{"no signature is checked", assistant, credulous(t, testKey), Problem, []string{"wrong signature", "anybody"}},

		{"no POST", assistant, onPost(fine, always(405, "", "")), Problem, []string{"takes no POST (405)"}},
		{"POST fails", brand, onPost(fineBrand, always(500, "", "")), Problem, []string{"an encrypted event with status 500"}},
		{"POST is talked to", assistant, onPost(fine, always(200, "", "thank you")), Warning, []string{"9 bytes"}},
		{"POST is acknowledged in words", assistant, onPost(fine, always(200, "", "success")), OK, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(tc.server)
			defer server.Close()
			found := examined(t, tc.account, server.URL+"/callback/"+string(tc.account.Name), nil)
			check(t, worst(found), tc.level, tc.parts...)
			if tc.level == OK && len(found) != 3 {
				t.Errorf("found: %v", found)
			}
		})
	}
}

// TestLateAnswersAreProblems, by how long the platform waits for each.
func TestLateAnswersAreProblems(t *testing.T) {
	t.Parallel()
	u := &url.URL{Scheme: "https", Host: "bot.example.com", Path: "/callback/assistant"}
	late := answer{status: 200, body: "1", took: 1100 * time.Millisecond}
	check(t, judgeEcho(assistant, u, "1", "x", late), Problem, "waits for 1s")
	check(t, judgeEcho(brand, u, "1", "x", late), OK)
	check(t, judgeEvent(assistant, answer{status: 200, took: 3 * time.Second}), Warning, "3s")
	check(t, judgeEvent(assistant, answer{status: 200, took: 5100 * time.Millisecond}), Problem, "waits for 5s")
}
