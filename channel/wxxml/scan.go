package wxxml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// The platform's documents are small and flat. The deepest known is 5 levels and the longest, on a mass sending of eight
// articles, about 110 elements; the limits leave room for what comes and none for documents made to exhaust us.
const (
	maxDepth    = 16
	maxElements = 512
)

// Malformed is why a document can't be read. The texts never quote the document.
type Malformed string

func (m Malformed) Error() string { return string(m) }

const (
	errNotXML      Malformed = "not an XML document"
	errTruncated   Malformed = "the document ends early"
	errDeclaration Malformed = "document type and entity declarations are not taken"
	errEntity      Malformed = "unknown entity"
	errTag         Malformed = "a tag is not well-formed"
	errNesting     Malformed = "tags do not match"
	errRoot        Malformed = "the root element is not xml"
	errTooDeep     Malformed = "nested too deeply"
	errTooMany     Malformed = "too many elements"
	errTrailing    Malformed = "something follows the document"
)

// Scanner reads a document by hand: encoding/xml, which can do much more, takes most of the time of a callback.
// Names and texts are substrings of the document wherever it says them in one piece. A Scanner can be used again, which
// saves its storage.
type Scanner struct {
	doc    string
	pos    int
	es     Elements
	open   [maxDepth]int // indices of the elements that are open
	depth  int
	joined []byte // the text of the innermost element, when it came in pieces
	pieces int    // how many
}

