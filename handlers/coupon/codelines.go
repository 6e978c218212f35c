package coupon

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Bounds of a file of codes. Memory is bounded by them, whatever the file's size.
const (
	maxLine    = 4 << 10   // bytes of a line
	maxTracked = 2_000_000 // codes remembered to find the same one again; beyond them the database finds it
)

// CodeLine is one line of a file of codes: a code, or what is wrong.
type CodeLine struct {
	Line   int // from 1
	Code   string
	What   string // empty: the code is good
	Remedy string
}

// CodeReader reads a file of codes line by line: CSV as spreadsheets write it, with commas, semicolons or tabs, with or
// without a byte-order mark, in UTF-8, UTF-16 (with its mark) or GBK. The codes stand in the only column, or in the one that
// the first line names.
type CodeReader struct {
	in     *bufio.Reader
	err    error
	line   int
	format *csvFormat
	seen   map[[16]byte]int32 // hash of a code: its line
	gbk    bool
}

// csvFormat is what the first line told.
type csvFormat struct {
	separator rune
	columns   int
	code      int // index of the column with the codes
}

// NewCodeReader reads from r.
func NewCodeReader(r io.Reader) *CodeReader {
	marked := transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder()))
	return &CodeReader{in: bufio.NewReaderSize(marked, maxLine), seen: map[[16]byte]int32{}}
}

// Lines yields every line but the one that names the columns; blank ones at the end are left out. It ends at the end of the
// file or with Err.
func (r *CodeReader) Lines() iter.Seq[CodeLine] {
	return func(yield func(CodeLine) bool) {
		blank := 0 // lines since the last that is not
		for {
			text, long, ok := r.next()
			if !ok {
				return
			}
			if strings.TrimSpace(text) == "" && !long {
				blank++
				continue
			}
			for ; blank > 0; blank-- {
				if !yield(bad(r.line-blank, "is empty", "remove it")) {
					return
				}
			}
			if found, is := r.read(text, long); is && !yield(found) {
				return
			}
		}
	}
}

// Err is what kept the file from being read to its end.
func (r *CodeReader) Err() error { return r.err }

// GBK tells whether lines were read as GBK so far.
func (r *CodeReader) GBK() bool { return r.gbk }

// next reads a line; of one that is too long it reads over the rest.
func (r *CodeReader) next() (text string, long, ok bool) {
	b, err := r.in.ReadSlice('\n')
	text = string(b)
	for errors.Is(err, bufio.ErrBufferFull) {
		long = true
		_, err = r.in.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = fmt.Errorf("read line %d: %w", r.line+1, err)
		return "", false, false
	}
	if text == "" {
		return "", false, false
	}
	r.line++
	return strings.TrimRight(text, "\r\n"), long, true
}

func bad(line int, what, remedy string) CodeLine {
	return CodeLine{Line: line, What: what, Remedy: remedy}
}

// read finds the code in a line. is is false for the line that names the columns.
func (r *CodeReader) read(text string, long bool) (found CodeLine, is bool) {
	if long {
		return bad(r.line, fmt.Sprintf("is longer than %d bytes", maxLine), "check that each code has a line of its own"), true
	}
	text, ok := r.decode(text)
	if !ok {
		return bad(r.line, "is neither UTF-8 nor GBK", "save the file as CSV UTF-8"), true
	}
	first := r.format == nil
	if first {
		r.format = formatOf(text)
	}
	fields := r.format.split(text)
	if first {
		if named := slices.IndexFunc(fields, namesCodes); named >= 0 {
			r.format.columns, r.format.code = len(fields), named
			return CodeLine{}, false
		}
	}
	if len(fields) != r.format.columns {
		return bad(r.line, fmt.Sprintf("has %d columns instead of %d", len(fields), r.format.columns),
			"keep one column, or begin the file with a line that names the columns, the codes' column code or 券码"), true
	}
	return r.check(fields[r.format.code]), true
}

// decode brings a line to UTF-8.
func (r *CodeReader) decode(text string) (string, bool) {
	if utf8.ValidString(text) {
		return text, true
	}
	decoded, err := simplifiedchinese.GBK.NewDecoder().String(text)
	if err != nil || strings.ContainsRune(decoded, utf8.RuneError) {
		return "", false
	}
	r.gbk = true
	return decoded, true
}

// check looks a code over, and whether it was there before.
func (r *CodeReader) check(code string) CodeLine {
	code = strings.TrimSpace(code)
	if what := badCode(code); what != "" {
		remedy := "correct it, or remove the line"
		if rounded.MatchString(code) {
			remedy = "the spreadsheet has rounded it: format the column as text before the codes are put in"
		}
		return bad(r.line, what, remedy)
	}
	sum := sha256.Sum256([]byte(code))
	key := [16]byte(sum[:16])
	if before, twice := r.seen[key]; twice {
		return bad(r.line, fmt.Sprintf("repeats the code of line %d", before), "remove one of the two")
	}
	if len(r.seen) < maxTracked {
		r.seen[key] = int32(r.line)
	}
	return CodeLine{Line: r.line, Code: code}
}

// rounded is what spreadsheets make of a code of many digits: 1.23457E+14.
var rounded = regexp.MustCompile(`^\d([.,]\d+)?E\+\d+$`)

// badCode tells why s can't be a code; empty when it can. Codes travel in addresses, so they hold what needs no escaping
// there.
func badCode(s string) string {
	switch {
	case s == "":
		return "has no code"
	case len(s) > MaxCodeLength:
		return fmt.Sprintf("has a code longer than %d characters", MaxCodeLength)
	}
	for _, c := range []byte(s) {
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("-_.~", c) >= 0) {
			return "has a code with characters other than letters, digits and - _ . ~"
		}
	}
	return ""
}

// formatOf guesses the separator from the first line. Without names there is one column.
func formatOf(first string) *csvFormat {
	f := &csvFormat{separator: ',', columns: 1}
	for _, s := range "\t;," {
		if strings.ContainsRune(first, s) {
			f.separator = s
			break
		}
	}
	return f
}

func (f *csvFormat) split(text string) []string {
	if !strings.ContainsRune(text, '"') {
		return strings.Split(text, string(f.separator))
	}
	c := csv.NewReader(strings.NewReader(text))
	c.Comma = f.separator
	fields, err := c.Read()
	if err != nil { // a quote that never closes: the quote itself is reported as a bad character
		return strings.Split(text, string(f.separator))
	}
	return fields
}

// namesCodes tells whether a field of the first line names the column of the codes.
func namesCodes(field string) bool {
	switch strings.ToLower(strings.TrimSpace(field)) {
	case "code", "codes", "coupon", "coupon_code", "coupon code", "券码", "券号", "优惠码", "优惠券码", "兑换码", "卡号":
		return true
	}
	return false
}
