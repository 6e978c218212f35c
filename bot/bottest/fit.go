package bottest

import (
	"fmt"
	"strings"

	"guanjia/bot"
)

// Whole is a channel that can carry everything at once. Menus become numbered lines there too, so that numbers can be typed.
type Whole struct{}

// Fit lets all messages through.
func (Whole) Fit(messages []bot.Message) bot.Fitted {
	f := bot.Fitted{Now: messages}
	for _, m := range messages {
		if m.Menu != nil {
			f.Offer = m.Menu.Choices
		}
	}
	return f
}

// OneAtATime is a channel that carries one message a reply.
type OneAtATime struct{}

// Fit lets the first message through.
func (OneAtATime) Fit(messages []bot.Message) bot.Fitted {
	f := Whole{}.Fit(messages[:1])
	f.Later = messages[1:]
	return f
}

// Plain is a message as somebody would read it out.
func Plain(m bot.Message) string {
	switch {
	case m.Menu != nil:
		lines := []string{m.Menu.Head}
		for i, c := range m.Menu.Choices {
			lines = append(lines, fmt.Sprintf("%d. %s", i+1, c.Label))
		}
		return strings.Join(append(lines, m.Menu.Tail), "\n")
	case len(m.Cards) > 0:
		var lines []string
		for _, c := range m.Cards {
			lines = append(lines, c.Title+" "+c.Description+" "+c.URL)
		}
		return strings.Join(lines, "\n")
	case m.MiniProgram != nil:
		return m.MiniProgram.Title + " " + m.MiniProgram.Page
	case m.MediaID != "":
		return string(m.Kind) + " " + m.MediaID + " " + m.Title
	}
	return m.Text
}
