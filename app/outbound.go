package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"guanjia/bot"
	"guanjia/channel/kf"
	"guanjia/channel/official"
	"guanjia/channel/wecom"
	"guanjia/channel/wxmedia"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/schedule"
	"guanjia/store"
)

// featurePush is the toggle of what goes out by itself.
const featurePush bot.HandlerName = "push"

// jobWorkers is how many jobs of each queue are done at once by a process: SQLite has one writer, which more would only wait for.
func jobWorkers(engine string) map[string]int {
	if engine == "sqlite" {
		return map[string]int{outbound.Queue: 16, schedule.Queue: 2, jobs.DefaultQueue: 4}
	}
	return map[string]int{outbound.Queue: 64, schedule.Queue: 4, jobs.DefaultQueue: 16}
}

// openJobs makes what goes out by itself, and opens the queue of jobs for all who have some. clock is the one that jobs are due by; nil:
// the database's.
func (a *App) openJobs(ctx context.Context, s Settings, self string, clock func() time.Time) error {
	rules, err := s.Push.rules(s.Content.Timezone.Location)
	if err != nil {
		return err
	}
	a.schedule = schedule.New(schedule.Config{Store: a.store, Log: a.log.Named("schedule"), Now: a.opts.Now})
	a.moments = a.newPoster(s)
	a.outbound = outbound.New(outbound.Config{
		Store: a.store, Caps: a.hot, Pace: a.hot, Locks: a.hot, Senders: a.senders(s), Rules: rules, On: a.toggles.Pushes, Moot: a.schedule.Moot, Observer: a.observer,
		Log: a.log.Named("push"), Now: a.opts.Now, Owner: self,
	})
	kinds := jobs.NewKinds()
	if err := errors.Join(a.outbound.Add(kinds), a.schedule.Add(kinds), a.moments.Add(kinds)); err != nil {
		return fmt.Errorf("kinds of jobs: %w", err)
	}
	if a.broadcasts, err = a.newBroadcasts(s); err != nil {
		return err
	}
	if err := a.broadcasts.Add(kinds); err != nil {
		return fmt.Errorf("kinds of jobs: %w", err)
	}
	a.jobs, err = jobs.Open(ctx, jobs.Config{Store: a.store, Kinds: kinds, Queues: jobWorkers(a.store.Engine()), Worker: self, Now: clock, Log: a.log})
	if err != nil {
		return err
	}
	a.teardown.add("queue of jobs", func(context.Context) error { a.jobs.Close(); return nil })
	a.schedule.Open(a.jobs)
	a.moments.Open(a.jobs)
	if err := a.outbound.Open(ctx, a.jobs); err != nil {
		return err
	}
	a.broadcasts.Open(a.jobs, a.outbound.Outbox())
	return nil
}

// startJobs begins to do what is due.
func (a *App) startJobs(ctx context.Context) error {
	a.outbound.Start()
	a.teardown.add("pushes", func(context.Context) error { a.outbound.Stop(); return nil })
	if err := a.jobs.Start(ctx); err != nil {
		return err
	}
	a.teardown.add("jobs", a.jobs.Stop)
	a.usePlans(a.content.Load())
	a.schedule.Start()
	a.teardown.add("schedules", func(context.Context) error { a.schedule.Stop(); return nil })
	return nil
}

// senders are the ways that each account has.
func (a *App) senders(s Settings) map[bot.AccountName]map[policy.Way]outbound.Sender {
	all := map[bot.AccountName]map[policy.Way]outbound.Sender{}
	for _, name := range s.Accounts.Accounts {
		account := s.Account[name]
		ways := map[policy.Way]outbound.Sender{}
		if account.Kind == kindOfficial {
			if tokens := a.platform.followers(account); tokens != nil {
				p := official.Pusher{API: a.platform.official, Tokens: tokens}
				ways[policy.Custom] = customSender{name, p, a.media}
				ways[policy.Template] = templateSender{p}
				ways[policy.Subscribe] = subscribeSender{p}
			}
		} else {
			if agent, ok := writesToMembers(account); ok {
				ways[policy.App] = appSender{name, wecom.Pusher{API: a.platform.wecom, Tokens: a.platform.members(account), Agent: agent}, a.media}
			}
			if tokens := a.platform.contacts(account); tokens != nil {
				ways[policy.GroupSend] = groupSender{name, wecom.GroupSender{API: a.platform.wecom, Tokens: tokens}, a.media}
			}
			if tokens := a.platform.service(account); tokens != nil {
				ways[policy.KF] = deskSender{name, func() *kf.Service { return a.service.all[tokens] }, a.media}
			}
		}
		all[name] = ways
	}
	return all
}

