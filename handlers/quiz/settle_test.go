package quiz

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guanjia/bot"
	"guanjia/store"
)

var storyTiers = []Tier{{20, 5000}, {50, 15000}, {111, 66600}}

// field is a ranking of n people, the best with 100 points, each next one with a point less, never below 0.
func field(n int) []store.Ranked {
	ranking := make([]store.Ranked, n)
	for i := range ranking {
		ranking[i] = store.Ranked{
			Person: bot.Person{Account: "brand", User: bot.UserID(fmt.Sprintf("u%03d", i))},
			Rank:   i + 1, Score: max(100-i, 0), Took: time.Duration(i) * time.Second,
		}
	}
	return ranking
}

// The shares per head are those of the story: 2.50 yuan at 20 people, 1.02 at 49, 3.00 at 50, 2.17 with 27 fen left at 69,
// 1.36 at 110, 6.00 at 111.
func TestSharesPerHead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		people            int
		pool, share, rest int64
	}{
		{0, 0, 0, 0},
		{1, 0, 0, 0},
		{19, 0, 0, 0},
		{20, 5000, 250, 0},
		{49, 5000, 102, 2},
		{50, 15000, 300, 0},
		{69, 15000, 217, 27},
		{110, 15000, 136, 40},
		{111, 66600, 600, 0},
		{236, 66600, 282, 48},
	} {
		s, payouts := Plan(field(c.people), Prize{Tiers: storyTiers, Remainder: RemainderKeep})
		if s.PoolFen != c.pool || s.ShareFen != c.share || s.RemainderFen != c.rest || s.Participants != c.people {
			t.Errorf("%d people: pool %d, share %d, kept %d", c.people, s.PoolFen, s.ShareFen, s.RemainderFen)
		}
		winners := c.people
		if c.pool == 0 {
			winners = 0
		}
		if len(payouts) != winners {
			t.Errorf("%d people: %d payouts, want %d", c.people, len(payouts), winners)
		}
		s, payouts = Plan(field(c.people), Prize{Tiers: storyTiers, Remainder: RemainderRank})
		if s.RemainderFen != 0 {
			t.Errorf("%d people, by rank: %d fen are kept", c.people, s.RemainderFen)
		}
		for i, p := range payouts {
			want := c.share
			if int64(i) < c.rest {
				want++
			}
			if p.Fen != want || p.Rank != i+1 {
				t.Errorf("%d people: rank %d gets %d fen, want %d", c.people, p.Rank, p.Fen, want)
			}
		}
	}
}

// A cap bounds what one person gets; what it takes away is kept.
func TestCapBoundsTheShare(t *testing.T) {
	t.Parallel()
	s, payouts := Plan(field(20), Prize{Tiers: storyTiers, Remainder: RemainderRank, Cap: 200})
	if s.ShareFen != 200 || s.RemainderFen != 5000-20*200 || payouts[0].Fen != 200 {
		t.Errorf("%+v, first %d", s, payouts[0].Fen)
	}
	// 49 people: 102 fen each and 2 left; a cap of 102 leaves no fen more for the best.
	s, payouts = Plan(field(49), Prize{Tiers: storyTiers, Remainder: RemainderRank, Cap: 102})
	if s.RemainderFen != 2 || payouts[0].Fen != 102 {
		t.Errorf("%+v, first %d", s, payouts[0].Fen)
	}
}

// Who scored less than the least score makes the pool grow, but does not share it.
func TestOnlyTheEligibleShare(t *testing.T) {
	t.Parallel()
	prize := Prize{Tiers: storyTiers, Remainder: RemainderRank, MinScore: 61} // ranks 1 to 40
	s, payouts := Plan(field(69), prize)
	if len(payouts) != 40 || s.PoolFen != 15000 || s.ShareFen != 375 {
		t.Errorf("%d payouts, %+v", len(payouts), s)
	}
	if want := "tier_people=50 pool_fen=15000 eligible=40 min_score=61 cap_fen=0 remainder=rank"; s.Rule != want {
		t.Errorf("rule = %q, want %q", s.Rule, want)
	}
	prize.MinScore = 101
	s, payouts = Plan(field(69), prize)
	if len(payouts) != 0 || s.RemainderFen != 15000 {
		t.Errorf("nobody is eligible: %d payouts, %+v", len(payouts), s)
	}
}

