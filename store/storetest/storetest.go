// Package storetest is the contract that every engine passes: RunRecords for the records, RunHot for the hot state. There is
// one function per promise. It is imported from tests only.
package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/store"
)

// Fresh gives the URL of an empty database of the engine under test.
type Fresh func(t testing.TB) (url string)

// RunRecords checks every promise of the records.
func RunRecords(t *testing.T, fresh Fresh) {
	for _, promise := range []struct {
		name  string
		check func(*testing.T, Fresh)
	}{
		{"the journal's first entry counts", journalFirstCounts},
		{"one of many concurrent commits is the one", journalConcurrent},
		{"journals of two processes agree", journalTwoProcesses},
		{"a poisoned entry does not fail its neighbours", journalPoison},
		{"the journal keeps what it is given", journalKeeps},
		{"the journal forgets snapshots after the retry window", journalTrim},
		{"closing writes what waits", journalClose},
		{"follows and unfollows count once, in the order they happened", followers},
		{"a late follow does not undo an unfollow", followersOutOfOrder},
		{"a consent is the last word, with its history", consents},
		{"200 concurrent claims on 50 codes", couponRush},
		{"a retried claim gets the same code", couponRetry},
		{"generated codes stop at the limit", couponGenerated},
		{"generated codes avoid collisions", couponCollisions},
		{"importing again is harmless", couponImport},
		{"a code is redeemed once", couponRedeem},
		{"redemptions are told apart", couponRedeemOutcomes},
		{"an unfollow voids what is not redeemed", couponVoid},
		{"claims are exported page by page", couponExport},
		{"an attempt is open once and finished once", quizAttempts},
		{"concurrent starts open one attempt", quizConcurrentStarts},
		{"ranks follow score, time, finish", quizRanks},
		{"a quiz is settled once", quizSettle},
		{"a settlement that fails leaves nothing", quizSettleFails},
		{"the first survey response counts", surveyFirst},
		{"a response may count beside earlier ones", surveyAgain},
		{"an anonymous response leads to nobody", surveyAnonymous},
		{"of a file the last upload counts", uploads},
		{"a conversation with staff is open once", staffOnce},
		{"a person may wait for staff at two desks", staffDesks},
		{"events of a conversation with staff count once", staffRetry},
		{"one event closes a conversation with staff and opens the next", staffSameEvent},
		{"concurrent events of a conversation with staff", staffRush},
		{"signs of staff come in any order", staffOutOfOrder},
		{"a conversation is taken and closed by its number", staffByNumber},
		{"who waits for staff knows the queue", staffQueue},
		{"silence of staff closes a conversation", staffSilence},
		{"staff are notified by one process at a time", staffNotice},
		{"what is new of conversations with staff is told once", staffNews},
		{"conversations with staff in numbers", staffFigures},
		{"events of conversations with staff that are over are forgotten", staffTrim},
		{"one person gets one coupon, whatever the channel", identityOneCoupon},
		{"one person who asks on two channels at once gets one code", identityRush},
		{"a survey begun on one channel and answered on another is not open", identityBegun},
		{"what was had before a person was known moves to one name", identityMoves},
		{"one person is ranked and paid once", identityOneRank},
		{"a unionid that changes moves nobody", identityTorn},
		{"people without a unionid are strangers", identityUnknown},
		{"channels that are linked while they claim get one coupon", identityRaces},
		{"one person has one of each, in any order", identityModel},
		{"a relation is what happened last", contactRelations},
		{"a look-up replaces what was known of a contact", contactLookUp},
		{"a mark set again stays", contactDirty},
		{"a full sync goes on where it broke off", contactFullSync},
		{"a tag reaches the platform once for each member", contactPushes},
		{"the corp's tags are found by name", contactCorpTags},
		{"strangers of the journal are marked once", contactStrangers},
		{"a cause leads to one message", sendsOnce},
		{"a message is one worker's at a time", sendsClaims},
		{"a message is written down before and after", sendsSettle},
		{"what did not go out does not count", sendsUnsent},
		{"what is kept for a visit is said with one", sendsHeld},
		{"a pause holds messages until it ends", sendsPause},
		{"many are known as each is", sendsCrowd},
		{"an accepted notification is for one message", subscriptionGrants},
		{"a desk's cursor moves from where it stands", kfCursor},
		{"a customer's words open the window of what may be said", kfLeave},
		{"a message to a customer is settled once", kfSends},
		{"the ledger of customer service forgets what is over", kfTrim},
		{"a cancelled context writes nothing", cancelled},
		{"what was written survives a restart in the middle", restart},
		{"a panic in a transaction is an error", panicContained},
	} {
		t.Run(promise.name, func(t *testing.T) {
			t.Parallel()
			promise.check(t, fresh)
		})
	}
}

// Open opens and migrates the database at url, and closes it when the test ends.
func Open(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// start is a moment with the platform's precision.
var start = time.Date(2026, 1, 31, 8, 30, 15, 0, time.UTC)

// precise is a moment with the records' precision.
var precise = time.Date(2026, 1, 31, 8, 30, 15, 123e6, time.UTC)

func someone(i int) bot.Person {
	return bot.Person{Account: "brand", User: bot.UserID(fmt.Sprintf("openid-%04d", i))}
}

func key(format string, args ...any) bot.EventKey { return bot.EventKey(fmt.Sprintf(format, args...)) }

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t testing.TB, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("got what was not wanted (-want +got):\n%s", d)
	}
}

// together runs f(0) to f(n-1) at once and waits for all.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-gate
			f(i)
		})
	}
	close(gate)
	wg.Wait()
}

// ended is a context that is over already.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// collect reads a sequence to its end.
func collect[T any](t testing.TB, seq func(func(T, error) bool)) []T {
	t.Helper()
	var all []T
	for v, err := range seq {
		ok(t, err)
		all = append(all, v)
	}
	return all
}
