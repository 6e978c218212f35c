package wxxml

import (
	"strings"
	"unicode/utf8"
)

// AppendGroup appends an element of elements, given as name and text in turn.
func AppendGroup(dst []byte, name string, elements ...string) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, '>')
	for i := 0; i+1 < len(elements); i += 2 {
		dst = AppendElement(dst, elements[i], elements[i+1])
	}
	dst = append(dst, "</"...)
	dst = append(dst, name...)
	return append(dst, '>')
}

// AppendElement appends <name><![CDATA[text]]></name>.
func AppendElement(dst []byte, name, text string) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, "><![CDATA["...)
	dst = appendCDATA(dst, text)
	dst = append(dst, "]]></"...)
	dst = append(dst, name...)
	return append(dst, '>')
}

// appendCDATA appends the content of a CDATA section: characters that XML does not have are left out, and a "]]>" in the
// text, which would end the section, is spread over two.
func appendCDATA(dst []byte, text string) []byte {
	if plain(text) {
		return append(dst, text...)
	}
	start := len(dst)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		// Looked for in what was written: leaving characters out may have brought the brackets together.
		if r == '>' && strings.HasSuffix(string(dst[max(start, len(dst)-2):]), "]]") {
			dst = append(dst, "]]><![CDATA["...)
			start = len(dst)
		}
		if isXML(r, size) {
			dst = append(dst, text[i:i+size]...)
		}
		i += size
	}
	return dst
}

// plain tells whether text can be written as it is.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' && text[i] != '\n' {
			return false
		}
	}
	return utf8.ValidString(text) && !strings.Contains(text, "]]>") &&
		!strings.Contains(text, "\uFFFE") && !strings.Contains(text, "\uFFFF")
}

// isXML tells whether XML has the character r, read in size bytes.
func isXML(r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1: // not UTF-8
		return false
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	}
	return r != 0xFFFE && r != 0xFFFF
}
