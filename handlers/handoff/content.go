package handoff

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/content"
)

// What is used where the content says nothing else.
const (
	defaultQuietFor   = 30 * time.Minute
	defaultAfterStaff = 2 * time.Hour
)

// maxMembers is how many members one app message reaches (WeCom docs, 发送应用消息).
const maxMembers = 1000

// Book is the validated content: the settings of single accounts, and those of all others.
type Book struct {
	single []Settings
	others *Settings // nil: no file speaks for them
	unset  Settings
	zone   *time.Location
}

// Settings are one content file of this kind.
type Settings struct {
	Accounts   []bot.AccountName `yaml:"accounts"`
	Keywords   []string          `yaml:"keywords"`
	MenuKeys   []string          `yaml:"menu_keys"`
	Resume     []string          `yaml:"resume"`
	Active     content.Active    `yaml:"active"`
	Outside    Outside           `yaml:"outside"`
	QuietFor   content.Span      `yaml:"quiet_for"`
	AfterStaff content.Span      `yaml:"after_staff"`
	Servicer   string            `yaml:"servicer"`
	Staff      Staff             `yaml:"staff"`
	Texts      Texts             `yaml:"texts"`
}

// Staff are who is told that somebody waits, by a message of an app of WeCom.
type Staff struct {
	Account bot.AccountName `yaml:"account"` // whose app writes to them; empty: the account itself
	Members []string        `yaml:"members"` // their user ids
	After   content.Span    `yaml:"after"`   // how long somebody waits before; zero: at once
	Quote   bool            `yaml:"quote"`   // they are told what the person said last
}

// Outside says what becomes of those who ask while nobody receives.
type Outside string

// The ways.
const (
	Tell Outside = "tell" // they are told when somebody does
	Take Outside = "take" // they wait all the same
)

// Load reads the files of kind handoff. On accounts that none speaks of nobody can ask for a person.
func Load(docs []content.Doc, zone *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	b := &Book{zone: zone}
	b.unset.complete()
	taken := map[bot.AccountName]string{} // by which file; "" is all others
	for d, s := range content.Files[Settings](docs, string(Name), &problems) {
		s.complete()
		s.check(d, &problems)
		s.take(d, taken, &problems)
		if len(s.Accounts) > 0 {
			b.single = append(b.single, s)
		} else {
			b.others = &s
		}
	}
	return b, problems
}

// complete fills in the defaults.
func (s *Settings) complete() {
	if len(s.Keywords) == 0 {
		s.Keywords = []string{"人工", "人工客服", "转人工", "转接人工", "人工服务", "真人", "找人工", "联系客服"}
	}
	if len(s.Resume) == 0 {
		s.Resume = []string{"结束人工", "返回机器人", "退出人工"}
	}
	s.Outside = cmp.Or(s.Outside, Tell)
	if s.QuietFor.IsZero() {
		s.QuietFor.Time = defaultQuietFor
	}
	if s.AfterStaff.IsZero() {
		s.AfterStaff.Time = defaultAfterStaff
	}
	s.Texts = ask.Complete(s.Texts, DefaultTexts())
}

func (s *Settings) check(d content.Doc, ps *content.Problems) {
	content.CheckAccounts(d, s.Accounts, ps, "accounts")
	content.CheckWords(d, s.Keywords, ps, "keywords")
	content.CheckMenuKeys(d, s.MenuKeys, ps, "menu_keys")
	content.CheckWords(d, s.Resume, ps, "resume")
	s.Active.Check(d, ps, "active")
	for i, w := range s.Resume {
		if says(s.Keywords, w) {
			ps.Add(d, d.Line("resume", i), "remove it from one of the two lists", "%q asks for a person and ends it", w)
		}
	}
	if s.Outside != Tell && s.Outside != Take {
		ps.Add(d, d.Line("outside"), "write tell or take", "outside %q is not known", string(s.Outside))
	}
	s.Staff.check(d, ps)
	for _, text := range ask.Sentences(s.Texts, DefaultTexts()) {
		holds := append(text.Holds, "{keyword}")
		if strings.HasPrefix(text.Key, "notice_") {
			holds = append(holds, "{user}")
		}
		content.CheckText(d, ps, text.Text, holds, nil, "texts", text.Key)
	}
}

func (s Staff) check(d content.Doc, ps *content.Problems) {
	if s.Account != "" {
		content.CheckAccounts(d, []bot.AccountName{s.Account}, ps, "staff", "account")
	}
	if len(s.Members) == 0 && (s.Account != "" || !s.After.IsZero() || s.Quote) {
		ps.Add(d, d.Line("staff"), "list the user ids of those who are to be told (成员账号) under members", "staff has no members")
	}
	if len(s.Members) > maxMembers {
		ps.Add(d, d.Line("staff", "members"), "shorten the list", "an app message reaches at most %d members", maxMembers)
	}
	for i, m := range s.Members {
		if strings.TrimSpace(m) != m || m == "" || strings.HasPrefix(m, "@") || strings.ContainsAny(m, "|,;") {
			ps.Add(d, d.Line("staff", "members", i), "write one user id (成员账号) to each line, as in the admin console", "%q is no user id", m)
		}
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

// of finds the settings for an account; set is false when no file speaks for it.
func (b *Book) of(a bot.AccountName) (s *Settings, set bool) {
	for i := range b.single {
		if slices.Contains(b.single[i].Accounts, a) {
			return &b.single[i], true
		}
	}
	if b.others != nil {
		return b.others, true
	}
	return &b.unset, false
}

// files are the settings of all files, those of single accounts first.
func (b *Book) files() []*Settings {
	var all []*Settings
	for i := range b.single {
		all = append(all, &b.single[i])
	}
	if b.others != nil {
		all = append(all, b.others)
	}
	return all
}
