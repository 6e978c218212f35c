package kf

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

var (
	picture  = bot.Message{Kind: bot.MessageImage, MediaID: "m"}
	transfer = bot.Message{Kind: bot.MessageTransfer}
	giveBack = bot.Message{Kind: bot.MessageReturn}
	fruit    = menuOf(bot.Menu{Head: "喜欢哪一种？", Choices: []bot.Choice{{Label: "苹果"}, {Label: "梨", Say: "我要梨"}}})
)

func say(texts ...string) []bot.Message {
	var all []bot.Message
	for _, s := range texts {
		all = append(all, bot.Text(s))
	}
	return all
}

func headed(m bot.Message, head string) bot.Message {
	menu := *m.Menu
	menu.Head = head
	return menuOf(menu)
}

func tailed(m bot.Message, tail string) bot.Message {
	menu := *m.Menu
	menu.Tail = tail
	return menuOf(menu)
}

func TestAnAnswerFitsIntoAFewMessages(t *testing.T) {
	t.Parallel()
	card := bot.Card{Title: "文章", Description: "说明", URL: "https://x.cn"}
	drawn := card
	drawn.PictureID = "p"
	mini := bot.MiniProgramCard{Title: "预约", AppID: "wx1", Page: "pages/book", URL: "https://x.cn"}
	covered := mini
	covered.ThumbID = "c"
	offered := []bot.Choice{{Label: "苹果"}, {Label: "梨", Say: "我要梨"}}
	for _, c := range []struct {
		name      string
		by        Fitter
		said      []bot.Message
		now, wait []bot.Message
		offer     []bot.Choice
	}{
		{name: "nothing", by: toMessage},
		{name: "messages with nothing in them", by: toMessage, said: []bot.Message{
			bot.Text(" \n"), bot.Text("\x00\xff"), {Kind: bot.MessageImage}, {Kind: bot.MessageCards}, {Kind: bot.MessageMenu}, {Kind: bot.MessageMusic},
			{Kind: bot.MessageMenu, Menu: &bot.Menu{}}, {Kind: bot.MessageMiniProgram}, {Kind: bot.MessageFile}, {Kind: "hologram"},
		}},
		{name: "texts become one", by: toMessage, said: say("一\n", "　二\n"), now: say("一\n\n　二")},
		{name: "texts that are too long together don't", by: toMessage, said: say(strings.Repeat("一", 400), strings.Repeat("二", 400)), now: say(strings.Repeat("一", 400), strings.Repeat("二", 400))},
		{name: "a long text is divided", by: toMessage, said: say(strings.Repeat("好", 700)), now: say(strings.Repeat("好", 682), strings.Repeat("好", 18))},
		{name: "a menu takes its choices along", by: toMessage, said: []bot.Message{fruit}, now: []bot.Message{fruit}, offer: offered},
		{name: "a text leads the menu behind it", by: toMessage, said: []bot.Message{bot.Text("您好"), fruit}, now: []bot.Message{headed(fruit, "您好\n\n喜欢哪一种？")}, offer: offered},
		{name: "two menus offer all they show", by: toMessage, said: []bot.Message{fruit, fruit}, now: []bot.Message{fruit, fruit}, offer: append(offered, offered...)},
		{name: "a menu of nothing but words", by: toMessage, said: []bot.Message{menuOf(bot.Menu{Head: "头", Tail: "尾"})}, now: say("头\n\n尾")},
		{
			name: "pictures, voice, video, files", by: toMessage, said: []bot.Message{picture, {Kind: bot.MessageVoice, MediaID: "v"}, {Kind: bot.MessageVideo, MediaID: "w"}, {Kind: bot.MessageFile, MediaID: "f"}},
			now: []bot.Message{picture, {Kind: bot.MessageVoice, MediaID: "v"}, {Kind: bot.MessageVideo, MediaID: "w"}, {Kind: bot.MessageFile, MediaID: "f"}},
		},
		{name: "a file that is not uploaded is named", by: toMessage, said: []bot.Message{{Kind: bot.MessageFile, Title: "说明书"}}, now: say("［文件］说明书")},
		{name: "a place beside the earth is named", by: toMessage, said: []bot.Message{{Kind: bot.MessageLocation, Location: &bot.Location{Name: "店", Latitude: 91}}}, now: say("［位置］店")},
		{
			name: "a customer-acquisition link has its words before it", by: toMessage, said: []bot.Message{{Kind: bot.MessageAcquisition, Title: "加好友", Acquisition: "https://x.cn/ca"}},
			now: []bot.Message{bot.Text("加好友"), {Kind: bot.MessageAcquisition, Title: "加好友", Acquisition: "https://x.cn/ca"}},
		},
		{name: "music becomes text", by: toMessage, said: []bot.Message{{Kind: bot.MessageMusic, Title: "歌", MusicURL: "https://x.cn/a.mp3"}}, now: say("歌\nhttps://x.cn/a.mp3")},
		{
			name: "a card without a picture becomes text", by: toMessage, said: []bot.Message{{Kind: bot.MessageCards, Cards: []bot.Card{card, drawn}}},
			now: []bot.Message{bot.Text("文章\n说明\nhttps://x.cn"), {Kind: bot.MessageCards, Cards: []bot.Card{drawn}}},
		},
		{
			name: "a mini program without a cover becomes text", by: toMessage, said: []bot.Message{{Kind: bot.MessageMiniProgram, MiniProgram: &mini}, {Kind: bot.MessageMiniProgram, MiniProgram: &covered}},
			now: []bot.Message{bot.Text("预约\nhttps://x.cn"), {Kind: bot.MessageMiniProgram, MiniProgram: &covered}},
		},
		{
			name: "the sixth waits", by: toMessage, said: []bot.Message{picture, bot.Text("一"), picture, picture, bot.Text("二"), picture, bot.Text("三")},
			now: []bot.Message{picture, bot.Text("一"), picture, picture, bot.Text("二\n\n" + moreHint)}, wait: []bot.Message{picture, bot.Text("三")},
		},
		{name: "a wish for a person comes last", by: toMessage, said: []bot.Message{transfer, bot.Text("稍等")}, now: []bot.Message{bot.Text("稍等"), transfer}},
		{
			name: "a wish for a person keeps room for being told that there is none", by: toMessage, said: []bot.Message{picture, picture, picture, picture, picture, transfer},
			now: []bot.Message{picture, picture, picture, picture, transfer}, wait: []bot.Message{picture},
		},
		{
			name: "taking back comes first, and one message can be said", by: toMessage, said: []bot.Message{giveBack, bot.Text("您好"), picture, fruit},
			now: []bot.Message{giveBack, bot.Text("您好\n\n" + moreHint)}, wait: []bot.Message{picture, fruit},
		},
		{name: "taking back to hand over again", by: toMessage, said: []bot.Message{giveBack, bot.Text("稍等"), transfer}, now: []bot.Message{bot.Text("稍等"), transfer}},
		{name: "by a code one text", by: byCode, said: say("您好", "请讲"), now: say("您好\n\n请讲")},
		{name: "by a code one menu", by: byCode, said: []bot.Message{bot.Text("您好"), fruit}, now: []bot.Message{headed(fruit, "您好\n\n喜欢哪一种？")}, offer: offered},
		{name: "by a code no picture", by: byCode, said: []bot.Message{picture, fruit, transfer}, now: []bot.Message{tailed(fruit, moreHint)}, wait: []bot.Message{picture, transfer}, offer: offered},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := bot.Fitted{Now: c.now, Later: c.wait, Offer: c.offer}
			if diff := cmp.Diff(want, c.by.Fit(c.said), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("fitted (-want +got):\n%s", diff)
			}
		})
	}
}

