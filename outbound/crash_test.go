package outbound_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// dieSending leaves a push as a process does that is killed after it called the platform and before it wrote down what came of it.
func (b *bed) dieSending(p outbound.Push, way policy.Way) string {
	b.t.Helper()
	ctx, id := context.Background(), store.SendID(p.To, p.Cause)
	_, ok, err := b.first.store.ClaimSend(ctx, id, "killed", time.Hour)
	b.ok(err)
	if !ok {
		b.t.Fatal("it is not to be had")
	}
	ok, err = b.first.store.StartSend(ctx, store.SendStart{
		ID: id, By: "killed", Way: string(way), Parts: 1, Counted: true, Account: p.To.Account, At: b.clock.Now(), Day: "2026-03-02",
	})
	b.ok(err)
	if !ok {
		b.t.Fatal("it is not to be sent")
	}
	b.posts[way].got[id] = append(b.posts[way].got[id], p.To.User)
	return id
}

func TestAKillBetweenSendingAndSentLeadsToNoSecondMessage(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.lease = 100 * time.Millisecond
		idle := b.start(false) // does nothing, so that the killed one has it
		b.posts[policy.Template].sameID = true
		reminder := hello("li", "reminder")
		reminder.Ways, reminder.Template = []policy.Way{policy.Template}, &outbound.Template{ID: "T1"}
		old := reminder
		old.To.User = "zhao"
		idle.enqueue(hello("wang", "gift"), reminder, old)
		b.spoke("wang")
		b.dieSending(hello("wang", "gift"), policy.Custom)
		b.dieSending(old, policy.Template)
		b.later(11 * time.Minute) // beyond what the platform remembers
		b.dieSending(reminder, policy.Template)
		time.Sleep(2 * b.lease) // by the database's clock
		b.start(true)
		b.becomes("wang", "gift", store.SendUnknown, policy.Unknown)
		b.becomes("li", "reminder", store.SendSent, policy.Arrived)
		b.becomes("zhao", "reminder", store.SendUnknown, policy.Unknown)
		for _, u := range []bot.UserID{"wang", "li", "zhao"} {
			if n := b.posts[policy.Custom].to(u) + b.posts[policy.Template].to(u); n != 1 {
				b.t.Errorf("%s got %d", u, n)
			}
		}
		idle.enqueue(hello("wang", "second"))
		b.becomes("wang", "second", store.SendWaiting, policy.CapDay) // what may have arrived counts
	})
}

// A call that was lost would arrive when it is made again: in the night, or at somebody who has opted out since.
func TestALostCallIsNotMadeAgainWhereNothingMayArrive(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.lease = 100 * time.Millisecond
		idle := b.start(false)
		late := hello("li", "reminder")
		late.Ways, late.Template = []policy.Way{policy.Template}, &outbound.Template{ID: "T1"}
		unwanted := late
		unwanted.To.User = "zhao"
		idle.enqueue(late, unwanted)
		b.later(9*time.Hour + 29*time.Minute + 30*time.Second)
		b.dieSending(late, policy.Template)
		b.dieSending(unwanted, policy.Template)
		_, err := idle.store.SetConsent(b.t.Context(), store.Consent{Person: unwanted.To, Source: "test", Key: "no", At: b.clock.Now()})
		b.ok(err)
		b.later(time.Minute) // 21:30:30
		time.Sleep(2 * b.lease)
		b.start(true)
		b.becomes("zhao", "reminder", store.SendUnknown, policy.Unknown)
		b.becomes("li", "reminder", store.SendSending, policy.Unknown) // it may still be asked when the night is over soon
		b.later(11 * time.Minute)
		b.becomes("li", "reminder", store.SendUnknown, policy.Unknown)
		for _, u := range []bot.UserID{"li", "zhao"} {
			if n := b.posts[policy.Template].to(u); n != 1 {
				b.t.Errorf("%s: %d calls and not one", u, n)
			}
		}
	})
}

// comesToAnEnd moves the clock until a push is settled.
func (b *bed) comesToAnEnd(user bot.UserID, cause string) {
	b.t.Helper()
	id := store.SendID(bot.Person{Account: "brand", User: user}, cause)
	for range 40 {
		for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			s, _, err := b.first.store.Send(context.Background(), id)
			b.ok(err)
			if s.State.Settled() {
				return
			}
		}
		b.later(5 * time.Second)
	}
}

