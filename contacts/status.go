package contacts

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/store"
)

// Status is how an account's contacts stand.
type Status struct {
	Account  bot.AccountName
	Contacts int // customers whom somebody of the staff has
	Tags     int // of the corp
	Waiting  []store.Waiting
	Sync     store.SyncProgress
	Problems []store.PushProblem
}

// Part is how much of a sync under way is done, 0 to 1; 1 when none is.
func (s Status) Part() float64 {
	if !s.Sync.Running() || s.Sync.Members == 0 {
		if s.Sync.FinishedAt.IsZero() {
			return 0
		}
		return 1
	}
	return float64(s.Sync.MembersDone) / float64(s.Sync.Members)
}

// ReadStatus reads how an account's contacts stand.
func ReadStatus(ctx context.Context, r Records, a bot.AccountName) (Status, error) {
	s := Status{Account: a}
	var errs [5]error
	s.Contacts, errs[0] = r.ContactCount(ctx, a)
	s.Tags, errs[1] = r.CorpTagCount(ctx, a)
	s.Waiting, errs[2] = r.DirtyCounts(ctx, a)
	s.Sync, errs[3] = r.ContactSync(ctx, a)
	s.Problems, errs[4] = r.PushProblems(ctx, a)
	return s, errors.Join(errs[:]...)
}

// tell tells the Observer now and then how things stand.
func (w *Worker) tell(ctx context.Context) {
	if time.Since(w.told) < statusEvery {
		return
	}
	w.told = time.Now()
	s, err := ReadStatus(ctx, w.records, w.account.Name)
	if err != nil {
		w.log.Debug("the state of contacts can't be read", zap.Error(err))
		return
	}
	w.cfg.Observer.ContactStatus(s)
}
