package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// BroadcastState is how far a broadcast is.
type BroadcastState string

// The states.
const (
	BroadcastDraft     BroadcastState = "draft"
	BroadcastScheduled BroadcastState = "scheduled"
	BroadcastSending   BroadcastState = "sending"
	BroadcastPaused    BroadcastState = "paused"
	BroadcastSent      BroadcastState = "sent" // nothing of it is left to do
	BroadcastCancelled BroadcastState = "cancelled"
)

// Broadcast is a message to many at once.
type Broadcast struct {
	ID      string
	Name    string
	Account bot.AccountName
	Kind    string
	Draft   []byte
	State   BroadcastState

	StartAt, AsOf time.Time
	Audience      int // as counted when it was started
	Page          int // pages that are written down
	Cursor        bot.UserID
	Enqueued      int
	SpreadAt      time.Time // when the last page was written down
	EndedAt       time.Time

	PreviewedAt          time.Time
	DryRun               []byte
	DryRunAt             time.Time
	Problem              string
	CreatedAt, ChangedAt time.Time
}

// BroadcastAct is what somebody did to a broadcast.
type BroadcastAct struct {
	Who    string
	Act    string
	Detail string
	At     time.Time
}

const broadcastColumns = `id, name, account, kind, draft, state, start_at, as_of, audience, page, page_cursor, enqueued, spread_at, ended_at, previewed_at,
	dry_run, dry_run_at, problem, created_at, changed_at`

func scanBroadcast(r Row) (Broadcast, error) {
	var b Broadcast
	var start, asOf, spread, ended, previewed, dryRun, created, changed int64
	err := r.Scan(&b.ID, &b.Name, &b.Account, &b.Kind, &b.Draft, &b.State, &start, &asOf, &b.Audience, &b.Page, &b.Cursor, &b.Enqueued, &spread, &ended, &previewed,
		&b.DryRun, &dryRun, &b.Problem, &created, &changed)
	b.StartAt, b.AsOf, b.SpreadAt, b.EndedAt = fromMS(start), fromMS(asOf), fromMS(spread), fromMS(ended)
	b.PreviewedAt, b.DryRunAt, b.CreatedAt, b.ChangedAt = fromMS(previewed), fromMS(dryRun), fromMS(created), fromMS(changed)
	return b, err
}

// Broadcast finds one; ErrNotFound when there is none.
func (s *Store) Broadcast(ctx context.Context, id string) (Broadcast, error) {
	b, ok, err := Get(ctx, s.read(), scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcast WHERE id = $1", clean(id))
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return Broadcast{}, fmt.Errorf("read a broadcast: %w", err)
	}
	return b, nil
}

// broadcastsListed is how many are listed.
const broadcastsListed = 200

