package official

import (
	"guanjia/bot"
	"guanjia/channel/wxevent"
	"guanjia/channel/wxxml"
)

// scanScenePrefix stands before the scene when somebody follows by scanning.
const scanScenePrefix = "qrscene_"

// decode makes the event of a scanned document. Kinds nobody knows are KindUnknown with the document in Raw; an error means
// that it can't be told who did it, when, or which message it is.
func decode(account bot.AccountName, doc string, es wxxml.Elements) (*bot.Event, error) {
	ev := &bot.Event{
		Account:    account,
		User:       bot.UserID(es.Word("FromUserName")),
		OriginalID: es.Word("ToUserName"),
		At:         wxevent.Moment(es.Number("CreateTime")),
		Name:       es.Word("MsgType"),
	}
	if ev.At.IsZero() {
		return nil, wxevent.ErrCreateTime
	}
	if !wxevent.ValidID(string(ev.User)) || !wxevent.ValidID(ev.OriginalID) {
		return nil, wxevent.ErrSender
	}
	switch ev.Name {
	case "":
		return nil, wxevent.ErrType
	case wxevent.TypeEvent:
		if name := es.Word("Event"); name != "" {
			ev.Name = name
		}
		decodeEvent(ev, es)
		ev.Key = wxevent.EventKey(ev, es, identity[:])
	default:
		decodeMessage(ev, es)
		if err := identify(ev, es); err != nil {
			return nil, err
		}
	}
	wxevent.Keep(ev, doc)
	return ev, nil
}

// identify sets the id of a message and the key made of it. Test tools send messages without an id; those are told apart
// like events.
func identify(ev *bot.Event, es wxxml.Elements) (err error) {
	if ev.MsgID, err = wxevent.MessageID(ev, es); err != nil {
		return err
	}
	if ev.MsgID == "" {
		ev.Key = wxevent.EventKey(ev, es, identity[:])
	} else {
		ev.Key = wxevent.MessageKey(ev, "")
	}
	return nil
}

// decodeMessage fills in what a person sent.
func decodeMessage(ev *bot.Event, es wxxml.Elements) {
	switch ev.Name {
	case "shortvideo":
		ev.Kind = bot.KindShortVideo
		ev.Media = &bot.Media{MediaID: es.Word("MediaId"), ThumbMediaID: es.Word("ThumbMediaId")}
	case "file":
		ev.Kind = bot.KindFile
		ev.Media = &bot.Media{
			Title:       es.Text("Title"),
			Description: es.Text("Description"),
			FileKey:     es.Word("FileKey"),
			MD5:         es.Word("FileMd5"),
			Size:        es.Number("FileTotalLen"),
		}
	case "miniprogrampage":
		ev.Kind = bot.KindMiniProgram
		ev.Link = &bot.Link{
			Title:        es.Text("Title"),
			AppID:        es.Word("AppId"),
			Page:         es.Word("PagePath"),
			ThumbURL:     es.Word("ThumbUrl"),
			ThumbMediaID: es.Word("ThumbMediaId"),
		}
	default:
		wxevent.Message(ev, es)
	}
	switch ev.Kind {
	case bot.KindText:
		ev.MenuID = es.Word("bizmsgmenuid") // a number by the docs, but nothing depends on it
		ev.Detail = fromArticle(es)
	case bot.KindImage:
		ev.Detail = fromArticle(es)
	}
}

// fromArticle is the Detail of messages sent from an article, nil of others.
func fromArticle(es wxxml.Elements) any {
	id := es.Word("MsgDataId")
	if id == "" {
		return nil
	}
	return FromArticle{MsgDataID: id, Index: es.Word("Idx")}
}
