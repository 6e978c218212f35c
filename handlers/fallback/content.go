package fallback

import (
	"slices"
	"time"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/content"
)

// defaultEvery is how seldom the menu comes unasked, where the content says nothing else.
const defaultEvery = 10 * time.Minute

// Book is the validated content: the settings of single accounts, and those of all others.
type Book struct {
	single []Settings
	others Settings
}

// Settings are one content file of this kind.
type Settings struct {
	Accounts []bot.AccountName `yaml:"accounts"`
	Every    content.Span      `yaml:"every"`
	Keywords []string          `yaml:"keywords"`
	MenuKeys []string          `yaml:"menu_keys"`
	Menu     bot.Menu          `yaml:"menu"`
	// HandOverAfter is after how many messages in a row that nothing answers a person is wished for; 0: never.
	HandOverAfter int   `yaml:"hand_over_after"`
	Texts         Texts `yaml:"texts"`
}

// Load reads the files of kind fallback. Accounts that none speaks of get the defaults: a line for everything, and no menu.
func Load(docs []content.Doc, _ *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	b := &Book{}
	taken := map[bot.AccountName]string{} // by which file; "" is all others
	for d, s := range content.Files[Settings](docs, string(Name), &problems) {
		s.check(d, &problems)
		s.checkHandOver(d, docs, &problems)
		s.take(d, taken, &problems)
		if len(s.Accounts) > 0 {
			s.complete()
			b.single = append(b.single, s)
		} else {
			b.others = s
		}
	}
	b.others.complete()
	return b, problems
}

func (s *Settings) check(d content.Doc, ps *content.Problems) {
	content.CheckAccounts(d, s.Accounts, ps, "accounts")
	content.CheckWords(d, s.Keywords, ps, "keywords")
	content.CheckMenuKeys(d, s.MenuKeys, ps, "menu_keys")
	if len(s.Menu.Choices) > 0 || s.Menu.Head != "" || s.Menu.Tail != "" {
		content.CheckMenu(d, ps, &s.Menu, "menu")
	}
	for _, text := range ask.Sentences(s.Texts, DefaultTexts()) {
		content.CheckText(d, ps, text.Text, text.Holds, nil, "texts", text.Key)
	}
}

// kindReception is the kind of the files that say who takes a conversation over.
const kindReception = "handoff"

func (s *Settings) checkHandOver(d content.Doc, docs []content.Doc, ps *content.Problems) {
	switch {
	case s.HandOverAfter < 0:
		ps.Add(d, d.Line("hand_over_after"), "write how many messages nobody may understand in a row, such as 3", "hand_over_after is negative")
	case s.HandOverAfter > 0 && !slices.ContainsFunc(docs, func(d content.Doc) bool { return d.Kind == kindReception }):
		ps.Add(d, d.Line("hand_over_after"), "add a file of kind handoff, or remove it", "nobody is there to hand conversations over to")
	}
}

// take notes for which accounts d speaks.
func (s *Settings) take(d content.Doc, taken map[bot.AccountName]string, ps *content.Problems) {
	accounts := s.Accounts
	if len(accounts) == 0 {
		accounts = []bot.AccountName{""}
	}
	for _, a := range accounts {
		if first, is := taken[a]; is {
			ps.Add(d, d.Line("accounts"), "keep one file for each account, and one without accounts for all others", "%s speaks for the same account", first)
		}
		taken[a] = d.File
	}
}

// complete fills in the defaults.
func (s *Settings) complete() {
	if s.Every.IsZero() {
		s.Every = content.Span{Time: defaultEvery}
	}
	if len(s.Keywords) == 0 {
		s.Keywords = []string{"菜单", "帮助", "menu", "help", "?"}
	}
	s.Texts = ask.Complete(s.Texts, DefaultTexts())
	if s.Menu.Head == "" {
		s.Menu.Head = s.Texts.Choose
	}
}

// of finds the settings for an account.
func (b *Book) of(a bot.AccountName) *Settings {
	for i := range b.single {
		if slices.Contains(b.single[i].Accounts, a) {
			return &b.single[i]
		}
	}
	return &b.others
}
