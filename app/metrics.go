package app

import (
	"regexp"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"guanjia/internal/buildinfo"
)

// metrics are what Prometheus reads. Every label has few values: accounts come from the settings, kinds, handlers and
// reasons from the code, outcomes from the code too and are bounded all the same.
type metrics struct {
	registry *prometheus.Registry

	events     *prometheus.CounterVec   // account, kind, handler, outcome
	duplicates *prometheus.CounterVec   // account
	handling   *prometheus.HistogramVec // account
	callbacks  *prometheus.HistogramVec // account
	rejected   *prometheus.CounterVec   // account, reason
	inFlight   prometheus.Gauge
	shed       prometheus.Counter
	hot        *prometheus.HistogramVec // operation, result
	journal    *prometheus.HistogramVec // operation, result
	toggles    *prometheus.GaugeVec     // account, feature
	reloads    *prometheus.CounterVec   // what, result
	ready      *prometheus.GaugeVec     // part
	welcomes   *prometheus.CounterVec   // account, outcome
	welcoming  *prometheus.HistogramVec // account
	service    serviceMetrics
	staff      staffMetrics
	uploads    *prometheus.CounterVec // account, outcome
	missing    *prometheus.GaugeVec   // account
	contacts   contactMetrics
	push       pushMetrics
	apiCalls   *prometheus.CounterVec   // api, code
	apiSeconds *prometheus.HistogramVec // api, result

	outcomes, codes, desks bounded
}

// The buckets end at the platform's patience of 5 s (official account docs, 被动回复); state is asked several times within.
func callbackBuckets() []float64 {
	return []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 4.5, 5, 10}
}

func stateBuckets() []float64 {
	return []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .5, 1, 5}
}

// serviceBuckets go from a moment to an outage; the platform dates messages in whole seconds.
func serviceBuckets() []float64 {
	return []float64{.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 1800, 7200, 43200}
}

// welcomeBuckets end beyond the 20 s that a welcome code lives. The platform dates events in whole seconds.
func welcomeBuckets() []float64 { return []float64{.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30} }

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), outcomes: bounded{like: outcomeWord}, codes: bounded{like: apiCode}, desks: bounded{like: deskID}}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "guanjia", Name: name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "guanjia", Name: name, Help: help}, labels)
		m.registry.MustRegister(g)
		return g
	}
	seconds := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "guanjia", Name: name, Help: help, Buckets: buckets}, labels)
		m.registry.MustRegister(h)
		return h
	}
	m.events = counter("events_total", "Events answered, once each.", "account", "kind", "handler", "outcome")
	m.duplicates = counter("duplicates_total", "Deliveries answered from what was remembered.", "account")
	m.handling = seconds("event_seconds", "From taking an event up to its outcome.", callbackBuckets(), "account")
	m.callbacks = seconds("callback_seconds", "From the arrival of a callback to the end of its answer.", callbackBuckets(), "account")
	m.rejected = counter("callbacks_rejected_total", "Callbacks refused, by reason.", "account", "reason")
	m.hot = seconds("hot_seconds", "Operations on sessions and leases.", stateBuckets(), "operation", "result")
	m.journal = seconds("journal_seconds", "Operations on the journal.", stateBuckets(), "operation", "result")
	m.toggles = gauge("toggle", "1 when a feature is on for an account.", "account", "feature")
	m.reloads = counter("reloads_total", "Reloads of settings and content.", "what", "result")
	m.ready = gauge("ready", "1 when a part answered the last probe.", "part")
	m.welcomes = counter("welcomes_total", "Customers of WeCom to be welcomed, by what came of it.", "account", "outcome")
	m.welcoming = seconds("welcome_seconds", "From a customer's coming to the welcome that the platform took.", welcomeBuckets(), "account")
	m.service = serviceMetrics{
		pulls:    counter("service_pulls_total", "Looks at the desks of customer service, by how they went.", "account", "result"),
		pulled:   gauge("service_pulled_timestamp_seconds", "When a desk was last pulled, by this replica or seen to be by another.", "account", "desk"),
		items:    counter("service_items_total", "What was pulled from desks and dealt with.", "account", "kind"),
		answered: seconds("service_answer_seconds", "From a customer's message to its answer being sent.", serviceBuckets(), "account"),
		sent:     counter("service_sends_total", "Messages to customers of customer service, by what came of them.", "account", "outcome"),
		waiting:  gauge("service_waiting", "Pulled items that wait or are worked on.", "account"),
	}
	m.staff = staffMetrics{
		open:    gauge("staff_conversations", "Conversations with staff that are open, those that wait for somebody and those that somebody has.", "account", "state"),
		longest: gauge("staff_waiting_seconds", "How long the longest of those has been waiting that nobody has taken.", "account"),
		first:   seconds("staff_first_response_seconds", "From asking for a person to the first response.", staffBuckets(), "account"),
		closed:  counter("staff_closed_total", "Conversations with staff that ended, by who or what ended them.", "account", "by"),
		told:    counter("staff_notices_total", "Messages to staff that somebody waits.", "account", "result"),
	}
	m.uploads = counter("media_uploads_total", "Files of the content uploaded to the platform, by what came of it.", "account", "outcome")
	m.missing = gauge("media_missing", "Files of the content that the platform does not keep, so that they are left out of what is said.", "account")
	m.contacts = contactMetrics{
		lookUps:  counter("contact_look_ups_total", "Look-ups of customers, tags and people, by outcome.", "account", "kind", "outcome"),
		pushes:   counter("contact_tag_pushes_total", "Tags brought to the platform, by what came of it.", "account", "outcome"),
		contacts: gauge("contacts", "Customers whom somebody of the staff has.", "account"),
		waiting:  gauge("contact_marks", "What waits to be looked up or brought to the platform.", "account", "kind"),
		synced:   gauge("contact_synced_timestamp_seconds", "When all customers were gone through last.", "account"),
		part:     gauge("contact_sync_part", "How much of the full sync under way is done; 1 when none is.", "account"),
	}
	m.push = pushMetrics{
		pushes: counter("pushes_total", "What became of messages that go out by themselves, each time one was looked at.", "account", "budget", "way", "state", "reason"),
		after:  seconds("push_seconds", "From the time of such a message to its being taken by the platform.", pushBuckets(), "account"),
	}
	m.apiCalls = counter("api_calls_total", "Calls of the platform's API, by its error code or why there was no answer.", "api", "code")
	m.apiSeconds = seconds("api_seconds", "Calls of the platform's API.", callbackBuckets(), "api", "result")
	m.inFlight = prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "guanjia", Name: "callbacks_in_flight", Help: "Callbacks worked on now."})
	m.shed = prometheus.NewCounter(prometheus.CounterOpts{Namespace: "guanjia", Name: "callbacks_shed_total", Help: "Callbacks answered 503 because too many were worked on."})
	m.registry.MustRegister(m.inFlight, m.shed, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge("build_info", "Which build this is.", "version").WithLabelValues(buildinfo.Version()).Set(1)
	return m
}

