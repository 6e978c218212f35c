package app

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/simulator"
	simplatform "guanjia/simulator/platform"
	"guanjia/store"
)

// reminder is a push to somebody that has each form.
func reminder(p *simulator.Phone, cause string, ways ...policy.Way) outbound.Push {
	push := textTo(p, cause, "您的礼券明天到期", ways...)
	data := map[string]string{"thing1": "明天到期 " + cause}
	push.Template, push.Subscribe = &outbound.Template{ID: "T1", Data: data}, &outbound.Template{ID: "N1", Data: data}
	return push
}

// follower follows, and the minute is over in which following allows a message.
func (h *house) follower(nickname string) *simulator.Phone {
	h.t.Helper()
	p := simulator.NewPhone(h.t, h.sim.Client(), "brand", nickname)
	p.Follow()
	h.sim.Clock().Advance(2 * time.Minute)
	return p
}

// TestWhatSomebodyAcceptedIsSentOnce: each acceptance of a subscription notification is for one; then the next way is taken. What was taken
// back in the settings is not sent, and who never accepted is asked about once.
func TestWhatSomebodyAcceptedIsSentOnce(t *testing.T) {
	t.Parallel()
	h := openWriting(t, "BOT_PUSH_PER_DAY=9", "BOT_PUSH_PER_WEEK=9", "BOT_PUSH_MIN_GAP=0s")
	ways := []policy.Way{policy.Custom, policy.Subscribe, policy.Template, policy.NextVisit}
	left := func(p *simulator.Phone) (n int, known bool) {
		t.Helper()
		n, known, err := h.app.store.Subscriptions(t.Context(), bot.Person{Account: "brand", User: bot.UserID(p.OpenID())}, "N1")
		if err != nil {
			t.Fatal(err)
		}
		return n, known
	}
	goes := func(push outbound.Push, way policy.Way) {
		t.Helper()
		h.enqueue(push)
		if s := h.settles(push, store.SendSent); s.Way != string(way) || s.MsgID == "" {
			t.Errorf("%s went by %s as %q, not by %s", push.Cause, s.Way, s.MsgID, way)
		}
	}

	wang := h.follower("小王")
	for _, kind := range []simulator.ActKind{simulator.ActAcceptNotice, simulator.ActRefuseNotice, simulator.ActAcceptNotice} {
		wang.Do(simulator.Act{Kind: kind, Key: "N1"})
		h.sim.Clock().Advance(time.Second) // the platform's events of one second are one
	}
	if n, _ := left(wang); n != 2 {
		t.Errorf("%d are accepted, not 2", n)
	}
	goes(reminder(wang, "one", ways...), policy.Subscribe)
	goes(reminder(wang, "two", ways...), policy.Subscribe)
	goes(reminder(wang, "three", ways...), policy.Template)
	if got, want := arrived(wang), []string{"明天到期 one", "明天到期 two", "明天到期 three"}; !slices.Equal(got, want) {
		t.Errorf("wang got %q, not %q", got, want)
	}

	li := h.follower("小李")
	li.Do(simulator.Act{Kind: simulator.ActAcceptNotice, Key: "N1"})
	h.sim.Clock().Advance(time.Second)
	li.Do(simulator.Act{Kind: simulator.ActStopNotices, Key: "N1"})
	only := reminder(li, "one", policy.Subscribe)
	h.enqueue(only)
	if s := h.settles(only, store.SendDropped); s.Reason != string(policy.Unsubscribed) {
		t.Errorf("li: %s", s.Reason)
	}

	zhao := h.follower("小赵")
	if _, known := left(zhao); known {
		t.Error("something is known of zhao")
	}
	first, second := reminder(zhao, "one", policy.Subscribe), reminder(zhao, "two", policy.Subscribe)
	h.enqueue(first)
	h.settles(first, store.SendFailed) // the platform refuses
	h.enqueue(second)
	h.settles(second, store.SendDropped) // it is not asked
	zhao.Do(simulator.Act{Kind: simulator.ActAcceptNotice, Key: "N1"})
	goes(reminder(zhao, "three", policy.Subscribe), policy.Subscribe)
}