// said are the messages of a content as parts, with the ids of the content's files.
func said(account bot.AccountName, media *wxmedia.Keeper, f bot.Fitter, messages []bot.Message) ([]outbound.Part, policy.Reason) {
	fitted := media.Fitter(account, f).Fit(messages)
	if len(fitted.Now) == 0 {
		return nil, policy.NoContent
	}
	parts := make([]outbound.Part, len(fitted.Now))
	for i, m := range fitted.Now {
		parts[i] = outbound.Part{Message: m}
	}
	return parts, ""
}

// templated is a content's template as a part.
func templated(t *outbound.Template) ([]outbound.Part, policy.Reason) {
	if t == nil || t.ID == "" {
		return nil, policy.NoContent
	}
	return []outbound.Part{{Template: t}}, ""
}

// customSender sends customer-service messages of an official account.
type customSender struct {
	account bot.AccountName
	pusher  official.Pusher
	media   *wxmedia.Keeper
}

func (s customSender) Fit(_ bot.Person, c outbound.Content) ([]outbound.Part, policy.Reason) {
	return said(s.account, s.media, official.PushFitter{}, c.Messages)
}

func (s customSender) Send(ctx context.Context, l outbound.Letter) (string, error) {
	return "", s.pusher.Custom(ctx, l.To.User, l.Message)
}

// templateSender sends template messages.
type templateSender struct{ pusher official.Pusher }

func (s templateSender) Fit(_ bot.Person, c outbound.Content) ([]outbound.Part, policy.Reason) {
	return templated(c.Template)
}

func (s templateSender) Send(ctx context.Context, l outbound.Letter) (string, error) {
	t := l.Template
	return s.pusher.Template(ctx, l.To.User, official.TemplateMessage{
		TemplateID: t.ID, ClientID: l.ID, URL: t.URL, App: t.App, AppPage: t.Page, Data: t.Data,
	})
}

// subscribeSender sends subscription notifications.
type subscribeSender struct{ pusher official.Pusher }

func (s subscribeSender) Fit(_ bot.Person, c outbound.Content) ([]outbound.Part, policy.Reason) {
	return templated(c.Subscribe)
}

func (s subscribeSender) Send(ctx context.Context, l outbound.Letter) (string, error) {
	t := l.Template
	return s.pusher.Subscribe(ctx, l.To.User, official.TemplateMessage{TemplateID: t.ID, Page: t.URL, App: t.App, AppPage: t.Page, Data: t.Data})
}

// appSender sends app messages to members of a corp.
type appSender struct {
	account bot.AccountName
	pusher  wecom.Pusher
	media   *wxmedia.Keeper
}

func (s appSender) Fit(_ bot.Person, c outbound.Content) ([]outbound.Part, policy.Reason) {
	return said(s.account, s.media, wecom.PushFitter{}, c.Messages)
}

func (s appSender) Send(ctx context.Context, l outbound.Letter) (string, error) {
	id, err := s.pusher.Send(ctx, l.To.User, l.Message)
	if errors.Is(err, wecom.ErrUnreachable) {
		err = &outbound.ShutError{Why: policy.BadAddress}
	}
	return id, err
}

// groupSender asks the staff to send to one of their customers.
type groupSender struct {
	account bot.AccountName
	sender  wecom.GroupSender
	media   *wxmedia.Keeper
}

var _ outbound.Follower = groupSender{}

func (s groupSender) Fit(_ bot.Person, c outbound.Content) ([]outbound.Part, policy.Reason) {
	fitted := s.media.Fitter(s.account, wecom.GroupFitter{}).Fit(c.Messages).Now
	if len(fitted) == 0 {
		return nil, policy.NoContent
	}
	return []outbound.Part{{Together: fitted}}, ""
}

func (s groupSender) Send(ctx context.Context, l outbound.Letter) (string, error) {
	id, unreachable, err := s.sender.Create(ctx, wecom.GroupMessage{People: []bot.UserID{l.To.User}, Messages: l.Together})
	if err == nil && unreachable > 0 {
		err = &outbound.ShutError{Why: policy.BadAddress}
	}
	return id, err
}

// Follow implements outbound.Follower.
func (s groupSender) Follow(ctx context.Context, msgID string) (arrived bool, why policy.Reason, err error) {
	r, err := s.sender.Result(ctx, msgID)
	switch {
	case err != nil, r.Got > 0:
		return r.Got > 0, "", err
	case r.Waiting > 0 || r.Members == 0 || r.Confirmed < r.Members:
		return false, "", nil
	case r.NoFriend > 0:
		return false, policy.Gone, nil
	case r.HadOne > 0:
		return false, policy.HadAnother, nil
	}
	return false, "", nil
}

