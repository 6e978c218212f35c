package welcome

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// RecorderName names the Recorder. It has no toggle.
const RecorderName bot.HandlerName = "followers"

// Registry writes down who follows.
type Registry interface {
	Follow(ctx context.Context, p bot.Person, scene bot.Scene, key bot.EventKey, at time.Time) (store.Follower, bool, error)
	Unfollow(ctx context.Context, p bot.Person, key bot.EventKey, at time.Time) error
}

// Recorder writes down every follow and unfollow, before anybody greets and with the greetings switched off. It says
// nothing.
type Recorder struct {
	registry Registry
}

var _ bot.Handler = (*Recorder)(nil)

// NewRecorder makes a recorder.
func NewRecorder(r Registry) *Recorder { return &Recorder{registry: r} }

// Name is "followers".
func (r *Recorder) Name() bot.HandlerName { return RecorderName }

// Routes asks for every follow and unfollow, before all others.
func (r *Recorder) Routes() []bot.Route {
	return []bot.Route{{Handler: RecorderName, Kinds: []bot.Kind{bot.KindFollow, bot.KindUnfollow}, Always: true}}
}

// Handle writes the event down. Follows and unfollows may arrive in the wrong order; the records go by the platform's time
// of the event.
func (r *Recorder) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	ev := t.Event
	switch ev.Kind {
	case bot.KindFollow:
		if _, _, err := r.registry.Follow(ctx, ev.Person(), ev.Scene, ev.Key, ev.At); err != nil {
			return bot.Reply{}, fmt.Errorf("record the follow: %w", err)
		}
		t.Session.Fresh = true
	case bot.KindUnfollow:
		if err := r.registry.Unfollow(ctx, ev.Person(), ev.Key, ev.At); err != nil {
			return bot.Reply{}, fmt.Errorf("record the unfollow: %w", err)
		}
		t.Session.Fresh = false
	}
	return bot.Reply{}, nil
}