// TestATappedItemMeansItsChoice, of the last menu as of an old one, and when what it means is too long for its id.
func TestATappedItemMeansItsChoice(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 30)
	for _, c := range []bot.Choice{{Label: "苹果"}, {Label: "梨", Say: "我要梨"}, {Label: "长", Say: long}, {Label: strings.Repeat("长", 60)}} {
		fitted := toMessage.Fit([]bot.Message{menuOf(bot.Menu{Choices: []bot.Choice{c}})})
		var o outgoing
		o.write(fitted.Now[0])
		item := o.Menu.List[0].Click
		if item.ID == "" || len(item.ID) > maxChoiceID || item.Content == "" || len(item.Content) > maxChoice {
			t.Errorf("item %+v", item)
		}
		tapped, _ := json.Marshal(map[string]string{"content": item.Content, "menu_id": item.ID})
		ev := decode(body("text", string(tapped)))
		means := ev.Text == c.Meaning()
		for _, offered := range fitted.Offer { // as the session resolves it
			means = means || (offered.ID == ev.MenuID || offered.Label == ev.Text) && offered.Meaning() == c.Meaning()
		}
		if !means {
			t.Errorf("%q became %q by %q, offered %+v", c.Meaning(), ev.Text, ev.MenuID, fitted.Offer)
		}
	}
}

