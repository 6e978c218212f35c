package content

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// MaxTagLength is how long a tag may be, in characters (WeCom docs, 管理企业标签).
	MaxTagLength = 30
	// MaxTags bounds the tags of one place.
	MaxTags = 20
)

// CheckTags looks the tags of one place over; at is the list's place in d.
func CheckTags(d Doc, ps *Problems, tags []string, at ...any) {
	if len(tags) > MaxTags {
		ps.Add(d, d.Line(at...), "keep those that somebody looks at", "%d tags are too many: at most %d", len(tags), MaxTags)
	}
	for i, t := range tags {
		here := append(slices.Clip(at), i)
		CheckTag(d, ps, t, here...)
		if slices.Contains(tags[:i], t) {
			ps.Add(d, d.Line(here...), "remove one of them", "tag %q is listed twice", t)
		}
	}
}

// CheckTag looks one tag over, as the staff will read it.
func CheckTag(d Doc, ps *Problems, tag string, at ...any) {
	line := d.Line(at...)
	switch {
	case tag == "" || strings.TrimSpace(tag) != tag:
		ps.Add(d, line, "write the tag as the staff will read it, such as 老客户", "a tag is empty or has blanks around it")
	case utf8.RuneCountInString(tag) > MaxTagLength:
		ps.Add(d, line, "shorten it", "tag %q is longer than %d characters", tag, MaxTagLength)
	case hasControl(tag) || strings.ContainsAny(tag, "\n\t"):
		ps.Add(d, line, "write it on one line", "a tag holds a control character")
	}
}
