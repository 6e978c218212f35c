package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/channel/kf"
	"guanjia/channel/wxapi"
	"guanjia/channel/wxmedia"
	"guanjia/content"
	"guanjia/handlers/quiz"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/reception"
	"guanjia/store"
)

// StopBudget is how long Stop may take.
const StopBudget = 20 * time.Second

// Options are what an App is made of.
type Options struct {
	Source Source
	Log    *zap.Logger      // nil: silent
	Level  zap.AtomicLevel  // of Log; changed when the settings change it
	Now    func() time.Time // nil: time.Now. The demo hands in the simulator's clock
	// Migrate brings the database's schema up to date instead of refusing to start.
	Migrate bool
	// Mounts are more handlers on the public port, by pattern.
	Mounts map[string]http.Handler
	// Stopping is called before anything else stops; nil: nothing is.
	Stopping func(context.Context) error
	// Listener is the public port when it is open already; nil: BOT_ADDR is opened.
	Listener net.Listener
}

func (o *Options) setDefaults() {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Level == (zap.AtomicLevel{}) {
		o.Level = zap.NewAtomicLevel()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// App is one bot: New, Start, Reload, Stop.
type App struct {
	opts       Options
	log        *zap.Logger
	metrics    *metrics
	observer   *observer
	toggles    *LiveToggles
	store      *store.Store
	hot        hotState
	engine     *bot.Engine
	content    atomic.Pointer[Content]
	channels   map[bot.AccountName]http.Handler
	slots      chan struct{}
	probe      *probe
	redeem     http.Handler
	pushes     *pushAPI
	platform   *platform
	service    *service
	media      *wxmedia.Keeper
	contacts   contactWorkers
	closer     *quiz.Closer
	staff      *reception.Reception
	outbound   *outbound.Service
	broadcasts *broadcast.Service
	jobs       *jobs.Queue

	servers  []*server
	failed   chan error    // a server that ended by itself
	stopping chan struct{} // closed when Stop begins
	stopOnce sync.Once
	stopErr  error
	teardown teardown

	settings Settings               // as at the start; what is live of them is in toggles and opts.Level
	seen     map[string]fingerprint // of the watched files, when they were read

	reloading sync.Mutex
	reading   Reading // the latest; guarded by reloading
}

// server is one port.
type server struct {
	name     string
	listener net.Listener
	http     *http.Server
}

// New checks everything and builds the bot. It opens the stores and starts nothing else. What is wrong with settings or
// content comes as content.Problems, a line for each.
func New(ctx context.Context, o Options) (_ *App, err error) {
	clock := o.Now
	o.setDefaults()
	reading, seen := readWatched(o.Source)
	if reading.Problems == nil && len(reading.Settings.Accounts.Accounts) == 0 {
		reading.Problems = content.Problems{{What: "BOT_ACCOUNTS is not set", Remedy: "name at least one account: BOT_ACCOUNTS=brand; or try 'guanjia demo'"}}
	}
	if err := reading.Problems.Err(); err != nil {
		return nil, err
	}
	for _, p := range reading.Unknown {
		o.Log.Warn("setting is not known", zap.String("problem", p.String()))
	}
	s := reading.Settings
	if dir := s.Content.ContentDir; dir != "" {
		seen[dir] = takeFingerprint(dir)
	}
	c, problems := ReadContent(s)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	a := &App{
		opts: o, log: o.Log, metrics: newMetrics(), toggles: NewLiveToggles(s), settings: s, seen: seen, reading: reading,
		slots: make(chan struct{}, s.Callbacks.CallbackConcurrency), failed: make(chan error, 2), stopping: make(chan struct{}),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.teardown.run(ctx, a.log))
		}
	}()
	if err := a.openState(ctx, s); err != nil {
		return nil, err
	}
	if err := a.build(ctx, s, c, clock); err != nil {
		return nil, err
	}
	return a, nil
}

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
	st, err := OpenStore(ctx, s.State, a.log)
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
	a.service = &service{engine: filling{feedback{a.engine, a.outbound, a.log}, a.media}, media: a.media, records: a.store, owner: self, all: map[*wxapi.Source]*kf.Service{}}
	deps := channelDeps{
		engine: filling{feedback{limited, a.outbound, a.log}, a.media}, service: a.service, relations: a.store, hot: hot, platform: a.platform, media: a.media, observer: a.observer, log: a.log,
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

// Start opens the ports and begins to answer. After an error Stop must still be called.
func (a *App) Start(ctx context.Context) error {
	s := a.settings
	if err := a.open(ctx, s.Listening); err != nil {
		return err
	}
	a.media.Start(ctx)
	a.teardown.add("media", func(context.Context) error { a.media.Stop(); return nil })
	a.closer.Start()
	a.teardown.add("quiz closer", func(context.Context) error { a.closer.Stop(); return nil })
	a.staff.Start()
	a.teardown.add("reception", func(context.Context) error { a.staff.Stop(); return nil })
	a.startLoops()
	a.contacts.start()
	a.teardown.add("contacts", a.contacts.stop)
	a.service.start()
	a.teardown.add("customer service", a.service.stop)
	if err := a.startJobs(ctx); err != nil {
		return err
	}
	for _, srv := range slices.Backward(a.servers) { // so that the public port closes first and metrics last
		a.serve(srv)
	}
	a.teardown.add("readiness", func(context.Context) error { a.probe.stop(); return nil })
	if a.opts.Stopping != nil {
		a.teardown.add("guests", a.opts.Stopping)
	}
	a.log.Info("ready", zap.String("addr", a.Addr().String()), zap.Any("accounts", s.Accounts.Accounts), zap.String("database", s.State.DatabaseURL.Location()),
		zap.String("redis", s.State.RedisURL.Location()), zap.Int("content_files", a.content.Load().Files))
	return nil
}

// open opens the ports; nothing is served yet.
func (a *App) open(ctx context.Context, s ListenSettings) (err error) {
	public := a.opts.Listener
	if public == nil {
		if public, err = listen(ctx, "BOT_ADDR", s.Addr); err != nil {
			return err
		}
	}
	a.servers = append(a.servers, &server{"public port", public, a.newServer(a.public(a.opts.Mounts), writeTimeout)})
	if s.InternalAddr == off {
		return nil
	}
	internal, err := listen(ctx, "BOT_INTERNAL_ADDR", s.InternalAddr)
	if err != nil {
		_ = public.Close()
		return err
	}
	a.servers = append(a.servers, &server{"internal port", internal, a.newServer(a.internal(), pprofTimeout)})
	return nil
}

// serve answers on a port until Stop, which lets the requests in flight end.
func (a *App) serve(srv *server) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := srv.http.Serve(srv.listener); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("%s: %w", srv.name, err)
		}
	}()
	a.teardown.add(srv.name, func(ctx context.Context) error {
		err := srv.http.Shutdown(ctx)
		if err != nil {
			err = errors.Join(fmt.Errorf("requests still in flight: %w", err), srv.http.Close())
		}
		<-done
		return err
	})
}