// TestRefusalsOfTemplatesAndNotifications: the codes that decide something, by either way.
func TestRefusalsOfTemplatesAndNotifications(t *testing.T) {
	t.Parallel()
	for way, path := range map[policy.Way]string{policy.Subscribe: "/cgi-bin/message/subscribe/bizsend", policy.Template: "/cgi-bin/message/template/send"} {
		for _, c := range []struct {
			code  int
			state store.SendState
			why   policy.Reason
		}{
			{43101, store.SendHeld, policy.ForNextVisit},
			{47003, store.SendFailed, policy.BadData},
			{40003, store.SendFailed, policy.BadAddress},
			{43004, store.SendFailed, policy.Gone},
			{48001, store.SendHeld, policy.ForNextVisit},
			{45009, store.SendWaiting, policy.Quota},
		} {
			t.Run(fmt.Sprint(way, " ", c.code), func(t *testing.T) {
				t.Parallel()
				h := openWriting(t)
				p := h.follower("小王")
				p.Do(simulator.Act{Kind: simulator.ActAcceptNotice, Key: "N1"})
				if _, err := h.sim.SetCallFaults([]simplatform.Fault{{Kind: simplatform.FaultCode, Path: path, Code: c.code, Times: 1}}); err != nil {
					t.Fatal(err)
				}
				push := reminder(p, "one", way, policy.NextVisit)
				h.enqueue(push)
				if s := h.settles(push, c.state); s.Reason != string(c.why) {
					t.Errorf("it is %s because of %s, not %s", s.State, s.Reason, c.why)
				}
				if got := arrived(p); len(got) != 0 {
					t.Errorf("it arrived as %q", got)
				}
			})
		}
	}
}

// reported waits until the bot has taken what the platform reports of a notification to somebody.
func (h *house) reported(p *simulator.Phone) {
	h.t.Helper()
	eventually(h.t, "the report is taken", func() bool {
		return slices.ContainsFunc(h.sim.State().Deliveries, func(d simulator.Delivery) bool {
			return d.User == p.User.ID && d.Status == http.StatusOK && (d.Brief == "TEMPLATESENDJOBFINISH" || d.Brief == "subscribe_msg_sent_event")
		})
	})
}

// TestWhatDidNotArriveAfterAllIsTold: the platform takes a message and reports afterwards that it did not reach the person; what did is not
// said to have failed.
func TestWhatDidNotArriveAfterAllIsTold(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	for _, c := range []struct {
		way     policy.Way
		arrival simulator.Arrival
		detail  string // empty: it arrives
	}{
		{policy.Template, simulator.Arrives, ""},
		{policy.Template, simulator.Blocked, "failed:user block"},
		{policy.Template, simulator.Failing, "failed: system failed"},
		{policy.Subscribe, simulator.Arrives, ""},
		{policy.Subscribe, simulator.Failing, "-1 system failed"},
	} {
		t.Run(string(c.way)+" "+string(c.arrival), func(t *testing.T) {
			p := h.follower("小王")
			p.Do(simulator.Act{Kind: simulator.ActAcceptNotice, Key: "N1"})
			p.Notices(c.arrival)
			push := reminder(p, "one", c.way)
			h.enqueue(push)
			want, reason, seen := store.SendSent, policy.Reason(""), 1
			if c.detail != "" {
				want, reason, seen = store.SendFailed, policy.Undeliverable, 0
			}
			h.settles(push, want)
			h.reported(p)
			told, err := outbound.Why(t.Context(), h.app.store, push.To, "")
			if err != nil || len(told) != 1 || told[0].State != want || told[0].Detail != c.detail || reason != "" && (told[0].Reason != reason || told[0].Chinese == "") {
				t.Errorf("%+v, %v", told, err)
			}
			if got := arrived(p); len(got) != seen {
				t.Errorf("they got %q", got)
			}
		})
	}
}

// TestAnAcceptanceIsKeptForWhenTheWindowIsOver: as long as what somebody wrote allows a customer-service message, nothing that they accepted
// is used.
func TestAnAcceptanceIsKeptForWhenTheWindowIsOver(t *testing.T) {
	t.Parallel()
	h := openWriting(t, "BOT_PUSH_PER_DAY=9", "BOT_PUSH_PER_WEEK=9", "BOT_PUSH_MIN_GAP=0s")
	p := h.follower("小王")
	p.Do(simulator.Act{Kind: simulator.ActAcceptNotice, Key: "N1"})
	p.Say("你好")
	for _, c := range []struct {
		cause string
		pass  time.Duration
		way   policy.Way
	}{
		{"written to within two days", time.Second, policy.Custom},
		{"two days later", 49 * time.Hour, policy.Subscribe},
		{"nothing is left", time.Second, policy.Template},
	} {
		if err := h.sim.Clock().Advance(c.pass); err != nil {
			t.Fatal(err)
		}
		push := reminder(p, c.cause, policy.Custom, policy.Subscribe, policy.Template, policy.NextVisit)
		push.Template.Data, push.Subscribe.Data = map[string]string{"thing1": "明天到期"}, map[string]string{"thing1": "明天到期"}
		h.enqueue(push)
		if s := h.settles(push, store.SendSent); s.Way != string(c.way) {
			t.Errorf("%s it went by %s, not %s", c.cause, s.Way, c.way)
		}
	}
	waiting := reminder(p, "by no template", policy.Custom, policy.Subscribe, policy.NextVisit)
	h.enqueue(waiting)
	h.settles(waiting, store.SendHeld)
}
