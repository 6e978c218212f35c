package app

import (
	"cmp"
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/channel/wxapi"
)

// platform calls the platforms for the accounts that have a secret. Those with the same one share its token, with each other
// and with the other replicas.
type platform struct {
	wecom    *wxapi.Caller
	official *wxapi.Caller
	shared   wxapi.Shared
	now      func() time.Time
	sources  map[tokenOf]*wxapi.Source
}

// tokenOf is what there is one token for.
type tokenOf struct {
	kind   wxapi.Kind
	id     string
	secret Secret
}

func newPlatform(s PlatformSettings, shared wxapi.Shared, m *metrics, log *zap.Logger, now func() time.Time) *platform {
	caller := func(url string) *wxapi.Caller {
		return wxapi.NewCaller(wxapi.Config{BaseURL: url, Log: log.Named("api"), Observer: m})
	}
	return &platform{wecom: caller(s.WecomAPIUrl), official: caller(s.WechatAPIUrl), shared: shared, now: now, sources: map[tokenOf]*wxapi.Source{}}
}

// contacts gives the tokens with which an account of WeCom may use customer contact; nil when it has no secret.
func (p *platform) contacts(a Account) *wxapi.Source {
	return p.source(wxapi.WeCom, a.CorpID, cmp.Or(a.ContactSecret, a.AppSecret))
}

// service gives the tokens with which an account of WeCom may use customer service (微信客服); nil when it has no secret.
func (p *platform) service(a Account) *wxapi.Source {
	return p.source(wxapi.WeCom, a.CorpID, cmp.Or(a.KfSecret, a.AppSecret))
}

// members gives the tokens with which an account of WeCom may write to members; nil when the app has no secret.
func (p *platform) members(a Account) *wxapi.Source {
	return p.source(wxapi.WeCom, a.CorpID, a.AppSecret)
}

// followers gives the tokens of an official account; nil when it has no secret or may do nothing with them.
func (p *platform) followers(a Account) *wxapi.Source {
	if !a.Certified {
		return nil
	}
	return p.source(wxapi.Official, a.AppID, a.AppSecret)
}

// source gives the tokens of an account and secret.
func (p *platform) source(kind wxapi.Kind, id string, secret Secret) *wxapi.Source {
	if secret == "" {
		return nil
	}
	key := tokenOf{kind, id, secret}
	if p.sources[key] == nil {
		caller := p.wecom
		if kind == wxapi.Official {
			caller = p.official
		}
		p.sources[key] = wxapi.NewSource(wxapi.SourceConfig{
			Kind: kind, ID: id, Secret: wxapi.Secret(secret.Reveal()), Caller: caller, Shared: p.shared, Now: p.now,
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
