package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// Identity is what a look-up of a person on one account told.
type Identity struct {
	Person     bot.Person
	UnionID    string // the same on every account of one open-platform account; empty: the platform tells none
	LookedUpAt time.Time
	// Owner is the person under whose name everything is kept that somebody may have once: the first one known with the
	// same unionid. It never changes.
	Owner bot.Person
}

// Linked is what a look-up changed.
type Linked struct {
	Joined int // people who turned out to be somebody known already
	Moved  int // coupons, quizzes and surveys that went to the owner
	Left   int // … of which the owner had one already: they stayed where they were
	Torn   int // people whose unionid changed to somebody else's: they stay with their first owner
}

func (l *Linked) add(o Linked) {
	l.Joined, l.Moved, l.Left, l.Torn = l.Joined+o.Joined, l.Moved+o.Moved, l.Left+o.Left, l.Torn+o.Torn
}

// owner is the person under whose name p's records are kept: p, unless p is known to be somebody else as well.
func owner(ctx context.Context, q Queryer, p bot.Person) (bot.Person, error) {
	return readOwner(ctx, q, p, "")
}

// holdOwner is owner for those who write under the name: it stays right to the end of the transaction. It must come before
// everything else that the transaction locks.
//
// PostgreSQL locks the table for a SELECT ... FOR KEY SHARE even when it finds no row, and takes the lock before it looks;
// linking takes one that excludes it (lockLinks). So whoever writes under a name sees every link, or is seen by the link.
func (s *Store) holdOwner(ctx context.Context, q Queryer, p bot.Person) (bot.Person, error) {
	return readOwner(ctx, q, p, s.dialect.forKeyShare)
}

func readOwner(ctx context.Context, q Queryer, p bot.Person, hold string) (bot.Person, error) {
	o, ok, err := Get(ctx, q, scanPerson, "SELECT owner_account, owner_user FROM identity WHERE account = $1 AND user_id = $2"+hold,
		string(p.Account), string(p.User))
	if err != nil {
		return bot.Person{}, fmt.Errorf("find the owner: %w", err)
	}
	if !ok {
		return p, nil
	}
	return o, nil
}

func scanPerson(r Row) (p bot.Person, err error) { return p, r.Scan(&p.Account, &p.User) }

// Link writes down what look-ups told. People with one unionid are one person from then on: what each may have once is kept
// under the name of the first one known. What the others have had goes there too where the first one has none in that
// campaign; else it stays and is noted. Telling the same again changes nothing.
func (s *Store) Link(ctx context.Context, told []Identity) (Linked, error) {
	l, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (Linked, error) { return linkAll(ctx, tx, told) })
	if err != nil {
		return Linked{}, fmt.Errorf("link people: %w", err)
	}
	return l, nil
}

// linkAll must come before everything else that the transaction locks.
func linkAll(ctx context.Context, tx *Tx, told []Identity) (Linked, error) {
	var all Linked
	news, err := newsOf(ctx, tx, told)
	if err != nil {
		return all, err
	}
	if news {
		if err := tx.lockLinks(ctx); err != nil {
			return all, err
		}
	}
	for _, i := range told {
		i.UnionID = clean(i.UnionID)
		l, err := linkOne(ctx, tx, i)
		if err != nil {
			return Linked{}, err
		}
		all.add(l)
	}
	return all, nil
}

// newsOf tells whether somebody's unionid was not known: only then records may move, and claims have to wait.
func newsOf(ctx context.Context, q Queryer, told []Identity) (bool, error) {
	for _, i := range told {
		if i.UnionID == "" {
			continue
		}
		k, ok, err := findIdentity(ctx, q, i.Person)
		if err != nil {
			return false, err
		}
		if !ok || k.UnionID != clean(i.UnionID) {
			return true, nil
		}
	}
	return false, nil
}

// lockLinks keeps everybody out who writes under a name that may be about to change.
func (t *Tx) lockLinks(ctx context.Context) error {
	if t.dialect.lockLinks == "" {
		return nil // SQLite's writer has everything to itself
	}
	_, err := t.Exec(ctx, t.dialect.lockLinks)
	return err
}

