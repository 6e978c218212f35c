// Package bottest lets tests of handlers read like a conversation: the real engine over a real database, and persons who say
// things and hear answers.
//
//	talk := bottest.New(t, handlers)
//	wang := talk.Person("wang")
//	wang.Says("领券").Hears("您的券码")
//
// It is for tests only.
package bottest

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/store"
	hotsql "guanjia/store/hot/sql"
)

// Account is the account on which conversations take place unless WithAccount says otherwise.
const Account bot.AccountName = "brand"

// Zone is where the persons live.
var Zone = time.FixedZone("CST", 8*3600)

// Start is when conversations begin: a Tuesday at ten in the morning.
var Start = time.Date(2026, 3, 10, 10, 0, 0, 0, Zone)

// Talk is a bot to talk to.
type Talk struct {
	t       testing.TB
	Store   *store.Store
	Engine  *bot.Engine
	Toggles *Toggles

	cfg    bot.Config
	router *bot.Router
	fit    bot.Fitter
	mu     sync.Mutex
	now    time.Time
	serial int
}

// New starts an engine with the handlers that make returns for the store. It is stopped with the test.
func New(t testing.TB, make func(*store.Store) []bot.Handler) *Talk {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "talk.db"), store.Options{Log: zap.NewNop(), Synchronous: "NORMAL"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	journal, hot := s.Journal(), hotsql.New(s, hotsql.Options{Log: zap.NewNop()})
	k := &Talk{t: t, Store: s, Toggles: &Toggles{}, now: Start, fit: Whole{}}
	router, err := bot.NewRouter(make(s)...)
	if err != nil {
		t.Fatal(err)
	}
	k.router = router
	k.cfg = bot.Config{Hot: hot, Journal: journal, Toggles: k.Toggles, Log: zap.NewNop(), Now: k.Now, Zone: Zone}
	k.Engine = bot.NewEngine(k.cfg, "test", router, bot.Texts{})
	t.Cleanup(func() {
		if err := k.Engine.Stop(ctx); err != nil {
			t.Error(err)
		}
		hot.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// OneAtATime makes the channel carry one message a reply, as passive replies do.
func (k *Talk) OneAtATime() { k.fit = OneAtATime{} }

// Limit makes the engine answer n messages of a person in a minute.
func (k *Talk) Limit(n int) {
	k.cfg.InboundPerMinute = n
	k.Engine = bot.NewEngine(k.cfg, "limited", k.router, bot.Texts{})
}

// Now is the time of the conversation; it moves a second with every event and by Later.
func (k *Talk) Now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// Later lets time pass.
func (k *Talk) Later(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = k.now.Add(d)
}

func (k *Talk) next() (int, time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.serial++
	k.now = k.now.Add(time.Second)
	return k.serial, k.now
}

// Person is somebody who talks to the bot.
type Person struct {
	k *Talk
	bot.Person
}

// Person makes or finds a person by name.
func (k *Talk) Person(name string) *Person {
	return &Person{k: k, Person: bot.Person{Account: Account, User: bot.UserID("o-" + name)}}
}

// Says sends a text.
func (p *Person) Says(text string) *Heard { return p.Does(bot.Event{Kind: bot.KindText, Text: text}) }

// Follows follows the account, through the QR code of scene unless it is empty.
func (p *Person) Follows(scene bot.Scene) *Heard {
	return p.Does(bot.Event{Kind: bot.KindFollow, Scene: scene})
}

// Unfollows leaves the account.
func (p *Person) Unfollows() *Heard { return p.Does(bot.Event{Kind: bot.KindUnfollow}) }

// Scans scans the QR code of scene, following already.
func (p *Person) Scans(scene bot.Scene) *Heard {
	return p.Does(bot.Event{Kind: bot.KindScan, Scene: scene})
}

// Clicks taps the menu item with key.
func (p *Person) Clicks(key string) *Heard {
	return p.Does(bot.Event{Kind: bot.KindMenuClick, ItemKey: key})
}

// SendsPicture sends an image message.
func (p *Person) SendsPicture(mediaID string) *Heard {
	return p.Does(bot.Event{Kind: bot.KindImage, Media: &bot.Media{MediaID: mediaID}})
}

// Does lets any event happen to the person and waits for the answer.
func (p *Person) Does(ev bot.Event) *Heard {
	p.k.t.Helper()
	n, at := p.k.next()
	ev.Account, ev.User, ev.At = p.Account, p.User, at
	if ev.Key == "" {
		ev.Key = bot.EventKey(fmt.Sprintf("e%d", n))
	}
	return p.Again(ev)
}

// Again delivers ev as it is: the same key is the same event.
func (p *Person) Again(ev bot.Event) *Heard {
	p.k.t.Helper()
	answer, err := p.k.Engine.Handle(context.Background(), &ev, p.k.fit, time.Now().Add(time.Minute))
	if err != nil {
		p.k.t.Fatalf("%s %q: %v", ev.Kind, ev.Text, err)
	}
	return &Heard{t: p.k.t, Answer: answer, Event: ev}
}

// Heard is what came back.
type Heard struct {
	t testing.TB
	bot.Answer
	Event bot.Event // as it was delivered, for Again
}

// Text is all that was said, with menus as numbered lines.
func (h *Heard) Text() string {
	var b strings.Builder
	for i, m := range h.Messages {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(Plain(m))
	}
	return b.String()
}

// Hears fails the test unless every part was said.
func (h *Heard) Hears(parts ...string) *Heard {
	h.t.Helper()
	text := h.Text()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			h.t.Fatalf("to %s %q the bot said\n%s\nwithout %q", h.Event.Kind, h.Event.Text, text, p)
		}
	}
	return h
}

// DoesNotHear fails the test when one of the parts was said.
func (h *Heard) DoesNotHear(parts ...string) *Heard {
	h.t.Helper()
	text := h.Text()
	for _, p := range parts {
		if strings.Contains(text, p) {
			h.t.Fatalf("to %s %q the bot said\n%s\nwith %q", h.Event.Kind, h.Event.Text, text, p)
		}
	}
	return h
}

// HearsNothing fails the test when anything was said.
func (h *Heard) HearsNothing() *Heard {
	h.t.Helper()
	if len(h.Messages) > 0 {
		h.t.Fatalf("to %s %q the bot said\n%s\ninstead of nothing", h.Event.Kind, h.Event.Text, h.Text())
	}
	return h
}
