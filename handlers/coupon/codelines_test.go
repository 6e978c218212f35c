package coupon_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"guanjia/handlers/coupon"
)

// read gives what a file of codes holds, one line for each.
func read(file string) (lines []string, gbk bool, err error) {
	r := coupon.NewCodeReader(strings.NewReader(file))
	for l := range r.Lines() {
		switch {
		case l.What != "":
			lines = append(lines, fmt.Sprintf("%d %s; %s", l.Line, l.What, l.Remedy))
		default:
			lines = append(lines, fmt.Sprintf("%d %s", l.Line, l.Code))
		}
	}
	return lines, r.GBK(), r.Err()
}

// TestFilesOfCodesAreReadAsSpreadsheetsWriteThem: with a header or without, with any separator, encoding and line end.
func TestFilesOfCodesAreReadAsSpreadsheetsWriteThem(t *testing.T) {
	t.Parallel()
	encoded := func(s string) string {
		b, err := simplifiedchinese.GBK.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("券码\t门店\r\nA1\t一店\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file string
		want       []string
		gbk        bool
	}{
		{"empty", "", nil, false},
		{"only a header", "code\n", nil, false},
		{"plain", "A1\nB-2\nc_3.~\n", []string{"1 A1", "2 B-2", "3 c_3.~"}, false},
		{"no line end at the end", "A1\nB2", []string{"1 A1", "2 B2"}, false},
		{"Windows line ends", "code\r\nA1\r\nB2\r\n", []string{"2 A1", "3 B2"}, false},
		{"byte-order mark", "\xef\xbb\xbfA1\nB2\n", []string{"1 A1", "2 B2"}, false},
		{"byte-order mark and header", "\xef\xbb\xbf券码\nA1\n", []string{"2 A1"}, false},
		{"GBK header", encoded("券码,门店\nA1,一店\n"), []string{"2 A1"}, true},
		{"UTF-16 of a spreadsheet", utf16, []string{"2 A1"}, false},
		{"code in the second column", "id, Coupon_Code ,note\n1,A1,x\n2, B2 ,y\n", []string{"2 A1", "3 B2"}, false},
		{"semicolons", "code;note\nA1;x\n", []string{"2 A1"}, false},
		{"quotes", "\"code\",\"note\"\n\"A1\",\"a, \"\"b\"\"\"\n", []string{"2 A1"}, false},
		{"blank lines at the end", "A1\n\n \n\n", []string{"1 A1"}, false},
		{"digits with zeros in front", "00123\n", []string{"1 00123"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines, gbk, err := read(c.file)
			if diff := cmp.Diff(c.want, lines); diff != "" || gbk != c.gbk || err != nil {
				t.Errorf("GBK %v, %v (-want +got):\n%s", gbk, err, diff)
			}
		})
	}
}

// TestEachBadLineIsReportedWithItsRemedy, and the lines around it are read.
func TestEachBadLineIsReportedWithItsRemedy(t *testing.T) {
	t.Parallel()
	const correct = "; correct it, or remove the line"
	for _, c := range []struct{ name, file, want string }{
		{"empty line", "A1\n\nB2\n", "2 is empty; remove it"},
		{"empty field", "code,note\nA1,x\n,y\nB2,z\n", "3 has no code" + correct},
		{"too long", "A1\n" + strings.Repeat("x", 65) + "\nB2\n", "2 has a code longer than 64 characters" + correct},
		{"a line without end", "A1\n" + strings.Repeat("x", 1<<20) + "\nB2\n", "2 is longer than 4096 bytes; check that each code has a line of its own"},
		{"Chinese", "A1\n券一\nB2\n", "2 has a code with characters other than letters, digits and - _ . ~" + correct},
		{"GBK code", "A1\n\xc8\xaf\nB2\n", "2 has a code with characters other than letters, digits and - _ . ~" + correct},
		{"neither UTF-8 nor GBK", "A1\n\xff\xff\nB2\n", "2 is neither UTF-8 nor GBK; save the file as CSV UTF-8"},
		{"NUL", "A1\nA\x00\nB2\n", "2 has a code with characters other than letters, digits and - _ . ~" + correct},
		{"formula", "A1\n=1+1\nB2\n", "2 has a code with characters other than letters, digits and - _ . ~" + correct},
		{"two columns", "A1\nA2,x\nB2\n", "2 has 2 columns instead of 1; keep one column, or begin the file with a line that names the columns, the codes' column code or 券码"},
		{"too few columns", "code,note\nA1,x\nA2\nB2,x\n", "3 has 1 columns instead of 2; keep one column, or begin the file with a line that names the columns, the codes' column code or 券码"},
		{"same code twice", "A1\nB2\nA1\n", "3 repeats the code of line 1; remove one of the two"},
		{"open quote", "A1\n\"A2\nB2\n", "2 has a code with characters other than letters, digits and - _ . ~" + correct},
		{"rounded by the spreadsheet", "A1\n1.23457E+14\nB2\n", "2 has a code with characters other than letters, digits and - _ . ~; the spreadsheet has rounded it: format the column as text before the codes are put in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines, _, err := read(c.file)
			var codes, told []string
			for _, l := range lines {
				if strings.Contains(l, ";") {
					told = append(told, l)
				} else {
					codes = append(codes, l)
				}
			}
			if len(codes) != 2 || err != nil {
				t.Errorf("codes %q, %v; want both good ones", codes, err)
			}
			if got := strings.Join(told, "\n"); got != c.want {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestAFileThatBreaksOffIsAnError, and what came before it is kept.
func TestAFileThatBreaksOffIsAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk gone")
	r := coupon.NewCodeReader(io.MultiReader(strings.NewReader("A1\nB2\n"), iotest.ErrReader(broken)))
	n := 0
	for range r.Lines() {
		n++
	}
	if n != 2 || !errors.Is(r.Err(), broken) || r.Err().Error() != "read line 3: disk gone" {
		t.Errorf("%d lines, %v", n, r.Err())
	}
}

// FuzzCodeReader: whatever the file holds, every line is a good code or a problem with a remedy, in order, and no code comes
// twice.
func FuzzCodeReader(f *testing.F) {
	for _, s := range []string{
		"A1\nB2\n", "\xef\xbb\xbfcode\r\nA1\r\n", "\xff\xfec\x00\n\x00", "\xc8\xaf\xc2\xeb,x\nA1,y\n", "\"a\"\"\",b\n\"", ",\n;\n\t\n", "\n\n\nA1\n\nA1",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r := coupon.NewCodeReader(strings.NewReader(string(file)))
		last := 0
		seen := map[string]bool{}
		for l := range r.Lines() {
			switch {
			case l.Line <= last:
				t.Errorf("line %d after %d", l.Line, last)
			case l.What != "" && (l.Remedy == "" || l.Code != ""):
				t.Errorf("problem %+v", l)
			case l.What == "" && (l.Code == "" || len(l.Code) > coupon.MaxCodeLength || strings.ContainsAny(l.Code, " /\"'=+@\x00\n") || seen[l.Code]):
				t.Errorf("code %+v", l)
			}
			last = l.Line
			seen[l.Code] = true
		}
		if r.Err() != nil {
			t.Error(r.Err())
		}
	})
}
