package official

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"guanjia/bot"
)

const (
	errNoSender     malformed = "FromUserName or ToUserName is missing or too long"
	errNoType       malformed = "MsgType is missing"
	errCreateTime   malformed = "CreateTime is not a time"
	errMsgID        malformed = "MsgId is not a positive 64-bit number"
	maxIDLen                  = 128        // bytes: open ids are 28, original ids 15
	maxNameLen                = 64         // bytes of an unknown message type's or event's name that are kept
	maxCreateTime             = 9999999999 // Unix seconds: ten digits
	typeEvent                 = "event"
	scanScenePrefix           = "qrscene_" // before the scene when somebody follows by scanning
)

// decode makes the event of a scanned document. Kinds nobody knows are KindUnknown with the document in Raw; an error means
// that it can't be told who did it, when, or which message it is.
func decode(account bot.AccountName, doc string, es elements) (*bot.Event, error) {
	at, err := createTime(es)
	if err != nil {
		return nil, err
	}
	ev := &bot.Event{
		Account:    account,
		User:       bot.UserID(es.word("FromUserName")),
		OriginalID: es.word("ToUserName"),
		At:         at,
		Name:       es.word("MsgType"),
	}
	if !validID(string(ev.User)) || !validID(ev.OriginalID) {
		return nil, errNoSender
	}
	switch ev.Name {
	case "":
		return nil, errNoType
	case typeEvent:
		if name := es.word("Event"); name != "" {
			ev.Name = name
		}
		decodeEvent(ev, es)
		ev.Key = eventKey(ev, es)
	default:
		decodeMessage(ev, es)
		if err := messageID(ev, es); err != nil {
			return nil, err
		}
	}
	if ev.Kind == bot.KindUnknown {
		ev.Name = shorten(ev.Name, maxNameLen)
		ev.Raw = []byte(doc)
	}
	return ev, nil
}

func validID(id string) bool { return id != "" && len(id) <= maxIDLen }

func createTime(es elements) (time.Time, error) {
	n := es.number("CreateTime")
	if n < 1 || n > maxCreateTime {
		return time.Time{}, errCreateTime
	}
	return time.Unix(n, 0).UTC(), nil
}

// messageID sets the id of a message and the key made of it. Test tools send messages without an id; those are told apart
// like events. An id that can't be one is an error, unless nobody knows the message anyway.
func messageID(ev *bot.Event, es elements) error {
	id := es.word("MsgId")
	if id == "" {
		ev.Key = eventKey(ev, es)
		return nil
	}
	if n, err := strconv.ParseInt(id, 10, 64); err != nil || n <= 0 || id[0] == '+' {
		if ev.Kind != bot.KindUnknown {
			return errMsgID
		}
		ev.Key = eventKey(ev, es)
		return nil
	}
	ev.MsgID = id
	ev.Key = messageKey(ev)
	return nil
}

// decodeMessage fills in what a person sent.
func decodeMessage(ev *bot.Event, es elements) {
	switch ev.Name {
	case "text":
		ev.Kind = bot.KindText
		ev.Text = es.text("Content")
		ev.MenuID = es.word("bizmsgmenuid") // a number by the docs, but nothing depends on it
		ev.Detail = fromArticle(es)
	case "image":
		ev.Kind = bot.KindImage
		ev.Media = &bot.Media{MediaID: es.word("MediaId"), URL: es.word("PicUrl")}
		ev.Detail = fromArticle(es)
	case "voice":
		ev.Kind = bot.KindVoice
		ev.Text = es.text("Recognition")
		ev.Media = &bot.Media{MediaID: es.word("MediaId"), Format: es.word("Format")}
	case "video":
		ev.Kind = bot.KindVideo
		ev.Media = &bot.Media{MediaID: es.word("MediaId"), ThumbMediaID: es.word("ThumbMediaId")}
	case "shortvideo":
		ev.Kind = bot.KindShortVideo
		ev.Media = &bot.Media{MediaID: es.word("MediaId"), ThumbMediaID: es.word("ThumbMediaId")}
	case "location":
		ev.Kind = bot.KindLocation
		ev.Place = place(es, "Location_X", "Location_Y")
	case "link":
		ev.Kind = bot.KindLink
		ev.Link = &bot.Link{Title: es.text("Title"), Description: es.text("Description"), URL: es.word("Url")}
	case "file":
		ev.Kind = bot.KindFile
		ev.Media = &bot.Media{
			Title:       es.text("Title"),
			Description: es.text("Description"),
			FileKey:     es.word("FileKey"),
			MD5:         es.word("FileMd5"),
			Size:        es.number("FileTotalLen"),
		}
	case "miniprogrampage":
		ev.Kind = bot.KindMiniProgram
		ev.Link = &bot.Link{
			Title:        es.text("Title"),
			AppID:        es.word("AppId"),
			Page:         es.word("PagePath"),
			ThumbURL:     es.word("ThumbUrl"),
			ThumbMediaID: es.word("ThumbMediaId"),
		}
	default:
		ev.Kind = bot.KindUnknown
	}
}

// fromArticle is the Detail of messages sent from an article, nil of others.
func fromArticle(es elements) any {
	id := es.word("MsgDataId")
	if id == "" {
		return nil
	}
	return FromArticle{MsgDataID: id, Index: es.word("Idx")}
}

// place reads a position; coordinates that can't be are 0, since the message is worth more than they are.
func place(es elements, latitude, longitude string) *bot.Place {
	return &bot.Place{
		Latitude:  decimal(es.word(latitude), 90),
		Longitude: decimal(es.word(longitude), 180),
		Precision: decimal(es.word("Precision"), math.MaxFloat64),
		Scale:     int(decimal(es.word("Scale"), 100)),
		Label:     es.text("Label"),
		Name:      es.text("Poiname"),
	}
}

// decimal reads a number of at most limit in size; 0 when it isn't one.
func decimal(s string, limit float64) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > limit {
		return 0
	}
	return f
}

// shorten cuts s to at most n bytes without breaking a character.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for range utf8.UTFMax - 1 {
		if n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
	}
	return s[:n]
}
