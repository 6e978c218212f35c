package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// Due is a person for whom something has become due.
type Due struct {
	Keeper bot.Person // under whose name it is kept
	To     bot.Person // who did it: the same person, perhaps on another account
	At     time.Time  // of what it is counted from
	Ref    string     // which one it is
}

// DuePage asks for what happened, or will, after From and not after To, in the order of time and keeper; After is where the last page ended.
type DuePage struct {
	Campaign     string
	From, To     time.Time
	After        *Due
	Limit        int
	StillWorthAt time.Time // of coupons: what has expired by then is left out

	afterAt        int64
	afterA, afterU string
}

func (p *DuePage) place() {
	p.afterAt = ms(p.From) + 1
	if p.After != nil {
		p.afterAt, p.afterA, p.afterU = ms(p.After.At), string(p.After.Keeper.Account), string(p.After.Keeper.User)
	}
}

func scanDue(r Row) (d Due, err error) {
	var at int64
	err = r.Scan(&d.Keeper.Account, &d.Keeper.User, &d.To.Account, &d.To.User, &at, &d.Ref)
	d.At = fromMS(at)
	if d.To.Account == "" {
		d.To = d.Keeper
	}
	return d, err
}

// ExpiringCoupons lists the claimed, unredeemed codes of a campaign by their end.
func ExpiringCoupons(ctx context.Context, q Queryer, p DuePage) ([]Due, error) {
	p.place()
	return All(ctx, q, scanDue, `SELECT account, user_id, via_account, via_user, expires_at, code FROM coupon_claim
		WHERE campaign = $1 AND redeemed_at = 0 AND voided_at = 0 AND code IS NOT NULL AND expires_at <= $2 AND expires_at > $3
			AND (expires_at, account, user_id) > ($4, $5, $6) ORDER BY expires_at, account, user_id LIMIT $7`,
		p.Campaign, ms(p.To), max(ms(p.StillWorthAt), ms(p.From)), p.afterAt, p.afterA, p.afterU, int64(p.Limit))
}

// UnfinishedQuizzes lists those who began a quiz and have never finished it, by the beginning.
func UnfinishedQuizzes(ctx context.Context, q Queryer, p DuePage) ([]Due, error) {
	p.place()
	return All(ctx, q, scanDue, `SELECT a.account, a.user_id, '', '', a.started_at, a.id FROM quiz_attempt a
		WHERE a.campaign = $1 AND a.finished_at = 0 AND a.started_at <= $2 AND (a.started_at, a.account, a.user_id) > ($3, $4, $5)
			AND NOT EXISTS (SELECT 1 FROM quiz_standing s WHERE s.campaign = a.campaign AND s.account = a.account AND s.user_id = a.user_id)
		ORDER BY a.started_at, a.account, a.user_id LIMIT $6`,
		p.Campaign, ms(p.To), p.afterAt, p.afterA, p.afterU, int64(p.Limit))
}

// UnfinishedSurveys lists those who began a survey and have not answered it since, by the beginning.
func UnfinishedSurveys(ctx context.Context, q Queryer, p DuePage) ([]Due, error) {
	p.place()
	return All(ctx, q, scanDue, `SELECT b.account, b.user_id, '', '', b.begun_at, '' FROM survey_begun b
		WHERE b.campaign = $1 AND b.begun_at <= $2 AND (b.begun_at, b.account, b.user_id) > ($3, $4, $5)
			AND NOT EXISTS (SELECT 1 FROM survey_participation s
				WHERE s.campaign = b.campaign AND s.account = b.account AND s.user_id = b.user_id AND s.at >= b.begun_at)
		ORDER BY b.begun_at, b.account, b.user_id LIMIT $6`,
		p.Campaign, ms(p.To), p.afterAt, p.afterA, p.afterU, int64(p.Limit))
}

// FollowedSince lists those who follow, by when they began to.
func FollowedSince(ctx context.Context, q Queryer, p DuePage) ([]Due, error) {
	p.place()
	return All(ctx, q, scanDue, `SELECT account, user_id, '', '', followed_at, '' FROM follower
		WHERE following AND followed_at <= $1 AND (followed_at, account, user_id) > ($2, $3, $4)
		ORDER BY followed_at, account, user_id LIMIT $5`,
		ms(p.To), p.afterAt, p.afterA, p.afterU, int64(p.Limit))
}

// BeginSurvey notes that somebody began a survey.
func (s *Store) BeginSurvey(ctx context.Context, campaign string, p bot.Person, at time.Time) error {
	_, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		keeper, err := owner(ctx, w, p)
		if err != nil {
			return 0, err
		}
		return w.Exec(ctx, `INSERT INTO survey_begun (campaign, account, user_id, begun_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (campaign, account, user_id) DO UPDATE SET begun_at = excluded.begun_at WHERE survey_begun.begun_at < excluded.begun_at`,
			campaign, string(keeper.Account), string(keeper.User), ms(at))
	})
	if err != nil {
		return fmt.Errorf("begin survey %s: %w", campaign, err)
	}
	return nil
}

// CouponStillOpen tells whether a code can still be used at a time.
func (s *Store) CouponStillOpen(ctx context.Context, campaign, code string, now time.Time) (bool, error) {
	return s.still(ctx, `SELECT 1 FROM coupon_claim WHERE campaign = $1 AND code = $2 AND redeemed_at = 0 AND voided_at = 0 AND expires_at > $3`, campaign, code, ms(now))
}

// QuizStillOpen tells whether an attempt is unfinished, and none of its person's is.
func (s *Store) QuizStillOpen(ctx context.Context, campaign, attempt string) (bool, error) {
	return s.still(ctx, `SELECT 1 FROM quiz_attempt a WHERE a.id = $2 AND a.campaign = $1 AND a.finished_at = 0
		AND NOT EXISTS (SELECT 1 FROM quiz_standing s WHERE s.campaign = a.campaign AND s.account = a.account AND s.user_id = a.user_id)`, campaign, attempt)
}

// SurveyStillOpen tells whether somebody has not answered a survey since a time.
func (s *Store) SurveyStillOpen(ctx context.Context, campaign string, p bot.Person, begun time.Time) (bool, error) {
	keeper, err := owner(ctx, s.read(), p)
	if err != nil {
		return false, fmt.Errorf("look whether it is still so: %w", err)
	}
	return s.still(ctx, `SELECT 1 FROM survey_begun b WHERE b.campaign = $1 AND b.account = $2 AND b.user_id = $3 AND NOT EXISTS
		(SELECT 1 FROM survey_participation s WHERE s.campaign = b.campaign AND s.account = b.account AND s.user_id = b.user_id AND s.at >= $4)`,
		campaign, string(keeper.Account), string(keeper.User), ms(begun))
}

// FollowsSince tells whether somebody has followed without a break since a time.
func (s *Store) FollowsSince(ctx context.Context, p bot.Person, at time.Time) (bool, error) {
	return s.still(ctx, "SELECT 1 FROM follower WHERE account = $1 AND user_id = $2 AND following AND followed_at = $3", string(p.Account), string(p.User), ms(at))
}

func (s *Store) still(ctx context.Context, query string, args ...any) (bool, error) {
	_, ok, err := Get(ctx, s.read(), scalar[int], query, args...)
	if err != nil {
		return false, fmt.Errorf("look whether it is still so: %w", err)
	}
	return ok, nil
}
