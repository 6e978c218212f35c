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
	Quote   bool // they may read what the person said last
}

// Notice is what is to be told of c now; due is false when nothing is. It is the same whenever it is asked for, so that the
// platform knows a repetition.
func (b *Book) Notice(c store.StaffConversation, now time.Time) (n Notice, due bool) {
	s, _ := b.of(c.Person.Account)
	if !c.Waits() || len(s.Staff.Members) == 0 || now.Before(c.OpenedAt.Add(s.Staff.After.Duration())) {
		return Notice{}, false
	}
	text := s.Texts.NoticeCustomer
	if c.Channel == store.StaffApp {
		text = s.Texts.NoticeMember
	}
	return Notice{From: s.tells(c.Person.Account), Members: s.Staff.Members, Quote: s.Staff.Quote, Text: s.notice(text, c, b.zone)}, true
}

func (s *Settings) notice(text string, c store.StaffConversation, zone *time.Location) string {
	return s.say(text, "{number}", strconv.FormatInt(c.Number, 10), "{user}", string(c.Person.User),
		"{account}", string(c.Person.Account), "{time}", c.OpenedAt.In(zone).Format("15:04"))
}
