package handoff_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/handlers/handoff"
)

// twice runs every event a second time on the session it began with, as a crash before the journal's commit does: the records
// must take it for the same, and the answer must be.
type twice struct {
	*handoff.Handler
	t *testing.T
}

func (h twice) again(t *bot.Turn, run func() (bot.Reply, error)) (bot.Reply, error) {
	h.t.Helper()
	before := *t.Session
	first, err := run()
	if err != nil {
		return first, err
	}
	after := *t.Session
	*t.Session = before
	second, err := run()
	if d := cmp.Diff(first, second); d != "" {
		h.t.Errorf("%s %q again is answered otherwise (-first +again):\n%s", t.Event.Kind, t.Event.Text, d)
	}
	one, _ := json.Marshal(after)
	other, _ := json.Marshal(*t.Session)
	if string(one) != string(other) {
		h.t.Errorf("%s %q leads to %s, and again to %s", t.Event.Kind, t.Event.Text, one, other)
	}
	return second, err
}

func (h twice) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	return h.again(t, func() (bot.Reply, error) { return h.Handler.Handle(ctx, t) })
}

func (h twice) HandOver(ctx context.Context, t *bot.Turn, wish bot.Message) (bot.Reply, error) {
	return h.again(t, func() (bot.Reply, error) { return h.Handler.HandOver(ctx, t, wish) })
}

func (h twice) Leave(ctx context.Context, t *bot.Turn, why bot.LeaveReason) (bot.Reply, error) {
	return h.again(t, func() (bot.Reply, error) { return h.Handler.Leave(ctx, t, why) })
}
