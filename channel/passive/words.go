package passive

import (
	"strings"

	"guanjia/bot"
)

// Words says a message that is no menu and no list of cards as plain text, where the channel has no other form for it: links are
// written out. It is empty when there is nothing to say.
func Words(m bot.Message) string {
	switch m.Kind {
	case bot.MessageText:
		return m.Text
	case bot.MessageImage, bot.MessageVoice, bot.MessageVideo:
		return Lines(m.Title, m.Description)
	case bot.MessageFile:
		return marked("［文件］", m.Title)
	case bot.MessageMusic:
		return Lines(m.Title, m.Description, m.MusicURL)
	case bot.MessageMiniProgram:
		if m.MiniProgram != nil {
			return Lines(m.MiniProgram.Title, m.MiniProgram.URL)
		}
	case bot.MessageLocation:
		if m.Location != nil {
			return marked("［位置］", Lines(m.Location.Name, m.Location.Address))
		}
	case bot.MessageAcquisition:
		return Lines(m.Title, m.Acquisition)
	}
	return ""
}

// marked is words behind what they are; nothing without words.
func marked(what, words string) string {
	if words == "" {
		return ""
	}
	return what + words
}

// Lines joins what is not empty.
func Lines(all ...string) string {
	var some []string
	for _, line := range all {
		if line != "" {
			some = append(some, line)
		}
	}
	return strings.Join(some, "\n")
}
