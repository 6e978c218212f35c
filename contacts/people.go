package contacts

import (
	"context"
	"errors"
	"net/url"
	"time"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
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
