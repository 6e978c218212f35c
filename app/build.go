package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"time"

	"guanjia/bot"
	"guanjia/channel/kf"
	"guanjia/channel/wxapi"
	"guanjia/handlers/quiz"
)

// readWatched reads the settings, and looks at their file before, so that no later change is missed.
func readWatched(s Source) (Reading, map[string]fingerprint) {
	seen := map[string]fingerprint{}
	if file := s.values().file; file != "" {
		seen[file] = takeFingerprint(file)
	}
	return s.Read(), seen
}

// openState opens the stores.
func (a *App) openState(ctx context.Context, s Settings) error {
	st, err := OpenStore(ctx, s.State, a.log, a.opts.Beside)
	if err != nil {
		return err
	}
	a.store = st
	a.teardown.add("store", func(context.Context) error { return st.Close() })
	if a.opts.Migrate {
		if _, _, err := Migrate(ctx, st); err != nil {
			return err
		}
	}
	if err := CheckSchema(ctx, st); err != nil {
		return err
	}
	if a.hot, err = openHot(ctx, s.State, st, a.log); err != nil {
		return err
	}
	a.teardown.add("hot state", func(context.Context) error { return a.hot.Close() })
	return nil
}

// build makes the engine and all around it. clock is the one that was handed in, if any.
func (a *App) build(ctx context.Context, s Settings, c *Content, clock func() time.Time) error {
	router, err := c.router(a.store)
	if err != nil {
		return fmt.Errorf("content: %w", err)
	}
	a.content.Store(c)
	a.metrics.showToggles(s, a.toggles)
	a.observer = &observer{log: a.log, metrics: a.metrics, people: newPersonHash(s.Log.LogSalt), accounts: s.Accounts.Accounts}
	a.platform = newPlatform(s.Platform, a.hot, a.metrics, a.log, a.opts.Now)
	a.teardown.add("platform", a.platform.close)
	a.media = newMedia(s, a.platform, a.store, a.hot, a.metrics, a.log, a.opts.Now)
	a.media.Use(c.attached)
	self := owner()
	if err := a.openJobs(ctx, s, self, clock); err != nil {
		return err
	}
	hot := timedHot{a.hot, stopwatch{a.metrics.hot}}
	a.engine = bot.NewEngine(bot.Config{
		Hot: hot, Journal: timedJournal{a.store.Journal(), stopwatch{a.metrics.journal}}, Toggles: a.toggles, Observer: a.observer, Outbox: a.outbound,
		Log: a.log.Named("engine"), Now: a.opts.Now, Zone: s.Content.Timezone.Location,
		InboundPerMinute: s.Callbacks.InboundPerMinute, Switch: bot.SwitchPolicy(s.Chat.ConversationSwitch),
	}, self, router, c.texts)
	a.teardown.add("engine", a.engine.Stop)

	limited := limiter{a.engine, a.slots, a.metrics}
	a.service = &service{engine: filling{feedback{a.engine, a.outbound, a.broadcasts, a.store, a.log}, a.media}, media: a.media, records: a.store, owner: self, all: map[*wxapi.Source]*kf.Service{}}
	deps := channelDeps{
		engine: filling{feedback{limited, a.outbound, a.broadcasts, a.store, a.log}, a.media}, service: a.service, relations: a.store, hot: hot, platform: a.platform, media: a.media, observer: a.observer, log: a.log,
		now: a.opts.Now, maxSkew: s.Callbacks.CallbackMaxSkew,
	}
	a.channels = make(map[bot.AccountName]http.Handler, len(s.Account))
	for _, name := range s.Accounts.Accounts {
		account := s.Account[name]
		if a.channels[name], err = channels()[account.Kind](name, account, deps); err != nil {
			return err
		}
	}
	a.probe = &probe{log: a.log, metrics: a.metrics, parts: []part{{"store", a.store.Ping}, {"hot", a.hot.Ping}}}
	if a.redeem, err = newRedeemAPI(s, a.store, a.log, a.opts.Now); err != nil {
		return err
	}
	if a.pushes, err = a.newPushAPI(s); err != nil {
		return err
	}
	a.contacts = newContactWorkers(contactDeps{
		settings: s, records: a.store, platform: a.platform, lease: a.hot, owner: self, observer: a.observer, log: a.log, now: a.opts.Now,
	})
	a.closer = quiz.NewCloser(quiz.CloserConfig{
		Records: a.store, Book: func() *quiz.Book { return BookOf[quiz.Book](a.content.Load()) }, Log: a.log.Named("quiz"), Now: a.opts.Now,
	})
	a.staff = a.newReception(s)
	return nil
}

// owner names this process among replicas and restarts.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return host + "-" + rand.Text()[:10]
}
