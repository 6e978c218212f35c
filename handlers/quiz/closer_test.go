package quiz

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/store"
)

// The prize quiz of these tests closes at noon; 2 people share 5 yuan, 3 people share 10.
const prizeSettings = "  active: {until: 2026-03-10 12:00}\n  standing: {keywords: [成绩]}\n  prize: {tiers: [{people: 2, fen: 500}, {people: 3, fen: 1000}]}\n"

var closing = time.Date(2026, 3, 10, 12, 0, 0, 0, zone)

func openStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "quiz.db"), store.Options{Synchronous: "NORMAL"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// finished puts an attempt with a score into the records.
func finished(t *testing.T, s *store.Store, name string, score int) {
	t.Helper()
	p := bot.Person{Account: bottest.Account, User: bot.UserID("o-" + name)}
	a, _, err := s.StartAttempt(t.Context(), "q", p, 0, bot.EventKey(fmt.Sprint(name, score)), closing.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.FinishAttempt(t.Context(), store.FinishedAttempt{
		ID: a.ID, At: closing.Add(-time.Minute), Score: score, MaxScore: 30, Questions: 3, Took: 90 * time.Second, Answers: []byte("{}"),
	}); err != nil {
		t.Fatal(err)
	}
}

func payouts(t *testing.T, s *store.Store) []store.Payout {
	t.Helper()
	var all []store.Payout
	for p, err := range s.Payouts(t.Context(), "q") {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// Three people finish; at the end each hears what they won, to the fen; who was not there hears that.
func TestWinnersHearTheirPrize(t *testing.T) {
	t.Parallel()
	book := three(t, prizeSettings)
	k := talk(t, book)
	for i, person := range []struct{ name, signs string }{{"a", "ACD"}, {"b", "A"}, {"c", "A"}} {
		p := k.Person(person.name)
		for _, said := range []string{"答题", "B", person.signs} {
			p.Says(said)
		}
		p.Says("120").Hears("已有 " + fmt.Sprint(i+1) + " 人完成")
	}
	k.Person("b").Says("成绩").Hears("奖池 10 元，现在每人可分 3.33 元。", "2026年3月10日 12:00 截止，回复“成绩”随时查看")
	k.Later(2 * time.Hour)
	a, late := k.Person("a"), k.Person("late")
	a.Says("成绩").Hears("已于 2026年3月10日 12:00 截止", "您的最好成绩：30 分", "目前排名第 1", "奖金正在结算，稍后回复“成绩”查看。")
	if _, did, err := Settle(t.Context(), k.Store, book.Campaigns()[0], k.Now()); err != nil || !did {
		t.Fatal(did, err)
	}
	a.Says("成绩").Hears("共 3 人完成，瓜分奖池 10 元。", "您的得分 30 分，排名第 1，分得 3.34 元。")
	k.Person("b").Says("答题").Hears("分得 3.33 元。")
	late.Says("答题").Hears("共 3 人完成", "您没有完成这次答题")
}

// Without enough people there is no prize, and without the least score no share; both are told.
func TestNoPrizeIsToldToo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings string
		people   int
		said     string
	}{
		{prizeSettings, 1, "共 1 人完成，没有达到 2 人，奖池未开启，本次没有奖金。"},
		{strings.Replace(prizeSettings, "tiers:", "min_score: 25, tiers:", 1), 3, "您的得分 20 分，排名第 3，没有达到分奖条件。"},
	} {
		book := three(t, c.settings)
		k := talk(t, book)
		for i := range c.people {
			finished(t, k.Store, fmt.Sprint("p", i), 30-5*i)
		}
		k.Later(3 * time.Hour)
		if _, _, err := Settle(t.Context(), k.Store, book.Campaigns()[0], k.Now()); err != nil {
			t.Fatal(err)
		}
		k.Person(fmt.Sprint("p", c.people-1)).Says("成绩").Hears(c.said)
	}
}

// A campaign is settled once: later calls, also at the same time, return the first settlement, and what somebody finishes
// afterwards changes nothing. What is kept is what the preview said, and can be calculated again from the ranking.
func TestSettlingOnce(t *testing.T) {
	t.Parallel()
	s, c := openStore(t), three(t, prizeSettings).Campaigns()[0]
	for i, name := range []string{"a", "b", "c"} {
		finished(t, s, name, 30-i)
	}
	now := closing.Add(time.Hour)
	preview, planned, err := Preview(t.Context(), s, c)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(payouts(t, s)); n != 0 {
		t.Errorf("the preview wrote %d payouts", n)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	first := 0
	for range 8 {
		wg.Go(func() {
			_, did, err := Settle(context.Background(), s, c, now)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if did {
				first++
			}
		})
	}
	wg.Wait()
	if first != 1 {
		t.Errorf("%d calls settled", first)
	}
	finished(t, s, "d", 30)
	settled, did, err := Settle(t.Context(), s, c, now.Add(time.Hour))
	if err != nil || did {
		t.Error(did, err)
	}
	preview.SettledAt = settled.SettledAt
	if diff := cmp.Diff(preview, settled); diff != "" || !settled.SettledAt.Equal(now) {
		t.Error(diff, settled.SettledAt)
	}
	if diff := cmp.Diff(planned, payouts(t, s)); diff != "" {
		t.Error(diff)
	}
	if got := []int64{planned[0].Fen, planned[1].Fen, planned[2].Fen}; !slices.Equal(got, []int64{334, 333, 333}) {
		t.Errorf("payouts %v", got)
	}
}

// Nothing is settled before answers stop counting, nor where there is nothing to share.
func TestNothingIsSettledTooEarly(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	c := three(t, prizeSettings+"  grace: 10m\n").Campaigns()[0]
	if _, _, err := Settle(t.Context(), s, c, closing.Add(9*time.Minute)); !errors.Is(err, ErrOpen) {
		t.Errorf("within the grace: %v", err)
	}
	if _, did, err := Settle(t.Context(), s, c, closing.Add(10*time.Minute)); err != nil || !did {
		t.Errorf("after the grace: %v, %v", did, err)
	}
	plain := three(t, "").Campaigns()[0]
	if _, _, err := Settle(t.Context(), s, plain, closing); !errors.Is(err, ErrNoPrize) {
		t.Errorf("no prize: %v", err)
	}
	if _, _, err := Preview(t.Context(), s, plain); !errors.Is(err, ErrNoPrize) {
		t.Errorf("preview without a prize: %v", err)
	}
}

// The closer settles when a campaign is over and not before, logs it once, and tries again what failed.
func TestTheCloserSettlesWhatIsOver(t *testing.T) {
	t.Parallel()
	s, book := openStore(t), three(t, prizeSettings)
	finished(t, s, "a", 30)
	finished(t, s, "b", 30)
	core, logs := observer.New(zap.InfoLevel)
	now := closing
	failing := &flaky{Settler: s, failures: 1}
	c := NewCloser(CloserConfig{Records: failing, Book: func() *Book { return book }, Log: zap.New(core), Now: func() time.Time { return now }})
	for _, step := range []struct {
		at      time.Duration
		settled bool
		logged  int
	}{
		{-time.Second, false, 0},
		{settleDelay - time.Second, false, 0},
		{settleDelay, false, 1}, // the database is away
		{2 * settleDelay, true, 2},
		{3 * settleDelay, true, 2},
	} {
		now = closing.Add(step.at)
		c.sweep(t.Context())
		_, err := s.QuizSettlement(t.Context(), "q")
		if settled := err == nil; settled != step.settled || logs.Len() != step.logged {
			t.Errorf("%v after closing: settled %v, %d lines logged", step.at, settled, logs.Len())
		}
	}
	if calls := failing.calls; calls != 2 {
		t.Errorf("settled %d times", calls)
	}
}

// flaky fails the first few times.
type flaky struct {
	Settler
	failures, calls int
	called          chan struct{}
}

func (f *flaky) Settle(ctx context.Context, campaign string, at time.Time, plan func([]store.Ranked) (store.Settlement, []store.Payout, error)) (store.Settlement, bool, error) {
	f.calls++
	if f.called != nil {
		defer func() { f.called <- struct{}{} }()
	}
	if f.failures > 0 {
		f.failures--
		return store.Settlement{}, false, errors.New("database is away")
	}
	return f.Settler.Settle(ctx, campaign, at, plan)
}

// The closer works from Start on and is still when Stop returns; both may be called twice.
func TestTheCloserStartsAndStops(t *testing.T) {
	t.Parallel()
	s, book := openStore(t), three(t, prizeSettings)
	records := &flaky{Settler: s, failures: 2, called: make(chan struct{})}
	c := NewCloser(CloserConfig{
		Records: records, Book: func() *Book { return book }, Log: zap.NewNop(), Every: time.Millisecond,
		Now: func() time.Time { return closing.Add(time.Hour) },
	})
	c.Stop()
	c.Start()
	c.Start()
	for range 3 { // twice in vain
		<-records.called
	}
	c.Stop()
	c.Stop()
	if _, err := s.QuizSettlement(t.Context(), "q"); err != nil {
		t.Error(err)
	}
}

// The exports are what an accountant needs: ranks, fen and yuan, and no cell that runs as a formula.
func TestExports(t *testing.T) {
	t.Parallel()
	s, c := openStore(t), three(t, prizeSettings).Campaigns()[0]
	finished(t, s, "a", 30)
	finished(t, s, "b", 20)
	p := bot.Person{Account: bottest.Account, User: "=cmd"}
	a, _, err := s.StartAttempt(t.Context(), "q", p, 0, "x", closing.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.FinishAttempt(t.Context(), store.FinishedAttempt{ID: a.ID, At: closing.Add(-time.Second), Score: 10, Took: 1500 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Settle(t.Context(), s, c, closing); err != nil {
		t.Fatal(err)
	}
	var ranking, paid strings.Builder
	if err := errors.Join(Ranking(t.Context(), s, c).WriteCSV(&ranking), Payouts(t.Context(), s, c).WriteCSV(&paid)); err != nil {
		t.Fatal(err)
	}
	wantRanking := "\uFEFF名次,账号,用户,得分,用时（秒）,完成时间\r\n" +
		"1,brand,o-a,30,90.0,2026-03-10 11:59:00\r\n2,brand,o-b,20,90.0,2026-03-10 11:59:00\r\n3,brand,'=cmd,10,1.5,2026-03-10 11:59:59\r\n"
	if diff := cmp.Diff(wantRanking, ranking.String()); diff != "" {
		t.Error(diff)
	}
	wantPaid := "\uFEFF名次,账号,用户,得分,用时（秒）,完成时间,奖金（分）,奖金（元）\r\n" +
		"1,brand,o-a,30,90.0,2026-03-10 11:59:00,334,3.34\r\n2,brand,o-b,20,90.0,2026-03-10 11:59:00,333,3.33\r\n3,brand,'=cmd,10,1.5,2026-03-10 11:59:59,333,3.33\r\n"
	if diff := cmp.Diff(wantPaid, paid.String()); diff != "" {
		t.Error(diff)
	}
}

func TestDecimalYuan(t *testing.T) {
	t.Parallel()
	for fen, want := range map[int64]string{0: "0.00", 7: "0.07", 66600: "666.00", 12345: "123.45"} {
		if got := decimalYuan(fen); got != want {
			t.Errorf("decimalYuan(%d) = %q, want %q", fen, got, want)
		}
	}
}
