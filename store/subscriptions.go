package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// Subscribed is what somebody chose about one template of subscription notifications.
type Subscribed struct {
	Template string
	// Accepts one notification. Otherwise what was accepted before is taken back, where Stops says so: who refuses a dialogue keeps it.
	Accepts, Stops bool
}

// endedBy is what a grant is used by that was taken back, or that the platform does not know.
const endedBy = "-"

// Subscribe writes down what somebody chose. The same event again changes nothing.
func (s *Store) Subscribe(ctx context.Context, p bot.Person, key bot.EventKey, at time.Time, chosen ...Subscribed) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		for _, c := range chosen {
			query, args := "", []any{string(p.Account), string(p.User), clean(c.Template), string(key), ms(at)}
			switch {
			case c.Accepts:
				query = "INSERT INTO subscription_grant (account, user_id, template, event_key, granted_at, used_by) VALUES ($1, $2, $3, $4, $5, '') ON CONFLICT DO NOTHING"
			case c.Stops:
				query, args = endGrants+" AND granted_at <= $5", append(args[:3], endedBy, ms(at))
			default:
				continue
			}
			if _, err := tx.Exec(ctx, query, args...); err != nil {
				return 0, err
			}
		}
		return 0, nil
	})
	if err != nil {
		return fmt.Errorf("write down subscriptions: %w", err)
	}
	return nil
}

// endGrants uses up what is left of a template for a person ($1, $2, $3), by $4.
const endGrants = "UPDATE subscription_grant SET used_by = $4 WHERE account = $1 AND user_id = $2 AND template = $3 AND used_by = ''"

// UseSubscription takes the oldest acceptance for a message, once for each message.
func (s *Store) UseSubscription(ctx context.Context, p bot.Person, template, by string) error {
	_, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, endGrants+` AND event_key = (SELECT MIN(event_key) FROM subscription_grant WHERE account = $1 AND user_id = $2 AND template = $3 AND used_by = ''
				AND granted_at = (SELECT MIN(granted_at) FROM subscription_grant WHERE account = $1 AND user_id = $2 AND template = $3 AND used_by = ''))
			AND NOT EXISTS (SELECT 1 FROM subscription_grant WHERE account = $1 AND user_id = $2 AND template = $3 AND used_by = $4)`,
			string(p.Account), string(p.User), clean(template), by)
	})
	if err != nil {
		return fmt.Errorf("use a subscription: %w", err)
	}
	return nil
}

// EndSubscriptions writes down that the platform knows no acceptance, as it said at a time: until the next one is told, there is none.
func (s *Store) EndSubscriptions(ctx context.Context, p bot.Person, template, by string, at time.Time) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		args := []any{string(p.Account), string(p.User), clean(template)}
		if _, err := tx.Exec(ctx, endGrants, append(args, endedBy)...); err != nil {
			return 0, err
		}
		return tx.Exec(ctx, `INSERT INTO subscription_grant (account, user_id, template, event_key, granted_at, used_by) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT DO NOTHING`, append(args, "none:"+by, ms(at), endedBy)...)
	})
	if err != nil {
		return fmt.Errorf("end subscriptions: %w", err)
	}
	return nil
}

// Subscriptions tells how many notifications of a template somebody has accepted that have not gone out; known is false when nothing
// was ever told: then the platform may know more.
func (s *Store) Subscriptions(ctx context.Context, p bot.Person, template string) (left int, known bool, err error) {
	type counts struct{ all, left int }
	n, _, err := Get(ctx, s.read(), func(r Row) (c counts, err error) { return c, r.Scan(&c.all, &c.left) }, countGrants, string(p.Account), string(p.User), clean(template))
	if err != nil {
		return 0, false, fmt.Errorf("read subscriptions: %w", err)
	}
	return n.left, n.all > 0, nil
}

// countGrants counts what a person ($1, $2) ever accepted of a template ($3), and what of it is left.
const countGrants = "SELECT COUNT(*), COUNT(CASE WHEN used_by = '' THEN 1 END) FROM subscription_grant WHERE account = $1 AND user_id = $2 AND template = $3"
