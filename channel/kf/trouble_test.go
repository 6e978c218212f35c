package kf_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/kf"
	"guanjia/simulator"
	simkf "guanjia/simulator/kf"
	"guanjia/simulator/platform"
	"guanjia/store"
)

// crowd are customers who each say a number of things without waiting for answers.
func (h *house) crowd(customers, messages int) []*simulator.DeskTalk {
	h.t.Helper()
	talks := make([]*simulator.DeskTalk, customers)
	for i := range talks {
		talks[i] = h.customer(fmt.Sprintf("客户%d", i)).Open(reception)
	}
	var all sync.WaitGroup
	for _, talk := range talks {
		all.Go(func() {
			for n := range messages {
				talk.Say(fmt.Sprintf("第%d句", n+1))
			}
		})
	}
	all.Wait()
	return talks
}

// answered lets each customer ask whether anybody is there, since of what they wrote in a breath only so much can be answered
// before they write again. It waits until they have heard the answer to everything they said, and checks that it was said once, in order.
func (h *house) answered(talks []*simulator.DeskTalk, messages int) {
	t := h.t
	t.Helper()
	h.eventually("everything to be dealt with", func() bool {
		texts, waiting := 0, 0
		for _, r := range h.all {
			texts, waiting = texts+r.watched.saw(bot.KindText), waiting+r.watched.left()
		}
		return texts >= len(talks)*messages && waiting == 0
	})
	for _, talk := range talks {
		var said []string
		for _, b := range talk.Chat() {
			if b.From == simkf.SideCustomer && b.Type == "text" {
				said = append(said, "收到："+b.Text())
			}
		}
		if len(said) != messages {
			t.Fatalf("%d of %d things were said", len(said), messages)
		}
		if !strings.Contains(talk.Say("在吗").Hears("在吗").Heard(), "收到：在吗") {
			t.Error("no answer to the last question")
		}
		said = append(said, "收到：在吗")
		var heard []string
		for _, b := range talk.Chat() {
			if b.Spoken() && b.Type == "text" { // several answers may be said as one message: there are but five
				heard = append(heard, strings.Split(b.Text(), "\n\n")...)
			}
		}
		if !slices.Equal(said, heard) {
			t.Errorf("heard\n%q instead of\n%q", heard, said)
		}
	}
}

// TestNothingIsLostOrSaidTwiceUnderFaults of the platform: busy, dropped, broken and cut answers, tokens taken back, pages that
// are empty, repeat or mix up their items.
func TestNothingIsLostOrSaidTwiceUnderFaults(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		if err := h.sim.Client().SetDeskFaults(t.Context(), reception, simkf.Faults{EmptyPages: 0.3, Repeats: 0.5, Mixed: 0.5, PageSize: 7}); err != nil {
			t.Fatal(err)
		}
		_, err := h.sim.SetCallFaults([]platform.Fault{
			{Kind: platform.FaultBusy, Chance: 0.05}, {Kind: platform.FaultReset, Chance: 0.05}, {Kind: platform.FaultExpired, Chance: 0.02},
			{Kind: platform.FaultHalf, Chance: 0.03}, {Kind: platform.FaultBare, Path: "/cgi-bin/kf/sync_msg", Chance: 0.1},
			{Kind: platform.FaultNoAnswer, Path: "/cgi-bin/kf/send_msg", Chance: 0.03, Delay: 20}, {Kind: platform.FaultBadGateway, Chance: 0.02},
		})
		if err != nil {
			t.Fatal(err)
		}
		h.start()
		h.start()
		h.answered(h.crowd(8, 10), 10)
	})
}

// TestTwoReplicasAnswerAsOne: whichever is rung, one pulls at a time, and each message is answered once.
func TestTwoReplicasAnswerAsOne(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		h.start()
		h.start()
		h.answered(h.crowd(20, 10), 10)
	})
}

// TestARestartInTheMiddleLosesNothing: what is in work is finished, and the rest is taken up by whoever comes after.
func TestARestartInTheMiddleLosesNothing(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		first := h.start()
		var talks []*simulator.DeskTalk
		for i := range 5 {
			talk := h.customer(fmt.Sprint("客户", i)).Open(reception)
			talk.Say("慢一点")
			for n := range 4 {
				talk.Say(fmt.Sprint("又一句", n))
			}
			talks = append(talks, talk)
		}
		h.eventually("all to be in work", func() bool { return first.handler.begun.Load() == 5 })
		h.stop(first)
		for _, talk := range talks {
			if heard := talk.Chat(); !slices.ContainsFunc(heard, func(b simkf.Bubble) bool { return b.Text() == "收到：慢一点" }) {
				t.Error("what was in work was not finished")
			}
		}
		if left := first.watched.left(); left != 0 {
			t.Errorf("%d items wait at a replica that has stopped", left)
		}
		h.start()
		h.answered(talks, 5)
	})
}

