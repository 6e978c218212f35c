// Package sql keeps the hot state in the database of the records: durable, with nothing else to install. Each operation is
// one transaction that reads the person and the event, lets the rules decide (rules.go, pure), and writes what changed;
// on SQLite the operations of many people and the journal's entries share one commit.
//
// What has expired is not seen; Sweep deletes it.
package sql

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/store"
	"guanjia/store/hot"
)

// Options of a Hot.
type Options struct {
	Log *zap.Logger // nil: silent
}

// Hot is the hot state in a Store's database.
type Hot struct {
	s   *store.Store
	log *zap.Logger
}

var _ bot.HotState = (*Hot)(nil)

// New makes the hot state of s. The caller keeps s and closes it.
func New(s *store.Store, o Options) *Hot {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	return &Hot{s: s, log: o.Log}
}

// Ping tells whether the database can be read and written.
func (h *Hot) Ping(ctx context.Context) error { return h.s.Ping(ctx) }

// Close does nothing: the Store is its owner's to close.
func (h *Hot) Close() error { return nil }

// Begin asks to work on an event.
func (h *Hot) Begin(ctx context.Context, r bot.BeginRequest) (bot.BeginResult, error) {
	if err := hot.Check(r.Lease); err != nil {
		return bot.BeginResult{}, fmt.Errorf("begin: %w", err)
	}
	result, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (bot.BeginResult, error) {
		p, err := holdPerson(ctx, tx, r.Person)
		if err != nil {
			return bot.BeginResult{}, err
		}
		e, err := readEvent(ctx, tx, r.Person, r.Key, p.now)
		if err != nil {
			return bot.BeginResult{}, err
		}
		p0, e0 := p, e
		result := begin(&p, &e, r)
		if result.State == bot.BeginRun && p.lateUntil > p.now {
			waiting, err := readLate(ctx, tx, r.Person, p.now)
			if err != nil {
				return bot.BeginResult{}, err
			}
			for _, l := range waiting {
				result.Late = append(result.Late, l.Late)
			}
		}
		if p.differs(p0) {
			if err := writeLease(ctx, tx, r.Person, p); err != nil {
				return bot.BeginResult{}, err
			}
		}
		if err := writeKeep(ctx, tx, r.Person, p0, p); err != nil {
			return bot.BeginResult{}, err
		}
		if e.differs(e0) {
			if err := writeTries(ctx, tx, r.Person, r.Key, e); err != nil {
				return bot.BeginResult{}, err
			}
		}
		return result, nil
	})
	if err != nil {
		return bot.BeginResult{}, fmt.Errorf("begin: %w", err)
	}
	return result, nil
}

// Finish saves the outcome and frees the lease.
func (h *Hot) Finish(ctx context.Context, r bot.FinishRequest) error {
	if err := hot.Check(r.Lease); err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	// A lost lease is a result here and an error outside: an error would take back the neighbours' work as well.
	ours, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (bool, error) {
		p, err := holdPerson(ctx, tx, r.Person)
		if err != nil {
			return false, err
		}
		if !p.leasedTo(r.Lease) {
			e, err := readEvent(ctx, tx, r.Person, r.Key, p.now)
			return e.doneBy == r.Owner, err // the same Finish again
		}
		if len(r.LateTaken) > 0 {
			if p.lateUntil, err = takeLate(ctx, tx, r.Person, r.LateTaken, p.now); err != nil {
				return false, err
			}
		}
		p0 := p
		e := finish(&p, r)
		if err := writePerson(ctx, tx, r.Person, p); err != nil {
			return false, err
		}
		if err := writeKeep(ctx, tx, r.Person, p0, p); err != nil {
			return false, err
		}
		if r.Recovered != nil {
			recovered := event{doneBy: r.Owner, reply: r.Recovered.Reply, keepUntil: p.now + r.ReplyFor.Milliseconds()}
			if err := writeReply(ctx, tx, r.Person, r.Recovered.Key, recovered); err != nil {
				return false, err
			}
		}
		return true, writeReply(ctx, tx, r.Person, r.Key, e)
	})
	if err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	return orLost(ours, "finish")
}

