package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/kf"
)

// guest is a customer of the demo's corp, with the page that survives a restart.
type guest struct {
	*simulator.Customer
	d    *demo
	corp string
	desk string
	last kf.Bubble // what they did last at the desk
}

func (d *demo) meet(name string) *guest {
	d.t.Helper()
	desks, err := d.client.Desks(d.t.Context())
	if err != nil || len(desks) != 1 {
		d.t.Fatalf("desks: %+v, %v", desks, err)
	}
	g := d.meetCorp(desks[0].Corp, name)
	g.desk = desks[0].OpenKfID
	return g
}

func (d *demo) meetCorp(corp, name string) *guest {
	d.t.Helper()
	return &guest{Customer: simulator.NewCustomer(d.t, d.client, corp, name), d: d, corp: corp}
}

// eventually waits until a query finds something.
func (d *demo) eventually(what, query string) {
	d.t.Helper()
	db := openDatabase(d.t, databaseURL(d.env, filepath.Join(d.dir, "guanjia.db")))
	for deadline := time.Now().Add(hearing); count(d.t, db, query) == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("%s: waited in vain for %s\n%s", d.engines, what, d.log)
		}
	}
}

// says something at the desk and hears it answered.
func (g *guest) says(text string, want ...string) {
	g.d.t.Helper()
	g.does(kf.Act{Kind: kf.ActText, Text: text})
	g.hears(want...)
}

// saysAndIsKilled is says, and everything is killed as soon as the demo's platform, which dies too, has written the words down.
func (g *guest) saysAndIsKilled(text string, want ...string) {
	g.d.t.Helper()
	g.does(kf.Act{Kind: kf.ActText, Text: text})
	g.isKilled()
	g.hears(want...)
}

func (g *guest) isKilled() {
	t := g.d.t
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Millisecond) {
		if kept, err := os.ReadFile(filepath.Join(g.d.dir, "simulator.json")); err == nil && bytes.Contains(kept, []byte(g.last.MsgID)) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: the platform does not write down what is said\n%s", g.d.engines, g.d.log)
		}
	}
	g.d.again()
	g.suffers()
}

func (g *guest) does(act kf.Act) kf.Bubble {
	g.d.t.Helper()
	b, err := g.d.client.CustomerDoes(g.d.t.Context(), g.desk, g.User.ID, act)
	if err != nil {
		g.d.t.Fatalf("%s: %s %s: %v\n%s", g.d.engines, act.Kind, act.Text, err, g.d.log)
	}
	g.last = b
	return b
}

// hears waits until what was said since the customer's last act holds the words.
func (g *guest) hears(words ...string) {
	g.d.t.Helper()
	g.until(strings.Join(words, " and "), func(c simulator.DeskChat) bool {
		heard := ""
		for _, b := range c.Bubbles {
			if b.ID > g.last.ID && b.Spoken() {
				heard += b.Text() + "\n"
			}
		}
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(heard, w) })
	})
}

func (g *guest) until(what string, done func(simulator.DeskChat) bool) {
	t := g.d.t
	t.Helper()
	for deadline := time.Now().Add(hearing); ; time.Sleep(50 * time.Millisecond) {
		c := g.chat()
		if done(c) {
			return
		}
		if time.Now().After(deadline) {
			text := ""
			for _, b := range c.Bubbles {
				text += fmt.Sprintf("  %s: %s\n", b.From, b.Text())
			}
			t.Fatalf("%s: %s waited in vain for %s; the chat is in state %d:\n%s\n%s", g.d.engines, g.User.Nickname, what, c.State, text, g.d.log)
		}
	}
}

func (g *guest) chat() simulator.DeskChat {
	g.d.t.Helper()
	c, err := g.d.client.DeskChat(g.d.t.Context(), g.desk, g.User.ID, 0, 0)
	if err != nil {
		g.d.t.Fatalf("%s: %v\n%s", g.d.engines, err, g.d.log)
	}
	return c
}