// TestASlowCustomerKeepsNobodyWaiting, and loses nothing by the cursor's waiting for them.
func TestASlowCustomerKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		slow := h.customer("慢客").Open(reception)
		slow.Say("慢慢来")
		h.eventually("the slow one to be in work", func() bool { return r.handler.begun.Load() == 1 })
		quick := h.customer("快客").Open(reception)
		for i := range 10 {
			quick.Say(fmt.Sprint("快", i)).Hears(fmt.Sprint("收到：快", i))
		}
		r.handler.release()
		slow.Hears("收到：慢慢来")
		desk := func() store.KfDesk {
			d, err := r.store.OpenKfDesk(t.Context(), account, reception, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		h.eventually("the cursor to move past everything", func() bool { return r.watched.left() == 0 && desk().Cursor != "" })
	})
}

// TestWhatWasSaidBeforeTheFirstStartIsNotAnswered, but is in the journal; nor is it when the platform forgets the cursor.
func TestWhatWasSaidBeforeTheFirstStartIsNotAnswered(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		wang := h.customer("小王").Open(reception)
		old := wang.Say("还没有人的时候")
		if err := h.clock.Advance(2 * time.Minute); err != nil {
			t.Fatal(err)
		}
		r := h.start()
		wang.Say("现在有人吗").Hears("收到：现在有人吗")
		entry, ok, err := r.store.Journal().Find(t.Context(), account, bot.EventKey("k:"+reception+":"+old.MsgID))
		if err != nil || !ok || entry.Outcome != bot.OutcomePast {
			t.Errorf("the old message in the journal: %v %+v %v", ok, entry, err)
		}
		if err := h.sim.Client().ForgetCursors(t.Context(), reception); err != nil {
			t.Fatal(err)
		}
		wang.Say("还在吗").Hears("收到：还在吗")
		heard := 0
		for _, b := range wang.Chat() {
			if b.Spoken() && strings.HasPrefix(b.Text(), "收到") {
				heard++
			}
		}
		if heard != 2 {
			t.Errorf("%d answers to two messages", heard)
		}
	})
}

// TestALostBellIsMadeUpFor by the look that comes from time to time, and a bell whose token has expired by a pull without one.
func TestALostBellIsMadeUpFor(t *testing.T) {
	t.Parallel()
	t.Run("lost", func(t *testing.T) {
		t.Parallel()
		engines(t, func(t *testing.T, h *house) {
			h.rhythm.Poll = 300 * time.Millisecond
			h.start()
			h.mute.Store(true)
			h.customer("小王").Open(reception).Say("没人听见铃").Hears("收到：没人听见铃")
		})
	})
	t.Run("expired", func(t *testing.T) {
		t.Parallel()
		engines(t, func(t *testing.T, h *house) {
			r := h.start()
			h.mute.Store(true)
			talk := h.customer("小王").Open(reception)
			said := talk.Say("铃过期了")
			r.service.Ring(reception, "ENCexpired")
			said.Hears("收到：铃过期了")
		})
	})
}

// TestABellThatDiedWithItsReplicaIsMadeUpFor: who comes next pulls as soon as the dead one's time at the desk is over.
func TestABellThatDiedWithItsReplicaIsMadeUpFor(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		h.mute.Store(true)
		other := h.start()                                                                                    // which hears nothing, and has looked before anything was said
		h.eventually("the desk to be looked at", func() bool { return other.watched.pulled(kf.PullOK) >= 2 }) // there are two desks
		h.eventually("another to take it", func() bool {
			taken, err := other.hot.TryLock(t.Context(), "kf:pull:"+string(account)+":"+reception, "dead", 2*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			return taken
		})
		said := h.customer("小王").Open(reception).Say("有人吗")
		h.start()
		said.Hears("收到：有人吗")
	})
}

// TestAnEventThatFailsByItselfDoesNotBlockItsCustomer: it is tried some times, given up and said so.
func TestAnEventThatFailsByItselfDoesNotBlockItsCustomer(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		talk := h.customer("小王").Open(reception)
		r.handler.broken.Store(2)
		talk.Say("坏两次").Hears("收到：坏两次")
		r.handler.broken.Store(1 << 30)
		talk.Say("坏到底").Hears("没能处理您的消息")
		talk.Say("你好").Hears("收到：你好")
	})
}

