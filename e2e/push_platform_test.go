package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"guanjia/simulator"
	simplatform "guanjia/simulator/platform"
)

// Of the account that writes to its followers.
const (
	brandSecret   = "canarySecretOfTheBrand7"
	brandTemplate = "canaryTemplateOfTheBrand"
	pathCustom    = "/cgi-bin/message/custom/send"
	pathTemplate  = "/cgi-bin/message/template/send"
)

// office is the simulated platform with a certified account, the replicas of its bot, and everybody who follows.
type office struct {
	t        *testing.T
	sim      *simulator.Simulator
	front    *front
	replicas []*server
	readers  []*reader
}

// reader is a follower.
type reader struct {
	simulator.User
	mu   sync.Mutex
	over time.Time // when they had opted out or left, and the bot had said that it knows; zero: never
}

func newOffice(t *testing.T, people, replicas int, env ...string) *office {
	t.Helper()
	o := &office{t: t, front: &front{}}
	callbacks := httptest.NewServer(o.front)
	t.Cleanup(callbacks.Close)
	var err error
	o.sim, err = simulator.New(simulator.Config{MaxUsers: people, Tries: 3, Accounts: []simulator.Account{{
		Name: "brand", OriginalID: brandName, AppID: brandAppID, Token: brandToken, AESKey: brandKey, Secret: brandSecret, Certified: true,
		Callback:  callbacks.URL + "/callback/brand",
		Templates: []simulator.Template{{ID: brandTemplate, Title: "活动提醒", Content: "{{thing1.DATA}}"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.sim.Close(context.WithoutCancel(t.Context())) })
	api := httptest.NewServer(o.sim.Platform())
	t.Cleanup(api.Close)
	o.unlimited(pathCustom, pathTemplate)
	env = append(env, "BOT_CONTENT_DIR="+deskContent(t), "BOT_WECHAT_API_URL="+api.URL, "BOT_ACCOUNT_BRAND_APP_SECRET="+brandSecret,
		"BOT_ACCOUNT_BRAND_CERTIFIED=on", "BOT_TIMEZONE=UTC", "BOT_LOG_LEVEL=warn")
	for range replicas {
		o.replicas = append(o.replicas, newServer(t, env...))
	}
	o.front.replicas.Store(&o.replicas)
	o.gather(people)
	return o
}

// unlimited takes the platform's limits of calls in a minute away: 50,000 messages would take their time.
func (o *office) unlimited(paths ...string) {
	o.t.Helper()
	for _, path := range paths {
		r := httptest.NewRequest(http.MethodPut, "/api/calls/limit", strings.NewReader(fmt.Sprintf(`{"path":%q,"limit":{}}`, path)))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		o.sim.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			o.t.Fatalf("lift the limit of %s: %d %s", path, w.Code, w.Body)
		}
	}
}

// gather lets people follow; every other says something as well, so that customer-service messages may be sent to them.
func (o *office) gather(people int) {
	o.t.Helper()
	start := time.Now()
	for range people {
		u, err := o.sim.NewUser("")
		if err != nil {
			o.t.Fatal(err)
		}
		o.readers = append(o.readers, &reader{User: u})
	}
	o.each(func(n int, r *reader) {
		o.act(r, simulator.Act{Kind: simulator.ActFollow})
		if n%2 == 0 {
			o.act(r, simulator.Act{Kind: simulator.ActText, Text: "你好"})
		}
	})
	o.t.Logf("%d people follow after %s", people, time.Since(start).Round(time.Second))
}

// each runs f for everybody, some at a time.
func (o *office) each(f func(n int, r *reader)) {
	var all sync.WaitGroup
	const lines = 16
	for line := range lines {
		all.Go(func() {
			for n := line; n < len(o.readers); n += lines {
				f(n, o.readers[n])
			}
		})
	}
	all.Wait()
}

// act does something that the bot must take note of. What the platform has given up is done again.
func (o *office) act(r *reader, a simulator.Act) {
	for range 100 {
		x, err := o.sim.Act(context.WithoutCancel(o.t.Context()), "brand", r.ID, a)
		if err != nil {
			o.t.Errorf("%s %s: %v", r.ID, a.Kind, err)
			return
		}
		if !x.Failed() {
			return
		}
		if a.Kind == simulator.ActFollow {
			o.t.Errorf("the bot did not hear that %s follows: %+v", r.ID, x.Why)
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	o.t.Errorf("the bot never heard that %s: %s", r.ID, a.Kind)
}

// leaves opts somebody out or lets them unfollow, and notes when nothing more may come.
func (o *office) leaves(r *reader, unfollow bool) {
	if unfollow {
		o.act(r, simulator.Act{Kind: simulator.ActUnfollow})
	} else {
		o.act(r, simulator.Act{Kind: simulator.ActText, Text: "退订"})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = o.sim.Clock().Now()
}

// faults are what goes wrong with either way of writing: for some of the people, for some calls, for the account's token.
func faults() []simplatform.Fault {
	var list []simplatform.Fault
	for _, path := range []string{pathCustom, pathTemplate} {
		add := func(f simplatform.Fault) {
			f.Path = path
			list = append(list, f)
		}
		for _, code := range []int{43004, 40003, 50002} {
			add(simplatform.Fault{Kind: simplatform.FaultCode, Code: code, Chance: 0.004})
		}
		add(simplatform.Fault{Kind: simplatform.FaultBusy, Chance: 0.01})
		add(simplatform.Fault{Kind: simplatform.FaultReset, Chance: 0.005})
		add(simplatform.Fault{Kind: simplatform.FaultLost, Chance: 0.003, Delay: 300})
		add(simplatform.Fault{Kind: simplatform.FaultNoAnswer, Chance: 0.005, Delay: 300})
		add(simplatform.Fault{Kind: simplatform.FaultHalf, Chance: 0.003})
		add(simplatform.Fault{Kind: simplatform.FaultBare, Chance: 0.003})
		add(simplatform.Fault{Kind: simplatform.FaultBadGateway, Chance: 0.003})
		// Not more often than the platform lets a new one be forced: twenty times a day, which few calls would use up else.
		add(simplatform.Fault{Kind: simplatform.FaultExpired, Chance: 0.0005, Times: 5})
	}
	for _, code := range []int{45015, 45047} {
		list = append(list, simplatform.Fault{Kind: simplatform.FaultCode, Path: pathCustom, Code: code, Chance: 0.01})
	}
	return list
}

// broadcast drafts a broadcast to everybody and starts it with the command line.
func (o *office) broadcast(id, priority string) {
	o.t.Helper()
	s := o.replicas[0]
	file := filepath.Join(s.dir, id+".yaml")
	draft := "kind: broadcast\nid: " + id + "\nname: " + id + "\naccount: brand\nsegment: followed<30d\npriority: " + priority + "\nways: [custom, template]\nexpires: 72h\n" +
		"messages: [{text: " + mark(id) + "}]\ntemplate: {id: " + brandTemplate + ", data: {thing1: " + mark(id) + "}}\n"
	if err := os.WriteFile(file, []byte(draft), 0o600); err != nil {
		o.t.Fatal(err)
	}
	run(o.t, s.dir, s.env, "broadcast", "draft", file)
	code, out, complaints := outcome(o.t, s.dir, s.env, "broadcast", "start", id)
	if _, number, ok := strings.Cut(complaints, "--yes="); code != 0 && ok { // it matches everybody
		number, _, _ = strings.Cut(number+"\n", "\n")
		run(o.t, s.dir, s.env, "broadcast", "start", id, "--yes", strings.TrimSpace(number))
	} else if code != 0 {
		o.t.Fatalf("start %s: %s%s", id, out, complaints)
	}
}

// mark is what a broadcast is known by on the phones.
func mark(id string) string { return "活动" + id }
