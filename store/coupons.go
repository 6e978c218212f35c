package store

import (
	"context"
	"fmt"
	"iter"
	"time"

	"guanjia/bot"
)

// CouponState is what a claimed code is worth.
type CouponState string

// The states. A code past its end is still CouponClaimed: when it ended is in ExpiresAt.
const (
	CouponClaimed  CouponState = "claimed"
	CouponVoid     CouponState = "void"
	CouponRedeemed CouponState = "redeemed"
)

// Claim is the code that a person got in a campaign.
type Claim struct {
	Campaign                                   string
	Person                                     bot.Person   // under whose name it is kept
	Through                                    bot.Person   // who got it; the same person, perhaps on another account
	Key                                        bot.EventKey // of the event that claimed it
	Code                                       string
	State                                      CouponState
	ClaimedAt, VoidedAt, RedeemedAt, ExpiresAt time.Time
}

// ClaimOutcome is how a claim went.
type ClaimOutcome int

// The outcomes.
const (
	Claimed ClaimOutcome = iota
	AlreadyClaimed
	SoldOut
)

// ClaimRequest asks for a code.
type ClaimRequest struct {
	Campaign  string
	Person    bot.Person
	Key       bot.EventKey
	At        time.Time
	ExpiresAt time.Time // zero: never
	Generate  *Generate // nil: the codes are imported ones
}

// Generate makes codes for a campaign that has none imported.
type Generate struct {
	Limit int // how many there are; 0: as many as asked for
	// Code makes a code. It is called again when the code exists already, and should be hard to guess.
	Code func() (string, error)
}

// generateTries bounds the calls of Generate.Code for one claim. With codes worth anything the second never happens.
const generateTries = 20

type claimed struct {
	claim   Claim
	outcome ClaimOutcome
}

// ClaimCoupon gives the person a code of the campaign, one for ever: AlreadyClaimed returns the one there is, whatever its
// state. The same key again is Claimed again, with the same code. A code is given to one person, under any concurrency.
func (s *Store) ClaimCoupon(ctx context.Context, r ClaimRequest) (Claim, ClaimOutcome, error) {
	c, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (claimed, error) { return s.claim(ctx, tx, r) })
	if err != nil {
		return Claim{}, 0, fmt.Errorf("claim coupon of %s: %w", r.Campaign, err)
	}
	return c.claim, c.outcome, nil
}

func (s *Store) claim(ctx context.Context, tx *Tx, r ClaimRequest) (claimed, error) {
	through := r.Person
	var err error
	if r.Person, err = s.holdOwner(ctx, tx, through); err != nil {
		return claimed{}, err
	}
	// The person's row first: whoever inserts it is the only one who may look for a code.
	n, err := tx.Exec(ctx, `INSERT INTO coupon_claim
		(campaign, account, user_id, event_key, code, claimed_at, expires_at, voided_at, redeemed_at, redeemed_by, redeem_key, via_account, via_user)
		VALUES ($1, $2, $3, $4, NULL, $5, $6, 0, 0, '', '', $7, $8) ON CONFLICT DO NOTHING`,
		r.Campaign, string(r.Person.Account), string(r.Person.User), string(r.Key), ms(r.At), ms(r.ExpiresAt),
		string(through.Account), string(through.User))
	if err != nil {
		return claimed{}, err
	}
	if n == 0 {
		return readClaimed(ctx, tx, r)
	}
	take := s.takeImported
	if r.Generate != nil {
		take = s.takeGenerated
	}
	code, ok, err := take(ctx, tx, r)
	if err != nil {
		return claimed{}, err
	}
	if !ok {
		_, err := tx.Exec(ctx, "DELETE FROM coupon_claim WHERE campaign = $1 AND account = $2 AND user_id = $3",
			r.Campaign, string(r.Person.Account), string(r.Person.User))
		return claimed{outcome: SoldOut}, err
	}
	c, _, err := Get(ctx, tx, scanClaim, `UPDATE coupon_claim SET code = $1 WHERE campaign = $2 AND account = $3 AND user_id = $4
		RETURNING `+claimColumns, code, r.Campaign, string(r.Person.Account), string(r.Person.User))
	return claimed{c, Claimed}, err
}

func readClaimed(ctx context.Context, tx *Tx, r ClaimRequest) (claimed, error) {
	c, ok, err := findClaim(ctx, tx, r.Campaign, r.Person)
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return claimed{}, err
	}
	if c.Key == r.Key {
		return claimed{c, Claimed}, nil
	}
	return claimed{c, AlreadyClaimed}, nil
}

// takeImported takes the next free code.
func (s *Store) takeImported(ctx context.Context, tx *Tx, r ClaimRequest) (code string, ok bool, err error) {
	return Get(ctx, tx, scalar[string], `UPDATE coupon SET taken_at = $1 WHERE taken_at IS NULL AND code =
		(SELECT code FROM coupon WHERE campaign = $2 AND taken_at IS NULL ORDER BY seq LIMIT 1`+s.dialect.skipLocked+`) RETURNING code`,
		ms(r.At), r.Campaign)
}

