package passive

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"guanjia/bot"
)

var (
	image    = bot.Message{Kind: bot.MessageImage, MediaID: "m"}
	transfer = bot.Message{Kind: bot.MessageTransfer}
	fruit    = menuMessage(bot.Menu{Head: "喜欢哪一种？", Choices: []bot.Choice{{Label: "苹果"}, {Label: "梨", Say: "我要梨"}}})
	mini     = bot.Message{Kind: bot.MessageMiniProgram, MiniProgram: &bot.MiniProgramCard{Title: "预约", AppID: "wx1", Page: "pages/book?d=1"}}
)

// What an official account shows, in answer to a message and to an event.
var (
	toMessage = Fitter{Cards: 1, Music: true, MiniPrograms: true, Transfer: TransferNow}
	toEvent   = Fitter{Cards: 8, Music: true, MiniPrograms: true, Transfer: TransferLater}
)

func cards(n int) bot.Message {
	m := bot.Message{Kind: bot.MessageCards}
	for i := range n {
		m.Cards = append(m.Cards, bot.Card{Title: fmt.Sprintf("文章%d", i+1), URL: fmt.Sprintf("https://x.cn/%d", i+1)})
	}
	return m
}

func link(i int) string { return fmt.Sprintf(`<a href="https://x.cn/%d">文章%d</a>`, i, i) }

