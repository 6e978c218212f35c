package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"guanjia/bot"
	"guanjia/store/batch"
)

// Journal is the record of events and answers.
type Journal struct {
	s *Store
	// queue joins the entries that arrive together to one INSERT. SQLite has none: there a shared commit does as much.
	queue *batch.Queue[bot.Entry, committed]
}

var _ bot.Journal = (*Journal)(nil)

// committed is the entry that counts, and whether it is the one given.
type committed struct {
	entry bot.Entry
	ours  bool
}

const (
	// journalMax bounds the entries of one INSERT.
	journalMax = 64
	// journalWriters insert beside each other on PostgreSQL, so that one slow commit does not hold up everybody.
	journalWriters = 2
	// journalTimeout ends an INSERT that PostgreSQL does not answer: by then nobody waits for it any more.
	journalTimeout = 5 * time.Second
)

func newJournal(s *Store) *Journal {
	j := &Journal{s: s}
	if s.group == nil {
		j.queue = batch.New(journalWriters, journalMax, j.commitBatch)
	}
	return j
}

func (j *Journal) close() {
	if j.queue != nil {
		j.queue.Close()
	}
}

// Commit writes the entry unless one with its account and key exists; it returns the entry that counts, and whether it is
// the given one.
func (j *Journal) Commit(ctx context.Context, e bot.Entry) (bot.Entry, bool, error) {
	e.Name, e.MsgID, e.Outcome, e.Text = clean(e.Name), clean(e.MsgID), clean(e.Outcome), clean(e.Text)
	var c committed
	var err error
	if j.queue != nil {
		c, err = j.queue.Do(ctx, e)
	} else {
		c, err = j.commitOne(ctx, e)
	}
	if err != nil {
		return bot.Entry{}, false, fmt.Errorf("commit journal entry: %w", err)
	}
	return c.entry, c.ours, nil
}

func (j *Journal) commitOne(ctx context.Context, e bot.Entry) (committed, error) {
	return InTx(ctx, j.s, func(ctx context.Context, tx *Tx) (committed, error) {
		return first(insertEntries(ctx, tx, []bot.Entry{e}))
	})
}

func (j *Journal) commitBatch(calls []*batch.Call[bot.Entry, committed]) {
	ctx, cancel := context.WithTimeout(context.Background(), journalTimeout)
	defer cancel()
	entries := make([]bot.Entry, len(calls))
	for i, c := range calls {
		entries[i] = c.Request
	}
	results, err := j.appendAll(ctx, entries)
	for i, c := range calls {
		switch {
		case err == nil:
			c.Result = results[i]
		case isDataError(err) && len(calls) > 1:
			c.Result, c.Err = first(j.appendAll(ctx, []bot.Entry{c.Request})) // one entry was refused; its neighbours need not be
		default:
			c.Err = err
		}
	}
}

// appendAll is one statement, which commits by itself: two round trips fewer than a transaction.
func (j *Journal) appendAll(ctx context.Context, entries []bot.Entry) ([]committed, error) {
	for try := 1; ; try++ {
		results, err := insertEntries(ctx, readers{db: j.s.appends}, entries)
		if err == nil || try == txTries || !isRetryable(err) {
			return results, err
		}
	}
}

func first(all []committed, err error) (committed, error) {
	if err != nil {
		return committed{}, err
	}
	return all[0], nil
}

const entryColumns = "account, event_key, user_id, kind, name, msg_id, at, received_at, took_us, handler, outcome, said, raw, private, reply, session"

const entryColumnCount = 16

type entryID struct {
	account bot.AccountName
	key     bot.EventKey
}