// Scan reads an <xml> document and returns the children of its root, which hold until the next scan. White space and
// comments around it are skipped, attributes ignored; whatever is not UTF-8, and NUL, becomes U+FFFD.
func (s *Scanner) Scan(doc string) (Elements, error) {
	s.doc, s.pos, s.depth, s.pieces = clean(doc), 0, 0, 0
	s.es = s.es[:0]
	for s.pos < len(s.doc) {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	switch {
	case len(s.es) == 0:
		return nil, errNotXML
	case s.depth > 0:
		return nil, errTruncated
	}
	return s.es[1:], nil
}

// Forget lets go of the documents that were scanned.
func (s *Scanner) Forget() {
	clear(s.es[:cap(s.es)])
	s.doc = ""
}

// clean makes doc valid UTF-8 without NUL, which neither the databases nor the platform take.
func clean(doc string) string {
	doc = strings.TrimPrefix(doc, "\uFEFF")
	if !utf8.ValidString(doc) {
		doc = strings.ToValidUTF8(doc, "\uFFFD")
	}
	if strings.IndexByte(doc, 0) >= 0 {
		doc = strings.ReplaceAll(doc, "\x00", "\uFFFD")
	}
	return doc
}

// next reads one tag, or the text up to the next.
func (s *Scanner) next() error {
	rest := s.doc[s.pos:]
	switch {
	case rest[0] != '<':
		return s.characters(rest)
	case strings.HasPrefix(rest, "</"):
		return s.end(rest)
	case strings.HasPrefix(rest, "<![CDATA["):
		return s.cdata(rest)
	case strings.HasPrefix(rest, "<!--"):
		return s.skip(rest, "<!--", "-->")
	case strings.HasPrefix(rest, "<?"):
		return s.skip(rest, "<?", "?>")
	case strings.HasPrefix(rest, "<!"):
		return errDeclaration
	}
	return s.start(rest)
}

// skip passes over a comment or processing instruction.
func (s *Scanner) skip(rest, open, end string) error {
	n := strings.Index(rest[len(open):], end)
	if n < 0 {
		return errTruncated
	}
	s.pos += len(open) + n + len(end)
	return nil
}

func (s *Scanner) characters(rest string) error {
	n := strings.IndexByte(rest, '<')
	if n < 0 {
		n = len(rest)
	}
	s.pos += n
	text := rest[:n]
	if s.depth == 0 {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		if len(s.es) == 0 {
			return errNotXML
		}
		return errTrailing
	}
	if strings.IndexByte(text, '&') >= 0 {
		var err error
		if text, err = unescape(text); err != nil {
			return err
		}
	}
	s.append(text)
	return nil
}

func (s *Scanner) cdata(rest string) error {
	const open, end = "<![CDATA[", "]]>"
	if s.depth == 0 {
		return errNotXML
	}
	n := strings.Index(rest[len(open):], end)
	if n < 0 {
		return errTruncated
	}
	s.append(rest[len(open) : len(open)+n])
	s.pos += len(open) + n + len(end)
	return nil
}

// append adds a piece to the text of the innermost open element. Text around children is layout and dropped.
func (s *Scanner) append(piece string) {
	e := &s.es[s.open[s.depth-1]]
	if s.open[s.depth-1] != len(s.es)-1 || piece == "" {
		return
	}
	switch s.pieces {
	case 0:
		e.Text = piece
	case 1:
		s.joined = append(append(s.joined[:0], e.Text...), piece...)
	default:
		s.joined = append(s.joined, piece...)
	}
	s.pieces++
}

func (s *Scanner) start(rest string) error {
	name, size, closed, err := startTag(rest)
	if err != nil {
		return err
	}
	switch {
	case s.depth == 0 && len(s.es) > 0:
		return errTrailing
	case s.depth == 0 && name != "xml":
		return errRoot
	case s.depth == maxDepth:
		return errTooDeep
	case len(s.es) == maxElements:
		return errTooMany
	}
	if s.depth > 0 {
		s.es[s.open[s.depth-1]].Text = "" // it has children
	}
	s.pos += size
	s.pieces = 0
	s.es = append(s.es, Element{Name: name})
	if !closed {
		s.open[s.depth] = len(s.es) - 1
		s.depth++
	}
	return nil
}

// startTag splits the tag that rest begins with: its name, its size and whether it is an empty element (<a/>).
func startTag(rest string) (name string, size int, closed bool, err error) {
	var quote byte
	for i := 1; i < len(rest); i++ {
		c := rest[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			if name == "" {
				return "", 0, false, errTag
			}
			quote = c
		case c == '<':
			return "", 0, false, errTag
		case c == '>':
			closed = rest[i-1] == '/'
			if name == "" {
				name = strings.TrimSuffix(rest[1:i], "/")
			}
			if name == "" {
				return "", 0, false, errTag
			}
			return name, i + 1, closed, nil
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			if name == "" {
				if i == 1 {
					return "", 0, false, errTag
				}
				name = rest[1:i]
			}
		}
	}
	return "", 0, false, errTruncated
}

func (s *Scanner) end(rest string) error {
	n := strings.IndexByte(rest, '>')
	if n < 0 {
		return errTruncated
	}
	if s.depth == 0 {
		return errNesting
	}
	s.depth--
	e := &s.es[s.open[s.depth]]
	if strings.TrimRight(rest[2:n], " \t\r\n") != e.Name {
		return errNesting
	}
	e.descendants = len(s.es) - 1 - s.open[s.depth]
	if e.descendants == 0 && s.pieces > 1 {
		e.Text = string(s.joined)
	}
	s.pos += n + 1
	s.pieces = 0
	return nil
}

// unescape resolves the five predefined entities and character references. There are no others: a document can't declare any.
func unescape(text string) (string, error) {
	var b strings.Builder
	b.Grow(len(text))
	for {
		before, rest, found := strings.Cut(text, "&")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, found := strings.Cut(rest, ";")
		if !found {
			return "", errEntity
		}
		r, err := entity(name)
		if err != nil {
			return "", err
		}
		b.WriteRune(r)
		text = after
	}
}

func entity(name string) (rune, error) {
	switch name {
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "amp":
		return '&', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	digits, isReference := strings.CutPrefix(name, "#")
	if !isReference {
		return 0, errEntity
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return 0, errEntity
	}
	if r := rune(n); n != 0 && n <= utf8.MaxRune && utf8.ValidRune(r) {
		return r, nil
	}
	return utf8.RuneError, nil
}