func TestOneMessageGoesOut(t *testing.T) {
	t.Parallel()
	one, eight := cards(1), cards(8)
	say := func(s string) []bot.Message { return []bot.Message{bot.Text(s)} }
	for _, tc := range []struct {
		name      string
		toEvent   bool
		said      []bot.Message
		now, wait []bot.Message
		offer     []bot.Choice
	}{
		{name: "nothing"},
		{name: "only messages with nothing in them", said: []bot.Message{
			bot.Text(" \n"), bot.Text("\x00\x01\xff"), {Kind: bot.MessageImage}, {Kind: bot.MessageMusic}, {Kind: bot.MessageCards},
			{Kind: bot.MessageMenu}, {Kind: bot.MessageMenu, Menu: &bot.Menu{Head: "?"}}, {Kind: bot.MessageMiniProgram}, {Kind: "hologram"},
		}},
		{name: "one text", said: say("你好"), now: say("你好")},
		{name: "texts become one", said: []bot.Message{bot.Text("一\n"), bot.Text("　二\n")}, now: say("一\n\n　二")},
		{name: "a picture goes alone", said: []bot.Message{image, bot.Text("二")}, now: []bot.Message{image}, wait: say("二")},
		{
			name: "a picture waits", said: []bot.Message{bot.Text("一"), image, bot.Text("三")},
			now: say("一\n\n" + moreHint), wait: []bot.Message{image, bot.Text("三")},
		},
		{
			name: "a menu becomes numbered lines", said: []bot.Message{fruit},
			now: say("喜欢哪一种？\n1. 苹果\n2. 梨\n" + chooseHint), offer: fruit.Menu.Choices,
		},
		{
			name: "a menu that says how to choose", said: []bot.Message{menuMessage(bot.Menu{Choices: fruit.Menu.Choices, Tail: "请选"})},
			now: say("1. 苹果\n2. 梨\n请选"), offer: fruit.Menu.Choices,
		},
		{
			name: "two menus are numbered through", said: []bot.Message{fruit, fruit},
			now:   say("喜欢哪一种？\n1. 苹果\n2. 梨\n" + chooseHint + "\n\n喜欢哪一种？\n3. 苹果\n4. 梨\n" + chooseHint),
			offer: slices.Concat(fruit.Menu.Choices, fruit.Menu.Choices),
		},
		{
			name: "a mini program becomes a link", said: []bot.Message{bot.Text("来："), mini},
			now: say("来：\n\n" + `<a data-miniprogram-appid="wx1" data-miniprogram-path="pages/book?d=1">预约</a>`),
		},
		{
			name: "music without its cover is a link", said: []bot.Message{{Kind: bot.MessageMusic, Title: "晨曲", MusicURL: "https://x.cn/a.mp3", ThumbFile: "cover.jpg"}},
			now: say(`<a href="https://x.cn/a.mp3">晨曲</a>`),
		},
		{
			name: "files that are not uploaded are named or left out", said: []bot.Message{{Kind: bot.MessageImage, File: "a.png"}, bot.Text("说明书："), {Kind: bot.MessageFile, File: "b.pdf", Title: "b.pdf"}},
			now: say("说明书：\n\n［文件］b.pdf"),
		},
		{name: "one card", said: []bot.Message{one}, now: []bot.Message{one}},
		{name: "two cards in answer to a message", said: []bot.Message{cards(2)}, now: say(link(1) + "\n" + link(2))},
		{name: "eight cards in answer to an event", toEvent: true, said: []bot.Message{eight}, now: []bot.Message{eight}},
		{
			name: "nine cards in answer to an event", toEvent: true, said: []bot.Message{cards(9)},
			now: say(strings.Join([]string{link(1), link(2), link(3), link(4), link(5), link(6), link(7), link(8), link(9)}, "\n")),
		},
		{name: "a card among texts", said: []bot.Message{bot.Text("看："), one}, now: say("看：\n\n" + link(1))},
		{name: "a card before a picture", said: []bot.Message{one, image}, now: []bot.Message{one}, wait: []bot.Message{image}},
		{name: "transfer", said: []bot.Message{transfer}, now: []bot.Message{transfer}},
		{name: "transfer of an event waits for a message", toEvent: true, said: []bot.Message{transfer}, wait: []bot.Message{transfer}},
		{
			name: "what follows such a transfer does not wait", toEvent: true, said: []bot.Message{transfer, bot.Text("稍等"), image},
			now: say("稍等\n\n" + moreHint), wait: []bot.Message{transfer, image},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want := bot.Fitted{Now: tc.now, Later: tc.wait, Offer: tc.offer}
			f := toMessage
			if tc.toEvent {
				f = toEvent
			}
			got := f.Fit(tc.said)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("fitted (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLinksCanNotBeBrokenOutOf(t *testing.T) {
	t.Parallel()
	bad := `"><b>`
	card := bot.Message{Kind: bot.MessageCards, Cards: []bot.Card{{Title: bad, Description: "说明", URL: "https://x.cn/?" + bad}, {Title: "无链接"}}}
	app := bot.Message{Kind: bot.MessageMiniProgram, MiniProgram: &bot.MiniProgramCard{AppID: bad, Page: bad, URL: bad}}
	got := toMessage.Fit([]bot.Message{card, app}).Now[0].Text
	want := `<a href="https://x.cn/?%22%3E%3Cb%3E">"＞＜b＞</a>` + "\n说明\n无链接\n\n" +
		`<a href="%22%3E%3Cb%3E" data-miniprogram-appid="%22%3E%3Cb%3E" data-miniprogram-path="%22%3E%3Cb%3E">"＞＜b＞</a>`
	if got != want {
		t.Errorf("links:\n got %s\nwant %s", got, want)
	}
}

func TestLongTextsContinue(t *testing.T) {
	t.Parallel()
	hint := "\n\n" + moreHint
	room := MaxText - len(hint)
	line := strings.Repeat("一", 200) + "\n"
	for _, tc := range []struct {
		name, text, now, then string
	}{
		{"2,048 bytes fit", strings.Repeat("a", 2048), strings.Repeat("a", 2048), ""},
		{"2,049 bytes don't", strings.Repeat("a", 2049), strings.Repeat("a", room) + hint, strings.Repeat("a", 2049-room)},
		{"at a line", strings.Repeat(line, 4), strings.Repeat(line, 2) + strings.Repeat("一", 200) + hint, strings.Repeat("一", 200)},
		{
			"at a sentence", strings.Repeat("一", 500) + "。" + strings.Repeat("二", 500),
			strings.Repeat("一", 500) + "。" + hint, strings.Repeat("二", 500),
		},
		{"at a character", strings.Repeat("好", 683), strings.Repeat("好", room/3) + hint, strings.Repeat("好", 683-room/3)},
		{
			"not inside a link", strings.Repeat("a", room-10) + `<a href="https://x.cn">好</a>` + strings.Repeat("b", 100),
			strings.Repeat("a", room-10) + hint, `<a href="https://x.cn">好</a>` + strings.Repeat("b", 100),
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := toMessage.Fit([]bot.Message{bot.Text(tc.text)})
			want := bot.Fitted{Now: []bot.Message{bot.Text(tc.now)}}
			if tc.then != "" {
				want.Later = []bot.Message{bot.Text(tc.then)}
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("fitted (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMenuIsNotTornFromItsChoices(t *testing.T) {
	t.Parallel()
	intro := bot.Text(strings.Repeat("一", 663))
	got := toMessage.Fit([]bot.Message{intro, fruit})
	if len(got.Offer) != 0 || len(got.Later) != 1 || got.Later[0].Menu == nil {
		t.Errorf("offer %v, later %+v", got.Offer, got.Later)
	}
	got = toMessage.Fit(got.Later)
	if diff := cmp.Diff(fruit.Menu.Choices, got.Offer); diff != "" {
		t.Errorf("offer with the next reply (-want +got):\n%s", diff)
	}
}

func TestALongMenuContinuesWithItsOtherChoices(t *testing.T) {
	t.Parallel()
	long := bot.Menu{Head: "选", Tail: "请选"}
	for i := range 60 {
		long.Choices = append(long.Choices, bot.Choice{Label: strings.Repeat("项", 20), ID: fmt.Sprint(i)})
	}
	var offered []bot.Choice
	messages := []bot.Message{menuMessage(long)}
	for range 10 {
		got := toMessage.Fit(messages)
		if len(got.Offer) == 0 || !strings.Contains(got.Now[0].Text, fmt.Sprintf("%d. 项", len(got.Offer))) {
			t.Fatalf("offer of %d and text %s", len(got.Offer), got.Now[0].Text)
		}
		offered = append(offered, got.Offer...)
		if messages = got.Later; len(messages) == 0 {
			break
		}
	}
	if diff := cmp.Diff(long.Choices, offered); diff != "" {
		t.Errorf("choices offered (-want +got):\n%s", diff)
	}
}

func TestAMenuWithALongHeadStillOffersItsChoices(t *testing.T) {
	t.Parallel()
	menu := menuMessage(bot.Menu{Head: strings.Repeat("问", 1000), Choices: fruit.Menu.Choices})
	got := toMessage.Fit([]bot.Message{menu})
	got = toMessage.Fit(got.Later)
	if diff := cmp.Diff(fruit.Menu.Choices, got.Offer); diff != "" {
		t.Errorf("offer (-want +got):\n%s", diff)
	}
}

func TestAChoiceLongerThanAReplyIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("长", 1500)
	messages := []bot.Message{menuMessage(bot.Menu{Head: "选", Choices: []bot.Choice{{Label: label}}})}
	var read strings.Builder
	for len(messages) > 0 {
		got := toMessage.Fit(messages)
		read.WriteString(got.Now[0].Text)
		messages = got.Later
	}
	if n := strings.Count(read.String(), "长"); n != 1500 {
		t.Errorf("%d characters of 1500 arrived", n)
	}
}

// TestFittingLosesNothing sends what is left over again and again, as the engine does, until nothing is.
func TestFittingLosesNothing(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.RuneFrom([]rune("一二。！\na <>/é😀")), 0, -1, 9000)
	message := rapid.Custom(func(t *rapid.T) bot.Message {
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			return image
		case 1:
			return mini
		case 2:
			return cards(rapid.IntRange(0, 80).Draw(t, "cards"))
		case 3:
			menu := bot.Menu{Head: text.Draw(t, "head")}
			for i := range rapid.IntRange(0, 100).Draw(t, "choices") {
				menu.Choices = append(menu.Choices, bot.Choice{Label: fmt.Sprintf("选项%d", i), ID: fmt.Sprint(i)})
			}
			return menuMessage(menu)
		case 4:
			return transfer
		}
		return bot.Text(text.Draw(t, "text"))
	})
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.SliceOfN(message, 0, 5).Draw(t, "said")
		f := toMessage
		before := mustJSON(t, said)
		var want, got strings.Builder
		var wantOffer, gotOffer []bot.Choice
		for _, m := range said {
			if f.empty(m) {
				continue
			}
			want.WriteString(essence(m))
			if m.Menu != nil {
				wantOffer = append(wantOffer, m.Menu.Choices...)
			}
		}
		for left, rounds := said, 0; len(left) > 0; rounds++ {
			if rounds > 500 {
				t.Fatal("it never ends")
			}
			fitted := f.Fit(left)
			if len(fitted.Now) > 1 || (len(fitted.Now) == 0 && len(fitted.Later) > 0) {
				t.Fatalf("%d messages now, %d later", len(fitted.Now), len(fitted.Later))
			}
			for _, m := range fitted.Now {
				if len(m.Text) > MaxText || !utf8.ValidString(m.Text) || f.empty(m) {
					t.Fatalf("a message of %d bytes: %+v", len(m.Text), m)
				}
				m.Text = strings.TrimSuffix(m.Text, moreHint)
				got.WriteString(essence(m))
			}
			gotOffer = append(gotOffer, fitted.Offer...)
			left = fitted.Later
		}
		if want.String() != got.String() {
			t.Fatalf("said:\n%s\narrived:\n%s", want.String(), got.String())
		}
		if diff := cmp.Diff(wantOffer, gotOffer, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("offered (-want +got):\n%s", diff)
		}
		if after := mustJSON(t, said); after != before {
			t.Fatal("Fit changed what it was given")
		}
	})
}

// essence is what a message says, without what depends on where it was divided: white space, numbers and hints.
func essence(m bot.Message) string {
	if !toMessage.isTextual(m) {
		return string(m.Kind)
	}
	text := strings.ReplaceAll(toMessage.asText(m, 0), chooseHint, "")
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsDigit(r) || r == '.' {
			return -1
		}
		return r
	}, text)
}

func mustJSON(t *rapid.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
