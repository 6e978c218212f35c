package app

import (
	"cmp"
	"context"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/wxapi"
	"guanjia/channel/wxmedia"
	"guanjia/store"
)

// newMedia makes the keeper of the content's files, for the accounts that may upload.
func newMedia(s Settings, p *platform, st *store.Store, locks wxmedia.Locks, m *metrics, log *zap.Logger, now func() time.Time) *wxmedia.Keeper {
	return wxmedia.New(wxmedia.Config{
		Homes: mediaHomes(s, p), Records: st, Locks: locks, Observer: m, Log: log.Named("media"), Now: now,
	})
}

// mediaHomes are the corps and official accounts that keep files. The apps of a corp share them; they are uploaded as the first.
func mediaHomes(s Settings, p *platform) []wxmedia.Home {
	type id struct {
		kind wxapi.Kind
		id   string
	}
	var homes []wxmedia.Home
	known := map[id]int{}
	for _, name := range s.Accounts.Accounts {
		a := s.Account[name]
		h := wxmedia.Home{Kind: wxapi.Official, ID: a.AppID, API: p.official, Tokens: p.followers(a)}
		if a.Kind == kindWecom {
			h = wxmedia.Home{Kind: wxapi.WeCom, ID: a.CorpID, API: p.wecom, Tokens: p.anyOf(a)}
		}
		if h.Tokens == nil {
			continue
		}
		at, there := known[id{h.Kind, h.ID}]
		if !there {
			at = len(homes)
			known[id{h.Kind, h.ID}] = at
			homes = append(homes, h)
		}
		homes[at].Accounts = append(homes[at].Accounts, name)
	}
	return homes
}

// anyOf gives the tokens of an account of WeCom for what every secret of a corp may do; nil when it has none.
func (p *platform) anyOf(a Account) *wxapi.Source {
	return p.source(wxapi.WeCom, a.CorpID, cmp.Or(a.AppSecret, a.ContactSecret, a.KfSecret))
}

// filling is an engine whose replies get the ids of the content's files before they are fitted.
type filling struct {
	callback.Engine
	media *wxmedia.Keeper
}

// Handle answers one delivery.
func (f filling) Handle(ctx context.Context, ev *bot.Event, fit bot.Fitter, respondBy time.Time) (bot.Answer, error) {
	return f.Engine.Handle(ctx, ev, f.media.Fitter(ev.Account, fit), respondBy)
}

// Uploaded is told by the keeper of the content's files.
func (m *metrics) Uploaded(account bot.AccountName, how wxmedia.Outcome) {
	m.uploads.WithLabelValues(string(account), string(how)).Inc()
}

// Missing is told by the keeper of the content's files.
func (m *metrics) Missing(account bot.AccountName, files int) {
	m.missing.WithLabelValues(string(account)).Set(float64(files))
}
