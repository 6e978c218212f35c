package coupon_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guanjia/bot/bottest"
	"guanjia/handlers/coupon"
	"guanjia/store"
)

func open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "codes.db"), store.Options{Synchronous: "NORMAL"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, _, err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func quiet(int64) {}

// TestImportingAgainIsHarmless: codes that are there count as existing, new ones are added.
func TestImportingAgainIsHarmless(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct {
		file            string
		added, existing int
	}{{"A1\nA2\n", 2, 0}, {"A1\nA2\n", 0, 2}, {"A1\nA3\n", 1, 1}} {
		sum, err := coupon.Import(t.Context(), s, "a", strings.NewReader(c.file), bottest.Start, quiet)
		if err != nil || sum.Added != c.added || sum.Existing != c.existing || sum.Bad != 0 {
			t.Errorf("%q: %+v, %v", c.file, sum, err)
		}
	}
	stock, err := s.CouponStock(t.Context(), "a")
	if err != nil || stock.Total != 3 {
		t.Errorf("stock %+v, %v", stock, err)
	}
}

// TestTheSummaryListsBadLinesInOrder, those that only the database can find too.
func TestTheSummaryListsBadLinesInOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := coupon.Import(t.Context(), s, "other", strings.NewReader("THEIRS\n"), bottest.Start, quiet); err != nil {
		t.Fatal(err)
	}
	var done []int64
	file := "\xc8\xaf\xc2\xeb\nA1\nTHEIRS\nA1\nbad code\nA2\n"
	sum, err := coupon.Import(t.Context(), s, "a", strings.NewReader(file), bottest.Start, func(n int64) { done = append(done, n) })
	if err != nil {
		t.Fatal(err)
	}
	want := coupon.ImportSummary{Added: 2, Bad: 3, GBK: true, BadLines: []coupon.CodeLine{
		{Line: 3, What: "has a code of another campaign"},
		{Line: 4, What: "repeats the code of line 2"},
		{Line: 5, What: "has a code with characters other than letters, digits and - _ . ~"},
	}}
	if diff := cmp.Diff(want, sum, cmpopts.IgnoreFields(coupon.CodeLine{}, "Remedy")); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{int64(len(file))}, done); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}

// TestADeadDatabaseStopsTheImport, and the error names the lines that are missing.
func TestADeadDatabaseStopsTheImport(t *testing.T) {
	t.Parallel()
	sum, err := coupon.Import(t.Context(), deadStore{}, "a", strings.NewReader("A1\n,\nA2\n"), bottest.Start, quiet)
	if !errors.Is(err, errDead) || !strings.HasPrefix(err.Error(), "import lines 1 to 3: ") || sum.Bad != 1 || sum.Added != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	broken := errors.New("disk gone")
	r := io.MultiReader(strings.NewReader("A1\n"), brokenReader{broken})
	if _, err := coupon.Import(t.Context(), open(t), "a", r, bottest.Start, quiet); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

// million is a file of a million lines, made while it is read: a header, codes, and every 100th line a bad one.
type million struct {
	line int
	rest []byte
}

const millionLines = 1_000_000

func (m *million) Read(p []byte) (int, error) {
	for len(m.rest) == 0 {
		if m.line == millionLines {
			return 0, io.EOF
		}
		m.line++
		switch {
		case m.line == 1:
			m.rest = []byte("\xef\xbb\xbf券码,批次\r\n")
		case m.line%200 == 0:
			m.rest = fmt.Appendf(nil, "C%09d,x\r\n", m.line-1)
		case m.line%100 == 0:
			m.rest = []byte("坏码,x\r\n")
		default:
			m.rest = fmt.Appendf(nil, "C%09d,x\r\n", m.line)
		}
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

// TestAMillionLinesInBoundedMemory: every line is accounted for, and the heap stays small.
func TestAMillionLinesInBoundedMemory(t *testing.T) {
	const bound = 128 << 20
	var most uint64
	progress := func(int64) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc)
	}
	counted := &countedStore{}
	sum, err := coupon.Import(t.Context(), counted, "a", &million{}, bottest.Start, progress)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Added != 989_999 || sum.Bad != 10_000 || sum.Added+sum.Bad != millionLines-1 || len(sum.BadLines) != coupon.MaxReported {
		t.Errorf("%d added, %d bad, %d listed", sum.Added, sum.Bad, len(sum.BadLines))
	}
	if last := sum.BadLines[1].What; last != "repeats the code of line 199" {
		t.Errorf("second bad line %q", last)
	}
	if counted.largest > 1000 {
		t.Errorf("%d codes in one transaction", counted.largest)
	}
	if most > bound {
		t.Errorf("heap grew to %d MiB, more than %d", most>>20, bound>>20)
	}
}

// countedStore takes codes in and counts them.
type countedStore struct{ largest int }

func (s *countedStore) ImportCodes(_ context.Context, _ string, codes []string, _ time.Time) (store.ImportResult, error) {
	s.largest = max(s.largest, len(codes))
	return store.ImportResult{Added: len(codes)}, nil
}

// TestTwentyThousandCodesThroughTheRealStore: chunks keep the order of the file.
func TestTwentyThousandCodesThroughTheRealStore(t *testing.T) {
	t.Parallel()
	s := open(t)
	var file strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&file, "Z%d\n", 20_000-i)
	}
	sum, err := coupon.Import(t.Context(), s, "a", strings.NewReader(file.String()), bottest.Start, quiet)
	if err != nil || sum.Added != 20_000 {
		t.Fatal(sum, err)
	}
	for i := range 3 {
		c, _, err := s.ClaimCoupon(t.Context(), store.ClaimRequest{Campaign: "a", Person: person(i), Key: "k", At: bottest.Start})
		if want := fmt.Sprintf("Z%d", 20_000-i); err != nil || c.Code != want {
			t.Errorf("claim %d got %s, %v; want %s", i, c.Code, err, want)
		}
	}
}

// BenchmarkImport reads lines and looks them over, without a database.
func BenchmarkImport(b *testing.B) {
	var file strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&file, "C%09d\r\n", i)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := coupon.Import(b.Context(), &countedStore{}, "a", strings.NewReader(file.String()), bottest.Start, quiet); err != nil {
			b.Fatal(err)
		}
	}
}
