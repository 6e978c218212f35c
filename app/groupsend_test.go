package app

import (
	"context"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/store"
)

// TestACustomerIsWrittenToByTheStaffWhenNothingElseIsOpen: the staff confirm one and it has arrived; a second one waits for another day; one
// that nobody confirms is taken back when its time is over; and whoever is no customer gets none.
func TestACustomerIsWrittenToByTheStaffWhenNothingElseIsOpen(t *testing.T) {
	t.Parallel()
	const corp = "ww0123456789abcdef"
	p := admitWith(t, []string{"BOT_QUIET_HOURS=off", "BOT_PUSH_PER_DAY=9", "BOT_PUSH_PER_WEEK=9", "BOT_PUSH_MIN_GAP=0s"}, asUsual, asItIs)
	u, err := p.sim.NewUser("小王")
	if err != nil {
		t.Fatal(err)
	}
	act := func(a contact.Act, user string) {
		t.Helper()
		a.UserID = "xiaolin"
		if _, err := p.sim.ActContact(t.Context(), corp, simulator.ContactAct{Act: a, User: user}); err != nil {
			t.Fatal(err)
		}
	}
	act(contact.Act{Kind: contact.ActAdd}, u.ID)
	act(contact.Act{Kind: contact.ActConfirm}, u.ID)
	wang := bot.UserID(u.Corps[corp])
	eventually(t, "the customer is known", func() bool {
		f, err := p.app.store.SendFacts(t.Context(), store.SendFactsAsk{Person: bot.Person{Account: "assistant", User: wang}})
		return err == nil && f.Contact
	})

	push := func(to bot.UserID, cause string, life time.Duration) outbound.Push {
		return outbound.Push{
			To: bot.Person{Account: "assistant", User: to}, Cause: cause, Ways: []policy.Way{policy.KF, policy.GroupSend}, Expires: p.sim.Clock().Now().Add(life),
			Content: outbound.Content{Messages: []bot.Message{bot.Text("您的券快到期了：" + cause)}},
		}
	}
	enqueue := func(pushes ...outbound.Push) {
		t.Helper()
		_, err := store.InTx(t.Context(), p.app.store, func(ctx context.Context, tx *store.Tx) (int, error) {
			return p.app.outbound.Outbox().Enqueue(ctx, tx, pushes...)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	becomes := func(push outbound.Push, state store.SendState, why policy.Reason) (s store.Send) {
		t.Helper()
		eventually(t, push.Cause+" is "+string(state)+" because of "+string(why), func() bool {
			s, _, err = p.app.store.Send(t.Context(), store.SendID(push.To, push.Cause))
			return err == nil && s.State == state && s.Reason == string(why) && s.ClaimedBy == ""
		})
		return s
	}
	read := func() (texts []string) {
		t.Helper()
		lines, err := p.sim.ContactChat(corp, "xiaolin", u.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.From == contact.FromApp && len(l.Text) > 0 {
				texts = append(texts, l.Text)
			}
		}
		return texts
	}

	welcomed := len(read())
	first, second := push(wang, "one", 48*time.Hour), push(wang, "two", 48*time.Hour)
	enqueue(first, push("zhangsan", "nobody", time.Hour))
	sent := becomes(first, store.SendSent, policy.AskedStaff)
	becomes(push("zhangsan", "nobody", time.Hour), store.SendDropped, policy.WindowClosed)
	if got := read(); len(got) != welcomed {
		t.Errorf("before anybody has confirmed: %v", got)
	}
	enqueue(second)
	waits := becomes(second, store.SendWaiting, policy.GroupDay)
	if d := waits.Due.Sub(p.sim.Clock().Now()); d <= 0 || d > 24*time.Hour {
		t.Errorf("it waits for %s", d)
	}
	act(contact.Act{Kind: contact.ActConfirmSend, ID: sent.MsgID}, "")
	becomes(first, store.SendSent, policy.Arrived)
	if got := read(); len(got) != welcomed+1 || got[welcomed] != "您的券快到期了：one" {
		t.Errorf("after one has confirmed: %v", got)
	}

	if _, err := p.sim.Advance(24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	sent = becomes(second, store.SendSent, policy.AskedStaff)
	if _, err := p.sim.Advance(25 * time.Hour); err != nil {
		t.Fatal(err)
	}
	becomes(second, store.SendFailed, policy.Unconfirmed)
	if got := read(); len(got) != welcomed+1 {
		t.Errorf("after its time was over: %v", got)
	}
	if _, err := p.sim.ActContact(t.Context(), corp, simulator.ContactAct{Act: contact.Act{Kind: contact.ActConfirmSend, UserID: "xiaolin", ID: sent.MsgID}}); err == nil {
		t.Error("it can still be confirmed")
	}
}
