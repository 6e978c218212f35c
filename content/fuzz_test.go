package content_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"guanjia/bot"
	"guanjia/content"
)

// everything holds one of each type that content files are made of.
type everything struct {
	Texts     map[string]string `yaml:"texts"`
	Campaigns []struct {
		content.Campaign `yaml:",inline"`
		Lasts            content.Span  `yaml:"lasts"`
		Reply            []bot.Message `yaml:"reply"`
	} `yaml:"campaigns"`
}

// FuzzParse: whatever an operator saves as a content file is read or told about, at a line that the file has, and never
// brings the process down.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"",
		"kind: coupon\ncampaigns:\n- id: a\n  name: 甲\n  active: {from: 2026-01-31, until: 2026-02-01 08:30, hours: [08:30-21:30], days: [周一]}\n",
		"kind: welcome\ncampaigns:\n- reply:\n  - {text: hi}\n  - {menu: {choices: [{label: a}, {label: a}]}}\n  - {cards: [{title: t, url: x}]}\n",
		"kind: &a [*a]\n",
		"kind: a\n--- \nkind: b\n",
		"\xef\xbb\xbfkind: x\n? [a]\n: b\n",
		"kind: coupon\ncampaigns: [{lasts: 30d}, {<<: {lasts: 72h}}]\ntexts: {a: b, a: c}\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		d, ps := content.Parse("f.yaml", file, nil)
		var v everything
		if ps == nil {
			ps = d.Decode(&v)
		}
		ids := content.IDs{}
		for i := range v.Campaigns {
			c := &v.Campaigns[i]
			c.Check(d, ids, &ps, "campaigns", i)
			content.CheckReply(d, &ps, c.Reply, "campaigns", i, "reply")
		}
		for k, text := range v.Texts {
			content.CheckText(d, &ps, text, []string{"{code}"}, nil, "texts", k)
		}
		for _, p := range ps {
			if p.What == "" || p.Line < 0 || p.Line > bytes.Count(file, []byte("\n"))+bytes.Count(file, []byte("\r"))+2 {
				t.Errorf("problem out of place: %+v", p)
			}
		}
	})
}

// FuzzSpan: a span that is read lasts longer than nothing and ends after it began.
func FuzzSpan(f *testing.F) {
	for _, s := range []string{"30d", "72h", "1h30m", "0d", "-1h", "9999999999999999999d", "", "d", "1e3h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		span, err := content.ParseSpan(s)
		if err == nil && (span.Duration() <= 0 || !span.After(noon, shanghai).After(noon)) {
			t.Errorf("%q is read as %v", s, span)
		}
	})
}

// FuzzHours: a span of hours that is read holds its first minute and not its end.
func FuzzHours(f *testing.F) {
	for _, s := range []string{"08:30-21:30", "22:00 - 06:00", "00:00-24:00", "24:00-01:00", "8:3-9:0", "99:99-00:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := content.ParseHours(s)
		allDay := h.From == 0 && h.To == 1440
		if err == nil && !allDay && (!h.Contains(midnight.Add(minutes(h.From))) || h.Contains(midnight.Add(minutes(h.To)))) {
			t.Errorf("%q is read as %v", s, h)
		}
	})
}

// FuzzFile: whatever lies in the content folder, and whatever it is called, a message that names it is fine or a problem.
func FuzzFile(f *testing.F) {
	for _, c := range []struct{ name, text, kind string }{{"a.png", png, "image"}, {"a.amr", amr(2), "voice"}, {"b/../a", mp4, "video"}, {"..", gif, ""}, {"a.amr", "#!AMR\n\x3c", ""}} {
		f.Add(c.name, []byte(c.text), c.kind)
	}
	f.Fuzz(func(t *testing.T, name string, text []byte, kind string) {
		fsys := fstest.MapFS{"f.yaml": {Data: []byte("kind: party\n")}, "a": {Data: text}}
		if fs.ValidPath(name) && name != "." && !strings.HasPrefix(name, "f.yaml") && !strings.HasPrefix(name, "a/") {
			fsys[name] = &fstest.MapFile{Data: text}
		}
		docs, ps := content.Load(fsys, []string{"party"})
		for _, d := range docs {
			said := []bot.Message{{Kind: bot.MessageKind(kind), File: name}}
			content.CheckReply(d, &ps, said, "reply")
			if ps == nil && len(content.Attached(docs)) == 0 {
				t.Errorf("%q of kind %q is fine and not listed", name, kind)
			}
		}
	})
}
