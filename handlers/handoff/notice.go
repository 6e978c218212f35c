package handoff

import (
	"strconv"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// Notice is what staff are told of a conversation that waits.
type Notice struct {
	From    bot.AccountName // whose app tells them
	Members []string
	Text    string
	Quote   bool      // they may read what the person said last
	Due     time.Time // since when they are to be told
}

// Notice is what is to be told of c now; due is false when nothing is. It is the same whenever it is asked for, so that the
// platform knows a repetition.
func (b *Book) Notice(c store.StaffConversation, now time.Time) (n Notice, due bool) {
	s, _ := b.of(c.Person.Account)
	since := c.OpenedAt.Add(s.Staff.After.Duration())
	if !c.Waits() || len(s.Staff.Members) == 0 || now.Before(since) {
		return Notice{}, false
	}
	text := s.Texts.NoticeCustomer
	if c.Channel == store.StaffApp {
		text = s.Texts.NoticeMember
	}
	return Notice{
		From: s.tells(c.Person.Account), Members: s.Staff.Members, Quote: s.Staff.Quote, Due: since, Text: s.notice(text, c, b.zone),
	}, true
}

// Teller is the account whose app tells staff of conversations of a; told is false when nobody is told.
func (b *Book) Teller(a bot.AccountName) (from bot.AccountName, told bool) {
	s, _ := b.of(a)
	return s.tells(a), len(s.Staff.Members) > 0
}

func (s *Settings) notice(text string, c store.StaffConversation, zone *time.Location) string {
	return s.say(text, "{number}", strconv.FormatInt(c.Number, 10), "{user}", string(c.Person.User),
		"{account}", string(c.Person.Account), "{time}", c.OpenedAt.In(zone).Format("15:04"))
}
