package app

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/wecom"
)

// observer writes one log line and counts one for every event. Neither holds anything that a person said.
type observer struct {
	log     *zap.Logger
	metrics *metrics
	people  personHash
	// accounts are those of the settings: numbers that are not there are 0.
	accounts []bot.AccountName
}

// EventDone is told by the engine.
func (o *observer) EventDone(r bot.Report) {
	account := string(r.Event.Account)
	if r.Duplicate {
		o.metrics.duplicates.WithLabelValues(account).Inc()
	}
	outcome := o.metrics.outcomes.value(r.Outcome)
	if r.Err != nil {
		outcome = "error"
	}
	handler := string(r.Handler)
	if handler == "" {
		handler = "engine"
	}
	if !r.Duplicate {
		o.metrics.events.WithLabelValues(account, string(r.Event.Kind), handler, outcome).Inc()
	}
	o.metrics.handling.WithLabelValues(account).Observe(r.Took.Seconds())
	o.logEvent(r, handler, outcome)
}

func (o *observer) logEvent(r bot.Report, handler, outcome string) {
	level := zap.InfoLevel
	if r.Err != nil {
		level = zap.ErrorLevel
	}
	entry := o.log.Check(level, "event")
	if entry == nil {
		return // before the hash, which costs more than the rest
	}
	fields := []zap.Field{
		zap.String("account", string(r.Event.Account)), zap.String("user", o.people.of(r.Event.Person())),
		zap.String("kind", string(r.Event.Kind)), zap.String("handler", handler), zap.String("outcome", outcome),
		zap.Float64("ms", float64(r.Took.Microseconds())/1000),
	}
	if r.Duplicate {
		fields = append(fields, zap.Bool("duplicate", true))
	}
	if r.Err != nil {
		fields = append(fields, zap.Error(r.Err))
	}
	entry.Write(fields...)
}

// Rejected is told by a channel.
func (o *observer) Rejected(account bot.AccountName, why callback.Reason) {
	o.metrics.rejected.WithLabelValues(string(account), string(why)).Inc()
}

// Took is told by a channel.
func (o *observer) Took(account bot.AccountName, d time.Duration) {
	o.metrics.callbacks.WithLabelValues(string(account)).Observe(d.Seconds())
}

// Welcomed is told by the channel of WeCom.
func (o *observer) Welcomed(account bot.AccountName, how wecom.Outcome, after time.Duration) {
	o.metrics.welcomes.WithLabelValues(string(account), string(how)).Inc()
	if how == wecom.Sent || how == wecom.SentText {
		o.metrics.welcoming.WithLabelValues(string(account)).Observe(after.Seconds())
	}
}

var _ wecom.Observer = (*observer)(nil)

// timedHot measures the hot state.
type timedHot struct {
	bot.HotState
	watch stopwatch
}

// Begin is measured.
func (h timedHot) Begin(ctx context.Context, r bot.BeginRequest) (bot.BeginResult, error) {
	began := time.Now()
	result, err := h.HotState.Begin(ctx, r)
	h.watch.done("begin", began, err)
	return result, err
}

// Finish is measured. A lost lease is no fault of the state's.
func (h timedHot) Finish(ctx context.Context, r bot.FinishRequest) error {
	began := time.Now()
	err := h.HotState.Finish(ctx, r)
	h.watch.done("finish", began, faulty(err))
	return err
}

// Renew is measured.
func (h timedHot) Renew(ctx context.Context, l bot.Lease, d time.Duration) error {
	began := time.Now()
	err := h.HotState.Renew(ctx, l, d)
	h.watch.done("renew", began, faulty(err))
	return err
}

// Abandon is measured.
func (h timedHot) Abandon(ctx context.Context, l bot.Lease) error {
	began := time.Now()
	err := h.HotState.Abandon(ctx, l)
	h.watch.done("abandon", began, err)
	return err
}

// PutOnce is measured.
func (h timedHot) PutOnce(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, error) {
	began := time.Now()
	there, err := h.HotState.PutOnce(ctx, key, value, ttl)
	h.watch.done("put_once", began, err)
	return there, err
}

func faulty(err error) error {
	if errors.Is(err, bot.ErrLeaseLost) {
		return nil
	}
	return err
}

// timedJournal measures the journal.
type timedJournal struct {
	bot.Journal
	watch stopwatch
}

// Commit is measured.
func (j timedJournal) Commit(ctx context.Context, e bot.Entry) (bot.Entry, bool, error) {
	began := time.Now()
	counts, ours, err := j.Journal.Commit(ctx, e)
	j.watch.done("commit", began, err)
	return counts, ours, err
}

// Find is measured.
func (j timedJournal) Find(ctx context.Context, a bot.AccountName, k bot.EventKey) (bot.Entry, bool, error) {
	began := time.Now()
	e, ok, err := j.Journal.Find(ctx, a, k)
	j.watch.done("find", began, err)
	return e, ok, err
}