// Renew extends the lease.
func (h *Hot) Renew(ctx context.Context, l bot.Lease, d time.Duration) error {
	n, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, "UPDATE hot_person SET lease_until = "+tx.Clock()+` + CAST($1 AS BIGINT)
			WHERE account = $2 AND user_id = $3 AND lease_key = $4 AND lease_owner = $5`,
			d.Milliseconds(), string(l.Person.Account), string(l.Person.User), string(l.Key), l.Owner)
	})
	if err != nil {
		return fmt.Errorf("renew lease: %w", err)
	}
	return orLost(n == 1, "renew lease")
}

// Abandon frees the lease without an outcome.
func (h *Hot) Abandon(ctx context.Context, l bot.Lease) error {
	_, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, `UPDATE hot_person SET lease_key = '', lease_owner = '', lease_until = 0
			WHERE account = $1 AND user_id = $2 AND lease_key = $3 AND lease_owner = $4`,
			string(l.Person.Account), string(l.Person.User), string(l.Key), l.Owner)
	})
	if err != nil {
		return fmt.Errorf("abandon: %w", err)
	}
	return nil
}

func orLost(ours bool, doing string) error {
	if ours {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, bot.ErrLeaseLost)
}

// PutOnce stores value under key for ttl unless something is there already, and returns what is there then.
func (h *Hot) PutOnce(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, error) {
	if value == nil {
		value = []byte{}
	}
	there, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) ([]byte, error) {
		for {
			put, ok, err := store.Get(ctx, tx, scanBytes, `INSERT INTO hot_once (name, value, keep_until) VALUES ($1, $2, `+tx.Clock()+` + CAST($3 AS BIGINT))
				ON CONFLICT (name) DO UPDATE SET value = excluded.value, keep_until = excluded.keep_until
				WHERE hot_once.keep_until <= `+tx.Clock()+" RETURNING value", key, value, max(1, ttl.Milliseconds()))
			if err != nil || ok {
				return put, err
			}
			there, ok, err := store.Get(ctx, tx, scanBytes, "SELECT value FROM hot_once WHERE name = $1", key)
			if err != nil || ok {
				return there, err
			}
			// Swept in between.
		}
	})
	if err != nil {
		return nil, fmt.Errorf("put once: %w", err)
	}
	return there, nil
}

func scanBytes(r store.Row) (b []byte, err error) { return b, r.Scan(&b) }

// sweepChunk bounds the rows deleted by one statement, so that nobody waits long for it.
const sweepChunk = 500

// Sweep deletes what has expired and tells how many rows went.
func (h *Hot) Sweep(ctx context.Context) (int, error) {
	total := 0
	for _, table := range []struct{ name, key string }{
		{"hot_event", "account, user_id, event_key"},
		{"hot_person", "account, user_id"},
		{"hot_once", "name"},
		{"hot_shared", "name"},
		{"hot_lock", "name"},
		{"hot_cap_place", "account, user_id, id"},
		{"hot_cap", "account, user_id"},
		{"hot_bucket", "name"},
	} {
		before := total
		for n := sweepChunk; n == sweepChunk; total += n {
			var err error
			if n, err = h.sweepChunk(ctx, table.name, table.key); err != nil {
				return total, fmt.Errorf("sweep %s: %w", table.name, err)
			}
		}
		h.log.Debug("swept", zap.String("table", table.name), zap.Int("rows", total-before))
	}
	return total, nil
}

func (h *Hot) sweepChunk(ctx context.Context, table, key string) (int, error) {
	return store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (int, error) {
		// The time is compared twice because PostgreSQL looks only at the outer condition again when the row changed meanwhile.
		return tx.Exec(ctx, "DELETE FROM "+table+" WHERE keep_until <= "+tx.Clock()+" AND ("+key+") IN (SELECT "+key+" FROM "+table+
			" WHERE keep_until <= "+tx.Clock()+" ORDER BY keep_until LIMIT $1)", sweepChunk)
	})
}
