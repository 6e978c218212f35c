package wxxml

import "unicode/utf8"

// Shorten cuts s to at most n bytes without breaking a character.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for range utf8.UTFMax - 1 {
		if n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
	}
	return s[:n]
}
