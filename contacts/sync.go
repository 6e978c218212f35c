package contacts

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"guanjia/channel/wxapi"
	"guanjia/store"
)

// none is no member's id: nobody is asked for one by one.
const none = "\x00"

// syncStep does one step of a full sync when one is due or under way, and tells whether there was anything to do.
func (w *Worker) syncStep(ctx context.Context) (bool, error) {
	if w.account.Contacts == nil || w.now().Before(w.syncRests) {
		return false, nil
	}
	p, err := w.records.ContactSync(ctx, w.account.Name)
	if err != nil {
		return false, err
	}
	if !p.Running() && !due(p.FinishedAt, p.StartedAt, p.WantedAt, w.now(), w.cfg.SyncEvery) {
		return false, nil
	}
	switch p.Step {
	case store.SyncContacts:
		err = w.syncPage(ctx, p)
	case store.SyncTags:
		err = w.syncTags(ctx, p)
	default:
		err = w.beginSync(ctx)
	}
	return true, w.syncFailed(ctx, err)
}

// syncFailed notes why a sync does not go on; it does when the platform lets it.
func (w *Worker) syncFailed(ctx context.Context, err error) error {
	if err == nil || isRecords(err) || ctx.Err() != nil {
		return err
	}
	if nerr := w.records.SyncProblem(ctx, w.account.Name, err.Error()); nerr != nil {
		return nerr
	}
	switch v := judge(err); v {
	case blocked:
		return rested(w.rest(err))
	case noRight, noAPI, refused:
		w.syncRests = w.now().Add(pauseRight)
		w.log.Warn("contacts can't be synced: the app may not read them", zap.Duration("pause", pauseRight), zap.Error(err))
		return nil
	}
	return fmt.Errorf("sync contacts: %w", err)
}

// beginSync asks who may have customers.
func (w *Worker) beginSync(ctx context.Context) error {
	var answer struct {
		Members *[]wxapi.String `json:"follow_user"`
	}
	began := w.now()
	if err := w.get(ctx, w.account.Contacts, pathMembers, nil, &answer); err != nil {
		return err
	}
	if answer.Members == nil {
		return errHalf
	}
	var members []string
	for _, m := range *answer.Members {
		if m != "" {
			members = append(members, string(m))
		}
	}
	p, err := w.records.BeginSync(ctx, w.account.Name, members, began)
	if err != nil {
		return recordsError{err}
	}
	w.log.Info("sync of contacts begun", zap.Int64("run", p.Run), zap.Int("members", p.Members))
	return nil
}

// syncPage asks for the next page of customers.
func (w *Worker) syncPage(ctx context.Context, p store.SyncProgress) error {
	size := batchMembers
	if w.narrow == p.AfterMember {
		size = 1
	}
	members, err := w.records.SyncBatch(ctx, p, size)
	if err != nil {
		return recordsError{err}
	}
	at := w.now()
	page := store.SyncPage{Members: members}
	if len(members) > 0 {
		answer, err := w.fetchPage(ctx, members, p.Cursor)
		if retry, rerr := w.pageFailed(ctx, p, &page, err); retry || rerr != nil {
			return rerr
		}
		if err := w.fill(ctx, &page, answer, at); err != nil {
			return err
		}
	}
	p, linked, err := w.records.SaveSyncPage(ctx, p, page, at)
	if err != nil {
		return recordsError{err}
	}
	w.noteLinked(linked)
	if w.narrow != none && p.Cursor == "" {
		w.narrow = none // the next member begins a batch again
	}
	return nil
}

// pageFailed deals with a page that did not come: one of several members spoils the call for all and is found by asking for
// each; the platform may have forgotten a cursor.
func (w *Worker) pageFailed(ctx context.Context, p store.SyncProgress, page *store.SyncPage, err error) (retry bool, _ error) {
	switch v := judge(err); v {
	case fine:
		return false, nil
	case later, blocked, noAPI:
		return false, err
	case gone, noMember, noRight:
		if len(page.Members) == 1 && v == gone {
			return false, nil // who has no customers is answered like who has lost one
		}
		if len(page.Members) == 1 {
			w.log.Warn("a member's customers can't be read", zap.Error(err))
			page.Skipped = page.Members
			return false, nil
		}
		w.narrow = p.AfterMember
		if p.Cursor == "" {
			return true, nil
		}
	default:
		if p.Cursor == "" {
			return false, err
		}
	}
	if _, err := w.records.RestartSyncBatch(ctx, p, w.now()); err != nil {
		return false, recordsError{err}
	}
	return true, nil
}