// TestAMenuOfManyChoicesIsDivided: the platform shows ten.
func TestAMenuOfManyChoicesIsDivided(t *testing.T) {
	t.Parallel()
	m := bot.Menu{Head: strings.Repeat("头", 400), Tail: strings.Repeat("尾", 400)}
	for i := range 23 {
		m.Choices = append(m.Choices, bot.Choice{Label: fmt.Sprintf("第%d项", i+1)})
	}
	got := toMessage.Fit([]bot.Message{menuOf(m)})
	var sizes []int
	for _, p := range got.Now {
		if p.Menu != nil {
			sizes = append(sizes, len(p.Menu.Choices))
		}
	}
	if diff := cmp.Diff([]int{10, 10, 3}, sizes); diff != "" || len(got.Now) != 5 || len(got.Offer) != 23 {
		t.Errorf("%d messages with menus of %v, %d offered", len(got.Now), sizes, len(got.Offer))
	}
}

// TestWhateverIsSaidThePlatformTakesIt: sizes and counts keep to the platform's limits, and no word is lost.
func TestWhateverIsSaidThePlatformTakesIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("好a\n。")), 0, 1500, -1)
		var said []bot.Message
		for range rapid.IntRange(0, 8).Draw(t, "messages") {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				said = append(said, picture)
			case 1:
				m := bot.Menu{Head: text.Draw(t, "head"), Tail: text.Draw(t, "tail")}
				for i := range rapid.IntRange(1, 25).Draw(t, "choices") {
					m.Choices = append(m.Choices, bot.Choice{Label: fmt.Sprint(i, text.Draw(t, "label")), Say: text.Draw(t, "say")})
				}
				said = append(said, menuOf(m))
			default:
				said = append(said, bot.Text(text.Draw(t, "text")))
			}
		}
		words := strings.Count(wordsOf(said), "好")
		heard := 0
		for range 100 {
			fitted := toMessage.Fit(said)
			if len(fitted.Now) > maxMessages {
				t.Fatalf("%d messages", len(fitted.Now))
			}
			for _, m := range fitted.Now {
				checkWire(t, m)
			}
			heard += strings.Count(wordsOf(fitted.Now), "好")
			if said = fitted.Later; len(said) == 0 {
				break
			}
		}
		if heard != words {
			t.Fatalf("%d of %d words heard", heard, words)
		}
	})
}

func wordsOf(messages []bot.Message) string {
	var b strings.Builder
	for _, m := range messages {
		if m.Menu != nil {
			b.WriteString(m.Menu.Head + m.Menu.Tail) // labels are cut, and what they mean is kept
		}
		b.WriteString(strings.ReplaceAll(m.Text, moreHint, ""))
	}
	return b.String()
}

func checkWire(t *rapid.T, m bot.Message) {
	var o outgoing
	o.write(m)
	switch {
	case o.Text != nil:
		if n := len(o.Text.Content); n == 0 || n > maxTextBytes || !utf8.ValidString(o.Text.Content) {
			t.Fatalf("a text of %d bytes", n)
		}
	case o.Menu != nil:
		ids := map[string]bool{}
		if len(o.Menu.Head) > maxMenuHead || len(o.Menu.Tail) > maxMenuTail || len(o.Menu.List) == 0 || len(o.Menu.List) > maxChoices {
			t.Fatalf("menu: %+v", o.Menu)
		}
		for _, item := range o.Menu.List {
			c := item.Click
			if c.ID == "" || len(c.ID) > maxChoiceID || ids[c.ID] || c.Content == "" || len(c.Content) > maxChoice || !utf8.ValidString(c.Content) {
				t.Fatalf("item: %+v", item)
			}
			ids[c.ID] = true
		}
	case o.Image == nil:
		t.Fatalf("%s has no body", m.Kind)
	}
}

func TestMiniProgramPagesEndInHTML(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{"pages/a": "pages/a.html", "pages/a.html": "pages/a.html", "pages/a?x=1": "pages/a.html?x=1", "pages/a.html?x=1": "pages/a.html?x=1"} {
		if got := pagePath(page); got != want {
			t.Errorf("%s became %s", page, got)
		}
	}
}
