package passive

import (
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
)

var sampleEvent = &bot.Event{User: "oMgHVjngRipVsoxg6TuX3vz6glDg", OriginalID: "gh_e136c6e50636"}

func reply(t testing.TB, m bot.Message) string {
	t.Helper()
	b, err := Append(nil, sampleEvent, 12345678, m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRepliesAreTheOfficialSamples(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]bot.Message{
		"text":  bot.Text("你好"),
		"image": {Kind: bot.MessageImage, MediaID: "media_id"},
		"voice": {Kind: bot.MessageVoice, MediaID: "media_id"},
		"video": {Kind: bot.MessageVideo, MediaID: "media_id", Title: "title", Description: "description"},
		"music": {
			Kind: bot.MessageMusic, Title: "TITLE", Description: "DESCRIPTION",
			MusicURL: "MUSIC_Url", HQMusicURL: "HQ_MUSIC_Url", ThumbID: "media_id",
		},
		"news": {
			Kind:  bot.MessageCards,
			Cards: []bot.Card{{Title: "title1", Description: "description1", PictureURL: "picurl", URL: "url"}},
		},
		"transfer_customer_service": {Kind: bot.MessageTransfer, Servicer: "test1@test"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile("testdata/replies/" + name + ".xml")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), reply(t, m)); diff != "" {
				t.Errorf("reply (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTransferToAnybodyNamesNobody(t *testing.T) {
	t.Parallel()
	got := reply(t, bot.Message{Kind: bot.MessageTransfer})
	if !strings.HasSuffix(got, "<MsgType><![CDATA[transfer_customer_service]]></MsgType></xml>") {
		t.Errorf("reply: %s", got)
	}
}

func TestWhatCanNotBeSaidIsAnError(t *testing.T) {
	t.Parallel()
	for _, kind := range []bot.MessageKind{bot.MessageMenu, bot.MessageMiniProgram, "hologram", ""} {
		if b, err := Append(nil, sampleEvent, 1, bot.Message{Kind: kind}); err == nil {
			t.Errorf("%q was written: %s", kind, b)
		}
	}
}

// TestTextArrivesAsSaid reads replies with encoding/xml, which refuses what is not XML.
func TestTextArrivesAsSaid(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, said, arrives string }{
		{"plain", "你好", "你好"},
		{"markup", `<a href="x">& "y"</a>`, `<a href="x">& "y"</a>`},
		{"emoji", "👨‍👩‍👧😀", "👨‍👩‍👧😀"},
		{"tab and line break", "a\tb\nc", "a\tb\nc"},
		{"the end of a CDATA section", "a]]>b", "a]]>b"},
		{"nothing else", "]]>", "]]>"},
		{"several ends", "]]>]]>]]]>>", "]]>]]>]]]>>"},
		{"an end that a dropped character makes", "]]\x00>]\x01]>", "]]>]]>"},
		{"brackets", "[微笑]]", "[微笑]]"},
		{"control characters", "a\x00\x01\x08\x0b\x1fb", "ab"},
		{"characters that are none", "a\uFFFE\uFFFFb", "ab"},
		{"invalid UTF-8", "a\xff\xe4\xbdb", "ab"},
		{"the replacement character", "a\uFFFDb", "a\uFFFDb"},
		{"5,000 characters", strings.Repeat("答", 5000), strings.Repeat("答", 5000)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc := reply(t, bot.Text(tc.said))
			var got struct{ Content string }
			if err := xml.Unmarshal([]byte(doc), &got); err != nil {
				t.Fatalf("%v\n%q", err, doc)
			}
			if got.Content != tc.arrives {
				t.Errorf("arrives %q, want %q", got.Content, tc.arrives)
			}
		})
	}
}

func TestTheHeadCanNotBeBrokenOutOf(t *testing.T) {
	t.Parallel()
	ev := &bot.Event{User: "o]]></ToUserName><x>", OriginalID: "gh]]>"}
	b, err := Append(nil, ev, 1, bot.Text("hi"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ ToUserName, FromUserName string }
	if err := xml.Unmarshal(b, &got); err != nil || got.ToUserName != string(ev.User) || got.FromUserName != ev.OriginalID {
		t.Errorf("head: %+v, %v", got, err)
	}
}
