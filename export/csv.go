// Package export writes tables as CSV files that spreadsheets open as they are: UTF-8 with a byte-order mark, lines that end
// in CRLF, and no cell that a spreadsheet would run as a formula.
//
// A handler makes a Table of what it kept; a command or a page writes it. Rows come one at a time, so that a table of a
// million rows takes no more memory than one of ten. The package imports the standard library only.
package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
)

// byteOrderMark tells spreadsheets that the file is UTF-8; without it Chinese Excel reads it as GBK.
const byteOrderMark = "\uFEFF"

// Table is a header and its rows. Rows that yield an error end the table with it.
type Table struct {
	Header []string
	Rows   iter.Seq2[[]string, error]
}

// WriteCSV writes the table. Every cell is made harmless with Cell.
func (t Table) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(cells(t.Header)); err != nil {
		return fmt.Errorf("write csv header: %w", err)
	}
	n := 0
	for row, err := range t.Rows {
		n++
		if err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
		if err := out.Write(cells(row)); err != nil {
			return fmt.Errorf("write csv row %d: %w", n, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

func cells(row []string) []string {
	safe := make([]string, len(row))
	for i, c := range row {
		safe[i] = Cell(c)
	}
	return safe
}

// Cell makes a text safe to stand in a cell. What a spreadsheet could take for a formula gets a leading apostrophe, which
// spreadsheets show as plain text; NUL, which ends a cell early, goes; what is not UTF-8 is replaced.
func Cell(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	if startsFormula(s) {
		return "'" + s
	}
	return s
}

// startsFormula looks past spaces and invisible characters, because some spreadsheets do. The full-width signs start
// formulas in East Asian editions.
func startsFormula(s string) bool {
	for _, r := range s {
		switch r {
		case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
			return true
		}
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	return false
}