// Broadcasts lists them, the newest first.
func (s *Store) Broadcasts(ctx context.Context) ([]Broadcast, error) {
	all, err := All(ctx, s.read(), scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcast ORDER BY created_at DESC, id LIMIT $1", broadcastsListed)
	if err != nil {
		return nil, fmt.Errorf("list broadcasts: %w", err)
	}
	return all, nil
}

// LockBroadcast reads one and holds it to the end of the transaction; ErrNotFound when there is none.
func LockBroadcast(ctx context.Context, tx *Tx, id string) (Broadcast, error) {
	b, ok, err := Get(ctx, tx, scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcast WHERE id = $1"+tx.ForUpdate(), clean(id))
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return Broadcast{}, fmt.Errorf("read a broadcast: %w", err)
	}
	return b, nil
}

// SaveBroadcast writes one down as it is, in the transaction that has locked it or makes it.
func SaveBroadcast(ctx context.Context, tx *Tx, b Broadcast) error {
	draft, dryRun := b.Draft, b.DryRun
	if draft == nil {
		draft = []byte{}
	}
	if dryRun == nil {
		dryRun = []byte{}
	}
	_, err := tx.Exec(ctx, `INSERT INTO broadcast (`+broadcastColumns+`) VALUES `+placeholders(1, 1, 20)+`
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, account = excluded.account, kind = excluded.kind, draft = excluded.draft, state = excluded.state,
			start_at = excluded.start_at, as_of = excluded.as_of, audience = excluded.audience, page = excluded.page, page_cursor = excluded.page_cursor,
			enqueued = excluded.enqueued, spread_at = excluded.spread_at, ended_at = excluded.ended_at, previewed_at = excluded.previewed_at,
			dry_run = excluded.dry_run, dry_run_at = excluded.dry_run_at, problem = excluded.problem, changed_at = excluded.changed_at`,
		b.ID, clean(b.Name), string(b.Account), b.Kind, draft, string(b.State), ms(b.StartAt), ms(b.AsOf), b.Audience, b.Page, string(b.Cursor), b.Enqueued,
		ms(b.SpreadAt), ms(b.EndedAt), ms(b.PreviewedAt), dryRun, ms(b.DryRunAt), clean(b.Problem), ms(b.CreatedAt), ms(b.ChangedAt))
	if err != nil {
		return fmt.Errorf("write a broadcast down: %w", err)
	}
	return nil
}

// NoteBroadcast notes who did what, in the transaction that has locked the broadcast.
func NoteBroadcast(ctx context.Context, tx *Tx, id string, a BroadcastAct) error {
	_, err := tx.Exec(ctx, `INSERT INTO broadcast_act (broadcast, number, who, act, detail, at)
		SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM broadcast_act WHERE broadcast = $1`, id, clean(a.Who), a.Act, clean(a.Detail), ms(a.At))
	if err != nil {
		return fmt.Errorf("note who changed a broadcast: %w", err)
	}
	return nil
}

// BroadcastActs lists what was done to a broadcast, the oldest first.
func (s *Store) BroadcastActs(ctx context.Context, id string) ([]BroadcastAct, error) {
	all, err := All(ctx, s.read(), func(r Row) (a BroadcastAct, err error) {
		var at int64
		err = r.Scan(&a.Who, &a.Act, &a.Detail, &at)
		a.At = fromMS(at)
		return a, err
	}, "SELECT who, act, detail, at FROM broadcast_act WHERE broadcast = $1 ORDER BY number", clean(id))
	if err != nil {
		return nil, fmt.Errorf("list who changed a broadcast: %w", err)
	}
	return all, nil
}

// CancelSends drops a page of what has not gone out of a campaign, in the transaction, and tells how much is left that can't be dropped
// yet because somebody is at it.
func CancelSends(ctx context.Context, tx *Tx, campaign string, now time.Time, limit int) (dropped, left int, err error) {
	dropped, err = tx.Exec(ctx, `UPDATE send SET state = 'dropped', reason = 'cancelled', settled_at = $2, content = $3
		WHERE id IN (SELECT id FROM send WHERE campaign = $1 AND state IN ('queued', 'waiting', 'held') AND parts = 0 AND claimed_by = '' LIMIT $4)`,
		campaign, ms(now), []byte{}, limit)
	if err == nil {
		left, _, err = Get(ctx, tx, scalar[int], "SELECT COUNT(*) FROM send WHERE campaign = $1 AND state IN ('queued', 'waiting', 'held', 'sending')", campaign)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("cancel what has not gone out: %w", err)
	}
	return dropped, left, nil
}

// SendTally counts what became of a campaign's messages, by way as well.
type SendTally struct {
	State  SendState
	Way    string
	Reason string
	Count  int
}

// SendTallies counts them.
func (s *Store) SendTallies(ctx context.Context, campaign string) ([]SendTally, error) {
	all, err := All(ctx, s.read(), func(r Row) (c SendTally, err error) { return c, r.Scan(&c.State, &c.Way, &c.Reason, &c.Count) },
		"SELECT state, way, reason, COUNT(*) FROM send WHERE campaign = $1 AND campaign <> '' GROUP BY state, way, reason ORDER BY state, way, reason", campaign)
	if err != nil {
		return nil, fmt.Errorf("count what became of a campaign: %w", err)
	}
	return all, nil
}
