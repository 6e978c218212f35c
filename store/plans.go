package store

import (
	"context"
	"fmt"
	"time"
)

// Plan is something of the content that happens at times, and how far it has come.
type Plan struct {
	Name        string
	Version     int64  // counts the changes of the content
	Fingerprint string // of what the content says; empty: it was removed
	Through     time.Time
	Next        time.Time // zero: never again
	Scanned     time.Time
	ChangedAt   time.Time
}

const planColumns = "name, version, fingerprint, through, next_at, scanned, changed_at"

func scanPlan(r Row) (p Plan, err error) {
	var through, next, scanned, changed int64
	err = r.Scan(&p.Name, &p.Version, &p.Fingerprint, &through, &next, &scanned, &changed)
	p.Through, p.Next, p.Scanned, p.ChangedAt = fromMS(through), fromMS(next), fromMS(scanned), fromMS(changed)
	return p, err
}

// Plans lists all plans that ever were, by name.
func (s *Store) Plans(ctx context.Context) ([]Plan, error) {
	all, err := All(ctx, s.read(), scanPlan, "SELECT "+planColumns+" FROM schedule ORDER BY name")
	if err != nil {
		return nil, fmt.Errorf("list plans: %w", err)
	}
	return all, nil
}

// FindPlan reads a plan.
func FindPlan(ctx context.Context, q Queryer, name string) (Plan, bool, error) {
	return Get(ctx, q, scanPlan, "SELECT "+planColumns+" FROM schedule WHERE name = $1", name)
}

// LockPlan reads a plan that nobody else changes before the transaction ends.
func LockPlan(ctx context.Context, tx *Tx, name string) (Plan, bool, error) {
	return Get(ctx, tx, scanPlan, "SELECT "+planColumns+" FROM schedule WHERE name = $1"+tx.ForUpdate(), name)
}

// MakePlan makes a plan that was not there before; one that is there stays.
func MakePlan(ctx context.Context, tx *Tx, name string, through time.Time) error {
	_, err := tx.Exec(ctx, "INSERT INTO schedule ("+planColumns+") VALUES ($1, 0, '', $2, 0, 0, 0) ON CONFLICT DO NOTHING", name, ms(through))
	return err
}

// SavePlan writes a locked plan.
func SavePlan(ctx context.Context, tx *Tx, p Plan) error {
	_, err := tx.Exec(ctx, "UPDATE schedule SET version = $2, fingerprint = $3, through = $4, next_at = $5, scanned = $6, changed_at = $7 WHERE name = $1",
		p.Name, p.Version, p.Fingerprint, ms(p.Through), ms(p.Next), ms(p.Scanned), ms(p.ChangedAt))
	return err
}

// PlanScanned notes up to when a trigger has found what became due.
func PlanScanned(ctx context.Context, tx *Tx, name string, through time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE schedule SET scanned = $2 WHERE name = $1 AND scanned < $2", name, ms(through))
	return err
}

// SlotState is what became of a time.
type SlotState string

// The states.
const (
	SlotRunning SlotState = "running"
	SlotDone    SlotState = "done"
	SlotMissed  SlotState = "missed"
	SlotStopped SlotState = "stopped"
)

// Slot is one time of a plan that came.
type Slot struct {
	Plan             string
	At               time.Time
	State            SlotState
	Reason           string
	BeganAt, EndedAt time.Time
	People, Queued   int
	Mark             string // how far a run has come
}

const slotColumns = "name, at, state, reason, began_at, ended_at, people, queued, mark"

func scanSlot(r Row) (s Slot, err error) {
	var at, began, ended int64
	err = r.Scan(&s.Plan, &at, &s.State, &s.Reason, &began, &ended, &s.People, &s.Queued, &s.Mark)
	s.At, s.BeganAt, s.EndedAt = fromMS(at), fromMS(began), fromMS(ended)
	return s, err
}

// AddSlot writes a time down; false: it has come before.
func AddSlot(ctx context.Context, tx *Tx, s Slot) (bool, error) {
	n, err := tx.Exec(ctx, "INSERT INTO schedule_slot ("+slotColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
		s.Plan, ms(s.At), string(s.State), s.Reason, ms(s.BeganAt), ms(s.EndedAt), int64(s.People), int64(s.Queued), s.Mark)
	return n > 0, err
}

// FindSlot reads a slot as it is now.
func FindSlot(ctx context.Context, q Queryer, plan string, at time.Time) (Slot, bool, error) {
	return Get(ctx, q, scanSlot, "SELECT "+slotColumns+" FROM schedule_slot WHERE name = $1 AND at = $2", plan, ms(at))
}

// LockSlot reads a slot that nobody else changes before the transaction ends.
func LockSlot(ctx context.Context, tx *Tx, plan string, at time.Time) (Slot, bool, error) {
	return Get(ctx, tx, scanSlot, "SELECT "+slotColumns+" FROM schedule_slot WHERE name = $1 AND at = $2"+tx.ForUpdate(), plan, ms(at))
}

// SaveSlot writes a locked slot.
func SaveSlot(ctx context.Context, tx *Tx, s Slot) error {
	_, err := tx.Exec(ctx, "UPDATE schedule_slot SET state = $3, reason = $4, ended_at = $5, people = $6, queued = $7, mark = $8 WHERE name = $1 AND at = $2",
		s.Plan, ms(s.At), string(s.State), s.Reason, ms(s.EndedAt), int64(s.People), int64(s.Queued), s.Mark)
	return err
}

// DropSlot forgets a slot in which nothing happened.
func DropSlot(ctx context.Context, tx *Tx, plan string, at time.Time) error {
	_, err := tx.Exec(ctx, "DELETE FROM schedule_slot WHERE name = $1 AND at = $2", plan, ms(at))
	return err
}

// Slots lists the latest slots of a plan, the last first.
func (s *Store) Slots(ctx context.Context, plan string, limit int) ([]Slot, error) {
	all, err := All(ctx, s.read(), scanSlot, "SELECT "+slotColumns+" FROM schedule_slot WHERE name = $1 ORDER BY at DESC LIMIT $2", plan, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("list the slots of %s: %w", plan, err)
	}
	return all, nil
}

// TrimSlots forgets slots that ended before a time, and tells how many.
func (s *Store) TrimSlots(ctx context.Context, before time.Time) (int, error) {
	n, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, "DELETE FROM schedule_slot WHERE at < $1 AND ended_at > 0", ms(before))
	})
	if err != nil {
		return 0, fmt.Errorf("trim slots: %w", err)
	}
	return n, nil
}