// takeGenerated makes a code, unless the limit is reached.
func (s *Store) takeGenerated(ctx context.Context, tx *Tx, r ClaimRequest) (code string, ok bool, err error) {
	// Counted even without a limit, so that one set later counts what was given before.
	n, err := tx.Exec(ctx, `INSERT INTO coupon_made (campaign, made) VALUES ($1, 1)
		ON CONFLICT (campaign) DO UPDATE SET made = coupon_made.made + 1 WHERE CAST($2 AS BIGINT) = 0 OR coupon_made.made < CAST($2 AS BIGINT)`,
		r.Campaign, int64(r.Generate.Limit))
	if err != nil || n == 0 {
		return "", false, err
	}
	for range generateTries {
		if code, err = r.Generate.Code(); err != nil {
			return "", false, fmt.Errorf("make a code: %w", err)
		}
		n, err := tx.Exec(ctx, "INSERT INTO coupon (code, campaign, seq, taken_at) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING",
			code, r.Campaign, ms(r.At))
		if err != nil || n == 1 {
			return code, n == 1, err
		}
	}
	return "", false, fmt.Errorf("none of %d generated codes is new: they are too short", generateTries)
}

// CouponClaim tells what the person got; ErrNotFound when nothing.
func (s *Store) CouponClaim(ctx context.Context, campaign string, p bot.Person) (Claim, error) {
	p, err := owner(ctx, s.read(), p)
	var c Claim
	var ok bool
	if err == nil {
		c, ok, err = findClaim(ctx, s.read(), campaign, p)
	}
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return Claim{}, fmt.Errorf("read claim of %s: %w", campaign, err)
	}
	return c, nil
}

// VoidClaims makes the codes of the campaigns that this person got worthless unless they are redeemed, and tells how many it
// hit. What the same person got on another account stays: there nobody has left.
func (s *Store) VoidClaims(ctx context.Context, p bot.Person, campaigns []string, at time.Time) (int, error) {
	if len(campaigns) == 0 {
		return 0, nil
	}
	n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		keeper, err := s.holdOwner(ctx, tx, p)
		if err != nil {
			return 0, err
		}
		args := []any{ms(at), string(p.Account), string(p.User), string(keeper.Account), string(keeper.User)}
		for _, c := range campaigns {
			args = append(args, c)
		}
		return tx.Exec(ctx, `UPDATE coupon_claim SET voided_at = $1
			WHERE (account = $2 AND user_id = $3 OR account = $4 AND user_id = $5) AND (via_account = $2 AND via_user = $3 OR via_account = '')
			AND voided_at = 0 AND redeemed_at = 0 AND campaign IN `+placeholders(6, 1, len(campaigns)), args...)
	})
	if err != nil {
		return 0, fmt.Errorf("void claims: %w", err)
	}
	return n, nil
}

// Stock is how far the codes of a campaign have gone. Claimed counts every code that was given, whatever became of it.
type Stock struct {
	Campaign                       string
	Total, Claimed, Redeemed, Void int
}

// CouponStock counts the codes of a campaign. It reads all of them: it is for reports, not for every message.
func (s *Store) CouponStock(ctx context.Context, campaign string) (Stock, error) {
	stock, _, err := Get(ctx, s.read(), func(r Row) (Stock, error) {
		st := Stock{Campaign: campaign}
		return st, r.Scan(&st.Total, &st.Claimed, &st.Redeemed, &st.Void)
	}, `SELECT (SELECT count(*) FROM coupon WHERE campaign = $1), count(*), count(*) FILTER (WHERE redeemed_at > 0),
		count(*) FILTER (WHERE redeemed_at = 0 AND voided_at > 0) FROM coupon_claim WHERE campaign = $1`, campaign)
	if err != nil {
		return Stock{}, fmt.Errorf("count coupons of %s: %w", campaign, err)
	}
	return stock, nil
}

// Claims yields the claims of a campaign, by person.
func (s *Store) Claims(ctx context.Context, campaign string) iter.Seq2[Claim, error] {
	return pages(func(after *Claim) ([]Claim, error) {
		var p bot.Person
		if after != nil {
			p = after.Person
		}
		page, err := All(ctx, s.read(), scanClaim, "SELECT "+claimColumns+` FROM coupon_claim
			WHERE campaign = $1 AND (account, user_id) > ($2, $3) ORDER BY account, user_id LIMIT $4`,
			campaign, string(p.Account), string(p.User), pageSize)
		if err != nil {
			return nil, fmt.Errorf("read claims of %s: %w", campaign, err)
		}
		return page, nil
	})
}

const claimColumns = "campaign, account, user_id, via_account, via_user, event_key, code, claimed_at, expires_at, voided_at, redeemed_at"

func findClaim(ctx context.Context, q Queryer, campaign string, p bot.Person) (Claim, bool, error) {
	return Get(ctx, q, scanClaim, "SELECT "+claimColumns+" FROM coupon_claim WHERE campaign = $1 AND account = $2 AND user_id = $3",
		campaign, string(p.Account), string(p.User))
}

func scanClaim(r Row) (Claim, error) {
	var c Claim
	var claimedAt, expires, voided, redeemed int64
	err := r.Scan(&c.Campaign, &c.Person.Account, &c.Person.User, &c.Through.Account, &c.Through.User, &c.Key, &c.Code, &claimedAt, &expires, &voided, &redeemed)
	if c.Through.Account == "" { // given by an older version of the program, in the middle of an upgrade
		c.Through = c.Person
	}
	c.ClaimedAt, c.ExpiresAt, c.VoidedAt, c.RedeemedAt = fromMS(claimedAt), fromMS(expires), fromMS(voided), fromMS(redeemed)
	switch {
	case redeemed > 0:
		c.State = CouponRedeemed
	case voided > 0:
		c.State = CouponVoid
	default:
		c.State = CouponClaimed
	}
	return c, err
}
