package contacts_test

import (
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/contacts"
	"guanjia/store"
)

// change is the detail of an event, as the channel makes it.
type change struct{ kind, member, customer, state string }

func (c change) Relation() (kind, member, customer, state string) {
	return c.kind, c.member, c.customer, c.state
}

// TestEventsAreWrittenDownAndMarked, each kind of change, once however often it comes; what is about nobody is not.
func TestEventsAreWrittenDownAndMarked(t *testing.T) {
	t.Parallel()
	k := bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{contacts.NewRecorder(s)} })
	wang := k.Person("wang")
	does := func(kind bot.Kind, what string, member string) *bottest.Heard {
		return wang.Does(bot.Event{Kind: kind, Detail: change{what, member, string(wang.User), "door"}}).HearsNothing()
	}
	kept := func() []store.Relation {
		c, err := k.Store.Contact(t.Context(), wang.Person)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Relations {
			c.Relations[i].Since, c.Relations[i].EndedAt = time.Time{}, ended(c.Relations[i].EndedAt)
		}
		return c.Relations
	}
	first := does(bot.KindFollow, "add_half_external_contact", "xiaolin")
	does(bot.KindContact, "add_external_contact", "xiaolin")
	does(bot.KindContact, "add_external_contact", "xiaozhou")
	does(bot.KindContact, "edit_external_contact", "xiaolin")
	does(bot.KindContact, "transfer_fail", "xiaosun")
	does(bot.KindContact, "a_kind_of_tomorrow", "xiaosun")
	does(bot.KindContact, "del_external_contact", "xiaozhou")
	does(bot.KindUnfollow, "del_follow_user", "xiaolin")
	does(bot.KindContact, "add_external_contact", "xiaozhou")
	wang.Again(first.Event)
	equal(t, kept(), []store.Relation{{Member: "xiaolin", State: "door", EndedAt: yes}, {Member: "xiaozhou", State: "door"}})
	wang.Does(bot.Event{Kind: bot.KindContact, Detail: change{}}) // of another corp
	wang.Follows("")                                              // an official account
	wang.Does(bot.Event{Kind: bot.KindTag})
	wang.Does(bot.Event{Kind: bot.KindTag})
	due, err := k.Store.TakeDirty(t.Context(), bottest.Account, k.Now(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var marks []string
	for _, d := range due {
		marks = append(marks, string(d.Kind)+" "+d.Subject)
	}
	equal(t, marks, []string{"contact " + string(wang.User), "tags "})
}

var yes = time.Unix(1, 0)

// ended keeps of an end that there was one.
func ended(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return yes
}