// Called is told by the caller of the platform's API.
func (m *metrics) Called(api, code string, took time.Duration) {
	m.apiCalls.WithLabelValues(api, m.codes.value(code)).Inc()
	result := "error"
	if code == "0" {
		result = "ok"
	}
	m.apiSeconds.WithLabelValues(api, result).Observe(took.Seconds())
}

// showToggles tells which features are on.
func (m *metrics) showToggles(s Settings, t *LiveToggles) {
	for _, account := range s.Accounts.Accounts {
		for feature := range s.Toggles.toggles() {
			m.toggles.WithLabelValues(string(account), string(feature)).Set(one(t.On(account, feature)))
		}
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// maxValues is how many different outcomes, and error codes, are told apart.
const maxValues = 64

// outcomeWord is what an outcome looks like. Anything else is not a word of the code's.
var outcomeWord = regexp.MustCompile(`^[a-z][a-z_]{0,31}$`)

// apiCode is what an error code of the platform's looks like, or the reason why there was none.
var apiCode = regexp.MustCompile(`^(-?[0-9]{1,9}|[a-z]{1,16})$`)

// deskID is what an open kfid looks like.
var deskID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// otherOutcome stands for what is not told apart, noOutcome for none.
const (
	otherOutcome = "other"
	noOutcome    = "none"
)

// bounded keeps a label to a few values, whatever a handler notes or the platform says.
type bounded struct {
	like *regexp.Regexp // what is told apart

	mu   sync.RWMutex
	seen map[string]bool
}

func (b *bounded) value(s string) string {
	if s == "" {
		return noOutcome
	}
	b.mu.RLock()
	known := b.seen[s]
	b.mu.RUnlock()
	if known {
		return s
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen == nil {
		b.seen = map[string]bool{}
	}
	if !b.like.MatchString(s) || len(b.seen) >= maxValues {
		return otherOutcome
	}
	b.seen[s] = true
	return s
}

// stopwatch times the operations of a part of the state.
type stopwatch struct{ seconds *prometheus.HistogramVec }

func (s stopwatch) done(operation string, began time.Time, err error) {
	result := "ok"
	if err != nil {
		result = "error"
	}
	s.seconds.WithLabelValues(operation, result).Observe(time.Since(began).Seconds())
}
