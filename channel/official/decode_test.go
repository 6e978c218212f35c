package official

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/channel/wxevent"
	"guanjia/channel/wxxml"
)

const (
	sampleUser    = "oMgHVjngRipVsoxg6TuX3vz6glDg"
	sampleAccount = "gh_e136c6e50636"
)

var sampleTime = time.Unix(1348831860, 0).UTC()

// decodeString scans and decodes a document as the channel does.
func decodeString(doc string) (*bot.Event, error) {
	var s wxxml.Scanner
	es, err := s.Scan(doc)
	if err != nil {
		return nil, err
	}
	return decode("brand", doc, es)
}

func mustDecode(t testing.TB, doc string) *bot.Event {
	t.Helper()
	ev, err := decodeString(doc)
	if err != nil {
		t.Fatalf("decode: %v\n%s", err, doc)
	}
	return ev
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// document puts elements behind the head that all documents share.
func document(elements ...string) string {
	return `<xml><ToUserName><![CDATA[` + sampleAccount + `]]></ToUserName><FromUserName><![CDATA[` + sampleUser +
		`]]></FromUserName><CreateTime>1348831860</CreateTime>` + strings.Join(elements, "") + `</xml>`
}

func message(msgType string, elements ...string) string {
	return document("<MsgType><![CDATA[" + msgType + "]]></MsgType>" + strings.Join(elements, "") + "<MsgId>1234567890123456</MsgId>")
}

func event(name string, elements ...string) string {
	return document("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[" + name + "]]></Event>" + strings.Join(elements, ""))
}

// said completes the event that a message becomes.
func said(name string, ev bot.Event) bot.Event {
	ev.Account, ev.User, ev.OriginalID, ev.At = "brand", sampleUser, sampleAccount, sampleTime
	ev.Name, ev.MsgID = name, "1234567890123456"
	ev.Key = bot.EventKey("m:brand:" + sampleUser + ":" + ev.MsgID)
	return ev
}

func TestMessagesDecode(t *testing.T) {
	t.Parallel()
	file := said("file", bot.Event{Kind: bot.KindFile, Media: &bot.Media{Title: "2020-07-30", Description: "2.5 KB", Size: 2515}})
	file.MsgID = "22850641670526495"
	file.Key = "m:brand:" + sampleUser + ":22850641670526495"

	for _, tc := range []struct {
		name, doc string
		want      bot.Event
	}{
		{"text", "", said("text", bot.Event{Kind: bot.KindText, Text: "this is a test"})},
		{"text_from_menu", "", said("text", bot.Event{Kind: bot.KindText, Text: "满意", MenuID: "101"})},
		{"image", "", said("image", bot.Event{
			Kind: bot.KindImage, Media: &bot.Media{MediaID: "media_id", URL: "http://mmbiz.qpic.cn/x"},
		})},
		{"voice", "", said("voice", bot.Event{Kind: bot.KindVoice, Media: &bot.Media{MediaID: "media_id", Format: "amr"}})},
		{"video", "", said("video", bot.Event{
			Kind: bot.KindVideo, Media: &bot.Media{MediaID: "media_id", ThumbMediaID: "thumb_media_id"},
		})},
		{"shortvideo", "", said("shortvideo", bot.Event{
			Kind: bot.KindShortVideo, Media: &bot.Media{MediaID: "media_id", ThumbMediaID: "thumb_media_id"},
		})},
		{"location", "", said("location", bot.Event{
			Kind: bot.KindLocation, Place: &bot.Place{Latitude: 23.134521, Longitude: 113.358803, Scale: 20, Label: "位置信息"},
		})},
		{"link", "", said("link", bot.Event{
			Kind: bot.KindLink,
			Link: &bot.Link{Title: "公众平台官网链接", Description: "公众平台官网链接", URL: "https://mp.weixin.qq.com"},
		})},
		{"file", "", file},
		{"miniprogrampage", "", said("miniprogrampage", bot.Event{
			Kind: bot.KindMiniProgram,
			Link: &bot.Link{
				Title: "title", AppID: "wx8bd80126147dfAAA", Page: "pages/index", ThumbURL: "https://..", ThumbMediaID: "media_id",
			},
		})},
		{
			"text sent from an article",
			message("text", "<Content>hi</Content><MsgDataId>xxx_2</MsgDataId><Idx>3</Idx>"),
			said("text", bot.Event{Kind: bot.KindText, Text: "hi", Detail: FromArticle{MsgDataID: "xxx_2", Index: "3"}}),
		},
		{
			"image sent from an article",
			message("image", "<MediaId>m</MediaId><MsgDataId>xxx_2</MsgDataId><Idx>3</Idx>"),
			said("image", bot.Event{
				Kind: bot.KindImage, Media: &bot.Media{MediaID: "m"}, Detail: FromArticle{MsgDataID: "xxx_2", Index: "3"},
			}),
		},
		{
			"voice that was understood",
			message("voice", "<MediaId>m</MediaId><Format>speex</Format><Recognition><![CDATA[领券]]></Recognition>"),
			said("voice", bot.Event{Kind: bot.KindVoice, Text: "领券", Media: &bot.Media{MediaID: "m", Format: "speex"}}),
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc := tc.doc
			if doc == "" {
				doc = readFile(t, "testdata/documents/messages/"+tc.name+".xml")
			}
			if diff := cmp.Diff(&tc.want, mustDecode(t, doc)); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

func TestElementsMayComeInAnyOrder(t *testing.T) {
	t.Parallel()
	want := mustDecode(t, readFile(t, "testdata/documents/messages/text_from_menu.xml"))
	got := mustDecode(t, `<xml><bizmsgmenuid>101</bizmsgmenuid><MsgId>1234567890123456</MsgId><Content><![CDATA[满意]]></Content>`+
		`<MsgType><![CDATA[text]]></MsgType><CreateTime>1348831860</CreateTime><FromUserName><![CDATA[`+sampleUser+`]]></FromUserName>`+
		`<ToUserName><![CDATA[`+sampleAccount+`]]></ToUserName></xml>`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestUnknownElementsAreSkipped(t *testing.T) {
	t.Parallel()
	want := mustDecode(t, readFile(t, "testdata/documents/messages/text.xml"))
	got := mustDecode(t, message("text", `<New>1</New><Content><![CDATA[this is a test]]></Content>`,
		`<Nested a="1>2"><Content>not this</Content><Deep><Er/></Deep></Nested><Empty/>`))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestPrettyPrintingChangesNothing(t *testing.T) {
	t.Parallel()
	want := mustDecode(t, readFile(t, "testdata/documents/messages/image.xml"))
	got := mustDecode(t, "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<xml>\n  <ToUserName>\n    <![CDATA["+sampleAccount+"]]>\n  </ToUserName>"+
		"<!-- who --><FromUserName>\t"+sampleUser+" </FromUserName>\n<CreateTime> 1348831860 </CreateTime>\n<MsgType> image </MsgType>\n"+
		"<PicUrl> http://mmbiz.qpic.cn/x </PicUrl><MediaId> media_id </MediaId><MsgId> 1234567890123456\n</MsgId >\n</xml>\n<!-- end -->\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestWhatNobodyKnowsIsKeptWhole(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, doc, wantName string
		want                bot.Kind
	}{
		{"message type", message("hologram", "<Beam>1</Beam>"), "hologram", bot.KindOther},
		{"message type without a usable id", document("<MsgType>hologram</MsgType><MsgId>abc</MsgId>"), "hologram", bot.KindOther},
		{"event", event("teleported", "<Where>moon</Where>"), "teleported", bot.KindUnknown},
		{"event in another case", event("click"), "click", bot.KindUnknown},
		{"event without a name", document("<MsgType>event</MsgType>"), "event", bot.KindUnknown},
		{"long name", event(strings.Repeat("很", 40)), strings.Repeat("很", 21), bot.KindUnknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ev := mustDecode(t, tc.doc)
			if ev.Kind != tc.want || ev.Name != tc.wantName || string(ev.Raw) != tc.doc || ev.Key == "" {
				t.Errorf("kind %q, name %q, key %q, raw %q", ev.Kind, ev.Name, ev.Key, ev.Raw)
			}
		})
	}
}

func TestKnownKindsKeepNoRawDocument(t *testing.T) {
	t.Parallel()
	if ev := mustDecode(t, readFile(t, "testdata/documents/messages/text.xml")); ev.Raw != nil {
		t.Errorf("raw: %s", ev.Raw)
	}
}

func TestDocumentsThatCanNotBeAttributedAreRefused(t *testing.T) {
	t.Parallel()
	head := func(from, to, at, rest string) string {
		return "<xml><FromUserName>" + from + "</FromUserName><ToUserName>" + to + "</ToUserName><CreateTime>" + at +
			"</CreateTime><MsgType>text</MsgType><Content>hi</Content>" + rest + "</xml>"
	}
	for _, tc := range []struct {
		name, doc string
		want      error
	}{
		{"nothing in it", "<xml></xml>", wxevent.ErrCreateTime},
		{"no sender", head("", "gh", "1", ""), wxevent.ErrSender},
		{"a sender of white space", head(" \n", "gh", "1", ""), wxevent.ErrSender},
		{"a sender without end", head(strings.Repeat("o", 129), "gh", "1", ""), wxevent.ErrSender},
		{"no account", head("o", "", "1", ""), wxevent.ErrSender},
		{"no type", "<xml><FromUserName>o</FromUserName><ToUserName>gh</ToUserName><CreateTime>1</CreateTime></xml>", wxevent.ErrType},
		{"no time", head("o", "gh", "", ""), wxevent.ErrCreateTime},
		{"time zero", head("o", "gh", "0", ""), wxevent.ErrCreateTime},
		{"time before 1970", head("o", "gh", "-1", ""), wxevent.ErrCreateTime},
		{"time in words", head("o", "gh", "now", ""), wxevent.ErrCreateTime},
		{"time with a fraction", head("o", "gh", "1348831860.5", ""), wxevent.ErrCreateTime},
		{"time beyond ten digits", head("o", "gh", "10000000000", ""), wxevent.ErrCreateTime},
		{"time beyond 64 bits", head("o", "gh", "99999999999999999999", ""), wxevent.ErrCreateTime},
		{"id in words", head("o", "gh", "1", "<MsgId>first</MsgId>"), wxevent.ErrMsgID},
		{"id zero", head("o", "gh", "1", "<MsgId>0</MsgId>"), wxevent.ErrMsgID},
		{"negative id", head("o", "gh", "1", "<MsgId>-5</MsgId>"), wxevent.ErrMsgID},
		{"signed id", head("o", "gh", "1", "<MsgId>+5</MsgId>"), wxevent.ErrMsgID},
		{"id in hex", head("o", "gh", "1", "<MsgId>0x10</MsgId>"), wxevent.ErrMsgID},
		{"id beyond 64 bits", head("o", "gh", "1", "<MsgId>9223372036854775808</MsgId>"), wxevent.ErrMsgID},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if ev, err := decodeString(tc.doc); !errors.Is(err, tc.want) {
				t.Errorf("decode = %+v, %v; want %v", ev, err, tc.want)
			}
		})
	}
}

func TestAMessageSurvivesABadDetail(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, doc string
		check     func(*bot.Event) bool
	}{
		{"menu id in words", message("text", "<Content>满意</Content><bizmsgmenuid>满意</bizmsgmenuid>"), func(ev *bot.Event) bool {
			return ev.Text == "满意" && ev.MenuID == "满意"
		}},
		{"menu id beyond 64 bits", message("text", "<Content>a</Content><bizmsgmenuid>99999999999999999999</bizmsgmenuid>"), func(ev *bot.Event) bool {
			return ev.Text == "a" && ev.MenuID == "99999999999999999999"
		}},
		{"coordinates in words", message("location", "<Location_X>north</Location_X><Location_Y>NaN</Location_Y><Label>家</Label>"), func(ev *bot.Event) bool {
			return *ev.Place == bot.Place{Label: "家"}
		}},
		{"coordinates off the globe", message("location", "<Location_X>1e400</Location_X><Location_Y>-181</Location_Y><Scale>-inf</Scale>"), func(ev *bot.Event) bool {
			return *ev.Place == bot.Place{}
		}},
		{"file size beyond 64 bits", message("file", "<Title>t</Title><FileTotalLen>99999999999999999999</FileTotalLen>"), func(ev *bot.Event) bool {
			return ev.Media.Title == "t" && ev.Media.Size == 0
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if ev := mustDecode(t, tc.doc); !tc.check(ev) {
				t.Errorf("event: %+v, place %+v, media %+v", ev, ev.Place, ev.Media)
			}
		})
	}
}

func TestTextIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, content, want string }{
		{"emoji", "<![CDATA[👨‍👩‍👧 好😀]]>", "👨‍👩‍👧 好😀"},
		{"spaces around", "<![CDATA[  hi \n]]>", "  hi \n"},
		{"escaped instead of CDATA", "a &lt;b&gt; &amp;&quot;&apos; &#20320;&#x597d;", `a <b> &"' 你好`},
		{"entities in CDATA are text", "<![CDATA[&lt;&nbsp;]]>", "&lt;&nbsp;"},
		{"split CDATA end", "<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"},
		{"text beside CDATA", "a<![CDATA[b]]>c<!-- not this -->d", "abcd"},
		{"brackets in text", "<![CDATA[[微笑]]]>", "[微笑]"},
		{"invalid UTF-8", "<![CDATA[a\xff\xfeb]]>", "a\uFFFDb"},
		{"half a character", "<![CDATA[a\xe4\xbd]]>", "a\uFFFD"},
		{"NUL", "<![CDATA[a\x00b]]>", "a\uFFFDb"},
		{"NUL by reference", "a&#0;b", "a\uFFFDb"},
		{"surrogate by reference", "a&#xD800;b", "a\uFFFDb"},
		{"beyond Unicode by reference", "a&#x110000;b", "a\uFFFDb"},
		{"empty", "", ""},
		{"5,000 characters", "<![CDATA[" + strings.Repeat("答", 5000) + "]]>", strings.Repeat("答", 5000)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := mustDecode(t, message("text", "<Content>"+tc.content+"</Content>")).Text; got != tc.want {
				t.Errorf("text %q, want %q", got, tc.want)
			}
		})
	}
}
