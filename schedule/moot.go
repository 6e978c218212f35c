package schedule

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// causePrefix begins the causes of this package.
const causePrefix = "schedule"

// CauseOf names the cause of a push: the plan, and what of it.
func CauseOf(plan string, parts ...string) string {
	return strings.Join(append([]string{causePrefix, plan}, parts...), ":")
}

// Moot tells whether what a push is about is no more: the coupon was redeemed, the quiz finished, or nobody wants to say it any more. It is
// asked right before the push goes out. Causes of others are never moot.
func (s *Service) Moot(ctx context.Context, to bot.Person, cause string) (bool, error) {
	parts := strings.Split(cause, ":")
	if len(parts) < 3 || parts[0] != causePrefix {
		return false, nil
	}
	row, ok, err := store.FindPlan(ctx, s.store.Reader(), parts[1])
	if err != nil {
		return false, fmt.Errorf("look for the schedule of a push: %w", err)
	}
	if !ok || row.Fingerprint == "" {
		return true, nil
	}
	if len(parts) != 6 {
		return false, nil
	}
	open, err := s.open(ctx, to, Cause(parts[2]), parts[3], parts[4], parts[5])
	return !open && err == nil, err
}

// open tells whether the cause of a trigger is still there.
func (s *Service) open(ctx context.Context, to bot.Person, on Cause, campaign, ref, at string) (bool, error) {
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return true, nil // not one of ours
	}
	switch on {
	case CouponExpiring:
		return s.store.CouponStillOpen(ctx, campaign, ref, s.now())
	case QuizUnfinished:
		return s.store.QuizStillOpen(ctx, campaign, ref)
	case SurveyUnfinished:
		return s.store.SurveyStillOpen(ctx, campaign, to, time.UnixMilli(ms))
	case Followed:
		return s.store.FollowsSince(ctx, to, time.UnixMilli(ms))
	}
	return true, nil
}
