package coupon

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"guanjia/store"
)

const (
	importChunk = 1000 // codes per transaction
	// MaxReported bounds the bad lines that an ImportSummary lists; it counts the others.
	MaxReported = 1000
)

// CodeStore takes codes in.
type CodeStore interface {
	ImportCodes(ctx context.Context, campaign string, codes []string, at time.Time) (store.ImportResult, error)
}

// ImportSummary is what became of a file.
type ImportSummary struct {
	Added    int        // codes that are new
	Existing int        // codes that the campaign had already
	Bad      int        // lines without a code that can be used
	BadLines []CodeLine // the first MaxReported of them, by line
	GBK      bool       // the file was read as GBK
}

// Import reads codes from r into a campaign. Bad lines are reported and don't stop it. It may be run again after an error or
// with the same file: codes that are there already count as existing. progress hears how many bytes of r are done.
func Import(ctx context.Context, stock CodeStore, campaign string, r io.Reader, at time.Time, progress func(done int64)) (ImportSummary, error) {
	counted := &countingReader{r: r}
	lines := NewCodeReader(counted)
	im := importer{stock: stock, campaign: campaign, at: at}
	for l := range lines.Lines() {
		if l.What != "" {
			im.report(l)
			continue
		}
		if im.add(l); len(im.codes) == importChunk {
			if err := im.flush(ctx); err != nil {
				return im.summary(lines), err
			}
			progress(counted.n)
		}
	}
	if err := lines.Err(); err != nil {
		return im.summary(lines), err
	}
	err := im.flush(ctx)
	progress(counted.n)
	return im.summary(lines), err
}

// importer collects codes into chunks.
type importer struct {
	stock    CodeStore
	campaign string
	at       time.Time
	codes    []string
	lines    []int // of codes
	sum      ImportSummary
}

func (im *importer) add(l CodeLine) {
	im.codes, im.lines = append(im.codes, l.Code), append(im.lines, l.Line)
}

func (im *importer) report(l CodeLine) {
	im.sum.Bad++
	if len(im.sum.BadLines) < MaxReported {
		im.sum.BadLines = append(im.sum.BadLines, l)
	}
}

func (im *importer) flush(ctx context.Context) error {
	if len(im.codes) == 0 {
		return nil
	}
	done, err := im.stock.ImportCodes(ctx, im.campaign, im.codes, im.at)
	if err != nil {
		return fmt.Errorf("import lines %d to %d: %w", im.lines[0], im.lines[len(im.lines)-1], err)
	}
	im.sum.Added += done.Added
	im.sum.Existing += done.Existing
	for _, code := range done.Conflicts {
		im.report(bad(im.lines[slices.Index(im.codes, code)], "has a code of another campaign", "remove it: a code belongs to one campaign"))
	}
	im.codes, im.lines = im.codes[:0], im.lines[:0]
	im.at = im.at.Add(time.Millisecond) // codes are given in the order of the file
	return nil
}

func (im *importer) summary(lines *CodeReader) ImportSummary {
	im.sum.GBK = lines.GBK()
	slices.SortStableFunc(im.sum.BadLines, func(a, b CodeLine) int { return cmp.Compare(a.Line, b.Line) })
	return im.sum
}

// countingReader counts what was read.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
