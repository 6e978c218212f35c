package bot

import (
	"strings"
	"unicode"
)

// Normalize brings what people type to one form for comparing: full-width letters, digits and punctuation become half-width,
// letters lower case, white space is trimmed and runs of it become one space, and invisible characters go.
// Circled digits and a trailing full stop mean what they look like: "② 。" is "2".
func Normalize(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r >= '！' && r <= '～': // the full-width forms of ASCII
			r -= '！' - '!'
		case r >= '①' && r <= '⑨':
			r = '1' + r - '①'
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r), r == '\uFE0F', r == '\u20E3': // keycap emoji are digits too
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.TrimRight(b.String(), " .。")
}
