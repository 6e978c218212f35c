package contacts

import (
	"context"
	"errors"
	"net/url"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

// What became of a look-up, for metrics.
const (
	lookedFine  = "ok"
	lookedGone  = "gone"
	lookedLater = "later"
)

const (
	// againAfter is when somebody of whom nothing was told is asked about again: accounts get bound to an open-platform account,
	// and customers of customer service are told of only while they talk.
	againAfter = 24 * time.Hour
	// journalBehind is how far the journal is read again: longer than any event takes.
	journalBehind = 10 * time.Second
)

// findStrangers marks whoever did something and is not known yet.
func (w *Worker) findStrangers(ctx context.Context) (bool, error) {
	who := isPerson
	if w.account.Followers == nil {
		who = isExternal
		if w.account.Service == nil {
			return false, nil
		}
	}
	now := w.now()
	_, more, err := w.records.FindStrangers(ctx, w.account.Name, who, now, now.Add(-againAfter), journalBehind)
	return more, err
}

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

// lookUpPeople asks for the unionids of people who are no contacts: customers of customer service, or followers.
func (w *Worker) lookUpPeople(ctx context.Context, marks []store.Dirty) error {
	switch {
	case len(marks) == 0:
		return nil
	case w.account.Followers != nil:
		for _, d := range marks {
			if err := w.lookUpFollower(ctx, d); err != nil {
				return err
			}
		}
		return nil
	case w.account.Service != nil:
		return w.lookUpCustomers(ctx, marks)
	}
	for _, d := range marks {
		if err := w.later(ctx, d, errNoTokens, pauseRight); err != nil {
			return err
		}
	}
	return nil
}

// lookUpFollower asks for one follower of an official account. Who does not follow any more has an open id alone.
func (w *Worker) lookUpFollower(ctx context.Context, d store.Dirty) error {
	var answer struct {
		ID      wxapi.String `json:"openid"`
		UnionID wxapi.String `json:"unionid"`
	}
	began := w.now()
	err := w.get(ctx, w.account.Followers, pathFollower, url.Values{"openid": {d.Subject}, "lang": {"zh_CN"}}, &answer)
	if err == nil && string(answer.ID) != d.Subject {
		err = errHalf
	}
	switch v := judge(err); v {
	case fine, noMember:
		return w.known(ctx, []store.Dirty{d}, map[string]string{d.Subject: string(answer.UnionID)}, began)
	default:
		return w.failed(ctx, d, err, v)
	}
}

// lookUpCustomers asks for customers of customer service. Who has been silent for 48 hours is not told of.
func (w *Worker) lookUpCustomers(ctx context.Context, marks []store.Dirty) error {
	marks = marks[:min(len(marks), batchCustomers)]
	ids := make([]string, len(marks))
	for i, d := range marks {
		ids[i] = d.Subject
	}
	in := struct {
		IDs     []string `json:"external_userid_list"`
		Context int      `json:"need_enter_session_context"`
	}{ids, 0}
	var answer struct {
		Customers *[]struct {
			ID      wxapi.String `json:"external_userid"`
			UnionID wxapi.String `json:"unionid"`
		} `json:"customer_list"`
		Invalid []wxapi.String `json:"invalid_external_userid"`
	}
	began := w.now()
	err := w.post(ctx, w.account.Service, pathCustomers, in, &answer)
	if err == nil && answer.Customers == nil && len(answer.Invalid) == 0 {
		err = errHalf
	}
	told := map[string]string{}
	var e *wxapi.Error
	switch v := judge(err); {
	case v == fine:
		for _, id := range answer.Invalid {
			told[string(id)] = ""
		}
		if answer.Customers != nil {
			for _, c := range *answer.Customers {
				told[string(c.ID)] = string(c.UnionID)
			}
		}
		return w.known(ctx, marks, told, began)
	case errors.As(err, &e) && (e.Code == codeSilent || e.Code == codeSilentToo || v == gone):
		for _, id := range ids {
			told[id] = ""
		}
		return w.known(ctx, marks, told, began)
	default:
		for _, d := range marks {
			if err := w.failed(ctx, d, err, v); err != nil {
				return err
			}
		}
		return nil
	}
}

// known writes down what was told of people; who was left out of the answer is asked about again later.
func (w *Worker) known(ctx context.Context, marks []store.Dirty, told map[string]string, at time.Time) error {
	var people []store.Identity
	var done []store.Dirty
	for _, d := range marks {
		unionid, is := told[d.Subject]
		if !is {
			if err := w.later(ctx, d, errHalf, 0); err != nil {
				return err
			}
			continue
		}
		people = append(people, store.Identity{Person: bot.Person{Account: w.account.Name, User: bot.UserID(d.Subject)}, UnionID: unionid, LookedUpAt: at})
		done = append(done, d)
		w.cfg.Observer.LookedUp(w.account.Name, d.Kind, lookedFine)
	}
	linked, err := w.records.Link(ctx, people)
	if err != nil {
		return err
	}
	w.noteLinked(linked)
	return w.records.DirtyDone(ctx, done...)
}
