package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// Consent is a person's word on being written to.
type Consent struct {
	Person  bot.Person
	Topic   string // empty: every message that nobody asked for
	Granted bool
	At      time.Time
	Source  string // how it was given: "keyword"
	Key     bot.EventKey
}

// SetConsent records the consent, keeps its history, and tells whether it differs from what was known before; nothing known
// differs from either. The same key again changes nothing and tells the same. An older word does not undo a newer one.
func (s *Store) SetConsent(ctx context.Context, c Consent) (changed bool, err error) {
	c.Topic, c.Source = clean(c.Topic), clean(c.Source)
	changed, err = InTx(ctx, s, func(ctx context.Context, tx *Tx) (bool, error) { return setConsent(ctx, tx, c) })
	if err != nil {
		return false, fmt.Errorf("set consent: %w", err)
	}
	return changed, nil
}

func setConsent(ctx context.Context, tx *Tx, c Consent) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO consent_history (account, event_key, topic, user_id, granted, source, at, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE) ON CONFLICT DO NOTHING`,
		string(c.Person.Account), string(c.Key), c.Topic, string(c.Person.User), c.Granted, c.Source, ms(c.At))
	if err != nil {
		return false, err
	}
	if n == 0 {
		changed, _, err := Get(ctx, tx, scalar[bool], "SELECT changed FROM consent_history WHERE account = $1 AND event_key = $2 AND topic = $3",
			string(c.Person.Account), string(c.Key), c.Topic)
		return changed, err
	}
	before, known, err := findConsent(ctx, tx, c.Person, c.Topic)
	if err != nil {
		return false, err
	}
	if known && before.At.After(c.At) {
		return false, nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO consent (account, user_id, topic, granted, source, at, event_key)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account, user_id, topic) DO UPDATE SET
			granted = excluded.granted, source = excluded.source, at = excluded.at, event_key = excluded.event_key
		WHERE excluded.at >= consent.at`,
		string(c.Person.Account), string(c.Person.User), c.Topic, c.Granted, c.Source, ms(c.At), string(c.Key))
	if err != nil || known && before.Granted == c.Granted {
		return false, err
	}
	_, err = tx.Exec(ctx, "UPDATE consent_history SET changed = TRUE WHERE account = $1 AND event_key = $2 AND topic = $3",
		string(c.Person.Account), string(c.Key), c.Topic)
	return err == nil, err
}

// Consent tells a person's last word on a topic; ok is false when there is none.
func (s *Store) Consent(ctx context.Context, p bot.Person, topic string) (c Consent, ok bool, err error) {
	if c, ok, err = findConsent(ctx, s.read(), p, topic); err != nil {
		return Consent{}, false, fmt.Errorf("read consent: %w", err)
	}
	return c, ok, nil
}

func findConsent(ctx context.Context, q Queryer, p bot.Person, topic string) (Consent, bool, error) {
	return Get(ctx, q, func(r Row) (Consent, error) {
		c := Consent{Person: p, Topic: topic}
		var at int64
		err := r.Scan(&c.Granted, &at, &c.Source, &c.Key)
		c.At = fromMS(at)
		return c, err
	}, "SELECT granted, at, source, event_key FROM consent WHERE account = $1 AND user_id = $2 AND topic = $3",
		string(p.Account), string(p.User), topic)
}
