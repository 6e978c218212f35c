package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/channel/wxmedia"
	"guanjia/content"
	"guanjia/handlers/quiz"
	"guanjia/jobs"
	"guanjia/moments"
	"guanjia/outbound"
	"guanjia/reception"
	"guanjia/schedule"
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
	// Beside says that it is for a command beside a bot that runs, and is not started itself.
	Beside bool
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
	schedule   *schedule.Service
	moments    *moments.Poster

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
