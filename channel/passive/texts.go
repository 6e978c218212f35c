package passive

import (
	"strings"

	"guanjia/bot"
)

// Texts is a text in as many messages of at most room bytes as it takes; none when there is nothing to see, which the platforms refuse.
func Texts(s string, room int) []bot.Message {
	s = strings.ReplaceAll(strings.ToValidUTF8(strings.Trim(s, "\r\n"), ""), "\x00", "")
	var all []bot.Message
	for strings.ContainsFunc(s, visible) {
		var head string
		if head, s = Cut(s, room); head == "" {
			break
		}
		all = append(all, bot.Text(head))
	}
	return all
}

// Joined is what express makes of each message, for channels that take one call for each: texts that follow each other become one of
// at most room bytes.
func Joined(messages []bot.Message, room int, express func(bot.Message) []bot.Message) []bot.Message {
	var all []bot.Message
	for _, m := range messages {
		for _, part := range express(m) {
			if n := len(all); n > 0 && part.Kind == bot.MessageText && all[n-1].Kind == bot.MessageText && len(all[n-1].Text)+len(part.Text)+len(between) <= room {
				all[n-1].Text += between + part.Text
				continue
			}
			all = append(all, part)
		}
	}
	return all
}
