package content

import (
	"math"
	"slices"
	"strings"

	"guanjia/bot"
)

// Limits of what content may say in one message.
const (
	MaxTextBytes     = 2048 // bytes of a text message (official account docs, passive replies)
	MaxCards         = 8    // link cards in one message (official account docs, passive replies; some channels show only the first)
	MaxChoices       = 10   // choices in one menu (customer-service docs, menu messages)
	MaxChoiceLength  = 128  // bytes of a choice's label (customer-service docs, menu messages)
	MaxMenuHeadBytes = 1024 // bytes of a menu's head and of its tail (customer-service docs, menu messages)
)

// CheckReply looks messages that stand in content over, and fills in the kind where the other keys tell it: a message with
// cards is a message of cards. at is the list's place in d.
func CheckReply(d Doc, ps *Problems, messages []bot.Message, at ...any) {
	for i := range messages {
		here := append(slices.Clip(at), i)
		m := &messages[i]
		if m.Kind == "" {
			m.Kind = d.kindOf(m)
		}
		messageCheck{d: d, ps: ps, at: here}.message(m)
	}
}

// CheckMenu looks a menu of choices over that stands alone at its place in d.
func CheckMenu(d Doc, ps *Problems, m *bot.Menu, at ...any) {
	messageCheck{d: d, ps: ps, at: at}.menu(m)
}

func (d Doc) kindOf(m *bot.Message) bot.MessageKind {
	switch {
	case m.Menu != nil:
		return bot.MessageMenu
	case m.MiniProgram != nil:
		return bot.MessageMiniProgram
	case len(m.Cards) > 0:
		return bot.MessageCards
	case m.Location != nil:
		return bot.MessageLocation
	case m.Acquisition != "":
		return bot.MessageAcquisition
	case m.MusicURL != "" || m.HQMusicURL != "":
		return bot.MessageMusic
	case m.File != "":
		return d.kindOfFile(m.File)
	case m.MediaID != "":
		return bot.MessageImage
	case m.Text != "":
		return bot.MessageText
	}
	return ""
}

// messageCheck looks one message over.
type messageCheck struct {
	d  Doc
	ps *Problems
	at []any
}

func (c messageCheck) problem(remedy, what string, step ...any) {
	c.ps.Add(c.d, c.d.Line(append(slices.Clip(c.at), step...)...), remedy, "%s", what)
}

func (c messageCheck) message(m *bot.Message) {
	if m.Kind != "" && extra(m) {
		c.problem("write two messages, or remove what does not belong", "a message of kind "+string(m.Kind)+" holds something else too")
	}
	switch m.Kind {
	case bot.MessageText:
		c.text(m.Text)
	case bot.MessageImage, bot.MessageVoice, bot.MessageVideo, bot.MessageFile:
		c.media(m)
	case bot.MessageMusic:
		c.music(m)
	case bot.MessageCards:
		c.cards(m.Cards)
	case bot.MessageMiniProgram:
		c.miniProgram(m.MiniProgram)
	case bot.MessageMenu:
		messageCheck{d: c.d, ps: c.ps, at: append(slices.Clip(c.at), "menu")}.menu(m.Menu)
	case bot.MessageLocation:
		c.location(m.Location)
	case bot.MessageAcquisition:
		if !strings.HasPrefix(m.Acquisition, "https://") {
			c.problem("write the whole link that the admin console shows for 获客助手, with https://", "a customer-acquisition link is missing or not complete", "acquisition")
		}
	case bot.MessageTransfer:
	case "":
		c.problem("write text:, file:, cards:, mini_program:, menu:, location: or acquisition:", "a message is empty")
	default:
		c.problem("use one of text, image, voice, video, file, music, cards, mini_program, menu, location, acquisition, transfer", "kind of message "+string(m.Kind)+" is not known", "kind")
	}
}

// extra tells whether m holds what does not belong to its kind.
func extra(m *bot.Message) bool {
	for kind, has := range map[bot.MessageKind]bool{
		bot.MessageText: m.Text != "", bot.MessageCards: len(m.Cards) > 0, bot.MessageMiniProgram: m.MiniProgram != nil,
		bot.MessageMenu: m.Menu != nil, bot.MessageMusic: m.MusicURL != "" || m.HQMusicURL != "" || m.ThumbFile != "", bot.MessageTransfer: m.Servicer != "",
		bot.MessageLocation: m.Location != nil, bot.MessageAcquisition: m.Acquisition != "",
	} {
		if has && kind != m.Kind {
			return true
		}
	}
	media := m.Kind == bot.MessageImage || m.Kind == bot.MessageVoice || m.Kind == bot.MessageVideo || m.Kind == bot.MessageFile
	return (m.MediaID != "" || m.File != "") && !media
}

func (c messageCheck) text(s string) {
	if strings.TrimSpace(s) == "" {
		c.problem("write what is said", "a text is empty", "text")
	}
	if hasControl(s) {
		c.problem("remove it", "a text holds a control character", "text")
	}
	if len(s) > MaxTextBytes {
		c.problem("shorten it (a Chinese character takes 3 bytes) or split it", "a text is longer than the platform's 2048 bytes", "text")
	}
}

func (c messageCheck) url(s string, step ...any) {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		c.problem("write the whole link, with https://", "a link is missing or not complete", step...)
	}
}

func (c messageCheck) cards(cards []bot.Card) {
	if len(cards) == 0 || len(cards) > MaxCards {
		c.problem("write 1 to 8 cards", "the number of cards is not right", "cards")
	}
	for i, card := range cards {
		if strings.TrimSpace(card.Title) == "" {
			c.problem("write title:", "a card has no title", "cards", i)
		}
		c.url(card.URL, "cards", i, "url")
		c.picture(card, i)
	}
}

func (c messageCheck) miniProgram(m *bot.MiniProgramCard) {
	if m == nil || m.Title == "" || m.AppID == "" || m.Page == "" {
		c.problem("write title:, app_id: and page: below mini_program:", "a mini-program card is not complete", "mini_program")
		return
	}
	c.cover(m)
}

func (c messageCheck) location(l *bot.Location) {
	switch {
	case l == nil || strings.TrimSpace(l.Name) == "":
		c.problem("write name:, latitude: and longitude: below location:", "a location has no name", "location")
	case l.Latitude == 0 && l.Longitude == 0:
		c.problem("write latitude: and longitude:, as Tencent's map shows them", "a location is nowhere", "location")
	case !(math.Abs(l.Latitude) <= 90 && math.Abs(l.Longitude) <= 180): // NaN is not either
		c.problem("latitude: goes from -90 to 90, longitude: from -180 to 180", "a location is not on the earth", "location")
	}
}

func (c messageCheck) menu(m *bot.Menu) {
	if m == nil || len(m.Choices) == 0 || len(m.Choices) > MaxChoices {
		c.problem("write 1 to 10 choices", "the number of choices is not right", "choices")
		return
	}
	if len(m.Head) > MaxMenuHeadBytes || len(m.Tail) > MaxMenuHeadBytes {
		c.problem("shorten it", "a menu's head or tail is longer than 1024 bytes")
	}
	seen := map[string]bool{}
	for i, choice := range m.Choices {
		label := bot.Normalize(choice.Label)
		switch {
		case label == "" || len(choice.Label) > MaxChoiceLength:
			c.problem("write label: with 1 to 128 bytes", "the label of a choice is missing or too long", "choices", i)
		case seen[label]:
			c.problem("give each choice a label of its own", "two choices have the same label", "choices", i)
		}
		seen[label] = true
	}
}