// Withdraw implements outbound.Follower.
func (s groupSender) Withdraw(ctx context.Context, msgID string) error {
	return s.sender.Cancel(ctx, msgID)
}

// deskSender sends messages of customer service.
type deskSender struct {
	account bot.AccountName
	desks   func() *kf.Service // built after this
	media   *wxmedia.Keeper
}

func (s deskSender) Fit(_ bot.Person, c outbound.Content) ([]outbound.Part, policy.Reason) {
	if s.desks() == nil {
		return nil, policy.NoRight
	}
	return said(s.account, s.media, kf.PushFitter{}, c.Messages)
}

func (s deskSender) Send(ctx context.Context, l outbound.Letter) (string, error) {
	err := s.desks().Push(ctx, kf.Push{ID: l.ID, Desk: l.Desk, Customer: l.To, Message: l.Message})
	var shut *kf.Shut
	if errors.As(err, &shut) {
		why := policy.WindowClosed
		switch {
		case shut.Staff:
			why = policy.WithStaff
		case shut.Limit:
			why = policy.WindowUsed
		}
		return "", &outbound.ShutError{Why: why}
	}
	return "", err // it knows the message by the id that it was given
}

// Pushes tells whether what goes out by itself is switched on for an account. Automatic replies may be off.
func (t *LiveToggles) Pushes(a bot.AccountName) bool { return t.now.Load().on(a, featurePush) }

// pushMetrics are those of what goes out by itself.
type pushMetrics struct {
	pushes *prometheus.CounterVec   // account, budget, way, state, reason
	after  *prometheus.HistogramVec // account
}

var _ outbound.Observer = (*observer)(nil)

// Pushed is told of every decision and outcome.
func (o *observer) Pushed(account bot.AccountName, budget policy.Budget, way policy.Way, state store.SendState, why policy.Reason) {
	o.metrics.push.pushes.WithLabelValues(string(account), string(budget), string(way), string(state), string(why)).Inc()
}

// PushTook is told of what went out.
func (o *observer) PushTook(account bot.AccountName, after time.Duration) {
	o.metrics.push.after.WithLabelValues(string(account)).Observe(after.Seconds())
}

// pushBuckets go from a moment to a day of waiting.
func pushBuckets() []float64 {
	return []float64{.1, .5, 1, 2, 5, 15, 60, 300, 1800, 7200, 28800, 86400}
}

// PushSettings bounds what goes out by itself.
type PushSettings struct {
	PushPerDay  int           `split_words:"true" default:"1" doc:"How many messages that nobody asked for a person gets in 24 hours, on all accounts together. 0: none."`
	PushPerWeek int           `split_words:"true" default:"3" doc:"The same in 7 days. 0: none."`
	PushMinGap  time.Duration `split_words:"true" default:"20h" doc:"The least time between two of them."`
	QuietHours  string        `split_words:"true" default:"21:30-08:30" doc:"When nobody is written to unasked, in BOT_TIMEZONE; it may go over midnight. 'off': there are none."`
	PushRate    int           `split_words:"true" default:"50" doc:"How many messages an account sends by one way in a second, on all replicas together. 0: as many as it can."`
}

// rules are the settings as the policy takes them.
func (p PushSettings) rules(zone *time.Location) (outbound.Rules, error) {
	quiet, err := policy.ParseQuiet(p.QuietHours, zone)
	if err != nil {
		return outbound.Rules{}, err
	}
	return outbound.Rules{
		Caps: policy.Caps{PerDay: p.PushPerDay, PerWeek: p.PushPerWeek, MinGap: p.PushMinGap}, Quiet: quiet, PerSecond: float64(p.PushRate),
	}, nil
}

func (c *checker) push(p PushSettings) {
	for key, n := range map[string]int{"_PUSH_PER_DAY": p.PushPerDay, "_PUSH_PER_WEEK": p.PushPerWeek, "_PUSH_RATE": p.PushRate} {
		if n < 0 {
			c.note(varPrefix+key, "is "+strconv.Itoa(n), "write a number from 0")
		}
	}
	if p.PushMinGap < 0 {
		c.note(varPrefix+"_PUSH_MIN_GAP", fmt.Sprintf("is %s", p.PushMinGap), "write a duration such as 20h, or 0")
	}
	if _, err := policy.ParseQuiet(p.QuietHours, time.UTC); err != nil {
		c.note(varPrefix+"_QUIET_HOURS", fmt.Sprintf("is %q", p.QuietHours), "write the part of the day as 21:30-08:30, or off")
	}
}
