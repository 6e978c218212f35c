package contacts

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// RecorderName names the Recorder. It has no toggle.
const RecorderName bot.HandlerName = "contacts"

// Registry writes down what events tell.
type Registry interface {
	NoteRelation(ctx context.Context, n store.RelationNews) error
	MarkDirty(ctx context.Context, a bot.AccountName, kind store.DirtyKind, subject string, at time.Time) error
}

// related is the detail of an event between a customer and a member of staff.
type related interface {
	Relation() (change, member, customer, state string)
}

// Recorder writes down every change of a contact, before anybody greets and with everything switched off, and marks what has
// to be looked up. It says nothing.
type Recorder struct{ registry Registry }

var _ bot.Handler = (*Recorder)(nil)

// NewRecorder makes a recorder.
func NewRecorder(r Registry) *Recorder { return &Recorder{registry: r} }

// Name is "contacts".
func (r *Recorder) Name() bot.HandlerName { return RecorderName }

// Routes asks for whatever happens between customers and staff, before all others.
func (r *Recorder) Routes() []bot.Route {
	return []bot.Route{{Handler: RecorderName, Kinds: []bot.Kind{bot.KindContact, bot.KindFollow, bot.KindUnfollow, bot.KindTag}, Always: true}}
}

// Handle writes the event down.
func (r *Recorder) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	ev := t.Event
	if ev.Kind == bot.KindTag {
		if err := r.registry.MarkDirty(ctx, ev.Account, store.DirtyTags, "", ev.At); err != nil {
			return bot.Reply{}, fmt.Errorf("record a change of tags: %w", err)
		}
		return bot.Reply{}, nil
	}
	detail, ok := ev.Detail.(related)
	if !ok {
		return bot.Reply{}, nil // somebody follows an official account, or came into an app's range
	}
	change, member, customer, state := detail.Relation()
	if change == "" || customer == "" {
		return bot.Reply{}, nil
	}
	news := newsOf(change)
	news.Person, news.Member, news.State, news.At = bot.Person{Account: ev.Account, User: bot.UserID(customer)}, member, state, ev.At
	if err := r.registry.NoteRelation(ctx, news); err != nil {
		return bot.Reply{}, fmt.Errorf("record a change of a contact: %w", err)
	}
	return bot.Reply{}, nil
}

// newsOf tells what a change means for the relation (WeCom docs, 客户联系 事件回调). What is not known is looked up like an edit.
func newsOf(change string) store.RelationNews {
	switch change {
	case "add_external_contact", "add_half_external_contact":
		return store.RelationNews{}
	case "del_external_contact", "del_follow_user":
		return store.RelationNews{Ended: true}
	}
	return store.RelationNews{Changed: true}
}
