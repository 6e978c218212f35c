package consent

import (
	"slices"
	"time"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/content"
)

// The words that always work, whatever the content lists: people know them from text messages.
const (
	WordOut = "退订"
	WordIn  = "恢复"
)

// Book is the validated content.
type Book struct {
	OptOut Words `yaml:"opt_out"`
	OptIn  Words `yaml:"opt_in"`
	Texts  Texts `yaml:"texts"`
}

// Words are the ways to say one thing. The first keyword is the one that the sentences name.
type Words struct {
	Keywords []string `yaml:"keywords"`
	MenuKeys []string `yaml:"menu_keys"`
}

// Load reads the file of kind consent; without one the defaults hold.
func Load(docs []content.Doc, _ *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	var b Book
	first := ""
	for d, file := range content.Files[Book](docs, string(Name), &problems) {
		if first != "" {
			problems.Add(d, 1, "keep one file of this kind", "consent is set in %s already", first)
			continue
		}
		first, b = d.File, file
		b.check(d, &problems)
	}
	b.complete()
	return &b, problems
}

func (b *Book) check(d content.Doc, ps *content.Problems) {
	content.CheckWords(d, b.OptOut.Keywords, ps, optOut, "keywords")
	content.CheckWords(d, b.OptIn.Keywords, ps, optIn, "keywords")
	content.CheckMenuKeys(d, b.OptOut.MenuKeys, ps, optOut, "menu_keys")
	content.CheckMenuKeys(d, b.OptIn.MenuKeys, ps, optIn, "menu_keys")
	for i, w := range b.OptIn.Keywords {
		if has(append(slices.Clip(b.OptOut.Keywords), WordOut), w) {
			ps.Add(d, d.Line(optIn, "keywords", i), "remove it from one of the two lists", "keyword %q opts in and out", w)
		}
	}
	for i, w := range b.OptOut.Keywords {
		if bot.Normalize(w) == WordIn {
			ps.Add(d, d.Line(optOut, "keywords", i), "remove it: it opts in", "keyword %q opts in and out", w)
		}
	}
	for _, s := range ask.Sentences(b.Texts, DefaultTexts()) {
		content.CheckText(d, ps, s.Text, []string{"{in}", "{out}"}, undo()[s.Key], "texts", s.Key)
	}
}

// complete fills in the defaults and the words that always work.
func (b *Book) complete() {
	if len(b.OptOut.Keywords) == 0 {
		b.OptOut.Keywords = []string{WordOut, "TD", "T", "取消订阅"}
	}
	if len(b.OptIn.Keywords) == 0 {
		b.OptIn.Keywords = []string{WordIn, "恢复订阅"}
	}
	if !has(b.OptOut.Keywords, WordOut) {
		b.OptOut.Keywords = append(b.OptOut.Keywords, WordOut)
	}
	if !has(b.OptIn.Keywords, WordIn) {
		b.OptIn.Keywords = append(b.OptIn.Keywords, WordIn)
	}
	b.Texts = ask.Complete(b.Texts, DefaultTexts())
}

func has(words []string, w string) bool {
	return slices.ContainsFunc(words, func(x string) bool { return bot.Normalize(x) == bot.Normalize(w) })
}
