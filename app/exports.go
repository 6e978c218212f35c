package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/export"
	"guanjia/handlers/coupon"
	"guanjia/handlers/handoff"
	"guanjia/handlers/quiz"
	"guanjia/handlers/survey"
	"guanjia/store"
)

// Export is one kind of result that can be written as CSV.
type Export struct {
	Name string
	// OfAccount says that it is of an account, not of a campaign.
	OfAccount bool
	// Table is the result of one campaign, or account, as it is in the records now.
	Table func(ctx context.Context, c *Content, st *store.Store, campaign string, zone *time.Location) (export.Table, error)
}

// Exports lists them.
func Exports() []Export {
	return []Export{
		{Name: "quiz-ranking", Table: func(ctx context.Context, c *Content, st *store.Store, campaign string, _ *time.Location) (export.Table, error) {
			q, err := c.Quiz(campaign)
			if err != nil {
				return export.Table{}, err
			}
			return quiz.Ranking(ctx, st, q), nil
		}},
		{Name: "quiz-payouts", Table: func(ctx context.Context, c *Content, st *store.Store, campaign string, _ *time.Location) (export.Table, error) {
			q, err := c.Quiz(campaign)
			if err != nil {
				return export.Table{}, err
			}
			return quiz.Payouts(ctx, st, q), nil
		}},
		{Name: "survey", Table: func(ctx context.Context, c *Content, st *store.Store, campaign string, _ *time.Location) (export.Table, error) {
			s, err := c.Survey(campaign)
			if err != nil {
				return export.Table{}, err
			}
			return survey.Responses(ctx, st, s), nil
		}},
		{Name: "survey-tally", Table: func(ctx context.Context, c *Content, st *store.Store, campaign string, _ *time.Location) (export.Table, error) {
			s, err := c.Survey(campaign)
			if err != nil {
				return export.Table{}, err
			}
			return survey.Tallies(ctx, st, s)
		}},
		{Name: "coupons", Table: func(ctx context.Context, c *Content, st *store.Store, campaign string, zone *time.Location) (export.Table, error) {
			if err := c.Coupon(campaign); err != nil {
				return export.Table{}, err
			}
			return claims(ctx, st, campaign, zone), nil
		}},
		{Name: "conversations", OfAccount: true, Table: func(ctx context.Context, _ *Content, st *store.Store, account string, zone *time.Location) (export.Table, error) {
			return handoff.Conversations(ctx, st, bot.AccountName(account), zone), nil
		}},
		{Name: "conversation-days", OfAccount: true, Table: func(ctx context.Context, _ *Content, st *store.Store, account string, zone *time.Location) (export.Table, error) {
			return handoff.Days(ctx, st, bot.AccountName(account), zone), nil
		}},
	}
}

// claims is who got which code and what became of it, as a table.
func claims(ctx context.Context, st *store.Store, campaign string, zone *time.Location) export.Table {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format(time.DateTime)
	}
	states := map[store.CouponState]string{store.CouponClaimed: "已领取", store.CouponRedeemed: "已核销", store.CouponVoid: "已作废"}
	return export.Table{
		Header: []string{"账号", "用户", "券码", "状态", "领取时间", "有效期至", "核销时间", "作废时间"},
		Rows: func(yield func([]string, error) bool) {
			for c, err := range st.Claims(ctx, campaign) {
				if err != nil {
					yield(nil, err)
					return
				}
				row := []string{string(c.Through.Account), string(c.Through.User), c.Code, states[c.State], at(c.ClaimedAt), at(c.ExpiresAt), at(c.RedeemedAt), at(c.VoidedAt)}
				if !yield(row, nil) {
					return
				}
			}
		},
	}
}

// Quiz finds a quiz by its id.
func (c *Content) Quiz(id string) (*quiz.Campaign, error) {
	book := BookOf[quiz.Book](c)
	if q, ok := book.Campaign(id); ok {
		return q, nil
	}
	return nil, noCampaign("quiz", id, ids(book.Campaigns(), func(q *quiz.Campaign) string { return q.ID }))
}

// Survey finds a survey by its id.
func (c *Content) Survey(id string) (*survey.Campaign, error) {
	book := BookOf[survey.Book](c)
	if s, ok := book.Campaign(id); ok {
		return s, nil
	}
	return nil, noCampaign("survey", id, ids(book.Campaigns(), func(s *survey.Campaign) string { return s.ID }))
}

// Coupon tells whether there is a coupon campaign with an id.
func (c *Content) Coupon(id string) error {
	known := ids(c.Coupons(), func(k coupon.Campaign) string { return k.ID })
	if slices.Contains(known, id) {
		return nil
	}
	return noCampaign("coupon campaign", id, known)
}

// Batch tells whether the content has a coupon campaign that gives imported codes.
func (c *Content) Batch(id string) error {
	for _, k := range c.Coupons() {
		if k.ID == id && k.Generate != nil {
			return content.Problems{{What: fmt.Sprintf("coupon campaign %q makes its own codes: imported ones would never be given", id),
				Remedy: "import them for another campaign, or take 'generate' out of this one"}}
		}
	}
	return c.Coupon(id)
}

// Coupons lists the coupon campaigns.
func (c *Content) Coupons() []coupon.Campaign { return BookOf[coupon.Book](c).Campaigns() }

func ids[C any](campaigns []C, id func(C) string) []string {
	list := make([]string, len(campaigns))
	for i, c := range campaigns {
		list[i] = id(c)
	}
	return list
}

func noCampaign(kind, id string, known []string) error {
	remedy := "add one to the content"
	if len(known) > 0 {
		remedy = "use one of: " + strings.Join(known, ", ")
	}
	return content.Problems{{What: fmt.Sprintf("the content has no %s %q", kind, id), Remedy: remedy}}
}
