package wecom

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"guanjia/bot"
)

func linkTo(title, url string) bot.Card { return bot.Card{Title: title, URL: url} }

func cardsOf(cards ...bot.Card) bot.Message {
	return bot.Message{Kind: bot.MessageCards, Cards: cards}
}

var (
	picture = bot.Message{Kind: bot.MessageImage, MediaID: "m"}
	mini    = bot.Message{Kind: bot.MessageMiniProgram, MiniProgram: &bot.MiniProgramCard{
		Title: "预约", AppID: "wx1", Page: "pages/book", ThumbID: "cover", URL: "https://x.cn/book",
	}}
	coverless = bot.Message{Kind: bot.MessageMiniProgram, MiniProgram: &bot.MiniProgramCard{Title: "预约", AppID: "wx1", Page: "p", URL: "https://x.cn/book"}}
)

func TestAWelcomeIsOneTextAndWhatIsAttached(t *testing.T) {
	t.Parallel()
	say := func(s string) bot.Message { return bot.Text(s) }
	many := make([]bot.Card, 12)
	for i := range many {
		many[i] = linkTo(fmt.Sprintf("文章%d", i+1), fmt.Sprintf("https://x.cn/%d", i+1))
	}
	var nine []bot.Message
	for _, c := range many[:9] {
		nine = append(nine, cardsOf(c))
	}
	for _, tc := range []struct {
		name      string
		said, now []bot.Message
	}{
		{name: "nothing"},
		{name: "only what has nothing in it", said: []bot.Message{
			say(" \n"), {Kind: bot.MessageImage}, {Kind: bot.MessageCards}, {Kind: bot.MessageMenu}, {Kind: bot.MessageMiniProgram},
			{Kind: bot.MessageVoice, MediaID: "v"}, {Kind: bot.MessageTransfer}, {Kind: "hologram"},
		}},
		{name: "texts become one", said: []bot.Message{say("您好\n"), say("这是您的券")}, now: []bot.Message{say("您好\n\n这是您的券")}},
		{name: "the text goes first", said: []bot.Message{picture, say("您好")}, now: []bot.Message{say("您好"), picture}},
		{name: "a picture alone", said: []bot.Message{picture}, now: []bot.Message{picture}},
		{name: "each card is attached", said: []bot.Message{cardsOf(many[0], many[1])}, now: []bot.Message{cardsOf(many[0]), cardsOf(many[1])}},
		{name: "nine are attached, the rest is said", said: []bot.Message{cardsOf(many...)}, now: append(
			[]bot.Message{say("文章10\nhttps://x.cn/10\n\n文章11\nhttps://x.cn/11\n\n文章12\nhttps://x.cn/12")}, nine...)},
		{name: "a mini program", said: []bot.Message{mini}, now: []bot.Message{mini}},
		{name: "a mini program without a cover is a link", said: []bot.Message{coverless}, now: []bot.Message{say("预约\nhttps://x.cn/book")}},
		{name: "a card that opens nothing", said: []bot.Message{cardsOf(linkTo("营业时间", ""))}, now: []bot.Message{say("营业时间")}},
		{name: "video and file", said: []bot.Message{{Kind: bot.MessageVideo, MediaID: "v"}, {Kind: bot.MessageFile, MediaID: "f"}}, now: []bot.Message{
			{Kind: bot.MessageVideo, MediaID: "v"}, {Kind: bot.MessageFile, MediaID: "f"},
		}},
		{name: "files that are not uploaded are named or left out", said: []bot.Message{
			say("您好"), {Kind: bot.MessageImage, File: "a.png"}, {Kind: bot.MessageVideo, File: "c.mp4"}, {Kind: bot.MessageFile, File: "b.pdf", Title: "b.pdf"},
		}, now: []bot.Message{say("您好\n\n［文件］b.pdf")}},
		{name: "a place and a customer-acquisition link are words", said: []bot.Message{
			{Kind: bot.MessageLocation, Location: &bot.Location{Name: "人民路店", Address: "人民路 1 号"}}, {Kind: bot.MessageAcquisition, Title: "加好友", Acquisition: "https://x.cn/ca"},
		}, now: []bot.Message{say("［位置］人民路店\n人民路 1 号\n\n加好友\nhttps://x.cn/ca")}},
		{name: "music is a link", said: []bot.Message{{Kind: bot.MessageMusic, Title: "晨曲", MusicURL: "https://x.cn/a.mp3", ThumbID: "c"}}, now: []bot.Message{
			say("晨曲\nhttps://x.cn/a.mp3"),
		}},
		{name: "a menu has no numbers: nobody reads the answer", said: []bot.Message{
			{Kind: bot.MessageMenu, Menu: &bot.Menu{Head: "我能：", Choices: []bot.Choice{{Label: "查订单"}, {Label: "约专家"}}}},
		}, now: []bot.Message{say("我能：\n· 查订单\n· 约专家")}},
		{name: "a text of 4,000 bytes", said: []bot.Message{say(strings.Repeat("a", 4000))}, now: []bot.Message{say(strings.Repeat("a", 4000))}},
		{name: "a longer text", said: []bot.Message{say(strings.Repeat("好", 1334))}, now: []bot.Message{say(strings.Repeat("好", 1331) + "……")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(bot.Fitted{Now: tc.now}, welcomeFitter{}.Fit(tc.said), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("fitted (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAWelcomeIsWhatThePlatformTakes: whatever handlers say, the message is within the platform's limits, and what was
// remembered of it makes the same message again.
func TestAWelcomeIsWhatThePlatformTakes(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.RuneFrom([]rune("一二。！\na <>/é😀")), 0, -1, 9000)
	message := rapid.Custom(func(t *rapid.T) bot.Message {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return picture
		case 1:
			return bot.Message{Kind: bot.MessageMiniProgram, MiniProgram: &bot.MiniProgramCard{Title: text.Draw(t, "title"), ThumbID: "c"}}
		case 2:
			var cards []bot.Card
			for range rapid.IntRange(0, 12).Draw(t, "cards") {
				cards = append(cards, bot.Card{Title: text.Draw(t, "title"), Description: text.Draw(t, "description"), URL: "https://x.cn"})
			}
			return cardsOf(cards...)
		case 3:
			return bot.Message{Kind: bot.MessageMenu, Menu: &bot.Menu{Head: text.Draw(t, "head"), Choices: []bot.Choice{{Label: "甲"}}}}
		}
		return bot.Text(text.Draw(t, "text"))
	})
	rapid.Check(t, func(t *rapid.T) {
		fitted := welcomeFitter{}.Fit(rapid.SliceOfN(message, 0, 5).Draw(t, "said"))
		w := newWelcome("C", fitted.Now)
		if len(fitted.Later) > 0 || len(fitted.Offer) > 0 || len(w.Attachments) > maxAttachments {
			t.Fatalf("%d attachments, %+v", len(w.Attachments), fitted)
		}
		if w.Text != nil && (len(w.Text.Content) > maxWelcomeText || w.Text.Content == "" || !utf8.ValidString(w.Text.Content)) {
			t.Fatalf("a text of %d bytes", len(w.Text.Content))
		}
		for _, a := range w.Attachments {
			if a.Link != nil && (len(a.Link.Title) > maxLinkTitle || len(a.Link.Text) > maxLinkText) {
				t.Fatalf("link: %+v", a.Link)
			}
			if a.MiniProgram != nil && len(a.MiniProgram.Title) > maxMiniProgTitle {
				t.Fatalf("mini program: %+v", a.MiniProgram)
			}
		}
		stored, err := json.Marshal(fitted.Now)
		if err != nil {
			t.Fatal(err)
		}
		var again []bot.Message
		if err := json.Unmarshal(stored, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(w, newWelcome("C", again)); diff != "" {
			t.Fatalf("the remembered welcome (-want +got):\n%s", diff)
		}
	})
}

func TestTheWelcomeIsWrittenAsThePlatformReadsIt(t *testing.T) {
	t.Parallel()
	link := cardsOf(bot.Card{Title: "T", Description: "D", URL: "https://x.cn", PictureURL: "https://x.cn/p.png"})
	got, err := json.Marshal(newWelcome("CALLBACK_CODE", []bot.Message{
		bot.Text("你好 %NICKNAME%"), picture, link, mini, {Kind: bot.MessageVideo, MediaID: "v"}, {Kind: bot.MessageFile, MediaID: "f"},
	}))
	const want = `{"welcome_code":"CALLBACK_CODE","text":{"content":"你好 %NICKNAME%"},"attachments":[` +
		`{"msgtype":"image","image":{"media_id":"m"}},` +
		`{"msgtype":"link","link":{"title":"T","picurl":"https://x.cn/p.png","desc":"D","url":"https://x.cn"}},` +
		`{"msgtype":"miniprogram","miniprogram":{"title":"预约","pic_media_id":"cover","appid":"wx1","page":"pages/book"}},` +
		`{"msgtype":"video","video":{"media_id":"v"}},{"msgtype":"file","file":{"media_id":"f"}}]}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
	if got, _ := json.Marshal(newWelcome("C", []bot.Message{picture})); strings.Contains(string(got), "text") {
		t.Errorf("a text that is none: %s", got)
	}
}
