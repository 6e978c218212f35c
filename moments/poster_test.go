package moments_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/internal/testproc"
	"guanjia/jobs"
	"guanjia/moments"
	"guanjia/schedule"
	"guanjia/store"
)

// TestWhatBecomesOfAPostThatThePlatformDoesNotTake: what is refused is said, what was not made comes again, and what may have been made is not
// asked for twice.
func TestWhatBecomesOfAPostThatThePlatformDoesNotTake(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]func() string{
		"SQLite":     func() string { return "sqlite:" + filepath.Join(t.TempDir(), "moments.db") },
		"PostgreSQL": func() string { return testproc.Postgres(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			asked := map[string]int{}
			answers := map[string][]string{ // by what the post says; "" breaks the connection
				"refused": {`{"errcode":48002,"errmsg":"api forbidden"}`},
				"lost":    {""},
				"often":   {`{"errcode":45009,"errmsg":"api freq out of limit"}`, `{"errcode":0,"jobid":"job1"}`},
				"badly":   {`{"errcode":0,"jobid":"job2"}`},
			}
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				switch r.URL.Path {
				case "/cgi-bin/gettoken":
					_, _ = io.WriteString(w, `{"errcode":0,"access_token":"accesstoken0001","expires_in":7200}`)
				case "/cgi-bin/externalcontact/add_moment_task":
					body, _ := io.ReadAll(r.Body)
					for says, list := range answers {
						if string(body) != `{"text":{"content":"`+says+`"}}` {
							continue
						}
						n := min(asked[says], len(list)-1)
						asked[says]++
						if list[n] == "" {
							panic(http.ErrAbortHandler)
						}
						_, _ = io.WriteString(w, list[n])
						return
					}
					t.Errorf("asked for %s", body)
				case "/cgi-bin/externalcontact/get_moment_task_result":
					if r.URL.Query().Get("jobid") == "job2" {
						_, _ = io.WriteString(w, `{"errcode":0,"status":"3","result":{"errcode":"41079"}}`)
						return
					}
					_, _ = io.WriteString(w, `{"errcode":0,"status":3,"result":{"errcode":0,"moment_id":"mom1"}}`)
				case "/cgi-bin/externalcontact/get_moment_task":
					_, _ = io.WriteString(w, `{"errcode":0,"task_list":[{"userid":"a","publish_status":1},{"userid":"b","publish_status":"1"}]}`)
				}
			}))
			t.Cleanup(api.Close)

			s, err := store.Open(t.Context(), url(), store.Options{Log: zap.NewNop(), Synchronous: "NORMAL"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			if _, _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := jobs.Migrate(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			// The clock runs a thousand times as fast: what comes again in a minute is soon.
			began := time.Now()
			now := func() time.Time { return began.Add(1000 * time.Since(began)) }
			caller := wxapi.NewCaller(wxapi.Config{BaseURL: api.URL})
			tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.WeCom, ID: "ww1", Secret: "secret", Caller: caller})
			t.Cleanup(tokens.Close)
			poster := moments.New(moments.Config{
				Store: s, Offices: map[bot.AccountName]moments.Office{"corp": {API: caller, Tokens: tokens}, "other": {API: caller, Tokens: tokens}}, First: "corp", Now: now,
			})
			book, ps := load(t, `
posts:
  - {id: refused, date: `+began.Add(10*time.Minute).In(zone()).Format("2006-01-02 15:04")+`, category: life, text: refused, grace: 300h}
  - {id: lost, date: `+began.Add(10*time.Minute).In(zone()).Format("2006-01-02 15:04")+`, category: life, text: lost, grace: 300h}
  - {id: often, account: other, date: `+began.Add(10*time.Minute).In(zone()).Format("2006-01-02 15:04")+`, category: life, text: often, grace: 300h}
  - {id: badly, date: `+began.Add(10*time.Minute).In(zone()).Format("2006-01-02 15:04")+`, category: life, text: badly, grace: 300h}
  - {id: elsewhere, account: nobody, date: `+began.Add(10*time.Minute).In(zone()).Format("2006-01-02 15:04")+`, category: life, text: nobody, grace: 300h}
`)
			if ps != nil {
				t.Fatal(ps)
			}
			service := schedule.New(schedule.Config{Store: s, Now: now})
			kinds := jobs.NewKinds()
			if err := service.Add(kinds); err != nil {
				t.Fatal(err)
			}
			if err := poster.Add(kinds); err != nil {
				t.Fatal(err)
			}
			q, err := jobs.Open(t.Context(), jobs.Config{Store: s, Kinds: kinds, Queues: map[string]int{schedule.Queue: 4}, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			service.Open(q)
			poster.Open(q)
			service.Use(poster.Use(book))
			if err := service.Adopt(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := q.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := q.Stop(context.Background()); err != nil {
					t.Error(err)
				}
				q.Close()
			})
			for id, want := range map[string]store.MomentPost{
				"refused":   {State: store.MomentFailed, Reason: "48002"},
				"lost":      {State: store.MomentUnknown, Reason: "no_answer"},
				"often":     {State: store.MomentMade, JobID: "job1", MomentID: "mom1", Members: 2, Published: 2},
				"badly":     {State: store.MomentFailed, Reason: "41079", JobID: "job2"},
				"elsewhere": {State: store.MomentFailed, Reason: "no_right"},
			} {
				var m store.MomentPost
				for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
					if m, _, err = s.Moment(t.Context(), id); err != nil {
						t.Fatal(err)
					}
					if m.State == want.State && m.Published == want.Published || time.Now().After(end) {
						break
					}
				}
				got := store.MomentPost{State: m.State, Reason: m.Reason, JobID: m.JobID, MomentID: m.MomentID, Members: m.Members, Published: m.Published}
				if got != want {
					t.Errorf("%s is %+v, want %+v", id, got, want)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if asked["lost"] != 1 || asked["refused"] != 1 || asked["often"] != 2 {
				t.Errorf("asked %v", asked)
			}
		})
	}
}
