package coupon

import (
	"slices"
	"time"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/content"
	"guanjia/store"
)

// isVisit tells whether the person came by, rather than asked in words.
func isVisit(k bot.Kind) bool { return k == bot.KindFollow || k == bot.KindScan }

// kinds lists the events that the campaign answers beside words.
func (c *Campaign) kinds() []bot.Kind {
	var kinds []bot.Kind
	if c.givesOn(bot.KindFollow) {
		kinds = append(kinds, bot.KindFollow)
	}
	if c.givesOn(bot.KindScan) {
		kinds = append(kinds, bot.KindScan)
	}
	return kinds
}

// givesOn tells whether the campaign gives codes on follows or scans: as it says, or when it has scenes.
func (c *Campaign) givesOn(k bot.Kind) bool {
	says := c.OnFollow
	if k == bot.KindScan {
		says = c.OnScan
	}
	if says != nil {
		return *says
	}
	return len(c.Scenes) > 0
}

// speaker is the campaign that says to a visitor that it is closed: the first that is not over yet, else the first. It is nil
// when an open one has something to give.
func (b *Book) speaker(ev *bot.Event, now time.Time) *Campaign {
	var speaker *Campaign
	for i := range b.campaigns {
		c := &b.campaigns[i]
		if !c.isFor(ev) {
			continue
		}
		state := c.Active.At(now, b.zone)
		if state == content.Running {
			return nil
		}
		if speaker == nil || state != content.Over && speaker.Active.At(now, b.zone) == content.Over {
			speaker = c
		}
	}
	return speaker
}

// isFor tells whether a visit is one by the campaign's scenes.
func (c *Campaign) isFor(ev *bot.Event) bool {
	return !c.Disabled && c.givesOn(ev.Kind) && slices.Contains(c.Scenes, ev.Scene) && (len(c.Accounts) == 0 || slices.Contains(c.Accounts, ev.Account))
}

// voiding lists the campaigns whose codes go when a person of the account leaves: the disabled ones too, for their codes are
// still about.
func (b *Book) voiding(a bot.AccountName) []string {
	var ids []string
	for i := range b.campaigns {
		if c := &b.campaigns[i]; c.OnUnfollow == Void && (len(c.Accounts) == 0 || slices.Contains(c.Accounts, a)) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// expires is when a code given at now is worth nothing any more; zero is never.
func (c *Campaign) expires(now time.Time, zone *time.Location) time.Time {
	switch {
	case !c.ValidUntil.IsZero():
		return c.ValidUntil.In(zone)
	case !c.ValidFor.IsZero():
		return c.ValidFor.After(now, zone)
	}
	return time.Time{}
}

// of picks the sentence for a code that the person has already.
func (t Texts) of(c store.Claim, now time.Time) string {
	switch {
	case c.State == store.CouponRedeemed:
		return t.AlreadyRedeemed
	case c.State == store.CouponVoid:
		return t.AlreadyVoid
	case !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt):
		return t.AlreadyExpired
	}
	return t.Already
}

// fill puts the campaign's and other places into a sentence.
func (c *Campaign) fill(sentence string, places ...string) string {
	return ask.Fill(sentence, append(places, "{name}", c.Name, "{how_to}", c.HowTo)...)
}

// formatExpiry says how long a code is worth something. An end at midnight is named by the day before, the last that counts.
func formatExpiry(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "长期有效"
	}
	local := t.In(zone)
	if local.Hour() == 0 && local.Minute() == 0 {
		local = local.AddDate(0, 0, -1)
		return "有效期至" + local.Format("2006年1月2日")
	}
	return "有效期至" + formatMoment(local)
}

func formatMoment(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 {
		return t.Format("2006年1月2日")
	}
	return t.Format("2006年1月2日 15:04")
}
