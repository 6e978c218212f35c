package handoff_test

import (
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/handlers/handoff"
	"guanjia/store"
)

// TestMistakesInHandoffFilesAreNamed gives one line for each mistake an operator can make.
func TestMistakesInHandoffFilesAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"unknown key", "hours: x\n", `f.yaml:2: key "hours" is not known here; correct its spelling or remove it (docs/reference/content lists the keys)`},
		{"unknown way", "outside: maybe\n", `f.yaml:2: outside "maybe" is not known; write tell or take`},
		{"no span", "quiet_for: long\n", `f.yaml:2: "long" is not a span of time; write 30d, 72h or 10m`},
		{"no hours", "active: {hours: [\"9-18\"]}\n", `f.yaml:2: "9-18" is not a span of hours; write 08:30-21:30`},
		{"asks and ends", "keywords: [人工, 真人]\nresume: [回来, 真人]\n", `f.yaml:3: "真人" asks for a person and ends it; remove it from one of the two lists`},
		{"nobody to tell", "staff: {account: corp, after: 5m}\n", `f.yaml:2: staff has no members; list the user ids of those who are to be told (成员账号) under members`},
		{"several in one line", "staff:\n  members:\n  - zhang|li\n", `f.yaml:4: "zhang|li" is no user id; write one user id (成员账号) to each line, as in the admin console`},
		{"everybody", "staff:\n  members: ['@all']\n", `f.yaml:3: "@all" is no user id; write one user id (成员账号) to each line, as in the admin console`},
		{"account in capitals", "staff: {account: Corp, members: [zhang]}\n", `f.yaml:2: account "Corp" can't be used; write a name of BOT_ACCOUNTS, in lower case`},
		{"too many", "staff: {members: [" + strings.Repeat("a, ", 1000) + "a]}\n", "f.yaml:2: an app message reaches at most 1000 members; shorten the list"},
		{"unknown placeholder", "texts: {waiting: '还有 {n} 位'}\n", "f.yaml:2: placeholder {n} is not known here; use one of {ahead} {keyword}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, ps := content.Parse("f.yaml", []byte("kind: handoff\n"+c.file), nil)
			if ps == nil {
				_, ps = handoff.Load([]content.Doc{d}, nil)
			}
			if got := ps.Error(); got != c.want {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	a, _ := content.Parse("a.yaml", []byte("kind: handoff\n"), nil)
	b, _ := content.Parse("b.yaml", []byte("kind: handoff\n"), nil)
	want := "b.yaml:1: a.yaml speaks for the same account; keep one file for each account, and one without accounts for all others"
	if _, ps := handoff.Load([]content.Doc{a, b}, nil); ps.Error() != want {
		t.Errorf("told %v", ps)
	}
}

// TestEachAccountHasItsOwnStaff, words and hours.
func TestEachAccountHasItsOwnStaff(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff, "kind: handoff\naccounts: [doctors]\nkeywords: [找医生]\ntexts: {opened: '正在为您联系医生。'}\n")
	wang := customer(k, "wang")
	wang.says("找医生").Hears("没看懂")
	wang.says("人工").Hears("正在为您转接")
	li := customer(k, "li")
	li.Account = "doctors"
	li.says("找医生").Hears("正在为您联系医生")
}

// TestWhatStaffAreTold: members by their user id, customers without a name; not before it is due, and nothing once it is taken.
func TestWhatStaffAreTold(t *testing.T) {
	t.Parallel()
	b := load(t, withStaff, "kind: handoff\naccounts: [brand]\nstaff: {account: corp, members: [sun], after: 5m, quote: true}\n")
	opened := time.Date(2026, 3, 10, 2, 30, 0, 0, time.UTC)
	c := store.StaffConversation{Number: 7, Person: bot.Person{Account: "corp", User: "wang"}, Channel: store.StaffApp, OpenedAt: opened}
	n, due := b.Notice(c, opened)
	if !due || n.From != "corp" || n.Quote || len(n.Members) != 2 || !strings.HasPrefix(n.Text, "【人工请求 7】wang 自 10:30 起在“corp”等候人工服务") {
		t.Errorf("told %+v, %v", n, due)
	}
	c.TakenAt = opened
	if _, due := b.Notice(c, opened); due {
		t.Error("told of a conversation that somebody has")
	}
	c = store.StaffConversation{Number: 8, Person: bot.Person{Account: "brand", User: "o-secret"}, Channel: store.StaffOfficial, OpenedAt: opened}
	if _, due := b.Notice(c, opened.Add(5*time.Minute-1)); due {
		t.Error("told too early")
	}
	n, due = b.Notice(c, opened.Add(time.Hour))
	if !due || n.From != "corp" || !n.Quote || !n.Due.Equal(opened.Add(5*time.Minute)) || strings.Contains(n.Text, "o-secret") || !strings.Contains(n.Text, "“brand”有一位顾客") {
		t.Errorf("told %+v, %v", n, due)
	}
}

// TestTheSampleHandsOver in the demo: at any hour, by word, and when the menu's item says it.
func TestTheSampleHandsOver(t *testing.T) {
	t.Parallel()
	docs, ps := content.Load(sample.FS, nil)
	book, problems := handoff.Load(docs, bottest.Zone)
	if ps = append(ps, problems...); ps != nil {
		t.Fatal(ps)
	}
	k := bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{handoff.New(book, s)} })
	k.Later(14 * time.Hour) // midnight
	goesOut(t, follower(k, "wang").says("人工"), bot.MessageTransfer)
	goesOut(t, customer(k, "li").says("转人工"), bot.MessageText, bot.MessageTransfer)
	goesOut(t, member(k, "zhao").says("人工"), bot.MessageText).Hears("暂时没有人工客服")
}

// FuzzLoad: whatever a file of the kind holds, it is loaded or told about with a remedy, and brings nothing down.
func FuzzLoad(f *testing.F) {
	seed, err := sample.FS.ReadFile("handoff.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(withStaff))
	f.Fuzz(func(t *testing.T, file []byte) {
		d, ps := content.Parse("f.yaml", file, []string{"handoff"})
		if ps == nil {
			_, ps = handoff.Load([]content.Doc{d}, bottest.Zone)
		}
		for _, p := range ps {
			if p.What == "" || p.Remedy == "" || p.File != "f.yaml" {
				t.Errorf("problem %+v", p)
			}
		}
	})
}