// fill makes contacts of an answer. An entry without customer or member is half an answer: its customer is looked up, and
// nothing is taken for ended.
func (w *Worker) fill(ctx context.Context, page *store.SyncPage, answer page, at time.Time) error {
	page.Next = string(answer.Next)
	for _, m := range answer.Fail.Unlicensed {
		page.Skipped = append(page.Skipped, string(m))
	}
	if answer.Contacts == nil {
		return nil
	}
	for _, e := range *answer.Contacts {
		c := e.Contact.contact(w.account.Name, at)
		r := e.Relation.relation()
		if r.Member == "" && len(page.Members) == 1 {
			r.Member = page.Members[0]
		}
		if c.Person.User == "" || r.Member == "" {
			page.Skipped = append(page.Skipped, page.Members...)
			if c.Person.User == "" {
				continue
			}
			if err := w.records.MarkDirty(ctx, w.account.Name, store.DirtyContact, string(c.Person.User), at); err != nil {
				return recordsError{err}
			}
			continue
		}
		c.Relations = []store.Relation{r}
		page.Contacts = append(page.Contacts, c)
	}
	return nil
}

// syncTags reads the tags and ends the run.
func (w *Worker) syncTags(ctx context.Context, p store.SyncProgress) error {
	if err := w.refreshTags(ctx); err != nil {
		return err
	}
	p, err := w.records.FinishSync(ctx, p, w.now())
	if err != nil {
		return recordsError{err}
	}
	w.log.Info("contacts synced", zap.Int64("run", p.Run), zap.Int("members", p.MembersDone), zap.Int("relations", p.Contacts), zap.Int("ended", p.Ended),
		zap.Duration("took", p.FinishedAt.Sub(p.StartedAt)))
	return nil
}

// watchEvery is how often Sync looks how far another process is.
const watchEvery = 500 * time.Millisecond

// Sync goes through all customers now and shows how far it is. When another process works for the account, that one does it.
// A worker that was started must not be asked.
func (w *Worker) Sync(ctx context.Context, show func(store.SyncProgress)) (store.SyncProgress, error) {
	began := w.now()
	before, err := w.records.ContactSync(ctx, w.account.Name)
	if err != nil {
		return before, err
	}
	if !before.Running() { // one that broke off goes on
		if err := w.records.WantSync(ctx, w.account.Name, began); err != nil {
			return before, err
		}
	}
	defer w.release(context.WithoutCancel(ctx))
	for {
		p, err := w.records.ContactSync(ctx, w.account.Name)
		if err != nil {
			return p, err
		}
		show(p)
		if !p.Running() && p.FinishedAt.After(before.FinishedAt) && p.WantedAt.IsZero() {
			return p, nil
		}
		ours, err := w.hold(ctx)
		if err != nil {
			return p, err
		}
		if !ours {
			if !sleep(ctx, watchEvery) {
				return p, ctx.Err()
			}
			continue
		}
		if err := w.syncNow(ctx); err != nil {
			return p, err
		}
	}
}

// syncNow does one step for somebody who waits: what a worker would wait out is told.
func (w *Worker) syncNow(ctx context.Context) error {
	_, err := w.syncStep(ctx)
	if err != nil {
		w.failures++
		if isRecords(err) || w.failures > refuseAfter || !sleep(ctx, backOff(0)) {
			return err
		}
		return nil
	}
	if w.now().Before(w.rests) || w.now().Before(w.syncRests) {
		p, err := w.records.ContactSync(ctx, w.account.Name)
		if err == nil {
			err = fmt.Errorf("%s", p.Problem)
		}
		return err
	}
	w.failures = 0
	return nil
}
