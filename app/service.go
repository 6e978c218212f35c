package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/kf"
	"guanjia/channel/wxapi"
	"guanjia/channel/wxmedia"
)

// service is the customer service (微信客服) of the accounts that have a secret for it.
type service struct {
	engine  kf.Engine // without a limit on callbacks: what is pulled waits by itself
	media   *wxmedia.Keeper
	records kf.Records
	owner   string
	all     map[*wxapi.Source]*kf.Service
}

// of builds the customer service of an account; nil when it has no secret, or another account has the same: the desks are those
// of the secret, and two accounts would both answer there.
func (s *service) of(name bot.AccountName, tokens *wxapi.Source, d channelDeps) (*kf.Service, error) {
	if tokens == nil {
		return nil, nil
	}
	if s.all[tokens] != nil {
		d.log.Warn("another account answers at the customer-service desks of this secret", zap.String("account", string(name)))
		return nil, nil
	}
	built, err := kf.New(name, kf.Deps{
		Engine: s.engine, API: d.platform.wecom, Tokens: tokens, Shared: d.platform.shared, Records: s.records, Media: s.media, Observer: d.observer,
		Log: d.log.Named("kf"), Now: d.now, Owner: s.owner,
	})
	if err == nil {
		s.all[tokens] = built
	}
	return built, err
}

// start begins to pull.
func (s *service) start() {
	for _, desks := range s.all {
		desks.Start()
	}
}

// stop lets what is in work finish.
func (s *service) stop(ctx context.Context) error {
	var stopping sync.WaitGroup
	errs := make(chan error, len(s.all))
	for _, desks := range s.all {
		stopping.Go(func() { errs <- desks.Stop(ctx) })
	}
	stopping.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// serviceMetrics are those of customer service.
type serviceMetrics struct {
	pulls    *prometheus.CounterVec   // account, result
	pulled   *prometheus.GaugeVec     // account, desk
	items    *prometheus.CounterVec   // account, kind
	answered *prometheus.HistogramVec // account
	sent     *prometheus.CounterVec   // account, outcome
	waiting  *prometheus.GaugeVec     // account
}

var _ kf.Observer = (*observer)(nil)

// Pulled is told by customer service. A desk that another replica pulls is looked after.
func (o *observer) Pulled(account bot.AccountName, desk, result string, _ int) {
	if result == kf.PullGone {
		o.metrics.service.pulled.DeleteLabelValues(string(account), o.metrics.desks.value(desk))
		return
	}
	o.metrics.service.pulls.WithLabelValues(string(account), result).Inc()
	if result != kf.PullFailed {
		o.metrics.service.pulled.WithLabelValues(string(account), o.metrics.desks.value(desk)).SetToCurrentTime()
	}
}

// Answered is told by customer service.
func (o *observer) Answered(account bot.AccountName, kind bot.Kind, after time.Duration, said bool) {
	o.metrics.service.items.WithLabelValues(string(account), string(kind)).Inc()
	if said {
		o.metrics.service.answered.WithLabelValues(string(account)).Observe(after.Seconds())
	}
}

// Sent is told by customer service.
func (o *observer) Sent(account bot.AccountName, outcome string) {
	o.metrics.service.sent.WithLabelValues(string(account), outcome).Inc()
}

// Waiting is told by customer service.
func (o *observer) Waiting(account bot.AccountName, delta int) {
	o.metrics.service.waiting.WithLabelValues(string(account)).Add(float64(delta))
}

// Greeted is told by customer service.
func (o *observer) Greeted(account bot.AccountName, outcome string, after time.Duration) {
	o.metrics.welcomes.WithLabelValues(string(account), outcome).Inc()
	if outcome == kf.Sent {
		o.metrics.welcoming.WithLabelValues(string(account)).Observe(after.Seconds())
	}
}
