package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"guanjia/internal/testproc"
	"guanjia/simulator"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"guanjia": main})
}

// TestScripts runs the program as people do: testdata/*.txtar are its conversations with a shell.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"freeport": freePort, "await": await, "phone": phone, "redis": redisURL, "postgres": postgresURL,
		},
		Setup: func(env *testscript.Env) error {
			env.Values[testKey{}] = t
			return nil
		},
	})
}

// testKey finds the test of a script.
type testKey struct{}

// freePort sets a variable to an address nobody listens on: freeport ADDR.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// redisURL and postgresURL set a variable to an empty database of a real server: redis BOT_REDIS_URL.
func redisURL(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], testproc.Redis(ts.Value(testKey{}).(*testing.T)))
}

func postgresURL(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], testproc.Postgres(ts.Value(testKey{}).(*testing.T)))
}

// await waits until an address answers 200: await http://127.0.0.1:8080/readyz. "! await" waits until nobody answers.
func await(ts *testscript.TestScript, neg bool, args []string) {
	deadline := time.Now().Add(2 * time.Minute) // ends a broken test only
	for {
		resp, err := http.Get(args[0])
		up := err == nil && resp.StatusCode == http.StatusOK
		if err == nil {
			ts.Check(resp.Body.Close())
		}
		if up != neg {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s: %v %v", args[0], resp, err)
		}
		time.Sleep(20 * time.Millisecond) // asks again, measures nothing
	}
}

// phone is somebody's phone: phone ADDR NAME follow [SCENE], phone ADDR NAME say TEXT. What they read is the standard output.
func phone(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: phone ADDR NAME follow [SCENE] | say TEXT")
	}
	p := newScriptPhone(ts, args[0], args[1])
	what := strings.Join(args[3:], " ")
	act := simulator.Act{Kind: simulator.ActText, Text: what}
	if args[2] == "follow" {
		act = simulator.Act{Kind: simulator.ActFollow, Scene: what}
	}
	x, err := p.client.Act(context.Background(), p.account, p.user, act)
	ts.Check(err)
	if x.Failed() {
		ts.Fatalf("%s got no answer: %+v", args[1], x.Why)
	}
	fmt.Fprintln(ts.Stdout(), x.Text())
}

type scriptPhone struct {
	client        *simulator.Client
	account, user string
}

// newScriptPhone finds a person by name, or makes them.
func newScriptPhone(ts *testscript.TestScript, addr, name string) scriptPhone {
	c := simulator.NewClient("http://"+addr+"/simulator/", nil)
	state, err := c.State(context.Background())
	ts.Check(err)
	p := scriptPhone{client: c, account: state.Accounts[0].Name}
	for _, u := range state.Users {
		if u.Nickname == name {
			p.user = u.ID
			return p
		}
	}
	u, err := c.NewUser(context.Background(), name)
	ts.Check(err)
	p.user = u.ID
	return p
}
