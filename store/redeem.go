package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// RedeemOutcome is how a redemption went.
type RedeemOutcome int

// The outcomes. Only Redeemed and RedeemedBefore mean that the holder gets what the code promises.
const (
	Redeemed        RedeemOutcome = iota
	RedeemedBefore                // by the same request, sent again: the answer of the first time
	AlreadyRedeemed               // by another request
	VoidCode
	ExpiredCode
	UnclaimedCode // exists, but was given to nobody
	UnknownCode
)

// RedeemRequest asks to use a code up.
type RedeemRequest struct {
	Code string
	// IdempotencyKey tells a request sent again from another one of the same caller. Empty: each is another one.
	IdempotencyKey string
	By             string // the caller
	At             time.Time
}

// Redemption is the use of a code.
type Redemption struct {
	Code, Campaign string
	Person         bot.Person
	RedeemedAt     time.Time
	By             string
}

type redeemed struct {
	redemption Redemption
	outcome    RedeemOutcome
}

// RedeemCoupon uses a code up, once. What it returns beside the outcome is as much as is known of the code.
func (s *Store) RedeemCoupon(ctx context.Context, r RedeemRequest) (Redemption, RedeemOutcome, error) {
	if clean(r.Code) != r.Code {
		return Redemption{Code: r.Code}, UnknownCode, nil
	}
	r.IdempotencyKey, r.By = clean(r.IdempotencyKey), clean(r.By)
	done, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (redeemed, error) {
		n, err := tx.Exec(ctx, `UPDATE coupon_claim SET redeemed_at = $1, redeemed_by = $2, redeem_key = $3
			WHERE code = $4 AND redeemed_at = 0 AND voided_at = 0 AND (expires_at = 0 OR expires_at > $1)`,
			ms(r.At), r.By, r.IdempotencyKey, r.Code)
		if err != nil {
			return redeemed{}, err
		}
		return readRedeemed(ctx, tx, r, n == 1)
	})
	if err != nil {
		return Redemption{}, 0, fmt.Errorf("redeem coupon: %w", err)
	}
	return done.redemption, done.outcome, nil
}

// readRedeemed tells how the code stands after the attempt to redeem it.
func readRedeemed(ctx context.Context, tx *Tx, r RedeemRequest, now bool) (redeemed, error) {
	code := r.Code
	type row struct {
		Redemption
		key     string
		void    bool
		expires int64
	}
	c, ok, err := Get(ctx, tx, func(r Row) (row, error) {
		c := row{Redemption: Redemption{Code: code}}
		var at, voided int64
		err := r.Scan(&c.Campaign, &c.Person.Account, &c.Person.User, &at, &c.By, &c.key, &voided, &c.expires)
		c.RedeemedAt, c.void = fromMS(at), voided > 0
		return c, err
	}, `SELECT campaign, account, user_id, redeemed_at, redeemed_by, redeem_key, voided_at, expires_at FROM coupon_claim WHERE code = $1`, code)
	if err != nil {
		return redeemed{}, err
	}
	if !ok {
		return readUnclaimed(ctx, tx, code)
	}
	again := c.By == r.By && c.key == r.IdempotencyKey && r.IdempotencyKey != ""
	switch {
	case now:
		return redeemed{c.Redemption, Redeemed}, nil
	case !c.RedeemedAt.IsZero() && again:
		return redeemed{c.Redemption, RedeemedBefore}, nil
	case !c.RedeemedAt.IsZero():
		return redeemed{c.Redemption, AlreadyRedeemed}, nil
	case c.void:
		return redeemed{c.Redemption, VoidCode}, nil
	case c.expires > 0 && c.expires <= ms(r.At):
		return redeemed{c.Redemption, ExpiredCode}, nil
	default: // claimed between the attempt and this look
		return redeemed{Redemption{Code: code, Campaign: c.Campaign}, UnclaimedCode}, nil
	}
}

func readUnclaimed(ctx context.Context, tx *Tx, code string) (redeemed, error) {
	campaign, ok, err := Get(ctx, tx, scalar[string], "SELECT campaign FROM coupon WHERE code = $1", code)
	if err != nil {
		return redeemed{}, err
	}
	if !ok {
		return redeemed{Redemption{Code: code}, UnknownCode}, nil
	}
	return redeemed{Redemption{Code: code, Campaign: campaign}, UnclaimedCode}, nil
}
