package fallback_test

import (
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/handlers/fallback"
	"guanjia/store"
)

const withMenu = `
kind: fallback
every: 5m
menu_keys: [MENU]
menu:
  head: 我能做这些：
  choices:
  - {label: 领取优惠券, say: 领券}
  - {label: 答题}
`

func load(t testing.TB, files ...string) *fallback.Book {
	t.Helper()
	var docs []content.Doc
	for _, f := range files {
		d, ps := content.Parse("fallback.yaml", []byte(f), nil)
		if ps != nil {
			t.Fatal(ps)
		}
		docs = append(docs, d)
	}
	b, ps := fallback.Load(docs, bottest.Zone)
	if ps != nil {
		t.Fatal(ps)
	}
	return b
}

func talk(t *testing.T, files ...string) *bottest.Talk {
	book := load(t, files...)
	return bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{fallback.New(book)} })
}

// TestNothingIsMetWithSilence: the menu comes at most once in five minutes, and a short line in between.
func TestNothingIsMetWithSilence(t *testing.T) {
	t.Parallel()
	k := talk(t, withMenu)
	wang := k.Person("wang")
	wang.Says("你们几点开门").Hears("还没看懂", "我能做这些：", "1. 领取优惠券", "2. 答题")
	wang.Says("喂").Hears("收到", "回复“菜单”").DoesNotHear("1.")
	k.Later(3 * time.Minute)
	wang.Says("在吗").Hears("收到").DoesNotHear("1.")
	k.Person("li").Says("在吗").Hears("我能做这些：")
	k.Later(2 * time.Minute)
	wang.Says("有人吗").Hears("还没看懂", "1. 领取优惠券")
}

// TestTheMenuComesWhenAsked, as often as asked, by word or menu item; a hint right after it would only repeat it.
func TestTheMenuComesWhenAsked(t *testing.T) {
	t.Parallel()
	wang := talk(t, withMenu).Person("wang")
	for _, word := range []string{"菜单", "帮助", "MENU", "ｈｅｌｐ", "？"} {
		wang.Says(word).Hears("我能做这些：", "1. 领取优惠券").DoesNotHear("看懂")
	}
	wang.Clicks("MENU").Hears("1. 领取优惠券")
	wang.Says("喂").Hears("收到").DoesNotHear("1.")
}

// TestEachKindOfMessageHasItsLine: a person learns that the picture arrived, and what to do instead.
func TestEachKindOfMessageHasItsLine(t *testing.T) {
	t.Parallel()
	k := talk(t, withMenu)
	for kind, want := range map[bot.Kind]string{
		bot.KindImage: "图片收到了", bot.KindVoice: "语音收到了", bot.KindVideo: "视频收到了", bot.KindShortVideo: "视频收到了",
		bot.KindLocation: "位置收到了", bot.KindLink: "收到了", bot.KindFile: "收到了", bot.KindMiniProgram: "收到了",
	} {
		person := k.Person(string(kind))
		person.Does(bot.Event{Kind: kind}).Hears(want, "1. 领取优惠券")
		person.Does(bot.Event{Kind: kind}).Hears(want).DoesNotHear("1.")
	}
	k.Person("wang").Clicks("NOBODY-KNOWS-IT").Hears("还没看懂", "1. 领取优惠券")
	k.Person("speaker").Does(bot.Event{Kind: bot.KindVoice, Text: "菜单。"}).Hears("我能做这些：").DoesNotHear("语音")
}

// TestWithoutContentThereIsStillALine, and it names no menu that does not exist.
func TestWithoutContentThereIsStillALine(t *testing.T) {
	t.Parallel()
	wang := talk(t).Person("wang")
	wang.Says("你好").Hears("还没看懂").DoesNotHear("菜单")
	wang.Says("菜单").Hears("收到").DoesNotHear("回复")
	wang.SendsPicture("m1").Hears("图片收到了").DoesNotHear("菜单")
}

// TestAccountsHaveTheirOwnMenus, and those without one get everybody's.
func TestAccountsHaveTheirOwnMenus(t *testing.T) {
	t.Parallel()
	k := talk(t, withMenu, `
kind: fallback
accounts: [doctors]
keywords: [目录]
menu: {choices: [{label: 问医生}]}
texts:
  hint: 这里是医生号。
  more: 回复“{menu}”看目录。
`)
	k.Person("wang").Says("你好").Hears("领取优惠券").DoesNotHear("问医生")
	li := k.Person("li")
	li.Account = "doctors"
	li.Says("你好").Hears("这里是医生号。", "您可以直接选择：", "1. 问医生").DoesNotHear("领取优惠券")
	li.Says("喂").Hears("收到", "回复“目录”看目录。")
	li.Says("目录").Hears("1. 问医生")
	li.Says("菜单").Hears("1. 问医生")
}

