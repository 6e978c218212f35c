package wxapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// encode is v as the platform wants it: JSON in raw UTF-8. It refuses \u escapes (errcode 40033) or shows them to people as
// they are, so that neither & nor U+2028 may be escaped. Control characters can't stand in JSON otherwise and are left out.
func encode(v any) ([]byte, error) {
	if v == nil {
		return []byte("{}"), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return unescape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// unescape replaces the \u escapes of a JSON text.
func unescape(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\u`)) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '\\' || i+1 == len(text):
			out = append(out, text[i])
		case text[i+1] != 'u':
			out = append(out, text[i], text[i+1])
			i++
		default:
			r, n := escaped(text[i:])
			out = appendRune(out, r)
			i += n - 1
		}
	}
	return out
}

// escaped reads the \u escape, or pair of them, that text begins with, and tells how long it is.
func escaped(text []byte) (r rune, n int) {
	r = unit(text)
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if bytes.HasPrefix(text[6:], []byte(`\u`)) {
		if pair := utf16.DecodeRune(r, unit(text[6:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// unit reads the four digits after \u.
func unit(text []byte) rune {
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// appendRune appends a character as it stands in a JSON string.
func appendRune(out []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(out, '\\', byte(r))
	case r == '\n':
		return append(out, `\n`...)
	case r == '\r':
		return append(out, `\r`...)
	case r == '\t':
		return append(out, `\t`...)
	case r < ' ':
		return out
	}
	return utf8.AppendRune(out, r)
}
