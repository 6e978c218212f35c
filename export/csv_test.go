package export

import (
	"bytes"
	"encoding/csv"
	"errors"
	"iter"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func rows(table ...[]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, r := range table {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// A cell that a spreadsheet would calculate is text after export; everything else is as it was.
func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"formula", `=HYPERLINK("http://x.example","点我")`, `'=HYPERLINK("http://x.example","点我")`},
		{"plus", "+86 138", "'+86 138"},
		{"minus", "-1+1", "'-1+1"},
		{"at", "@SUM(A1)", "'@SUM(A1)"},
		{"tab in front", "\t=1+1", "'\t=1+1"},
		{"carriage return in front", "\r=1+1", "'\r=1+1"},
		{"line feed in front", "\n=1+1", "'\n=1+1"},
		{"spaces in front", "  =1+1", "'  =1+1"},
		{"invisible mark in front", "\uFEFF=1+1", "'\uFEFF=1+1"},
		{"full-width sign", "＝1＋1", "'＝1＋1"},
		{"NUL in front", "\x00=1+1", "'=1+1"},
		{"NUL within", "a\x00b", "ab"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
		{"sign within", "1-1=0", "1-1=0"},
		{"Chinese and emoji", "周三晚上 8 点😀", "周三晚上 8 点😀"},
		{"number", "15000", "15000"},
		{"nothing", "", ""},
		{"only spaces", "  ", "  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Cell(c.in); got != c.want {
				t.Errorf("Cell(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// The file starts with the mark Excel needs, and reads back cell by cell.
func TestWrittenTableReadsBack(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	table := Table{Header: []string{"名次", "回答"}, Rows: rows([]string{"1", "有逗号,和\"引号\""}, []string{"2", "=1+1"})}
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\uFEFF")
	if !marked || !strings.HasPrefix(text, "名次,回答\r\n") {
		t.Errorf("file starts with %q", b.String()[:min(20, b.Len())])
	}
	got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"名次", "回答"}, {"1", "有逗号,和\"引号\""}, {"2", "'=1+1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A table that breaks off in the middle is an error, never a shorter file that looks whole.
func TestBrokenRowsAndWritersAreErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection lost")
	table := Table{Header: []string{"a"}, Rows: func(yield func([]string, error) bool) {
		_ = yield([]string{"1"}, nil) && yield(nil, broken)
	}}
	if err := table.WriteCSV(&bytes.Buffer{}); !errors.Is(err, broken) {
		t.Errorf("error = %v, want %v", err, broken)
	}
	full := fullDisk{}
	if err := (Table{Header: []string{"a"}, Rows: rows()}).WriteCSV(full); !errors.Is(err, errFull) {
		t.Errorf("error = %v, want %v", err, errFull)
	}
}

var errFull = errors.New("disk full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func FuzzCSVCell(f *testing.F) {
	for _, s := range []string{"", "=1+1", "\t@x", "a\x00=b", "\xff", "＝1", "' =1", "周三\n周四"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Cell(s)
		if !utf8.ValidString(c) || strings.ContainsRune(c, 0) {
			t.Errorf("Cell(%q) = %q is not clean", s, c)
		}
		if !strings.HasPrefix(c, "'") && startsFormula(c) {
			t.Errorf("Cell(%q) = %q starts a formula", s, c)
		}
		var b bytes.Buffer
		if err := (Table{Header: []string{"h"}, Rows: rows([]string{s, "end"})}).WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF")))
		r.FieldsPerRecord = -1
		got, err := r.ReadAll()
		if err != nil || len(got) != 2 || len(got[1]) != 2 {
			t.Errorf("%q does not read back as one row: %v, %v", s, got, err)
		}
	})
}

func BenchmarkWriteCSV(b *testing.B) {
	row := []string{"1", "oABCDEFGHIJKLMNOPQRSTUVWXYZ12", "100", "1 分 20 秒", "2030-12-31 00:00:00", "=1+1"}
	table := Table{Header: row, Rows: func(yield func([]string, error) bool) {
		for b.Loop() && yield(row, nil) {
		}
	}}
	b.ReportAllocs()
	if err := table.WriteCSV(&bytes.Buffer{}); err != nil {
		b.Fatal(err)
	}
}
