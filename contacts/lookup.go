package contacts

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/store"
)

// What became of a look-up, for metrics.
const (
	lookedFine  = "ok"
	lookedGone  = "gone"
	lookedLater = "later"
)

// takeMarks works on what is due and tells whether there was anything.
func (w *Worker) takeMarks(ctx context.Context) (bool, error) {
	due, err := w.records.TakeDirty(ctx, w.account.Name, w.now(), takeMarks)
	if err != nil || len(due) == 0 {
		return false, err
	}
	var people []store.Dirty
	for _, d := range due {
		if d.Kind == store.DirtyPerson {
			people = append(people, d)
			continue
		}
		if err := w.one(ctx, d); err != nil {
			return true, rested(err)
		}
		if held, err := w.hold(ctx); err != nil || !held {
			return true, err
		}
	}
	return true, rested(w.lookUpPeople(ctx, people))
}

// rested makes resting no failure.
func rested(err error) error {
	if errors.Is(err, errRest) {
		return nil
	}
	return err
}

// one works on one mark. An error is of the records, or errRest.
func (w *Worker) one(ctx context.Context, d store.Dirty) error {
	switch {
	case w.account.Contacts == nil:
		return w.later(ctx, d, errNoTokens, pauseRight)
	case d.Kind == store.DirtyContact:
		return w.lookUpContact(ctx, d)
	case d.Kind == store.DirtyTags:
		return w.lookUpTags(ctx, d)
	case d.Kind == store.DirtyPush:
		return w.pushTags(ctx, d)
	}
	return w.records.DirtyDone(ctx, d) // of another version
}

var errNoTokens = errors.New("the account has no secret for it: set BOT_ACCOUNT_<NAME>_APP_SECRET")

// later puts a mark off, for at least so long.
func (w *Worker) later(ctx context.Context, d store.Dirty, why error, atLeast time.Duration) error {
	w.cfg.Observer.LookedUp(w.account.Name, d.Kind, lookedLater)
	return w.records.DirtyLater(ctx, d, w.now().Add(max(atLeast, backOff(d.Tries))), why.Error())
}

// failed deals with a call that did not bring what was asked for.
func (w *Worker) failed(ctx context.Context, d store.Dirty, err error, v verdict) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch v {
	case blocked:
		return w.rest(err)
	case noRight, noAPI:
		w.warn("the app may not look people up", err)
		return w.later(ctx, d, err, pauseRight)
	}
	w.log.Debug("a look-up failed and will be tried again", zap.String("kind", string(d.Kind)), zap.Int("tries", d.Tries+1), zap.Error(err))
	return w.later(ctx, d, err, 0)
}

// warn writes a line that would otherwise come for each of many people, once in a while.
func (w *Worker) warn(what string, err error) {
	if time.Since(w.warned) < pauseRight {
		return
	}
	w.warned = time.Now()
	w.log.Warn(what, zap.Error(err))
}

// lookUpContact asks for a customer and writes down what is told.
func (w *Worker) lookUpContact(ctx context.Context, d store.Dirty) error {
	person := bot.Person{Account: w.account.Name, User: bot.UserID(d.Subject)}
	began := w.now()
	c, err := w.fetchContact(ctx, d.Subject)
	switch v := judge(err); v {
	case fine:
		linked, err := w.records.SaveContact(ctx, c)
		if err != nil {
			return err
		}
		w.noteLinked(linked)
		w.cfg.Observer.LookedUp(w.account.Name, d.Kind, lookedFine)
	case gone:
		if err := w.records.EndRelations(ctx, person, "", began); err != nil {
			return err
		}
		w.cfg.Observer.LookedUp(w.account.Name, d.Kind, lookedGone)
	default:
		return w.failed(ctx, d, err, v)
	}
	return w.records.DirtyDone(ctx, d)
}

// noteLinked tells what two channels had both: an operator may want to know.
func (w *Worker) noteLinked(l store.Linked) {
	if l.Joined+l.Torn > 0 {
		w.log.Info("people turned out to be one", zap.Int("people", l.Joined), zap.Int("moved", l.Moved), zap.Int("left", l.Left), zap.Int("torn", l.Torn))
	}
}

// lookUpTags asks for the corp's tags.
func (w *Worker) lookUpTags(ctx context.Context, d store.Dirty) error {
	if err := w.refreshTags(ctx); err != nil {
		v := judge(err)
		if isRecords(err) {
			return err
		}
		return w.failed(ctx, d, err, v)
	}
	w.cfg.Observer.LookedUp(w.account.Name, d.Kind, lookedFine)
	return w.records.DirtyDone(ctx, d)
}

// recordsError is a failure of the records, as opposed to the platform's.
type recordsError struct{ error }

func (e recordsError) Unwrap() error { return e.error }

func isRecords(err error) bool {
	var e recordsError
	return errors.As(err, &e)
}

// refreshTags writes down all tags of the corp.
func (w *Worker) refreshTags(ctx context.Context) error {
	began := w.now()
	groups, err := w.fetchTags(ctx)
	if err != nil {
		return err
	}
	if err := w.records.SaveCorpTags(ctx, w.account.Name, groups, began); err != nil {
		return recordsError{err}
	}
	return nil
}
