package store

import (
	"context"

	"guanjia/bot"
)

// readNames finds under which names everybody is known elsewhere.
func (c *crowd) readNames(ctx context.Context) error {
	type kin struct{ name, owner bot.Person }
	return onAccount(ctx, c, about{
		before: "SELECT p.user_id, i.account, i.user_id, i.owner_account, i.owner_user FROM (SELECT user_id, owner_account, owner_user FROM identity WHERE",
		after:  ") p JOIN identity i ON i.owner_account = p.owner_account AND i.owner_user = p.owner_user",
	}, func(r Row, u *bot.UserID) (k kin, err error) {
		return k, r.Scan(u, &k.name.Account, &k.name.User, &k.owner.Account, &k.owner.User)
	}, func(i int, k kin) {
		c.facts[i].Owner = k.owner
		c.name(k.name, i)
	})
}

// readConsent reads what they want: the last word counts, on whichever account.
func (c *crowd) readConsent(ctx context.Context) error {
	type word struct {
		topic   string
		granted bool
		at      int64
	}
	type subject struct {
		member int
		topic  string
	}
	last := map[subject]int64{}
	return everywhere(ctx, c, about{
		before: "SELECT user_id, topic, granted, at FROM consent WHERE topic IN ($1, $2) AND", values: []any{"", c.ask.Topic},
	}, func(r Row, u *bot.UserID) (w word, err error) { return w, r.Scan(u, &w.topic, &w.granted, &w.at) }, func(i int, w word) {
		of := subject{i, w.topic}
		if at, said := last[of]; said && at > w.at {
			return
		}
		last[of] = w.at
		if w.topic == "" {
			c.facts[i].OptedOut = !w.granted
		} else {
			c.facts[i].OptedOutTopic = !w.granted
		}
	})
}

// readCounted reads what they had that counts against their caps.
func (c *crowd) readCounted(ctx context.Context) error {
	return everywhere(ctx, c, about{
		before: "SELECT user_id, id, sending_at FROM send WHERE counted AND sending_at > $1 AND", values: []any{ms(c.ask.CountedSince)},
	}, func(r Row, u *bot.UserID) (p CapPlace, err error) {
		var at int64
		err = r.Scan(u, &p.ID, &at)
		p.At = fromMS(at)
		return p, err
	}, func(i int, p CapPlace) { c.facts[i].Sent = append(c.facts[i].Sent, p) })
}

// readRivals reads what else waits for them.
func (c *crowd) readRivals(ctx context.Context) error {
	type rival struct {
		id string
		is SendRival
	}
	return everywhere(ctx, c, about{
		before: `SELECT user_id, id, priority, due_at, expires_at FROM send
			WHERE state IN ('queued', 'waiting') AND budget = 'push' AND reason NOT LIKE 'paused%' AND`,
	}, func(r Row, u *bot.UserID) (v rival, err error) {
		var from, expires int64
		err = r.Scan(u, &v.id, &v.is.Priority, &from, &expires)
		v.is.From, v.is.Expires = fromMS(from), fromMS(expires)
		return v, err
	}, func(i int, v rival) {
		if v.id != c.members[i].ID {
			c.facts[i].Rivals = append(c.facts[i].Rivals, v.is)
		}
	})
}

// readLeft reads who does not follow the account any more.
func (c *crowd) readLeft(ctx context.Context) error {
	return onAccount(ctx, c, about{before: "SELECT user_id FROM follower WHERE NOT following AND"},
		func(r Row, u *bot.UserID) (struct{}, error) { return struct{}{}, r.Scan(u) }, func(i int, _ struct{}) { c.facts[i].Gone = true })
}

// readTalks reads where they last spoke with customer service.
func (c *crowd) readTalks(ctx context.Context) error {
	return onAccount(ctx, c, about{before: "SELECT user_id, desk, heard_at, sent, staff FROM kf_talk WHERE", after: " ORDER BY heard_at DESC, desk"},
		func(r Row, u *bot.UserID) (t KfTalkLeave, err error) {
			var heard int64
			err = r.Scan(u, &t.Desk, &heard, &t.Sent, &t.Staff)
			t.HeardAt = fromMS(heard)
			return t, err
		}, func(i int, t KfTalkLeave) {
			if f := &c.facts[i]; len(f.Talks) < talksMax {
				f.Talks = append(f.Talks, t)
			}
		})
}

// readRelations reads whom the staff have or had; it comes after the talks.
func (c *crowd) readRelations(ctx context.Context) error {
	return onAccount(ctx, c, about{before: "SELECT user_id, COUNT(CASE WHEN ended_at = 0 THEN 1 END) FROM contact_relation WHERE", after: " GROUP BY user_id"},
		func(r Row, u *bot.UserID) (lasting int, err error) { return lasting, r.Scan(u, &lasting) }, func(i, lasting int) {
			f := &c.facts[i]
			f.Contact = true
			f.Gone = f.Gone || lasting == 0 && len(f.Talks) == 0
		})
}

// readActs reads what they did on the account.
func (c *crowd) readActs(ctx context.Context) error {
	return onAccount(ctx, c, about{
		before: `SELECT user_id, kind, at FROM (SELECT user_id, kind, at, received_at, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY received_at DESC) AS n
			FROM journal WHERE received_at > $1 AND`,
		after: ") j WHERE n <= $2 ORDER BY received_at DESC", values: []any{ms(c.ask.ActsSince), actsMax},
	}, func(r Row, u *bot.UserID) (a PersonAct, err error) {
		var at int64
		err = r.Scan(u, &a.Kind, &at)
		a.At = fromMS(at)
		return a, err
	}, func(i int, a PersonAct) { c.facts[i].Acts = append(c.facts[i].Acts, a) })
}

// readNotices reads who has no subscription notification left, as far as was told.
func (c *crowd) readNotices(ctx context.Context) error {
	return onAccount(ctx, c, about{
		before: "SELECT user_id, COUNT(CASE WHEN used_by = '' THEN 1 END) FROM subscription_grant WHERE template = $1 AND", after: " GROUP BY user_id",
		values: []any{clean(c.ask.Notice)},
	}, func(r Row, u *bot.UserID) (left int, err error) { return left, r.Scan(u, &left) }, func(i, left int) { c.facts[i].NotSubscribed = left == 0 })
}

// readSent reads what went out by the asked way on the account.
func (c *crowd) readSent(ctx context.Context) error {
	type sent struct {
		id    string
		at    int64
		parts int
	}
	return onAccount(ctx, c, about{
		before: "SELECT user_id, id, sending_at, parts FROM send WHERE sending_at > $1 AND way = $2 AND state <> 'failed' AND",
		values: []any{ms(c.ask.SentSince), c.ask.Way},
	}, func(r Row, u *bot.UserID) (s sent, err error) { return s, r.Scan(u, &s.id, &s.at, &s.parts) }, func(i int, s sent) {
		if s.id == c.members[i].ID {
			return
		}
		for range max(1, s.parts) {
			c.facts[i].BySend = append(c.facts[i].BySend, fromMS(s.at))
		}
	})
}