// For any ranking and any rules: payouts and what is kept make up the pool to the fen, nobody gets more than the cap or less
// than anybody ranked behind, and the order in which the ranking comes changes nothing.
func TestPlanSplitsThePoolToTheFen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prize := Prize{
			Remainder: rapid.SampledFrom([]Remainder{RemainderRank, RemainderKeep}).Draw(t, "remainder"),
			Cap:       Whole(rapid.SampledFrom([]int64{0, 1, 7, 250, 10_000}).Draw(t, "cap")),
			MinScore:  Whole(rapid.IntRange(0, 110).Draw(t, "min score")),
		}
		people, fen := Whole(0), Whole(0)
		for range rapid.IntRange(0, 5).Draw(t, "tiers") {
			people += Whole(rapid.IntRange(1, 60).Draw(t, "people"))
			fen += Whole(rapid.IntRange(1, 100_000).Draw(t, "fen"))
			prize.Tiers = append(prize.Tiers, Tier{people, fen})
		}
		ranking := field(rapid.IntRange(0, 200).Draw(t, "finishers"))
		s, payouts := Plan(ranking, prize)

		paid, last := int64(0), int64(1<<62)
		for _, p := range payouts {
			paid += p.Fen
			if p.Fen < 1 || p.Fen > last || prize.Cap > 0 && p.Fen > int64(prize.Cap) || p.Score < int(prize.MinScore) {
				t.Fatalf("rank %d gets %d fen", p.Rank, p.Fen)
			}
			if p.Fen != s.ShareFen && p.Fen != s.ShareFen+1 {
				t.Fatalf("rank %d gets %d fen of a share of %d", p.Rank, p.Fen, s.ShareFen)
			}
			last = p.Fen
		}
		if paid+s.RemainderFen != s.PoolFen || s.RemainderFen < 0 {
			t.Fatalf("paid %d and kept %d of %d", paid, s.RemainderFen, s.PoolFen)
		}
		if prize.Remainder == RemainderRank && prize.Cap == 0 && len(payouts) > 0 && s.RemainderFen != 0 {
			t.Fatalf("kept %d fen although the best ranked get them", s.RemainderFen)
		}
		mixed := rapid.Permutation(ranking).Draw(t, "mixed")
		s2, payouts2 := Plan(mixed, prize)
		if diff := cmp.Diff(s, s2) + cmp.Diff(payouts, payouts2); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The pool is shown as it is now: what each would get, and how many people are missing for more.
func TestPoolIsShownLive(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, head+"  active: {until: 2030-12-31}\n  prize: {tiers: [{people: 20, fen: 5000}, {people: 50, fen: 15000}, {people: 111, fen: 66600}]}\n  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对}\n").Campaigns()[0]
	for _, v := range []struct {
		people int
		want   string
	}{
		{0, "还差 20 人，开启 50 元奖池。"},
		{19, "还差 1 人，开启 50 元奖池。"},
		{20, "奖池 50 元，现在每人可分 2.50 元。\n还差 30 人，奖池升到 150 元。"},
		{23, "奖池 50 元，现在每人可分 2.17 元。\n还差 27 人，奖池升到 150 元。"},
		{50, "奖池 150 元，现在每人可分 3 元。\n还差 61 人，奖池升到 666 元。"},
		{111, "奖池 666 元，现在每人可分 6 元。"},
	} {
		if got := paragraph(c.pool(v.people)...); got != v.want {
			t.Errorf("%d people: %q, want %q", v.people, got, v.want)
		}
	}
	c.Prize.MinScore = 60
	if got, want := c.pool(20)[0], "奖池 50 元，60 分及以上瓜分，现在每人至少可分 2.50 元。"; got != want {
		t.Errorf("with a least score: %q, want %q", got, want)
	}
}

func TestMoneyAndTimeAreWrittenAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	for fen, want := range map[int64]string{0: "0", 5: "0.05", 250: "2.50", 5000: "50", 66600: "666"} {
		if got := yuan(fen); got != want {
			t.Errorf("yuan(%d) = %q, want %q", fen, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0 秒", 1400 * time.Millisecond: "1 秒", 59 * time.Second: "59 秒", time.Minute: "1 分钟", 192 * time.Second: "3 分 12 秒",
		time.Hour: "1 小时", 90 * time.Minute: "1 小时 30 分", 72 * time.Hour: "3 天", 25 * time.Hour: "1 天 1 小时",
	} {
		if got := lasted(d); got != want {
			t.Errorf("lasted(%v) = %q, want %q", d, got, want)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	ranking, prize := field(10_000), Prize{Tiers: storyTiers, Remainder: RemainderRank}
	b.ReportAllocs()
	for b.Loop() {
		if s, _ := Plan(ranking, prize); s.PoolFen != 66600 {
			b.Fatal(s)
		}
	}
}
