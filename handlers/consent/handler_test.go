package consent_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/handlers/consent"
	"guanjia/store"
)

// load reads content files of the kind; none is right too.
func load(t testing.TB, files ...string) *consent.Book {
	t.Helper()
	var docs []content.Doc
	for _, f := range files {
		d, ps := content.Parse("consent.yaml", []byte(f), nil)
		if ps != nil {
			t.Fatal(ps)
		}
		docs = append(docs, d)
	}
	b, ps := consent.Load(docs, bottest.Zone)
	if ps != nil {
		t.Fatal(ps)
	}
	return b
}

func talk(t *testing.T, files ...string) *bottest.Talk {
	book := load(t, files...)
	return bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{consent.New(book, s), riddle{}} })
}

// riddle is a conversation that takes every answer.
type riddle struct{}

func (riddle) Name() bot.HandlerName { return "riddle" }

func (riddle) Routes() []bot.Route {
	return []bot.Route{{Handler: "riddle", Keywords: []string{"谜语"}}}
}

func (riddle) Accepts(*bot.Turn) bool { return true }

func (riddle) Title(*bot.Turn) string { return "《谜语》" }

func (riddle) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	return bot.Say("猜猜看"), t.Open("", json.RawMessage("{}"), time.Hour)
}

func (riddle) Leave(context.Context, *bot.Turn, bot.LeaveReason) (bot.Reply, error) {
	return bot.Reply{}, nil
}

// TestOptingOutAndBackInIsConfirmedAndRecorded: each confirmation says how to undo it.
func TestOptingOutAndBackInIsConfirmedAndRecorded(t *testing.T) {
	t.Parallel()
	k := talk(t)
	wang := k.Person("wang")
	state := func(want bool, source string) {
		t.Helper()
		c, ok, err := k.Store.Consent(t.Context(), wang.Person, "")
		if err != nil || !ok || c.Granted != want || c.Source != source || c.At.IsZero() {
			t.Errorf("recorded %+v, %v, %v", c, ok, err)
		}
	}
	wang.Says("退订").Hears("已为您退订", "回复“恢复”")
	state(false, "keyword")
	wang.Says("恢复").Hears("已恢复", "回复“退订”")
	state(true, "keyword")
}

// TestSayingItTwiceSaysThatItIsSo, and somebody who never opted out is told that too.
func TestSayingItTwiceSaysThatItIsSo(t *testing.T) {
	t.Parallel()
	wang := talk(t).Person("wang")
	wang.Says("恢复").Hears("您没有退订", "回复“退订”")
	wang.Says("恢复订阅").Hears("您没有退订")
	wang.Says("td").Hears("已为您退订")
	wang.Says("ＴＤ").Hears("您之前已经退订", "回复“恢复”")
	wang.Says(" 取消订阅。").Hears("您之前已经退订")
	wang.Says("T").Hears("您之前已经退订")
	wang.Says("恢复").Hears("已恢复")
}

// TestTheSameWordDeliveredTwiceIsConfirmedTheSame: a retry is no second word.
func TestTheSameWordDeliveredTwiceIsConfirmedTheSame(t *testing.T) {
	t.Parallel()
	k := talk(t)
	wang := k.Person("wang")
	said := wang.Says("退订").Event
	wang.Again(said).Hears("已为您退订")

	// Also when the first execution died before its answer was kept: the handler runs again.
	h := consent.New(load(t), k.Store)
	for range 2 {
		turn := &bot.Turn{Event: &bot.Event{Account: "brand", User: "o-li", Key: "same", Text: "退订", At: bottest.Start}, Campaign: "opt_out"}
		r, err := h.Handle(t.Context(), turn)
		if err != nil || r.Messages[0].Text != wang.Again(said).Text() || turn.Outcome() != "opted_out" {
			t.Errorf("said %v, noted %q, %v", r, turn.Outcome(), err)
		}
	}
}

