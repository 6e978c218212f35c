package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/channel/official"
	"guanjia/channel/wxmedia"
)

// massCaller sends mass messages of an official account.
type massCaller struct {
	account bot.AccountName
	pusher  official.Pusher
	media   *wxmedia.Keeper
}

var errNoMass = errors.New("a mass message is one text, picture, voice or video, or an article: of the account's drafts")

// asIs leaves messages as they are; only the ids of files are filled in.
type asIs struct{}

// Fit implements bot.Fitter.
func (asIs) Fit(m []bot.Message) bot.Fitted { return bot.Fitted{Now: m} }

func (c massCaller) content(d broadcast.Draft) (official.MassContent, error) {
	if d.Article != "" {
		return official.MassContent{Article: d.Article}, nil
	}
	if m := c.media.Fitter(c.account, asIs{}).Fit(d.Messages).Now; len(m) == 1 && official.CanMass(m[0]) {
		return official.MassContent{Message: m[0]}, nil
	}
	return official.MassContent{}, errNoMass
}

// Fit implements broadcast.Caller.
func (c massCaller) Fit(d broadcast.Draft) error {
	_, err := c.content(d)
	return err
}

// Notes implements broadcast.Caller.
func (massCaller) Notes(_ context.Context, d broadcast.Draft, _ int) ([]string, error) {
	to := fmt.Sprintf("to everybody with the account's tag %d", d.Tag)
	if d.All {
		to = "to all followers of the account"
	}
	return []string{
		to + "; consent, quiet hours and caps of the bot do not apply, since the platform picks the people",
		fmt.Sprintf("a follower gets at most %d mass messages of a service account in a month: who had them gets none", official.MassPerMonth),
		fmt.Sprintf("a subscription account may send %d a day, a service account makes %d such calls", official.MassPerDay, official.MassCallsPerDay),
	}, nil
}

// Preview implements broadcast.Caller.
func (c massCaller) Preview(ctx context.Context, d broadcast.Draft, to bot.UserID) error {
	m, err := c.content(d)
	if err != nil {
		return err
	}
	return c.pusher.PreviewMass(ctx, to, m)
}

// KnowsAgain implements broadcast.Caller.
func (massCaller) KnowsAgain() bool { return true }

// Call implements broadcast.Caller.
func (c massCaller) Call(ctx context.Context, l broadcast.Letter) (broadcast.Taken, error) {
	m, err := c.content(l.Draft)
	if err != nil {
		return broadcast.Taken{}, err
	}
	id, err := c.pusher.Mass(ctx, official.MassMessage{ClientID: l.ID, All: l.Draft.All, Tag: l.Draft.Tag, MassContent: m})
	return broadcast.Taken{MsgID: id}, err
}

// Poll implements broadcast.Caller. How many it reached is told by an event only, MASSSENDJOBFINISH.
func (c massCaller) Poll(ctx context.Context, _ broadcast.Draft, msgID string) (broadcast.Outcome, error) {
	failed, err := c.pusher.MassFailed(ctx, msgID)
	if failed {
		return broadcast.Outcome{Failed: 1, By: map[string]int{"the platform failed to send it": 1}, Done: true}, err
	}
	return broadcast.Outcome{}, err
}

// Cancel implements broadcast.Caller.
func (c massCaller) Cancel(ctx context.Context, msgID string) error {
	return c.pusher.DeleteMass(ctx, msgID)
}

// massOutcome is what an event tells of a mass message; id is empty when it tells of none.
func massOutcome(ev *bot.Event) (id string, o broadcast.Outcome) {
	d, ok := ev.Detail.(official.MassSent)
	if !ok {
		return "", o
	}
	o = broadcast.Outcome{Sent: int(d.Sent), Failed: int(d.Failed), Done: true, By: map[string]int{
		"people": int(d.Total), "after the platform's filter": int(d.Filtered), "arrived": int(d.Sent), "failed": int(d.Failed),
	}}
	if !strings.Contains(strings.ReplaceAll(d.Status, " ", ""), "sendsuccess") {
		o.By[d.Status] = 1
		o.Failed = max(1, o.Failed)
	}
	return d.MsgID, o
}