// insertEntries writes the entries that are new and reads back those that are not.
func insertEntries(ctx context.Context, q Queryer, entries []bot.Entry) ([]committed, error) {
	args := make([]any, 0, len(entries)*entryColumnCount)
	for _, e := range entries {
		reply := e.Reply
		if reply == nil {
			reply = []byte{} // NULL means trimmed
		}
		args = append(args, string(e.Person.Account), string(e.Key), string(e.Person.User), string(e.Kind), e.Name, e.MsgID,
			ms(e.At), ms(e.Received), e.Took.Microseconds(), string(e.Handler), e.Outcome, e.Text, e.Raw, e.Private, reply, e.Session)
	}
	query := "INSERT INTO journal (" + entryColumns + ") VALUES " + placeholders(1, len(entries), entryColumnCount) +
		" ON CONFLICT DO NOTHING RETURNING account, event_key"
	written, err := All(ctx, q, func(r Row) (id entryID, err error) { return id, r.Scan(&id.account, &id.key) }, query, args...)
	if err != nil {
		return nil, fmt.Errorf("insert: %w", err)
	}
	fresh := make(map[entryID]bool, len(written))
	for _, id := range written {
		fresh[id] = true
	}
	results := make([]committed, len(entries))
	for i, e := range entries {
		id := entryID{e.Person.Account, e.Key}
		if fresh[id] {
			fresh[id] = false // the same entry twice in one batch: the first counts
			results[i] = committed{e, true}
			continue
		}
		there, ok, err := findEntry(ctx, q, e.Person.Account, e.Key)
		if err != nil {
			return nil, fmt.Errorf("read the entry that counts: %w", err)
		}
		if !ok {
			return nil, fmt.Errorf("entry %q conflicts with one that can't be seen", e.Key)
		}
		results[i] = committed{entry: there}
	}
	return results, nil
}

// Find looks an entry up.
func (j *Journal) Find(ctx context.Context, a bot.AccountName, k bot.EventKey) (bot.Entry, bool, error) {
	e, ok, err := findEntry(ctx, j.s.read(), a, k)
	if err != nil {
		return bot.Entry{}, false, fmt.Errorf("find journal entry: %w", err)
	}
	return e, ok, nil
}

func findEntry(ctx context.Context, q Queryer, a bot.AccountName, k bot.EventKey) (bot.Entry, bool, error) {
	return Get(ctx, q, scanEntry, "SELECT "+entryColumns+" FROM journal WHERE account = $1 AND event_key = $2", string(a), string(k))
}

func scanEntry(r Row) (bot.Entry, error) {
	var e bot.Entry
	var at, received, took int64
	err := r.Scan(&e.Person.Account, &e.Key, &e.Person.User, &e.Kind, &e.Name, &e.MsgID, &at, &received, &took,
		&e.Handler, &e.Outcome, &e.Text, &e.Raw, &e.Private, &e.Reply, &e.Session)
	e.At, e.Received, e.Took = fromMS(at), fromMS(received), time.Duration(took)*time.Microsecond
	if len(e.Reply) == 0 {
		e.Reply = nil
	}
	return e, err
}

// trimChunk bounds the rows one statement of TrimJournal changes, so that nobody waits long for it.
const trimChunk = 500

// TrimJournal forgets the replies and sessions of entries received before a time: they are needed only while the platform
// may ask for the event again. It tells how many entries it trimmed.
func (s *Store) TrimJournal(ctx context.Context, before time.Time) (int, error) {
	for total := 0; ; {
		n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
			return tx.Exec(ctx, `UPDATE journal SET reply = NULL, session = NULL WHERE (account, event_key) IN (
				SELECT account, event_key FROM journal WHERE reply IS NOT NULL AND received_at < $1 ORDER BY received_at LIMIT $2)`,
				ms(before), trimChunk)
		})
		if err != nil {
			return total, fmt.Errorf("trim journal: %w", err)
		}
		if total += n; n < trimChunk {
			return total, nil
		}
	}
}

// LastSaid is what the person said in [since, until), the last n texts, the newest last; what was private is not among it.
func (s *Store) LastSaid(ctx context.Context, p bot.Person, since, until time.Time, n int) ([]string, error) {
	texts, err := All(ctx, s.read(), scalar[string], `SELECT said FROM journal
		WHERE account = $1 AND user_id = $2 AND received_at >= $3 AND received_at < $4 AND said <> '' AND NOT private
		ORDER BY received_at DESC LIMIT $5`, string(p.Account), string(p.User), ms(since), ms(until), n)
	if err != nil {
		return nil, fmt.Errorf("read what was said last: %w", err)
	}
	slices.Reverse(texts)
	return texts, nil
}