// startLoops begins what goes on beside the callbacks: watching the files and deleting what has expired.
func (a *App) startLoops() {
	ctx, cancel := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() { sweep(ctx, a.hot, a.store, a.opts.Now, a.log) })
	a.platform.keep(ctx, &loops)
	watch := func(path string, reload func() error) {
		if path == "" {
			return
		}
		w := &watcher{path: path, log: a.log, changed: func() { _ = reload() }} // the error is in the log
		loops.Go(func() { w.run(ctx, a.seen[path]) })
	}
	watch(a.settings.Content.EnvFile, a.reloadSettings)
	watch(a.settings.Content.ContentDir, a.reloadContent)
	a.teardown.add("loops", func(context.Context) error { cancel(); loops.Wait(); return nil })
}

// Addr is where the public port listens.
func (a *App) Addr() net.Addr { return a.servers[0].listener.Addr() }

// InternalAddr is where the internal port listens; nil when it is closed.
func (a *App) InternalAddr() net.Addr {
	if len(a.servers) < 2 {
		return nil
	}
	return a.servers[1].listener.Addr()
}

// Stop ends everything in order: readiness turns red, the ports close and finish what is in flight, then the closer, the
// engine and the stores. ctx is the budget. A second Stop gives the result of the first.
func (a *App) Stop(ctx context.Context) error {
	a.stopOnce.Do(func() {
		close(a.stopping)
		began := time.Now()
		a.stopErr = a.teardown.run(ctx, a.log)
		a.log.Info("stopped", zap.Duration("took", time.Since(began)))
	})
	return a.stopErr
}

// Run is the whole life: it starts, says so, waits for the end of ctx or a failure, and stops within StopBudget.
func (a *App) Run(ctx context.Context, started func()) error {
	err := a.Start(ctx)
	if err == nil {
		started()
		select {
		case <-ctx.Done():
		case err = <-a.failed:
		}
	}
	budget, cancel := context.WithTimeout(context.WithoutCancel(ctx), StopBudget)
	defer cancel()
	return errors.Join(err, a.Stop(budget))
}