// What may have arrived has its place and is not sent in another way, whatever the platform says when it is asked again.
func TestARefusalOfACallMadeAgainDoesNotUndoTheFirst(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.lease = 100 * time.Millisecond
		idle := b.start(false)
		b.posts[policy.Template].sameID = true
		cases := []struct {
			user  bot.UserID
			says  []error
			state store.SendState
			why   policy.Reason
		}{
			{"busy", []error{refused(-1), refused(-1)}, store.SendSent, policy.Arrived},
			{"silent", []error{&wxapi.NoAnswerError{Why: wxapi.Timeout}}, store.SendSent, policy.Arrived},
			{"unsent", []error{&wxapi.NoAnswerError{Why: wxapi.Unsent}}, store.SendSent, policy.Arrived},
			{"gone", []error{refused(43004)}, store.SendUnknown, policy.Unknown},
			{"refusing", []error{refused(43101)}, store.SendUnknown, policy.Unknown},
			{"data", []error{refused(47003)}, store.SendUnknown, policy.Unknown},
			{"used", []error{refused(45009)}, store.SendUnknown, policy.Unknown}, // until the platform has forgotten the first call
		}
		for _, c := range cases {
			reminder := hello(c.user, "reminder")
			reminder.Ways, reminder.Template = []policy.Way{policy.Template, policy.Custom}, &outbound.Template{ID: "T1"}
			b.posts[policy.Template].answers[c.user] = c.says
			b.spoke(c.user)
			idle.enqueue(reminder)
			b.dieSending(reminder, policy.Template)
		}
		time.Sleep(2 * b.lease) // by the database's clock
		b.start(true)
		for _, c := range cases {
			if c.user == "used" {
				b.later(10 * time.Minute)
			}
			b.comesToAnEnd(c.user, "reminder")
			b.becomes(c.user, "reminder", c.state, c.why)
			if n := b.posts[policy.Custom].to(c.user) + b.posts[policy.Template].to(c.user); n != 1 {
				b.t.Errorf("%s got %d", c.user, n)
			}
			idle.enqueue(hello(c.user, "second"))
			b.becomes(c.user, "second", store.SendWaiting, policy.CapDay)
		}
	})
}

func TestRefusalsForSomePeople(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		answers := b.posts[policy.Custom].answers
		for _, c := range []struct {
			user  bot.UserID
			says  error
			state store.SendState
			why   policy.Reason
		}{
			{"busy", refused(-1), store.SendSent, policy.Arrived},
			{"window", refused(45015), store.SendFailed, policy.WindowClosed},
			{"count", refused(45047), store.SendFailed, policy.WindowUsed},
			{"gone", refused(43004), store.SendFailed, policy.Gone},
			{"nobody", refused(40003), store.SendFailed, policy.BadAddress},
			{"restricted", refused(50002), store.SendFailed, policy.BadAddress},
			{"silent", &wxapi.NoAnswerError{Why: wxapi.Timeout}, store.SendUnknown, policy.Unknown},
			{"unsent", &wxapi.NoAnswerError{Why: wxapi.Unsent}, store.SendSent, policy.Arrived},
		} {
			answers[c.user] = []error{c.says}
			b.spoke(c.user)
			p.enqueue(hello(c.user, "gift"))
			if c.state == store.SendSent {
				b.becomes(c.user, "gift", store.SendWaiting, policy.Busy)
				b.later(6 * time.Second)
			}
			b.becomes(c.user, "gift", c.state, c.why)
			second := hello(c.user, "second")
			p.enqueue(second)
			if c.state == store.SendFailed { // what did not go out does not count
				b.becomes(c.user, "second", store.SendSent, policy.Arrived)
			} else {
				b.becomes(c.user, "second", store.SendWaiting, policy.CapDay)
			}
		}
	})
}

// TestATokenThatIsNotTakenIsNotTriedByEverybody: the calls that nobody takes would use up the account's day.
func TestATokenThatIsNotTakenIsNotTriedByEverybody(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.spoke("wang", "li")
		b.posts[policy.Custom].answers["wang"] = []error{refused(42001)}
		p.enqueue(hello("wang", "gift"))
		b.becomes("wang", "gift", store.SendWaiting, policy.Busy)
		p.enqueue(hello("li", "gift"))
		b.becomes("li", "gift", store.SendWaiting, policy.Busy)
		ledger, err := outbound.Quotas(context.Background(), p.store, b.clock.Now())
		b.ok(err)
		if len(ledger) != 1 || ledger[0].Pushed != 1 {
			b.t.Errorf("the ledger is %+v", ledger)
		}
		b.later(6 * time.Second)
		b.becomes("wang", "gift", store.SendSent, policy.Arrived)
		b.becomes("li", "gift", store.SendSent, policy.Arrived)
	})
}

