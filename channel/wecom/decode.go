package wecom

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	"guanjia/bot"
	"guanjia/channel/wxevent"
	"guanjia/channel/wxxml"
)

// errAgent refuses what was said to another app.
const errAgent wxxml.Malformed = "for another app of the corp"

// system is who does what no person does; the platform calls it so too.
const system bot.UserID = "sys"

// decoder makes events of the documents of one account.
type decoder struct {
	account  bot.AccountName
	agent    string // the app; empty: any
	welcomes bool   // customers can be welcomed
}

// decode makes the event of a scanned document. Events nobody knows, and those that leave out who or when, are KindUnknown with
// the document in Raw: they are for the journal. An error means a message of which it can't be told who said it, when, or which
// it is. sent is the callback's own timestamp.
func (d decoder) decode(doc string, es wxxml.Elements, sent string) (*bot.Event, error) {
	ev := &bot.Event{Account: d.account, Name: es.Word("MsgType")}
	var err error
	switch {
	case ev.Name == wxevent.TypeEvent:
		d.decodeEvent(ev, es)
	case ev.Name != "":
		err = d.decodeMessage(ev, es)
	case es.Word("InfoType") != "":
		decodeSuite(ev, es)
	default:
		err = wxevent.ErrType
	}
	if err != nil {
		return nil, err
	}
	if d.elsewhere(ev, es) {
		return nil, errAgent
	}
	complete(ev, doc, es, sent)
	wxevent.Keep(ev, doc)
	return ev, nil
}

// elsewhere tells whether a member spoke to another app than the account's. What happens to customers, and what the platform
// reports, is no app's.
func (d decoder) elsewhere(ev *bot.Event, es wxxml.Elements) bool {
	if _, ok := ev.Detail.(Contact); ok || d.agent == "" || !ev.Kind.IsAct() && !takesReply(ev) {
		return false
	}
	agent := es.Word("AgentID")
	return agent != "" && agent != d.agent
}

// decodeMessage fills in what a member said to the app.
func (d decoder) decodeMessage(ev *bot.Event, es wxxml.Elements) (err error) {
	head(ev, es, "CreateTime", "FromUserName", "ToUserName")
	if ev.At.IsZero() {
		return wxevent.ErrCreateTime
	}
	if !wxevent.ValidID(string(ev.User)) || !wxevent.ValidID(ev.OriginalID) {
		return wxevent.ErrSender
	}
	wxevent.Message(ev, es)
	if ev.MsgID, err = wxevent.MessageID(ev, es); err != nil {
		return err
	}
	if ev.MsgID != "" {
		ev.Key = wxevent.MessageKey(ev, es.Word("AgentID"))
	}
	return nil
}

// decodeEvent fills in what a member did or the platform reports.
func (d decoder) decodeEvent(ev *bot.Event, es wxxml.Elements) {
	head(ev, es, "CreateTime", "FromUserName", "ToUserName")
	if name := es.Word("Event"); name != "" {
		ev.Name = name
	}
	switch ev.Name {
	case "change_external_contact":
		decodeContact(ev, es, d.welcomes)
	case "change_external_chat":
		decodeGroupChat(ev, es)
	case "change_external_tag":
		decodeTag(ev, es)
	case "kf_msg_or_event":
		decodeServiceNews(ev, es)
	case "kf_account_auth_change":
		decodeServiceAccounts(ev, es)
	default:
		decodeAppEvent(ev, es)
	}
	if ev.Kind.IsAct() && !wxevent.ValidID(ev.OriginalID) {
		ev.Kind = bot.KindUnknown // nobody to answer as
	}
}

// decodeSuite fills in the callback of a suite (第三方应用), which is about another corp. It is written down and not acted on:
// whoever has the suite's callbacks sent here has no secret of that corp here.
func decodeSuite(ev *bot.Event, es wxxml.Elements) {
	head(ev, es, "TimeStamp", "AuthCorpId", "SuiteId")
	ev.Name = es.Word("InfoType")
	switch ev.Name {
	case "change_external_contact":
		decodeContact(ev, es, false)
	case "change_external_chat":
		decodeGroupChat(ev, es)
	case "change_external_tag":
		decodeTag(ev, es)
	default:
		ev.Kind = bot.KindUnknown
	}
	if ev.Kind == bot.KindUnfollow {
		ev.Kind = bot.KindContact
	}
}

// head reads when it happened, who did it and whose account it is.
func head(ev *bot.Event, es wxxml.Elements, when, who, whose string) {
	ev.At = wxevent.Moment(es.Number(when))
	ev.User = bot.UserID(es.Word(who))
	ev.OriginalID = es.Word(whose)
}

// named adds the kind of change to the name of an event.
func named(ev *bot.Event, es wxxml.Elements) string {
	change := es.Word("ChangeType")
	if change != "" {
		ev.Name = wxxml.Shorten(ev.Name+"/"+change, wxevent.MaxNameLen)
	}
	return change
}

// complete fills in what an event left out, and its key.
func complete(ev *bot.Event, doc string, es wxxml.Elements, sent string) {
	if !wxevent.ValidID(string(ev.User)) {
		if ev.Kind.IsAct() {
			ev.Kind, ev.Detail = bot.KindUnknown, nil
		}
		ev.User = system
	}
	if !wxevent.ValidID(ev.OriginalID) {
		ev.OriginalID = ""
	}
	if ev.At.IsZero() {
		// The document alone tells this event from others; the callback's time differs between its deliveries.
		unix, _ := strconv.ParseInt(sent, 10, 64)
		sum := sha256.Sum256([]byte(doc))
		ev.At, ev.Kind, ev.Detail = wxevent.Moment(unix), bot.KindUnknown, nil
		ev.Key = bot.EventKey("d:" + string(ev.Account) + ":" + base64.RawURLEncoding.EncodeToString(sum[:]))
		return
	}
	if ev.Key == "" {
		ev.Key = wxevent.EventKey(ev, es, identity[:])
	}
}
