package sql

import (
	"context"
	"strconv"
	"strings"

	"guanjia/bot"
	"guanjia/store"
)

// holdPerson reads the person's row, made when missing, and keeps others from it until the transaction ends.
func holdPerson(ctx context.Context, tx *store.Tx, who bot.Person) (person, error) {
	query := "SELECT " + tx.Clock() + `, session, session_until, lease_key, lease_owner, lease_until, unfinished, minute, inbound, late_until, keep_until
		FROM hot_person WHERE account = $1 AND user_id = $2` + tx.ForUpdate()
	for {
		p, ok, err := store.Get(ctx, tx, scanPerson, query, string(who.Account), string(who.User))
		if err != nil || ok {
			return p, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO hot_person
			(account, user_id, session_until, lease_key, lease_owner, lease_until, unfinished, minute, inbound, late_until, keep_until)
			VALUES ($1, $2, 0, '', '', 0, '', 0, 0, 0, 0) ON CONFLICT DO NOTHING`, string(who.Account), string(who.User))
		if err != nil {
			return person{}, err
		}
	}
}

func scanPerson(r store.Row) (p person, err error) {
	return p, r.Scan(&p.now, &p.session, &p.sessionUntil, &p.leaseKey, &p.leaseOwner, &p.leaseUntil, &p.unfinished,
		&p.minute, &p.inbound, &p.lateUntil, &p.keepUntil)
}

// writeLease writes what Begin changes, and leaves the session alone.
func writeLease(ctx context.Context, tx *store.Tx, who bot.Person, p person) error {
	_, err := tx.Exec(ctx, `UPDATE hot_person SET lease_key = $1, lease_owner = $2, lease_until = $3, unfinished = $4, minute = $5, inbound = $6
		WHERE account = $7 AND user_id = $8`,
		string(p.leaseKey), p.leaseOwner, p.leaseUntil, p.unfinished, p.minute, p.inbound, string(who.Account), string(who.User))
	return err
}

// writePerson writes what Finish changes.
func writePerson(ctx context.Context, tx *store.Tx, who bot.Person, p person) error {
	_, err := tx.Exec(ctx, `UPDATE hot_person SET session = $1, session_until = $2, lease_key = $3, lease_owner = $4, lease_until = $5, unfinished = $6,
		late_until = $7 WHERE account = $8 AND user_id = $9`,
		p.session, p.sessionUntil, string(p.leaseKey), p.leaseOwner, p.leaseUntil, p.unfinished, p.lateUntil,
		string(who.Account), string(who.User))
	return err
}

// writeKeep writes when the row may be swept, if that has moved.
func writeKeep(ctx context.Context, tx *store.Tx, who bot.Person, before, after person) error {
	if before.keepUntil == after.keepUntil {
		return nil
	}
	_, err := tx.Exec(ctx, "UPDATE hot_person SET keep_until = $1 WHERE account = $2 AND user_id = $3",
		after.keepUntil, string(who.Account), string(who.User))
	return err
}

// readEvent reads the event's row; one that is missing or has expired is a zero event.
func readEvent(ctx context.Context, tx *store.Tx, who bot.Person, key bot.EventKey, now int64) (event, error) {
	e, _, err := store.Get(ctx, tx, func(r store.Row) (e event, err error) {
		return e, r.Scan(&e.tries, &e.doneBy, &e.reply, &e.lateUntil, &e.keepUntil)
	}, `SELECT tries, done_by, reply, late_until, keep_until FROM hot_event
		WHERE account = $1 AND user_id = $2 AND event_key = $3 AND keep_until > $4`, string(who.Account), string(who.User), string(key), now)
	return e, err
}

// writeTries writes what Begin changes. A row that is there and was not read has expired: it is written over.
func writeTries(ctx context.Context, tx *store.Tx, who bot.Person, key bot.EventKey, e event) error {
	_, err := tx.Exec(ctx, `INSERT INTO hot_event (account, user_id, event_key, tries, done_by, reply, late_until, keep_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account, user_id, event_key) DO UPDATE SET
		tries = excluded.tries, done_by = excluded.done_by, reply = excluded.reply, late_until = excluded.late_until, keep_until = excluded.keep_until`,
		string(who.Account), string(who.User), string(key), e.tries, e.doneBy, e.reply, e.lateUntil, e.keepUntil)
	return err
}

// writeReply writes what Finish changes: the deliveries counted so far stay.
func writeReply(ctx context.Context, tx *store.Tx, who bot.Person, key bot.EventKey, e event) error {
	_, err := tx.Exec(ctx, `INSERT INTO hot_event (account, user_id, event_key, tries, done_by, reply, late_until, keep_until)
		VALUES ($1, $2, $3, 0, $4, $5, $6, $7) ON CONFLICT (account, user_id, event_key) DO UPDATE SET
		done_by = excluded.done_by, reply = excluded.reply, late_until = excluded.late_until, keep_until = excluded.keep_until`,
		string(who.Account), string(who.User), string(key), e.doneBy, e.reply, e.lateUntil, e.keepUntil)
	return err
}

type late struct {
	bot.Late
	until int64
}

// readLate reads the replies that reached nobody, the oldest first.
func readLate(ctx context.Context, tx *store.Tx, who bot.Person, now int64) ([]late, error) {
	return store.All(ctx, tx, func(r store.Row) (l late, err error) { return l, r.Scan(&l.Key, &l.Reply, &l.until) },
		"SELECT event_key, reply, late_until FROM hot_event WHERE account = $1 AND user_id = $2 AND late_until > $3 ORDER BY late_until",
		string(who.Account), string(who.User), now)
}

// takeLate strikes late replies off and tells until when the newest of the others waits.
func takeLate(ctx context.Context, tx *store.Tx, who bot.Person, keys []bot.EventKey, now int64) (until int64, err error) {
	args := []any{string(who.Account), string(who.User)}
	marks := make([]string, len(keys))
	for i, k := range keys {
		args = append(args, string(k))
		marks[i] = "$" + strconv.Itoa(i+3)
	}
	if _, err := tx.Exec(ctx, "UPDATE hot_event SET late_until = 0 WHERE account = $1 AND user_id = $2 AND event_key IN ("+strings.Join(marks, ",")+")", args...); err != nil {
		return 0, err
	}
	left, err := readLate(ctx, tx, who, now)
	if err != nil || len(left) == 0 {
		return 0, err
	}
	return left[len(left)-1].until, nil
}
