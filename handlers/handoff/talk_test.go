package handoff_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/handlers/consent"
	"guanjia/handlers/fallback"
	"guanjia/handlers/handoff"
	"guanjia/store"
)

const withStaff = `
kind: handoff
menu_keys: [HUMAN]
servicer: kf2001@guanjia
active: {days: [周一, 周二, 周三, 周四, 周五], hours: ["09:00-18:00"]}
staff: {members: [zhang, li]}
`

func load(t testing.TB, files ...string) *handoff.Book {
	t.Helper()
	b, ps := handoff.Load(parsed(t, files), bottest.Zone)
	if ps != nil {
		t.Fatal(ps)
	}
	return b
}

func parsed(t testing.TB, files []string) []content.Doc {
	t.Helper()
	var docs []content.Doc
	for _, f := range files {
		d, ps := content.Parse("handoff.yaml", []byte(f), nil)
		if ps != nil {
			t.Fatal(ps)
		}
		docs = append(docs, d)
	}
	return docs
}

// talk is a bot with a reception, and with consent and fallback, which answer others and wish for a person.

func talk(t *testing.T, files ...string) *bottest.Talk {
	t.Helper()
	files = append(files, "kind: fallback\nhand_over_after: 3\nmenu: {choices: [{label: 领券, say: 谜语}]}\n")
	docs := parsed(t, files)
	book := load(t, files...)
	agreed, _ := consent.Load(nil, bottest.Zone)
	rest, ps := fallback.Load(docs, bottest.Zone)
	if len(files) > 1 && ps != nil {
		t.Fatal(ps)
	}
	return bottest.New(t, func(s *store.Store) []bot.Handler {
		return []bot.Handler{twice{handoff.New(book, s), t}, consent.New(agreed, s), fallback.New(rest), riddle{}}
	})
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
	return bot.Say("猜猜看"), t.Open("", 1, time.Hour)
}

func (riddle) Leave(context.Context, *bot.Turn, bot.LeaveReason) (bot.Reply, error) {
	return bot.Say("谜底下次揭晓"), nil
}

// somebody is a person on one of the channels.

type somebody struct {
	*bottest.Person
	official, kf bool
}

func (p somebody) event(ev bot.Event) *bottest.Heard {
	ev.OriginalID = "wwcorp"
	if p.official {
		ev.OriginalID = "gh_brand"
	}
	if p.kf {
		ev.Desk = "wk-shop"
	}
	return p.Does(ev)
}

func (p somebody) says(text string) *bottest.Heard {
	return p.event(bot.Event{Kind: bot.KindText, Text: text})
}

func (p somebody) staff(k bot.Kind, who string) *bottest.Heard {
	return p.event(bot.Event{Kind: k, Speakable: p.kf, Staff: &bot.StaffAct{Who: who}})
}

func follower(k *bottest.Talk, name string) somebody {
	return somebody{Person: k.Person(name), official: true}
}

func customer(k *bottest.Talk, name string) somebody {
	return somebody{Person: k.Person(name), kf: true}
}

func member(k *bottest.Talk, userID string) somebody {
	p := k.Person(userID)
	p.User = bot.UserID(userID)
	return somebody{Person: p}
}

// kinds are the kinds of what went out.

func kinds(h *bottest.Heard) []bot.MessageKind {
	var all []bot.MessageKind
	for _, m := range h.Messages {
		all = append(all, m.Kind)
	}
	return all
}

// goesOut fails the test unless exactly these kinds of message went out.

func goesOut(t *testing.T, h *bottest.Heard, want ...bot.MessageKind) *bottest.Heard {
	t.Helper()
	if got := kinds(h); !slices.Equal(got, want) {
		t.Fatalf("to %s %q went out %v, not %v", h.Event.Kind, h.Event.Text, got, want)
	}
	return h
}

// record is the conversation with a number.

func record(t *testing.T, k *bottest.Talk, number int64) store.StaffConversation {
	t.Helper()
	c, found, err := k.Store.StaffConversation(t.Context(), number)
	if err != nil || !found {
		t.Fatalf("conversation %d: found %v, %v", number, found, err)
	}
	return c
}

// TestAFollowerIsTransferredAndHandedBack: the platform passes every message of an official account on only when told to; once

// the servicer ends, the bot answers again.

// TestAMenuItemOpensAndTheNextMessageIsPassedOn: an event can't be transferred.

// TestACustomerIsHandedOverAndTold: on customer service there is room for both, and nothing is passed on twice.

// TestTakingTheWordBackTellsCustomerService, whose platform would not let the bot speak otherwise.

// TestAMemberIsServedByMembers who take and end the conversation by its number, each order once. Others can't.

// TestStaffMayTypeOrdersInTheMiddleOfAnything, and with the feature off: what is open must be closable.

// TestOutsideTheHoursNothingOpens, in whatever way somebody asks.

// TestWhereTheContentSaysSoPeopleWaitAtNight: staff find them in the morning.

// TestAskingTwiceOpensOnceAndTellsTheQueue.

// TestSignsOfStaffKeepTheBotQuiet: it speaks again when there was none for as long as the content says.

// TestWhoAsksAgainAfterATimeoutWaitsAnew: the message that finds the silence may be the next request.

// TestARecordClosedBesideTheTalkIsNoticed: the records decide, not the session.

// TestStaffMayBeginThemselves, and a report that comes late does not silence the bot again.

// TestOtherDesksStillAnswer who waits at one.

// TestWhomNobodyCanTakeIsTheBotsAgain at once.

// TestOptingOutWorksInTheTalk and does not end it.

// TestThreeUnknownMessagesInARowWishForAPerson: the fallback's wish is answered by the reception.

// TestAtNightUnknownMessagesAreStillAnswered: the hours are told once in three.

// TestWithoutContentNobodyIsPromisedAPerson.

// TestWhatWasLeftOverIsOver: menus from before the talk mean nothing after it, and what did not fit into the talk's first reply is

// said neither in it nor after it.

// TestWhoAsksForAPersonLeavesWhatIsOpen at once; at night it goes on.

// TestAMoveOfATalkNobodyKnewDisturbsNoConversation, and is recorded.

// TestARequestRepeatedAfterItsEndOpensNothing: the process died after the record was written, and staff were quick.

// TestAnotherAccountsStaffMayBeTold: followers of the brand are looked after by members of the corp.
