package ask

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean brings what a person wrote to what can be kept: at most limit characters of valid text without control characters,
// blank space around it trimmed. cut tells whether something was left out for its length.
func Clean(said string, limit int) (kept string, cut bool) {
	said = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r // U+FFFD for what is not UTF-8
	}, said)
	said = strings.TrimSpace(said)
	if utf8.RuneCountInString(said) <= limit {
		return said, false
	}
	end := 0
	for range limit {
		_, size := utf8.DecodeRuneInString(said[end:])
		end += size
	}
	// An emoji made of several characters leaves no half behind that joins nothing.
	return strings.TrimRight(said[:end], "\u200D \n\t"), true
}