// TestFiveMessagesAreSentAndTheRestWaits for the customer's next words.
func TestFiveMessagesAreSentAndTheRestWaits(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		h.start()
		talk := h.customer("小王").Open(reception)
		talk.SendPicture(photo(t)).Hears("收到一个 image")
		pictures := func(said *simulator.Said, n int) {
			t.Helper()
			replies := said.Replies(n)
			for _, b := range replies {
				if b.Type != "image" {
					t.Errorf("said %s", b.Text())
				}
			}
		}
		pictures(talk.Say("图片"), 5)
		pictures(talk.Say("还有呢"), 2)
		if refused := talk.Ledger().Refused; len(refused) != 0 {
			t.Errorf("refused: %+v", refused)
		}
	})
}

// photo is a picture file.
func photo(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestTheLedgerSaysWhatBecameOfEachMessage: sent, failed later, or not sent and why.
func TestTheLedgerSaysWhatBecameOfEachMessage(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		talk := h.customer("小王").Open(reception)
		ledger := func(said *simulator.Said, want store.KfState, reason string) {
			t.Helper()
			var got []store.KfSend
			h.eventually(fmt.Sprintf("%s %s", want, reason), func() bool {
				var err error
				if got, err = r.store.KfSends(t.Context(), account, bot.EventKey("k:"+reception+":"+said.MsgID)); err != nil {
					t.Fatal(err)
				}
				return len(got) == 1 && got[0].State == want && got[0].Reason == reason
			})
		}
		ledger(talk.Say("你好").Hears("收到：你好"), store.KfSent, "")
		if err := h.sim.Client().FailNextSends(t.Context(), reception, 10); err != nil {
			t.Fatal(err)
		}
		ledger(talk.Say("拒收"), store.KfFailed, "rejected")
		if _, err := h.sim.SetCallFaults([]platform.Fault{{Kind: platform.FaultCode, Code: 45002, Path: "/cgi-bin/kf/send_msg", Times: 1}}); err != nil {
			t.Fatal(err)
		}
		ledger(talk.Say("太长"), store.KfFailed, "refused")

		late := talk.Say("慢了两天")
		h.eventually("the slow answer to be in work", func() bool { return r.handler.begun.Load() == 1 })
		if err := h.clock.Advance(49 * time.Hour); err != nil {
			t.Fatal(err)
		}
		r.handler.release()
		ledger(late, store.KfUnsent, "window")
		if heard := late.Heard(); heard != "" {
			t.Errorf("heard %q after two days", heard)
		}
	})
}

// TestTooManyCallsAreWaitedFor: whoever sends waits, and nothing is lost.
func TestABusyPlatformIsWaitedFor(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		h.start()
		talk := h.customer("小王").Open(reception)
		_, err := h.sim.SetCallFaults([]platform.Fault{
			{Kind: platform.FaultBusy, Path: "/cgi-bin/kf/send_msg", Times: 6}, {Kind: platform.FaultBusy, Path: "/cgi-bin/kf/sync_msg", Times: 6},
		})
		if err != nil {
			t.Fatal(err)
		}
		talk.Say("忙吗").Hears("收到：忙吗")
	})
}

// TestAWelcomeComesInTimeOrNotAtAll: a code lives 20 seconds.
func TestAWelcomeComesInTimeOrNotAtAll(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		h.customer("小李").Open(reception).Hears("欢迎")
		h.eventually("the welcome to be counted", func() bool { return r.watched.welcomed("sent") == 1 })
		h.mute.Store(true)
		late := h.customer("小王").Open(reception)
		if err := h.clock.Advance(21 * time.Second); err != nil {
			t.Fatal(err)
		}
		r.service.Ring(reception, "")
		h.eventually("the late one to be noticed", func() bool { return r.watched.welcomed("late") == 1 })
		if heard := late.Heard(); heard != "" {
			t.Errorf("heard %q", heard)
		}
	})
}

// TestDesksComeAndGo: the event that says so is enough, and a desk that is gone is left alone.
func TestADeskThatIsGoneIsLeftAlone(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		h.customer("小王").Open(afterSale).Say("你好").Hears("收到：你好")
		r.service.Accounts(nil, []string{afterSale})
		r.service.Ring("wkNobodyKnowsIt", "t")
		r.service.Ring(strings.Repeat("w", 100), "t")
		r.service.Accounts([]string{afterSale, ""}, nil)
		h.customer("小李").Open(afterSale).Say("您好").Hears("收到：您好")
		h.customer("小赵").Open(reception).Say("您好").Hears("收到：您好")
	})
}
