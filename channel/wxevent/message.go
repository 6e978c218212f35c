package wxevent

import (
	"math"
	"strconv"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// Message fills in what a person sent, where it is of a kind that all accounts have: text, image, voice, video, location,
// link. Any other is KindOther.
func Message(ev *bot.Event, es wxxml.Elements) {
	switch ev.Name {
	case "text":
		ev.Kind = bot.KindText
		ev.Text = es.Text("Content")
	case "image":
		ev.Kind = bot.KindImage
		ev.Media = &bot.Media{MediaID: es.Word("MediaId"), URL: es.Word("PicUrl")}
	case "voice":
		ev.Kind = bot.KindVoice
		ev.Text = es.Text("Recognition") // official accounts only
		ev.Media = &bot.Media{MediaID: es.Word("MediaId"), Format: es.Word("Format")}
	case "video":
		ev.Kind = bot.KindVideo
		ev.Media = &bot.Media{MediaID: es.Word("MediaId"), ThumbMediaID: es.Word("ThumbMediaId")}
	case "location":
		ev.Kind = bot.KindLocation
		ev.Place = Place(es, "Location_X", "Location_Y")
	case "link":
		ev.Kind = bot.KindLink
		ev.Link = &bot.Link{Title: es.Text("Title"), Description: es.Text("Description"), URL: es.Word("Url")}
	default:
		ev.Kind = bot.KindOther
	}
}

// MessageID reads the id of a message; empty when there is none, as with test tools. One that can't be one is an error,
// unless nobody knows the message anyway.
func MessageID(ev *bot.Event, es wxxml.Elements) (string, error) {
	id := es.Word("MsgId")
	if id == "" {
		return "", nil
	}
	if n, err := strconv.ParseInt(id, 10, 64); err != nil || n <= 0 || id[0] == '+' {
		if ev.Kind != bot.KindUnknown && ev.Kind != bot.KindOther {
			return "", ErrMsgID
		}
		return "", nil
	}
	return id, nil
}

// Place reads a position; coordinates that can't be are 0, since the message is worth more than they are.
func Place(es wxxml.Elements, latitude, longitude string) *bot.Place {
	return &bot.Place{
		Latitude:  decimal(es.Word(latitude), 90),
		Longitude: decimal(es.Word(longitude), 180),
		Precision: decimal(es.Word("Precision"), math.MaxFloat64),
		Scale:     int(decimal(es.Word("Scale"), 100)),
		Label:     es.Text("Label"),
		Name:      es.Text("Poiname"),
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
