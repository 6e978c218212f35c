package segment

import "unicode"

// kind of a token.
type kind int

const (
	end     kind = iota
	open         // (
	shut         // )
	colon        // :
	compare      // < <= > >=  =
	word         // anything else up to a space, or in quotes
)

// token is a piece of an expression; pos and length are in characters.
type token struct {
	kind        kind
	text        string
	pos, length int
	quoted      bool
}

// sign is what a mark means; people who write Chinese have the wide ones on their keyboard.
func sign(r rune) (kind, string) {
	switch r {
	case '(', '（':
		return open, "("
	case ')', '）':
		return shut, ")"
	case ':', '：':
		return colon, ":"
	case '<', '＜':
		return compare, "<"
	case '>', '＞':
		return compare, ">"
	case '=', '＝':
		return compare, "="
	case '≤':
		return compare, "<="
	case '≥':
		return compare, ">="
	}
	return word, ""
}

// closing is the quote that ends what an opening one begins; 0 when r is none.
func closing(r rune) rune {
	switch r {
	case '"':
		return '"'
	case '“':
		return '”'
	}
	return 0
}

// scan takes an expression apart.
func scan(text []rune) ([]token, *Problem) {
	var tokens []token
	for i := 0; i < len(text); {
		r := text[i]
		if unicode.IsSpace(r) {
			i++
			continue
		}
		t := token{kind: word, pos: i}
		if k, s := sign(r); k != word {
			t.kind, t.text, t.length = k, s, 1
			if (s == "<" || s == ">") && i+1 < len(text) && (text[i+1] == '=' || text[i+1] == '＝') {
				t.text, t.length = s+"=", 2
			}
		} else if stop := closing(r); stop != 0 {
			n := 1
			for i+n < len(text) && text[i+n] != stop {
				n++
			}
			if i+n == len(text) {
				return nil, &Problem{i, n, "a quotation mark is not closed", "put another one at the end of the name", "引号没有结束", "请在名称末尾补上引号"}
			}
			t.text, t.length, t.quoted = string(text[i+1:i+n]), n+1, true
		} else {
			n := 0
			for i+n < len(text) && plain(text[i+n]) {
				n++
			}
			t.text, t.length = string(text[i:i+n]), n
		}
		i += t.length
		tokens = append(tokens, t)
	}
	return append(tokens, token{kind: end, pos: len(text), length: 1}), nil
}

// plain tells whether a character may stand in a word without quotes.
func plain(r rune) bool {
	k, _ := sign(r)
	return k == word && closing(r) == 0 && r != '”' && !unicode.IsSpace(r)
}