func linkOne(ctx context.Context, tx *Tx, told Identity) (Linked, error) {
	known, ok, err := findIdentity(ctx, tx, told.Person)
	if err != nil {
		return Linked{}, err
	}
	if !ok {
		known = Identity{Person: told.Person, Owner: told.Person}
	}
	was := known.UnionID
	known.LookedUpAt = told.LookedUpAt
	if told.UnionID == "" || told.UnionID == was { // a look-up that tells nothing does not undo an earlier one
		return Linked{}, writeIdentity(ctx, tx, known)
	}
	known.UnionID = told.UnionID
	_, err = tx.Exec(ctx, `INSERT INTO identity_union (unionid, owner_account, owner_user) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		told.UnionID, string(known.Owner.Account), string(known.Owner.User))
	if err != nil {
		return Linked{}, err
	}
	first, _, err := Get(ctx, tx, scanPerson, "SELECT owner_account, owner_user FROM identity_union WHERE unionid = $1", told.UnionID)
	switch {
	case err != nil:
		return Linked{}, err
	case first == known.Owner:
		return Linked{}, writeIdentity(ctx, tx, known)
	case was != "":
		return Linked{Torn: 1}, writeIdentity(ctx, tx, known)
	}
	known.Owner = first
	if err := writeIdentity(ctx, tx, known); err != nil {
		return Linked{}, err
	}
	l, err := moveRecords(ctx, tx, known.Person, first, told.LookedUpAt)
	if err != nil {
		return Linked{}, err
	}
	l.Joined = 1
	return l, wantPush(ctx, tx, known.Person, told.LookedUpAt) // the tags of one are the other's from now on
}

func writeIdentity(ctx context.Context, tx *Tx, i Identity) error {
	_, err := tx.Exec(ctx, `INSERT INTO identity (account, user_id, unionid, owner_account, owner_user, looked_up_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account, user_id) DO UPDATE SET unionid = excluded.unionid, owner_account = excluded.owner_account,
			owner_user = excluded.owner_user, looked_up_at = excluded.looked_up_at`,
		string(i.Person.Account), string(i.Person.User), i.UnionID, string(i.Owner.Account), string(i.Owner.User), ms(i.LookedUpAt))
	return err
}

const identityColumns = "account, user_id, unionid, owner_account, owner_user, looked_up_at"

func findIdentity(ctx context.Context, q Queryer, p bot.Person) (Identity, bool, error) {
	return Get(ctx, q, scanIdentity, "SELECT "+identityColumns+" FROM identity WHERE account = $1 AND user_id = $2",
		string(p.Account), string(p.User))
}

func scanIdentity(r Row) (Identity, error) {
	var i Identity
	var at int64
	err := r.Scan(&i.Person.Account, &i.Person.User, &i.UnionID, &i.Owner.Account, &i.Owner.User, &at)
	i.LookedUpAt = fromMS(at)
	return i, err
}

// Identity tells what look-ups told of a person; ok is false when there was none.
func (s *Store) Identity(ctx context.Context, p bot.Person) (i Identity, ok bool, err error) {
	if i, ok, err = findIdentity(ctx, s.read(), p); err != nil {
		return Identity{}, false, fmt.Errorf("read identity: %w", err)
	}
	return i, ok, nil
}

// SamePerson lists everybody who is known to be p, p first.
func (s *Store) SamePerson(ctx context.Context, p bot.Person) ([]bot.Person, error) {
	all, err := samePerson(ctx, s.read(), p)
	if err != nil {
		return nil, fmt.Errorf("find the same person elsewhere: %w", err)
	}
	return all, nil
}

func samePerson(ctx context.Context, q Queryer, p bot.Person) ([]bot.Person, error) {
	all, _, err := ownedPeople(ctx, q, p)
	return all, err
}

// ownedPeople is samePerson, and under whose name it is kept what they may have once.
func ownedPeople(ctx context.Context, q Queryer, p bot.Person) (all []bot.Person, owner bot.Person, err error) {
	owner = p
	known, err := All(ctx, q, func(r Row) (k bot.Person, err error) {
		return k, r.Scan(&k.Account, &k.User, &owner.Account, &owner.User)
	}, `SELECT i.account, i.user_id, i.owner_account, i.owner_user FROM identity p
		JOIN identity i ON i.owner_account = p.owner_account AND i.owner_user = p.owner_user
		WHERE p.account = $1 AND p.user_id = $2 ORDER BY i.account, i.user_id`, string(p.Account), string(p.User))
	all = []bot.Person{p}
	for _, k := range known {
		if k != p {
			all = append(all, k)
		}
	}
	return all, owner, err
}
