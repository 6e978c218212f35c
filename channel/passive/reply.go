package passive

import (
	"fmt"
	"strconv"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// Append appends the document of a passive reply to ev: m, made at the Unix time at.
func Append(dst []byte, ev *bot.Event, at int64, m bot.Message) ([]byte, error) {
	// The head is the event's with sender and receiver swapped.
	dst = append(dst, "<xml>"...)
	dst = wxxml.AppendElement(dst, "ToUserName", string(ev.User))
	dst = wxxml.AppendElement(dst, "FromUserName", ev.OriginalID)
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
		dst = wxxml.AppendElement(dst, "MsgType", "text")
		dst = wxxml.AppendElement(dst, "Content", m.Text)
	case bot.MessageImage:
		dst = wxxml.AppendElement(dst, "MsgType", "image")
		dst = wxxml.AppendGroup(dst, "Image", "MediaId", m.MediaID)
	case bot.MessageVoice:
		dst = wxxml.AppendElement(dst, "MsgType", "voice")
		dst = wxxml.AppendGroup(dst, "Voice", "MediaId", m.MediaID)
	case bot.MessageVideo:
		dst = wxxml.AppendElement(dst, "MsgType", "video")
		dst = wxxml.AppendGroup(dst, "Video", "MediaId", m.MediaID, "Title", m.Title, "Description", m.Description)
	case bot.MessageMusic:
		dst = wxxml.AppendElement(dst, "MsgType", "music")
		dst = wxxml.AppendGroup(dst, "Music", "Title", m.Title, "Description", m.Description,
			"MusicUrl", m.MusicURL, "HQMusicUrl", m.HQMusicURL, "ThumbMediaId", m.ThumbID)
	case bot.MessageCards:
		dst = wxxml.AppendElement(dst, "MsgType", "news")
		dst = appendArticles(dst, m.Cards)
	case bot.MessageTransfer:
		dst = wxxml.AppendElement(dst, "MsgType", "transfer_customer_service")
		if m.Servicer != "" {
			dst = wxxml.AppendGroup(dst, "TransInfo", "KfAccount", m.Servicer)
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
		dst = wxxml.AppendGroup(dst, "item", "Title", c.Title, "Description", c.Description, "PicUrl", c.PictureURL, "Url", c.URL)
	}
	return append(dst, "</Articles>"...)
}