// TestOptingOutIsARight: it works in the middle of a conversation, which goes on, and with everything switched off.
func TestOptingOutIsARight(t *testing.T) {
	t.Parallel()
	k := talk(t)
	wang := k.Person("wang")
	wang.Says("谜语").Hears("猜猜看")
	wang.Says("退订").Hears("已为您退订")
	wang.Says("月亮").Hears("猜猜看")
	wang.Says("T").Hears("猜猜看") // a single letter is an answer here
	k.Toggles.Switch("autoreply", false)
	wang.Says("恢复").Hears("已恢复")
	wang.Says("TD").Hears("已为您退订")
}

// TestContentChoosesWordsAndSentences: 退订 and 恢复 work whatever is listed, and sentences name the first words.
func TestContentChoosesWordsAndSentences(t *testing.T) {
	t.Parallel()
	wang := talk(t, `
kind: consent
opt_out: {keywords: [不要打扰], menu_keys: [STOP]}
opt_in: {keywords: [继续联系]}
texts:
  opted_out: 好的，再也不打扰。回复“{in}”可恢复，回复“{out}”不用再发。
`).Person("wang")
	wang.Says("不要打扰").Hears("再也不打扰", "“继续联系”", "“不要打扰”")
	wang.Says("继续联系").Hears("已恢复", "“不要打扰”")
	wang.Says("退订").Hears("再也不打扰")
	wang.Says("恢复").Hears("已恢复")
	wang.Clicks("STOP").Hears("再也不打扰")
}

// TestMistakesInConsentFilesAreNamed gives one line for each mistake an operator can make.
func TestMistakesInConsentFilesAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"unknown key", "optout: {}\n", `c.yaml:2: key "optout" is not known here; correct its spelling or remove it (docs/reference/content lists the keys)`},
		{"no way back", "texts:\n  opted_out: 已退订\n", "c.yaml:3: placeholder {in} is missing; put {in} where it belongs in the sentence"},
		{"unknown placeholder", "texts:\n  already_in: 你好 {name}\n", "c.yaml:3: placeholder {name} is not known here; use one of {in} {out}"},
		{"word in both lists", "opt_out:\n  keywords: [停]\nopt_in:\n  keywords:\n  - 停\n", `c.yaml:6: keyword "停" opts in and out; remove it from one of the two lists`},
		{"opting in opts out", "opt_out:\n  keywords: [恢复]\n", `c.yaml:3: keyword "恢复" opts in and out; remove it: it opts in`},
		{"opting out opts in", "opt_in:\n  keywords: [退订]\n", `c.yaml:3: keyword "退订" opts in and out; remove it from one of the two lists`},
		{"blank word", "opt_in:\n  keywords: [' ']\n", "c.yaml:3: a keyword is empty; remove it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, ps := content.Parse("c.yaml", []byte("kind: consent\n"+c.file), nil)
			if ps == nil {
				_, ps = consent.Load([]content.Doc{d}, nil)
			}
			if got := ps.Error(); got != c.want {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	a, _ := content.Parse("a.yaml", []byte("kind: consent\n"), nil)
	b, _ := content.Parse("b.yaml", []byte("kind: consent\n"), nil)
	quiz, _ := content.Parse("q.yaml", []byte("kind: quiz\nx: 1\n"), nil)
	if _, ps := consent.Load([]content.Doc{a, quiz, b}, nil); ps.Error() != "b.yaml:1: consent is set in a.yaml already; keep one file of this kind" {
		t.Errorf("told %v", ps)
	}
}

// TestADeadDatabaseIsAnError, so that nobody is told of a consent that was not recorded.
func TestADeadDatabaseIsAnError(t *testing.T) {
	t.Parallel()
	h := consent.New(load(t), deadStore{})
	for _, direction := range []string{"opt_out", "opt_in"} {
		turn := &bot.Turn{Event: &bot.Event{Text: "x"}, Campaign: direction}
		if r, err := h.Handle(t.Context(), turn); !errors.Is(err, errDead) || !r.Empty() {
			t.Errorf("%s: %v, %v", direction, r, err)
		}
	}
}

var errDead = errors.New("no database")

type deadStore struct{}

func (deadStore) SetConsent(context.Context, store.Consent) (bool, error) { return false, errDead }

func (deadStore) Consent(context.Context, bot.Person, string) (store.Consent, bool, error) {
	return store.Consent{}, false, errDead
}
