package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"guanjia/bot"
	"guanjia/reception"
	"guanjia/store"
)

// staffMetrics are of the conversations that staff lead.
type staffMetrics struct {
	open    *prometheus.GaugeVec     // account, state
	longest *prometheus.GaugeVec     // account
	first   *prometheus.HistogramVec // account
	closed  *prometheus.CounterVec   // account, by
	told    *prometheus.CounterVec   // account, result
}

// staffBuckets are what people bear to wait for a person, in seconds.
func staffBuckets() []float64 { return []float64{10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200} }

// StaffLoad is told by the reception.
func (o *observer) StaffLoad(loads map[bot.AccountName]reception.Load) {
	for _, account := range o.accounts {
		l, name := loads[account], string(account)
		o.metrics.staff.open.WithLabelValues(name, "waiting").Set(float64(l.Waiting))
		o.metrics.staff.open.WithLabelValues(name, "talking").Set(float64(l.Talking))
		o.metrics.staff.longest.WithLabelValues(name).Set(l.Longest.Seconds())
	}
}

// StaffResponded is told by the reception.
func (o *observer) StaffResponded(account bot.AccountName, after time.Duration) {
	o.metrics.staff.first.WithLabelValues(string(account)).Observe(after.Seconds())
}

// StaffClosed is told by the reception.
func (o *observer) StaffClosed(account bot.AccountName, by store.StaffClosing) {
	o.metrics.staff.closed.WithLabelValues(string(account), string(by)).Inc()
}

// StaffTold is told by the reception.
func (o *observer) StaffTold(account bot.AccountName, err error) {
	result := "ok"
	if err != nil {
		result = "error"
	}
	o.metrics.staff.told.WithLabelValues(string(account), result).Inc()
}

var _ reception.Observer = (*observer)(nil)
