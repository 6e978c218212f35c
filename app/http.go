package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/content"
	"guanjia/handlers/coupon"
	"guanjia/store"
)

// Limits of the HTTP servers.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	// writeTimeout is beyond the platform's 5 s: a callback is held that long when its answer is late.
	writeTimeout = 15 * time.Second
	idleTimeout  = 2 * time.Minute
	maxHeader    = 16 << 10 // bytes
	pprofTimeout = 2 * time.Minute
)

// public is the port that the platform and the shops' tills reach.
func (a *App) public(mounts map[string]http.Handler) http.Handler {
	mux := http.NewServeMux()
	// Both with and without a slash, without a redirect: the platform follows none.
	for account, channel := range a.channels {
		mux.Handle("/callback/"+string(account), channel)
		mux.Handle("/callback/"+string(account)+"/{$}", channel)
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.Handle("GET /readyz", a.probe)
	mux.Handle(coupon.RedeemPattern, a.redeem)
	a.registerBroadcasts(mux)
	a.pushes.register(mux)
	a.scheduleAPI(mux)
	for pattern, h := range mounts {
		mux.Handle(pattern, untilStop(a.stopping, h))
	}
	return mux
}

// internal is the port of the people who run the bot.
func (a *App) internal() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{Registry: a.metrics.registry}))
	mux.Handle("GET /readyz", a.probe)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// newRedeemAPI makes the API of the tills.
func newRedeemAPI(s Settings, st *store.Store, log *zap.Logger, now func() time.Time) (http.Handler, error) {
	held, err := s.API.Keys()
	if err != nil {
		return nil, fmt.Errorf("BOT_API_KEYS %w", err)
	}
	keys := make([]coupon.Key, len(held))
	for i, k := range held {
		keys[i] = coupon.Key{Name: k.Name, Secret: k.Key.Reveal()}
	}
	return coupon.NewRedeemAPI(coupon.RedeemConfig{Keys: keys, Coupons: st, Now: now, Zone: s.Content.Timezone.Location, Log: log.Named("api")})
}

// limiter lets so many callbacks in at once and tells the platform to ask again for the others. Under more load than the bot
// can bear it is better to answer some in time than all too late. It stands before the engine and not before the channels:
// who has not been verified, or sends a byte a second, must not take the platform's places.
type limiter struct {
	callback.Engine
	slots   chan struct{}
	metrics *metrics
}

// errShed refuses what is too much.
var errShed = errors.New("too many callbacks at once")

// Handle answers, or refuses at once.
func (l limiter) Handle(ctx context.Context, ev *bot.Event, f bot.Fitter, respondBy time.Time) (bot.Answer, error) {
	select {
	case l.slots <- struct{}{}:
	default:
		l.metrics.shed.Inc()
		return bot.Answer{}, errShed
	}
	l.metrics.inFlight.Inc()
	defer func() {
		l.metrics.inFlight.Dec()
		<-l.slots
	}()
	return l.Engine.Handle(ctx, ev, f, respondBy)
}

// untilStop lets the requests of a mounted handler take their time, and ends them when the bot stops: a page that listens for
// events would hold the stop up.
func untilStop(stopping <-chan struct{}, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		rc := http.NewResponseController(w)
		_ = errors.Join(rc.SetReadDeadline(time.Time{}), rc.SetWriteDeadline(time.Time{})) // a recorder in a test has none
		go func() {                                                                        // ends with the request
			select {
			case <-stopping:
				cancel()
			case <-ctx.Done():
			}
		}()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (a *App) newServer(h http.Handler, write time.Duration) *http.Server {
	errorLog, err := zap.NewStdLogAt(a.log.Named("http"), zap.WarnLevel)
	if err != nil {
		errorLog = nil // the standard log; the level above is a constant that exists
	}
	return &http.Server{
		Handler: h, ErrorLog: errorLog, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: write, IdleTimeout: idleTimeout,
	}
}

// listen opens a port, with the remedy when it can't.
func listen(ctx context.Context, key, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, content.Problems{{What: fmt.Sprintf("%s %s is in use", key, addr), Remedy: "stop the program that listens there, or choose another port"}}
	case errors.Is(err, syscall.EACCES):
		return nil, content.Problems{{What: fmt.Sprintf("%s %s may not be opened", key, addr), Remedy: "choose a port above 1023, or give the program the right"}}
	case err != nil:
		return nil, content.Problems{{What: fmt.Sprintf("%s %s can't be opened: %v", key, addr, err), Remedy: "write an address of this machine, or :port for all of them"}}
	}
	return l, nil
}