func TestAUsedUpQuotaStopsEverybodyUntilItIsReset(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.rules.Quiet = policy.Quiet{}
		b.spoke("wang", "li")
		b.posts[policy.Custom].answers["wang"] = []error{refused(45009)}
		p.enqueue(hello("wang", "gift"))
		s := b.becomes("wang", "gift", store.SendWaiting, policy.Quota)
		if want := time.Date(2026, 3, 3, 8, 30, 0, 0, china()); !s.Due.Equal(want) { // reset at midnight, in quiet hours
			b.t.Errorf("it waits until %s, not %s", s.Due, want)
		}
		p.enqueue(hello("li", "gift"))
		b.becomes("li", "gift", store.SendWaiting, policy.Quota)
		if n := b.posts[policy.Custom].total(); n != 0 {
			b.t.Fatalf("%d went out", n)
		}
		ledger, err := outbound.Quotas(context.Background(), p.store, b.clock.Now())
		b.ok(err)
		if len(ledger) != 1 || ledger[0].Closed == nil || ledger[0].Pushed != 1 {
			b.t.Errorf("the ledger is %+v", ledger)
		}
		b.later(20*time.Hour + 30*time.Minute)
		b.becomes("wang", "gift", store.SendSent, policy.Arrived)
		b.becomes("li", "gift", store.SendSent, policy.Arrived)
	})
}

func TestAWayWithoutARightIsLeftForTheNext(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.spoke("wang")
		b.posts[policy.Custom].answers["wang"] = []error{refused(48001)}
		both := hello("wang", "reminder")
		both.Ways, both.Template = []policy.Way{policy.Custom, policy.Template}, &outbound.Template{ID: "T1"}
		p.enqueue(both)
		if s := b.becomes("wang", "reminder", store.SendSent, policy.Arrived); s.Way != string(policy.Template) || s.MsgID == "" {
			b.t.Errorf("it went by %s as %q", s.Way, s.MsgID)
		}
	})
}

func TestAPauseStopsEveryReplicaAndLosesNothing(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.rules.Caps = policy.Caps{PerDay: 100, PerWeek: 100}
		p, other := b.start(true), b.start(true)
		const people = 60
		var all []outbound.Push
		for i := range people {
			u := bot.UserID(fmt.Sprint("person-", i))
			b.spoke(u)
			push := hello(u, "gift")
			push.Campaign = "newgift"
			all = append(all, push)
		}
		ctx := context.Background()
		for _, pause := range []struct {
			scope store.PauseScope
			name  string
			why   policy.Reason
		}{{store.PauseOfCampaign, "newgift", policy.PauseCampaign}, {store.PauseOfAccount, "brand", policy.PauseAccount}, {store.PauseEverything, "", policy.PauseAll}} {
			b.ok(p.service.Outbox().Pause(ctx, p.store, pause.scope, pause.name))
		}
		time.Sleep(2 * time.Second) // that is what is promised
		p.enqueue(all...)
		free := hello("person-0", "else")
		other.enqueue(free)
		for _, push := range append(all, free) {
			b.becomes(push.To.User, push.Cause, store.SendWaiting, policy.PauseAll)
		}
		for _, scope := range [][2]string{{"all", ""}, {"account", "brand"}} {
			if was, err := other.service.Outbox().Resume(ctx, other.store, store.PauseScope(scope[0]), scope[1]); err != nil || !was {
				b.t.Fatal(was, err)
			}
		}
		b.becomes("person-0", "else", store.SendSent, policy.Arrived) // not of the campaign
		for _, push := range all {
			b.becomes(push.To.User, push.Cause, store.SendWaiting, policy.PauseCampaign)
		}
		if n := b.posts[policy.Custom].total(); n != 1 {
			b.t.Fatalf("%d went out while the campaign was paused", n)
		}
		_, err := p.service.Outbox().Resume(ctx, p.store, store.PauseOfCampaign, "newgift")
		b.ok(err)
		for _, push := range all {
			b.becomes(push.To.User, push.Cause, store.SendSent, policy.Arrived)
		}
		if n := b.posts[policy.Custom].total(); n != people+1 {
			b.t.Errorf("%d went out, not %d", n, people+1)
		}
	})
}

func TestWhatTakesSeveralMessagesGoesOnWhereItBrokeOff(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.spoke("wang")
		long := hello("wang", "long")
		long.Messages = []bot.Message{bot.Text("一"), bot.Text("二"), bot.Text("三")}
		b.posts[policy.Custom].answers["wang"] = []error{nil, refused(-1)}
		p.enqueue(long)
		if s := b.becomes("wang", "long", store.SendWaiting, policy.Busy); s.Parts != 1 || !s.Counted {
			b.t.Errorf("%d parts, counted %v", s.Parts, s.Counted)
		}
		b.later(3 * time.Second)
		b.becomes("wang", "long", store.SendSent, policy.Arrived)
		if n := b.posts[policy.Custom].to("wang"); n != 3 {
			b.t.Errorf("wang got %d", n)
		}
		told, err := outbound.Why(context.Background(), p.store, long.To, "")
		b.ok(err)
		if len(told) != 1 || told[0].Reason != policy.Arrived || told[0].Chinese == "" {
			b.t.Errorf("why: %+v", told)
		}
	})
}
