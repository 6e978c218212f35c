package content

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var placeholder = regexp.MustCompile(`\{[^{}\s]*\}`)

// CheckText looks a sentence for customers over: it may hold these placeholders only ("{code}"), and must hold those.
// at is the sentence's place in d.
func CheckText(d Doc, ps *Problems, text string, known, required []string, at ...any) {
	line := d.Line(at...)
	if hasControl(text) {
		ps.Add(d, line, "remove it", "a text holds a control character")
	}
	for _, p := range placeholder.FindAllString(text, -1) {
		if slices.Contains(known, p) {
			continue
		}
		remedy := "use 【】 or （） where brackets are meant"
		if len(known) > 0 {
			remedy = "use one of " + strings.Join(known, " ")
		}
		ps.Add(d, line, remedy, "placeholder %s is not known here", p)
	}
	for _, p := range required {
		if !strings.Contains(text, p) {
			ps.Add(d, line, "put "+p+" where it belongs in the sentence", "placeholder %s is missing", p)
		}
	}
}

// hasControl tells whether s holds what no message can carry.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}
