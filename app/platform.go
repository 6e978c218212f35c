package app

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/channel/wxapi"
)

// platform calls WeCom for the accounts that have a secret. Those with the same one share its token, with each other and with
// the other replicas.
type platform struct {
	caller  *wxapi.Caller
	shared  wxapi.Shared
	now     func() time.Time
	sources map[tokenOf]*wxapi.Source
}

// tokenOf is what there is one token for.
type tokenOf struct {
	corp   string
	secret Secret
}

func newPlatform(s PlatformSettings, shared wxapi.Shared, m *metrics, log *zap.Logger, now func() time.Time) *platform {
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: s.WecomAPIUrl, Log: log.Named("api"), Observer: m})
	return &platform{caller: caller, shared: shared, now: now, sources: map[tokenOf]*wxapi.Source{}}
}

// contacts gives the tokens with which an account may welcome customers; nil when it has no secret.
func (p *platform) contacts(a Account) *wxapi.Source {
	secret := a.ContactSecret
	if secret == "" {
		secret = a.AppSecret
	}
	if secret == "" {
		return nil
	}
	key := tokenOf{a.CorpID, secret}
	if p.sources[key] == nil {
		p.sources[key] = wxapi.NewSource(wxapi.SourceConfig{
			Kind: wxapi.WeCom, ID: a.CorpID, Secret: wxapi.Secret(secret.Reveal()), Caller: p.caller, Shared: p.shared, Now: p.now,
		})
	}
	return p.sources[key]
}

// keep renews every token ahead of its end until ctx ends: a welcome has no time to wait for one.
func (p *platform) keep(ctx context.Context, loops *sync.WaitGroup) {
	for _, s := range p.sources {
		loops.Go(func() { s.Keep(ctx) })
	}
}

// close ends what is under way.
func (p *platform) close(context.Context) error {
	for _, s := range p.sources {
		s.Close()
	}
	return nil
}
