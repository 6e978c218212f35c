package official

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"guanjia/bot"
)

// acknowledged is the answer that shows nothing and is not asked for again.
const acknowledged = "success"

// appendReply appends the document of a passive reply to ev: m, made at the Unix time at.
func appendReply(dst []byte, ev *bot.Event, at int64, m bot.Message) ([]byte, error) {
	// The head is the event's with sender and receiver swapped.
	dst = append(dst, "<xml>"...)
	dst = appendElement(dst, "ToUserName", string(ev.User))
	dst = appendElement(dst, "FromUserName", ev.OriginalID)
	dst = append(dst, "<CreateTime>"...)
	dst = strconv.AppendInt(dst, at, 10)
	dst = append(dst, "</CreateTime>"...)
	dst, err := appendBody(dst, m)
	return append(dst, "</xml>"...), err
}

// appendBody appends what is said (official account docs, 被动回复用户消息).
func appendBody(dst []byte, m bot.Message) ([]byte, error) {
	switch m.Kind {
	case bot.MessageText:
		dst = appendElement(dst, "MsgType", "text")
		dst = appendElement(dst, "Content", m.Text)
	case bot.MessageImage:
		dst = appendElement(dst, "MsgType", "image")
		dst = appendGroup(dst, "Image", "MediaId", m.MediaID)
	case bot.MessageVoice:
		dst = appendElement(dst, "MsgType", "voice")
		dst = appendGroup(dst, "Voice", "MediaId", m.MediaID)
	case bot.MessageVideo:
		dst = appendElement(dst, "MsgType", "video")
		dst = appendGroup(dst, "Video", "MediaId", m.MediaID, "Title", m.Title, "Description", m.Description)
	case bot.MessageMusic:
		dst = appendElement(dst, "MsgType", "music")
		dst = appendGroup(dst, "Music", "Title", m.Title, "Description", m.Description,
			"MusicUrl", m.MusicURL, "HQMusicUrl", m.HQMusicURL, "ThumbMediaId", m.ThumbID)
	case bot.MessageCards:
		dst = appendElement(dst, "MsgType", "news")
		dst = appendArticles(dst, m.Cards)
	case bot.MessageTransfer:
		dst = appendElement(dst, "MsgType", "transfer_customer_service")
		if m.Servicer != "" {
			dst = appendGroup(dst, "TransInfo", "KfAccount", m.Servicer)
		}
	default:
		return dst, fmt.Errorf("a passive reply can't be a message of kind %q", m.Kind)
	}
	return dst, nil
}

func appendArticles(dst []byte, cards []bot.Card) []byte {
	dst = append(dst, "<ArticleCount>"...)
	dst = strconv.AppendInt(dst, int64(len(cards)), 10)
	dst = append(dst, "</ArticleCount><Articles>"...)
	for _, c := range cards {
		dst = appendGroup(dst, "item", "Title", c.Title, "Description", c.Description, "PicUrl", c.PictureURL, "Url", c.URL)
	}
	return append(dst, "</Articles>"...)
}

// appendGroup appends an element of elements, given as name and text in turn.
func appendGroup(dst []byte, name string, elements ...string) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, '>')
	for i := 0; i+1 < len(elements); i += 2 {
		dst = appendElement(dst, elements[i], elements[i+1])
	}
	dst = append(dst, "</"...)
	dst = append(dst, name...)
	return append(dst, '>')
}

// appendElement appends <name><![CDATA[text]]></name>.
func appendElement(dst []byte, name, text string) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, "><![CDATA["...)
	dst = appendCDATA(dst, text)
	dst = append(dst, "]]></"...)
	dst = append(dst, name...)
	return append(dst, '>')
}

// appendCDATA appends the content of a CDATA section: characters that XML does not have are left out, and a "]]>" in the
// text, which would end the section, is spread over two.
func appendCDATA(dst []byte, text string) []byte {
	if plain(text) {
		return append(dst, text...)
	}
	start := len(dst)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		// Looked for in what was written: leaving characters out may have brought the brackets together.
		if r == '>' && strings.HasSuffix(string(dst[max(start, len(dst)-2):]), "]]") {
			dst = append(dst, "]]><![CDATA["...)
			start = len(dst)
		}
		if isXML(r, size) {
			dst = append(dst, text[i:i+size]...)
		}
		i += size
	}
	return dst
}

// plain tells whether text can be written as it is.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' && text[i] != '\n' {
			return false
		}
	}
	return utf8.ValidString(text) && !strings.Contains(text, "]]>") &&
		!strings.Contains(text, "\uFFFE") && !strings.Contains(text, "\uFFFF")
}

// isXML tells whether XML has the character r, read in size bytes.
func isXML(r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1: // not UTF-8
		return false
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	}
	return r != 0xFFFE && r != 0xFFFF
}
