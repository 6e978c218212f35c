package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// Contact is a customer of WeCom as the platform describes them.
type Contact struct {
	Person    bot.Person
	Name      string
	Type      int    // 1: uses WeChat, 2: uses WeCom; 0: not known yet
	Corp      string // of those who use WeCom
	UnionID   string // empty: not told
	FetchedAt time.Time
	Relations []Relation
}

// Relation is between a contact and a member of staff.
type Relation struct {
	Member, Remark, Description string
	State                       string // of the contact way
	AddWay                      int
	Since, EndedAt              time.Time // EndedAt is zero while it lasts
	Tags                        []ContactTag
}

// Lasts tells whether it has not ended.
func (r Relation) Lasts() bool { return r.EndedAt.IsZero() }

// ContactTag is a tag that a member's customer has.
type ContactTag struct {
	ID, Name string // no ID: the member's own; no Name: not known
	Kind     int    // 1: the corp's, 2: the member's own, 3: of a rule group
}

// RelationNews is what an event told about a relation.
type RelationNews struct {
	Person  bot.Person
	Member  string // empty: the event did not say
	State   string
	Ended   bool
	Changed bool // neither began nor ended
	At      time.Time
}

// NoteRelation writes down what an event told of a relation, and marks the contact to be looked up. The platform does not
// promise its events in order: what happened last decides. The same news again changes nothing.
func (s *Store) NoteRelation(ctx context.Context, n RelationNews) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		if n.Member != "" && !n.Changed {
			if err := noteRelation(ctx, tx, n); err != nil {
				return 0, err
			}
		}
		return 0, markDirty(ctx, tx, n.Person.Account, DirtyContact, string(n.Person.User), n.At)
	})
	if err != nil {
		return fmt.Errorf("note a relation: %w", err)
	}
	return nil
}

func noteRelation(ctx context.Context, tx *Tx, n RelationNews) error {
	if _, err := tx.Exec(ctx, `INSERT INTO contact (account, user_id, name, type, corp, unionid, fetched_at)
		VALUES ($1, $2, '', 0, '', '', 0) ON CONFLICT DO NOTHING`, string(n.Person.Account), string(n.Person.User)); err != nil {
		return err
	}
	since, ended := ms(n.At), int64(0)
	if n.Ended {
		since, ended = 0, ms(n.At)
	}
	_, err := tx.Exec(ctx, `INSERT INTO contact_relation
			(account, user_id, member, remark, description, state, add_way, since, ended_at, changed_at, seen_run)
		VALUES ($1, $2, $3, '', '', $4, 0, $5, $6, $7, 0)
		ON CONFLICT (account, user_id, member) DO UPDATE SET
			state = CASE WHEN excluded.ended_at = 0 THEN excluded.state ELSE contact_relation.state END,
			since = CASE WHEN excluded.ended_at = 0 AND contact_relation.ended_at > 0 THEN excluded.since ELSE contact_relation.since END,
			ended_at = excluded.ended_at, changed_at = excluded.changed_at
		WHERE excluded.changed_at >= contact_relation.changed_at`,
		string(n.Person.Account), string(n.Person.User), memberID(n.Member), clean(n.State), since, ended, ms(n.At))
	return err
}

// HasOtherRelation tells whether somebody else of the staff than member has the customer, as far as the records know.
func (s *Store) HasOtherRelation(ctx context.Context, p bot.Person, member string) (bool, error) {
	_, has, err := Get(ctx, s.read(), scalar[int], `SELECT 1 FROM contact_relation
		WHERE account = $1 AND user_id = $2 AND member <> $3 AND ended_at = 0 LIMIT 1`, string(p.Account), string(p.User), memberID(member))
	if err != nil {
		return false, fmt.Errorf("look for other relations: %w", err)
	}
	return has, nil
}

// SaveContact writes down what a look-up that began at c.FetchedAt told: relations that it does not tell of have ended, except
// those of which an event told later. It links the contact to the same person on other accounts.
func (s *Store) SaveContact(ctx context.Context, c Contact) (Linked, error) {
	l, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (Linked, error) {
		l, err := linkAll(ctx, tx, []Identity{{Person: c.Person, UnionID: c.UnionID, LookedUpAt: c.FetchedAt}})
		if err != nil {
			return l, err
		}
		if err := saveContact(ctx, tx, c, 0); err != nil {
			return l, err
		}
		members := []any{string(c.Person.Account), string(c.Person.User), ms(c.FetchedAt)}
		rest := ""
		if len(c.Relations) > 0 {
			for _, r := range c.Relations {
				members = append(members, memberID(r.Member))
			}
			rest = " AND member NOT IN " + placeholders(4, 1, len(c.Relations))
		}
		_, err = tx.Exec(ctx, `UPDATE contact_relation SET ended_at = $3, changed_at = $3
			WHERE account = $1 AND user_id = $2 AND ended_at = 0 AND changed_at <= $3`+rest, members...)
		if err != nil {
			return l, err
		}
		return l, wantPush(ctx, tx, c.Person, c.FetchedAt)
	})
	if err != nil {
		return Linked{}, fmt.Errorf("save contact: %w", err)
	}
	return l, nil
}

