package app

import (
	"cmp"
	"fmt"
	"slices"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/handlers/coupon"
	"guanjia/handlers/quiz"
	"guanjia/handlers/survey"
	"guanjia/moments"
	"guanjia/schedule"
)

// checkTriggers looks whether the campaigns are there that schedules wait for.
func (c *Content) checkTriggers() content.Problems {
	var problems content.Problems
	for _, t := range BookOf[schedule.Book](c).Triggers() {
		known := true
		switch t.On {
		case schedule.CouponExpiring:
			known = slices.ContainsFunc(BookOf[coupon.Book](c).Campaigns(), func(k coupon.Campaign) bool { return k.ID == t.Campaign })
		case schedule.QuizUnfinished:
			_, known = BookOf[quiz.Book](c).Campaign(t.Campaign)
		case schedule.SurveyUnfinished:
			_, known = BookOf[survey.Book](c).Campaign(t.Campaign)
		}
		if !known {
			p := t.Place
			p.What, p.Remedy = fmt.Sprintf("campaign %q is not in the content", t.Campaign), "write the id of a coupon, quiz or survey"
			problems = append(problems, p)
		}
	}
	return problems
}

// newPoster makes what puts up moments, for the accounts that have a right to customer contact.
func (a *App) newPoster(s Settings) *moments.Poster {
	c := moments.Config{
		Store: a.store, Offices: map[bot.AccountName]moments.Office{}, Media: a.media.ID, Log: a.log.Named("moments"), Now: a.opts.Now,
	}
	for _, name := range s.Accounts.Accounts {
		account := s.Account[name]
		if account.Kind != kindWecom {
			continue
		}
		if tokens := a.platform.contacts(account); tokens != nil {
			c.Offices[name] = moments.Office{API: a.platform.wecom, Tokens: tokens}
			c.First = cmp.Or(c.First, name)
		}
	}
	return moments.New(c)
}

// usePlans takes up what the content says by itself.
func (a *App) usePlans(c *Content) {
	plans := BookOf[schedule.Book](c).Plans(a.outbound.Outbox(), a.settings.Accounts.Accounts, a.opts.Now)
	a.schedule.Use(append(plans, a.moments.Use(BookOf[moments.Book](c))...))
}
