package simulator_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/simulator"
)

// After the process is killed the phones go on where they were: people, follows, chats, pictures and the clock.
func TestStateFileOverARestart(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	path := filepath.Join(t.TempDir(), "simulator.json")
	withFile := func(c *simulator.Config) { c.StateFile = path }

	before := play(t, b, withFile) // never closed before the other one opens: as after a kill
	p := follower(t, before)
	p.Say("领券")
	sent := p.SendPicture(picture(t))
	p.Wait(48 * time.Hour)
	chat := p.Chat()

	after := play(t, b, withFile, func(c *simulator.Config) { c.Seed = 99 })
	if diff := cmp.Diff(before.Users(), after.Users()); diff != "" {
		t.Errorf("people (-before +after):\n%s", diff)
	}
	again, err := after.Chat("brand", p.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(chat, again); diff != "" {
		t.Errorf("chat (-before +after):\n%s", diff)
	}
	if got := after.Clock().Offset(); got != 48*time.Hour {
		t.Errorf("the clock is %s ahead, want 48h", got)
	}
	rec := httptest.NewRecorder()
	after.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/media/"+sent.Act.MediaID, nil))
	if rec.Code != http.StatusOK || rec.Body.String() != string(picture(t)) {
		t.Errorf("the picture is gone: HTTP %d", rec.Code)
	}
	x := simulator.OpenPhone(t, after.Client(), "brand", p.User.ID).Say("我又来了")
	if x.Text() != "我又来了" || x.MsgID <= sent.MsgID {
		t.Errorf("got %q, message id %d after %d", x.Text(), x.MsgID, sent.MsgID)
	}
}

// An act that was on its way when the process died is shown as such, not as being sent for ever.
func TestInterruptedActIsShown(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	path := filepath.Join(t.TempDir(), "simulator.json")
	withFile := func(c *simulator.Config) { c.StateFile = path; c.Deadline = 30 * time.Second }
	sim := play(t, b, withFile)
	p := follower(t, sim)
	release := make(chan struct{})
	b.interceptWith(func(int, http.ResponseWriter, *http.Request) bool { <-release; return false })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sim.Act(ctx, "brand", p.User.ID, simulator.Act{Kind: simulator.ActText, Text: "在吗"}); err == nil {
		t.Error("the act ended before its answer")
	}
	until(t, "the act is on disk", func() bool {
		data, _ := os.ReadFile(path)
		return strings.Contains(string(data), "在吗")
	})
	after := play(t, b, withFile)
	chat, _ := after.Chat("brand", p.User.ID)
	if last := chat[len(chat)-1]; last.State != simulator.StateInterrupted || last.Why == nil {
		t.Errorf("the chat ends with %+v", last)
	}
	close(release)
}

// A state file that can't be read is named and left alone.
func TestBadStateFile(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	for name, content := range map[string]string{"truncated": `{"version":1,"users":[`, "newer": `{"version":2}`, "empty": ""} {
		path := filepath.Join(t.TempDir(), "simulator.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := simulator.New(simulator.Config{Accounts: []simulator.Account{brand(b.URL)}, StateFile: path})
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if data, _ := os.ReadFile(path); string(data) != content {
			t.Errorf("%s: overwritten", name)
		}
	}
}

// Nothing is written unless asked for, and no half-written file stays behind.
func TestStateFileLeavesNoRubbish(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	dir := t.TempDir()
	p := follower(t, play(t, b, func(c *simulator.Config) { c.StateFile = filepath.Join(dir, "s.json") }))
	p.SendPicture(picture(t))
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v in the folder, want the file and its pictures: %v", entries, err)
	}
}

// A disk that fails is no reason to stop talking.
func TestStateFileOnABrokenDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	core, logged := observer.New(zap.ErrorLevel)
	sim := play(t, newBot(t, echo), func(c *simulator.Config) { c.StateFile = filepath.Join(dir, "s.json"); c.Log = zap.New(core) })
	p := follower(t, sim)
	if err := errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)); err != nil { // a file where the folder was
		t.Fatal(err)
	}
	if x := p.Say("还在吗"); x.Text() != "还在吗" {
		t.Errorf("got %q", x.Text())
	}
	if logged.Len() == 0 {
		t.Error("the failure was not logged")
	}
	if err := os.Remove(dir); err != nil { // so that Close can save
		t.Fatal(err)
	}
}