// saveContact writes the contact and the relations that it holds.
func saveContact(ctx context.Context, tx *Tx, c Contact, run int64) error {
	account, user := string(c.Person.Account), string(c.Person.User)
	_, err := tx.Exec(ctx, `INSERT INTO contact (account, user_id, name, type, corp, unionid, fetched_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account, user_id) DO UPDATE SET name = excluded.name, type = excluded.type, corp = excluded.corp,
			unionid = CASE WHEN excluded.unionid = '' THEN contact.unionid ELSE excluded.unionid END, fetched_at = excluded.fetched_at`,
		account, user, clean(c.Name), int64(c.Type), clean(c.Corp), clean(c.UnionID), ms(c.FetchedAt))
	if err != nil {
		return err
	}
	for _, r := range c.Relations {
		member := memberID(r.Member)
		n, err := tx.Exec(ctx, `INSERT INTO contact_relation
				(account, user_id, member, remark, description, state, add_way, since, ended_at, changed_at, seen_run)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)
			ON CONFLICT (account, user_id, member) DO UPDATE SET remark = excluded.remark, description = excluded.description,
				state = excluded.state, add_way = excluded.add_way, since = excluded.since, ended_at = 0, changed_at = excluded.changed_at,
				seen_run = CASE WHEN excluded.seen_run > contact_relation.seen_run THEN excluded.seen_run ELSE contact_relation.seen_run END
			WHERE excluded.changed_at >= contact_relation.changed_at`,
			account, user, member, clean(r.Remark), clean(r.Description), clean(r.State), int64(r.AddWay), ms(r.Since), ms(c.FetchedAt), run)
		if err != nil {
			return err
		}
		if n == 0 {
			continue // an event told of it later, and has it looked up again
		}
		if err := saveContactTags(ctx, tx, c.Person, member, r.Tags); err != nil {
			return err
		}
	}
	return nil
}

func saveContactTags(ctx context.Context, tx *Tx, p bot.Person, member string, tags []ContactTag) error {
	_, err := tx.Exec(ctx, "DELETE FROM contact_tag WHERE account = $1 AND user_id = $2 AND member = $3", string(p.Account), string(p.User), member)
	if err != nil {
		return err
	}
	for _, t := range tags {
		_, err := tx.Exec(ctx, `INSERT INTO contact_tag (account, user_id, member, tag_id, name, kind) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			string(p.Account), string(p.User), member, clean(t.ID), clean(t.Name), int64(t.Kind))
		if err != nil {
			return err
		}
	}
	return nil
}

// EndRelations writes down that the platform knows of no relation with the customer any more; with a member, of none with
// that one.
func (s *Store) EndRelations(ctx context.Context, p bot.Person, member string, at time.Time) error {
	where, args := "", []any{string(p.Account), string(p.User), ms(at)}
	if member != "" {
		where, args = " AND member = $4", append(args, memberID(member))
	}
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, `UPDATE contact_relation SET ended_at = $3, changed_at = $3
			WHERE account = $1 AND user_id = $2 AND ended_at = 0 AND changed_at <= $3`+where, args...)
	})
	if err != nil {
		return fmt.Errorf("end relations: %w", err)
	}
	return nil
}

// Contact tells what is known of a customer; ErrNotFound when nothing is.
func (s *Store) Contact(ctx context.Context, p bot.Person) (Contact, error) {
	c, err := readContact(ctx, s.read(), p)
	if err != nil {
		return Contact{}, fmt.Errorf("read contact: %w", err)
	}
	return c, nil
}

func readContact(ctx context.Context, q Queryer, p bot.Person) (Contact, error) {
	c, ok, err := Get(ctx, q, func(r Row) (Contact, error) {
		c := Contact{Person: p}
		var at int64
		err := r.Scan(&c.Name, &c.Type, &c.Corp, &c.UnionID, &at)
		c.FetchedAt = fromMS(at)
		return c, err
	}, "SELECT name, type, corp, unionid, fetched_at FROM contact WHERE account = $1 AND user_id = $2", string(p.Account), string(p.User))
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return Contact{}, err
	}
	c.Relations, err = All(ctx, q, func(r Row) (Relation, error) {
		var l Relation
		var since, ended int64
		err := r.Scan(&l.Member, &l.Remark, &l.Description, &l.State, &l.AddWay, &since, &ended)
		l.Since, l.EndedAt = fromMS(since), fromMS(ended)
		return l, err
	}, `SELECT member, remark, description, state, add_way, since, ended_at FROM contact_relation
		WHERE account = $1 AND user_id = $2 ORDER BY member`, string(p.Account), string(p.User))
	if err != nil {
		return Contact{}, err
	}
	for i := range c.Relations {
		c.Relations[i].Tags, err = All(ctx, q, func(r Row) (t ContactTag, err error) { return t, r.Scan(&t.ID, &t.Name, &t.Kind) },
			`SELECT t.tag_id, CASE WHEN t.name = '' THEN coalesce(c.name, '') ELSE t.name END, t.kind
			FROM contact_tag t LEFT JOIN corp_tag c ON c.account = t.account AND c.id = t.tag_id AND t.tag_id <> ''
			WHERE t.account = $1 AND t.user_id = $2 AND t.member = $3 ORDER BY t.tag_id, t.name`,
			string(p.Account), string(p.User), c.Relations[i].Member)
		if err != nil {
			return Contact{}, err
		}
	}
	return c, nil
}

// ContactCount tells how many customers an account has whom somebody of the staff has.
func (s *Store) ContactCount(ctx context.Context, a bot.AccountName) (int, error) {
	n, _, err := Get(ctx, s.read(), scalar[int], "SELECT count(DISTINCT user_id) FROM contact_relation WHERE account = $1 AND ended_at = 0", string(a))
	if err != nil {
		return 0, fmt.Errorf("count contacts: %w", err)
	}
	return n, nil
}
