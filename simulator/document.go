package simulator

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"guanjia/simulator/platform"
)

// element is one element of a pushed document: text, or children.
type element struct {
	name     string
	text     string
	bare     bool // numbers are written without CDATA
	children []element
}

func text(name, value string) element { return element{name: name, text: value} }

func number(name string, value int64) element {
	return element{name: name, text: strconv.FormatInt(value, 10), bare: true}
}

func coordinate(name string, value float64) element {
	return element{name: name, text: strconv.FormatFloat(value, 'f', 6, 64), bare: true}
}

func write(b *strings.Builder, elements []element) {
	for _, e := range elements {
		b.WriteString("<" + e.name + ">")
		switch {
		case len(e.children) > 0:
			write(b, e.children)
		case e.bare:
			b.WriteString(escapeBare.Replace(e.text))
		default:
			// "]]>" would end the section: it is split over two.
			b.WriteString("<![CDATA[" + strings.ReplaceAll(e.text, "]]>", "]]]]><![CDATA[>") + "]]>")
		}
		b.WriteString("</" + e.name + ">")
	}
}

var escapeBare = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// document writes the elements as the platform does: one xml element, no declaration, no white space.
func document(elements []element) []byte {
	var b strings.Builder
	b.WriteString("<xml>")
	write(&b, elements)
	b.WriteString("</xml>")
	return []byte(b.String())
}

// sent is what the platform knows of one act when it writes its document.
type sent struct {
	to      *endpoint
	menuID  int64
	openID  string // the user id of a member
	act     Act
	at      time.Time
	msgID   int64  // of a message
	ticket  string // of the scanned code
	media   *Media // of a picture or a voice
	picURL  string
	entered bool // the act made the person a follower
	card    *tapped
	served  bool // a servicer serves the person: the account's answers are not shown
}

// elements lists the document of an act, in the order of the official examples.
func (m *sent) elements() []element {
	doc := []element{
		text("ToUserName", m.to.id),
		text("FromUserName", m.openID),
		number("CreateTime", m.at.Unix()),
	}
	if m.act.Kind == ActRaw {
		return append(doc, raw(m.act.Fields)...)
	}
	if m.to.kind == platform.WeCom {
		return append(doc, m.appElements()...)
	}
	if !m.act.isMessage() {
		return append(append(doc, text("MsgType", "event")), m.event()...)
	}
	doc = append(doc, text("MsgType", string(m.act.Kind)))
	doc = append(doc, m.message()...)
	doc = append(doc, number("MsgId", m.msgID))
	if m.act.MenuID != "" {
		doc = append(doc, element{name: "bizmsgmenuid", text: m.act.MenuID, bare: true})
	}
	return doc
}

// message lists the fields between the head and MsgId; official account docs, "receive standard messages".
func (m *sent) message() []element {
	a := m.act
	switch a.Kind {
	case ActImage:
		return []element{text("PicUrl", m.picURL), text("MediaId", m.media.ID)}
	case ActVoice:
		voice := []element{text("MediaId", m.media.ID), text("Format", "amr")}
		if a.Text != "" {
			voice = append(voice, text("Recognition", a.Text))
		}
		return voice
	case ActLocation:
		return []element{
			coordinate("Location_X", a.Latitude), coordinate("Location_Y", a.Longitude),
			number("Scale", int64(a.Scale)), text("Label", a.Label),
		}
	case ActLink:
		return []element{text("Title", a.Title), text("Description", a.Description), text("Url", a.URL)}
	default:
		return []element{text("Content", a.Text)}
	}
}

// event lists the fields after the head; official account docs, "receive event pushes".
func (m *sent) event() []element {
	switch m.act.Kind {
	case ActFollow, ActScan:
		switch {
		case m.act.Scene == "":
			return []element{text("Event", "subscribe"), text("EventKey", "")}
		case m.entered:
			return []element{text("Event", "subscribe"), text("EventKey", "qrscene_"+m.act.Scene), text("Ticket", m.ticket)}
		default:
			return []element{text("Event", "SCAN"), text("EventKey", m.act.Scene), text("Ticket", m.ticket)}
		}
	case ActClick:
		return []element{text("Event", "CLICK"), text("EventKey", m.act.Key)}
	case ActView:
		return []element{text("Event", "VIEW"), text("EventKey", m.act.URL), number("MenuId", m.menuID)}
	case ActOpenMiniProgram:
		return []element{text("Event", "view_miniprogram"), text("EventKey", m.act.Key), number("MenuId", m.menuID)}
	case ActAcceptNotice:
		return noticeEvent("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", m.act.Key, "accept", number("PopupScene", 2))
	case ActRefuseNotice:
		return noticeEvent("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", m.act.Key, "reject", number("PopupScene", 2))
	case ActStopNotices:
		return noticeEvent("subscribe_msg_change_event", "SubscribeMsgChangeEvent", m.act.Key, "reject")
	default:
		return []element{text("Event", "unsubscribe"), text("EventKey", "")}
	}
}

// noticeEvent is what somebody did about one template of subscription notifications (official account docs, 订阅通知: 事件推送).
func noticeEvent(name, container, template, status string, more ...element) []element {
	item := append([]element{text("TemplateId", template), text("SubscribeStatusString", status)}, more...)
	return []element{text("Event", name), {name: container, children: []element{{name: "List", children: item}}}}
}

func raw(fields []Field) []element {
	elements := make([]element, 0, len(fields))
	for _, f := range fields {
		elements = append(elements, element{name: f.Name, text: xmlText(f.Value), bare: f.Bare, children: raw(f.Fields)})
	}
	return elements
}

// addNoise makes a document that is as valid as the examples and looks like none of them: the elements in another order, the
// fields that messages sent from an article carry, and elements nobody has heard of.
func addNoise(doc []element, isMessage bool, lot *rand.Rand) []element {
	doc = append(doc,
		text("SimulatorNote", "<xml>unknown element ]]> & entity</xml>"),
		element{name: "SimulatorList", children: []element{text("item", "1"), text("item", "2")}},
	)
	if isMessage {
		doc = append(doc, text("MsgDataId", strconv.FormatInt(lot.Int64N(1<<40), 10)), number("Idx", 1+lot.Int64N(8)))
	}
	lot.Shuffle(len(doc), func(i, j int) { doc[i], doc[j] = doc[j], doc[i] })
	return doc
}
