package app

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/contacts"
	"guanjia/content"
	"guanjia/store"
)

// contactWorkers keep the accounts' records of people in step with the platforms.
type contactWorkers []*contacts.Worker

// contactDeps is what they are built with.
type contactDeps struct {
	settings Settings
	records  contacts.Records
	platform *platform
	lease    contacts.Lease
	owner    string
	observer contacts.Observer
	log      *zap.Logger
	now      func() time.Time
}

// newContactWorkers builds one for every account that may ask the platform about people.
func newContactWorkers(d contactDeps) contactWorkers {
	var workers contactWorkers
	for _, name := range d.settings.Accounts.Accounts {
		if w := newContactWorker(name, d); w != nil {
			workers = append(workers, w)
		}
	}
	return workers
}

// newContactWorker builds the worker of an account; nil when it has no secret to ask with.
func newContactWorker(name bot.AccountName, d contactDeps) *contacts.Worker {
	a := d.settings.Account[name]
	account, api := contacts.Account{Name: name}, d.platform.wecom
	if a.Kind == kindWecom {
		account.Contacts, account.Service = d.platform.contacts(a), d.platform.service(a)
	} else {
		account.Followers, api = d.platform.followers(a), d.platform.official
	}
	if account.Contacts == nil && account.Service == nil && account.Followers == nil {
		return nil
	}
	return contacts.NewWorker(contacts.Config{
		Account: account, Records: d.records, API: api, Lease: d.lease, Owner: d.owner, Observer: d.observer, Log: d.log.Named("contacts"), Now: d.now,
		TagGroup: d.settings.Contacts.TagGroup, SyncEvery: d.settings.Contacts.ContactSyncEvery,
	})
}

func (ws contactWorkers) start() {
	for _, w := range ws {
		w.Start()
	}
}

func (ws contactWorkers) stop(context.Context) error {
	var stopping sync.WaitGroup
	for _, w := range ws {
		stopping.Go(w.Stop)
	}
	stopping.Wait()
	return nil
}

// contactMetrics are those of customers of WeCom and of who is one person.
type contactMetrics struct {
	lookUps  *prometheus.CounterVec // account, kind, outcome
	pushes   *prometheus.CounterVec // account, outcome
	contacts *prometheus.GaugeVec   // account
	waiting  *prometheus.GaugeVec   // account, kind
	synced   *prometheus.GaugeVec   // account
	part     *prometheus.GaugeVec   // account
}

var _ contacts.Observer = (*observer)(nil)

// LookedUp is told by a worker.
func (o *observer) LookedUp(account bot.AccountName, kind store.DirtyKind, outcome string) {
	o.metrics.contacts.lookUps.WithLabelValues(string(account), string(kind), outcome).Inc()
}

// TagPushed is told by a worker.
func (o *observer) TagPushed(account bot.AccountName, outcome store.PushOutcome) {
	o.metrics.contacts.pushes.WithLabelValues(string(account), string(outcome)).Inc()
}

// ContactStatus is told by the worker that has the lease; who does not have it any more tells nothing new.
func (o *observer) ContactStatus(s contacts.Status) {
	m, account := o.metrics.contacts, string(s.Account)
	m.contacts.WithLabelValues(account).Set(float64(s.Contacts))
	for _, kind := range []store.DirtyKind{store.DirtyContact, store.DirtyTags, store.DirtyPerson, store.DirtyPush} {
		i := slices.IndexFunc(s.Waiting, func(w store.Waiting) bool { return w.Kind == kind })
		n := 0
		if i >= 0 {
			n = s.Waiting[i].Marks
		}
		m.waiting.WithLabelValues(account, string(kind)).Set(float64(n))
	}
	m.part.WithLabelValues(account).Set(s.Part())
	if !s.Sync.FinishedAt.IsZero() {
		m.synced.WithLabelValues(account).Set(float64(s.Sync.FinishedAt.Unix()))
	}
}

// ContactAccounts lists the accounts whose customers can be synced: those of WeCom that have a secret. With a name it is that
// one, or what is wrong with it.
func ContactAccounts(s Settings, name bot.AccountName) ([]bot.AccountName, error) {
	var able []bot.AccountName
	for _, a := range s.Accounts.Accounts {
		if account := s.Account[a]; account.Kind == kindWecom && (account.ContactSecret != "" || account.AppSecret != "") {
			able = append(able, a)
		}
	}
	switch {
	case name == "" && len(able) == 0:
		return nil, content.Problems{{What: "no account has customers that can be synced", Remedy: "give an account of WeCom a secret: BOT_ACCOUNT_<NAME>_APP_SECRET"}}
	case name == "":
		return able, nil
	case slices.Contains(able, name):
		return []bot.AccountName{name}, nil
	case !slices.Contains(s.Accounts.Accounts, name):
		return nil, content.Problems{{What: fmt.Sprintf("there is no account %q", string(name)), Remedy: "use a name of BOT_ACCOUNTS"}}
	}
	return nil, content.Problems{{What: fmt.Sprintf("account %q has no customers that can be synced", string(name)),
		Remedy: "use an account of WeCom that has a secret (_APP_SECRET)"}}
}

// SyncContacts goes through all customers of an account and shows how far it is. When a bot is running that has the same
// state, that one does it.
func SyncContacts(ctx context.Context, s Settings, st *store.Store, log *zap.Logger, name bot.AccountName, show func(store.SyncProgress)) (store.SyncProgress, error) {
	hot, err := openHot(ctx, s.State, st, log)
	if err != nil {
		return store.SyncProgress{}, err
	}
	defer func() { _ = hot.Close() }()
	p := newPlatform(s.Platform, hot, newMetrics(), log, time.Now)
	defer func() { _ = p.close(ctx) }()
	w := newContactWorker(name, contactDeps{settings: s, records: st, platform: p, lease: hot, owner: owner(), log: log, now: time.Now})
	progress, err := w.Sync(ctx, show)
	if err != nil {
		err = content.Problems{{What: "the contacts of " + string(name) + " could not be synced: " + err.Error(), Remedy: "run it again: it goes on where it broke off"}}
	}
	return progress, err
}

// ContactStatus tells how the contacts of an account stand.
func ContactStatus(ctx context.Context, st *store.Store, name bot.AccountName) (contacts.Status, error) {
	return contacts.ReadStatus(ctx, st, name)
}
