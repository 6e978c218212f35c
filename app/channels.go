package app

import (
	"fmt"
	"net/http"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/official"
	"guanjia/channel/wecom"
	"guanjia/channel/wxmedia"
)

// channelDeps is what channels are built with.
type channelDeps struct {
	engine    callback.Engine
	service   *service
	relations wecom.Relations
	hot       bot.HotState
	platform  *platform
	media     *wxmedia.Keeper
	observer  *observer
	log       *zap.Logger
	now       func() time.Time
	maxSkew   time.Duration
}

// The kinds of account.
const (
	kindOfficial = "official"
	kindWecom    = "wecom"
)

// channels lists the kinds of account, each with how its callback address is built.
func channels() map[string]func(bot.AccountName, Account, channelDeps) (http.Handler, error) {
	return map[string]func(bot.AccountName, Account, channelDeps) (http.Handler, error){
		kindOfficial: newOfficial,
		kindWecom:    newWecom,
	}
}

func newOfficial(name bot.AccountName, a Account, d channelDeps) (http.Handler, error) {
	mode, err := official.ParseMode(a.Mode)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", name, err)
	}
	cfg := official.Config{
		Account: name, AppID: a.AppID, Token: a.Token.Reveal(), AESKey: a.AESKey.Reveal(), Mode: mode, MaxSkew: d.maxSkew,
	}
	return official.New(cfg, official.Deps{Engine: d.engine, Replays: d.hot, Observer: d.observer, Log: d.log.Named("official"), Now: d.now})
}

func newWecom(name bot.AccountName, a Account, d channelDeps) (http.Handler, error) {
	cfg := wecom.Config{
		Account: name, CorpID: a.CorpID, AgentID: a.AgentID, Token: a.Token.Reveal(), AESKey: a.AESKey.Reveal(), MaxSkew: d.maxSkew,
	}
	deps := wecom.Deps{
		Engine: d.engine, API: d.platform.wecom, Tokens: d.platform.contacts(a), Marks: d.hot, Relations: d.relations, Media: d.media, Observer: d.observer,
		Log: d.log.Named("wecom"), Now: d.now,
	}
	desks, err := d.service.of(name, d.platform.service(a), d)
	if err != nil {
		return nil, err
	}
	if desks != nil {
		deps.Bells = desks
	}
	return wecom.New(cfg, deps)
}
