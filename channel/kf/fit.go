package kf

import "guanjia/bot"

// maxMessages is how many messages may be sent to a customer until they write again (WeCom docs, 微信客服 发送消息).
const maxMessages = 5

// moreHint closes an answer of which a part is kept for the next one.
const moreHint = "（内容未完，回复任意文字继续查看）"

// Fitter brings what handlers said to the messages of one answer.
type Fitter struct {
	// Messages is how many there may be. A wish for a person takes the place of one: it can fail, and then that is said.
	Messages int
	// Plain answers are said by a code, which carries a text or a menu and nothing else (WeCom docs, 发送欢迎语等事件响应消息).
	Plain bool
	// More says that the customer has written more, which is answered next. Messages are for all those answers together: this one
	// waits for the next when there would be none left.
	More bool
}

var _ bot.Fitter = Fitter{}

// The ways to answer: a customer's message, and an event that came with a code.
var (
	toMessage = Fitter{Messages: maxMessages}
	byCode    = Fitter{Messages: 1, Plain: true}
)

// Fit joins what can be said as one text, and puts a text before a menu into its head: messages are few. What has to wait stays
// in order. A wish for a person comes last, because the bot is mute after it; taking the conversation back comes first, and gives
// a code for one message.
func (f Fitter) Fit(messages []bot.Message) bot.Fitted {
	var parts, now, later []bot.Message
	var transfer, back *bot.Message
	for i := range messages {
		switch messages[i].Kind {
		case bot.MessageTransfer:
			transfer = &messages[i]
		case bot.MessageReturn:
			back = &messages[i]
		}
		for _, p := range expressed(messages[i]) {
			parts = appendJoined(parts, p)
		}
	}
	if f.More && transfer == nil && back == nil && len(parts) >= f.Messages {
		return bot.Fitted{Held: parts}
	}
	switch {
	case f.Plain:
		back = nil // by a code something can be said whoever has the conversation
	case transfer != nil:
		f.Messages, back = max(0, f.Messages-1), nil
	case back != nil:
		f.Messages, f.Plain = 1, true
	}
	for _, p := range parts {
		if len(now) < f.Messages && (!f.Plain || isPlain(p)) {
			now = append(now, p)
		} else {
			later = append(later, p)
		}
	}
	if len(later) > 0 && (transfer == nil || f.Plain) { // else somebody of the staff goes on
		hintAtMore(now)
	}
	fitted := bot.Fitted{Now: now, Later: later}
	for _, p := range now {
		if p.Kind == bot.MessageMenu {
			fitted.Offer = append(fitted.Offer, offer(p.Menu)...)
		}
	}
	switch {
	case back != nil:
		fitted.Now = append([]bot.Message{*back}, now...)
	case transfer != nil && f.Plain:
		fitted.Later = append(fitted.Later, *transfer)
	case transfer != nil:
		fitted.Now = append(fitted.Now, *transfer)
	}
	return fitted
}

func isPlain(m bot.Message) bool { return m.Kind == bot.MessageText || m.Kind == bot.MessageMenu }

// appendJoined appends p, to the text before it where both are one message together.
func appendJoined(parts []bot.Message, p bot.Message) []bot.Message {
	if len(parts) == 0 || parts[len(parts)-1].Kind != bot.MessageText {
		return append(parts, p)
	}
	before := &parts[len(parts)-1]
	switch p.Kind {
	case bot.MessageText:
		if text := joined(before.Text, p.Text); len(text) <= maxTextBytes {
			before.Text = text
			return parts
		}
	case bot.MessageMenu:
		if head := joined(before.Text, p.Menu.Head); len(head) <= maxMenuHead {
			menu := *p.Menu
			menu.Head = head
			*before = menuOf(menu)
			return parts
		}
	}
	return append(parts, p)
}

// hintAtMore says at the end of what is shown that there is more, where there is room.
func hintAtMore(now []bot.Message) {
	if len(now) == 0 {
		return
	}
	last := &now[len(now)-1]
	switch last.Kind {
	case bot.MessageText:
		if text := joined(last.Text, moreHint); len(text) <= maxTextBytes {
			last.Text = text
		}
	case bot.MessageMenu:
		menu := *last.Menu
		if menu.Tail = joined(menu.Tail, moreHint); len(menu.Tail) <= maxMenuTail {
			last.Menu = &menu
		}
	}
}
