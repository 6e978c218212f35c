package app

import (
	"fmt"
	"net/http"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/official"
)

// channelDeps is what channels are built with.
type channelDeps struct {
	engine   *bot.Engine
	hot      bot.HotState
	observer *observer
	log      *zap.Logger
	now      func() time.Time
	maxSkew  time.Duration
}

// channels lists the kinds of account, each with how its callback address is built.
func channels() map[string]func(bot.AccountName, Account, channelDeps) (http.Handler, error) {
	return map[string]func(bot.AccountName, Account, channelDeps) (http.Handler, error){
		"official": newOfficial,
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