// TestSoManyUnknownMessagesWishForAPerson: in a row, and again after as many more; asking for the menu begins anew.
func TestSoManyUnknownMessagesWishForAPerson(t *testing.T) {
	t.Parallel()
	d, _ := content.Parse("handoff.yaml", []byte("kind: handoff\n"), nil)
	f, _ := content.Parse("fallback.yaml", []byte(withMenu+"hand_over_after: 2\n"), nil)
	book, ps := fallback.Load([]content.Doc{d, f}, bottest.Zone)
	if ps != nil {
		t.Fatal(ps)
	}
	wang := bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{fallback.New(book)} }).Person("wang")
	for i, step := range []struct {
		says   string
		wishes bool
	}{{"什么", false}, {"菜单", false}, {"什么", false}, {"啊", true}, {"啊", false}, {"啊", true}, {"菜单", false}, {"啊", false}} {
		heard := wang.Says(step.says)
		last := heard.Messages[len(heard.Messages)-1]
		if wishes := last.Kind == bot.MessageTransfer; wishes != step.wishes {
			t.Errorf("%d: to %s the bot says %+v", i, step.says, heard.Messages)
		}
		if step.wishes {
			heard.Hears("没看懂") // also where nobody receives
		}
	}
}

// TestAClockSetBackDoesNotSilenceTheHint: a hint from the future counts as none.
func TestAClockSetBackDoesNotSilenceTheHint(t *testing.T) {
	t.Parallel()
	k := talk(t, withMenu)
	wang := k.Person("wang")
	wang.Says("你好").Hears("1. 领取优惠券")
	k.Later(-time.Hour)
	wang.Says("你好").Hears("1. 领取优惠券")
}

// TestMistakesInFallbackFilesAreNamed gives one line for each mistake an operator can make.
func TestMistakesInFallbackFilesAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"unknown key", "hint: x\n", `f.yaml:2: key "hint" is not known here; correct its spelling or remove it (docs/reference/content lists the keys)`},
		{"no span", "every: often\n", `f.yaml:2: "often" is not a span of time; write 30d, 72h or 10m`},
		{"blank keyword", "keywords: ['']\n", "f.yaml:2: a keyword is empty; remove it"},
		{"empty menu", "menu:\n  head: x\n", "f.yaml:3: the number of choices is not right; write 1 to 10 choices"},
		{"same choice twice", "menu:\n  choices:\n  - {label: a}\n  - {label: A}\n", "f.yaml:5: two choices have the same label; give each choice a label of its own"},
		{"braces without quotes", "texts: {hint: 你好 {name}}\n", "f.yaml:2: did not find expected ',' or '}'; check the indentation, brackets and quotes from this line on"},
		{"unknown placeholder", "texts: {hint: '你好 {name}'}\n", "f.yaml:2: placeholder {name} is not known here; use 【】 or （） where brackets are meant"},
		{"nobody to hand over to", "hand_over_after: 3\n", "f.yaml:2: nobody is there to hand conversations over to; add a file of kind handoff, or remove it"},
		{"less than none", "hand_over_after: -1\n", "f.yaml:2: hand_over_after is negative; write how many messages nobody may understand in a row, such as 3"},
		{"account in capitals", "accounts: [Brand]\n", `f.yaml:2: account "Brand" can't be used; write a name of BOT_ACCOUNTS, in lower case`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, ps := content.Parse("f.yaml", []byte("kind: fallback\n"+c.file), nil)
			if ps == nil {
				_, ps = fallback.Load([]content.Doc{d}, nil)
			}
			if got := ps.Error(); got != c.want {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	a, _ := content.Parse("a.yaml", []byte("kind: fallback\n"), nil)
	b, _ := content.Parse("b.yaml", []byte("kind: fallback\n"), nil)
	quiz, _ := content.Parse("q.yaml", []byte("kind: quiz\nx: 1\n"), nil)
	want := "b.yaml:1: a.yaml speaks for the same account; keep one file for each account, and one without accounts for all others"
	if _, ps := fallback.Load([]content.Doc{a, quiz, b}, nil); ps.Error() != want {
		t.Errorf("told %v", ps)
	}
}
