package contacts_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/contacts"
	"guanjia/internal/testproc"
	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
	"guanjia/store"
	hotsql "guanjia/store/hot/sql"
	"guanjia/store/storetest"
)

const (
	corpID    = "ww0123456789abcdef"
	appSecret = "app-secret-for-tests-0123456789"
	account   = bot.AccountName("assistant")
	group     = "管家"

	brand       = bot.AccountName("brand")
	brandID     = "wx0123456789abcdef"
	brandSecret = "brand-secret-for-tests-0123456789"
)

// office is a corp on the simulated platform, and the records that are kept in step with it.
type office struct {
	t     *testing.T
	sim   *simulator.Simulator
	url   string // of the platform's API
	store *store.Store
	hot   *hotsql.Hot
	log   *zap.Logger
	logs  *observer.ObservedLogs

	mu    sync.Mutex
	later time.Duration // how far the bot's clock is ahead
}

// onEachEngine runs a test on both databases.
func onEachEngine(t *testing.T, f func(t *testing.T, o *office)) {
	engines := map[string]func(testing.TB) string{
		"SQLite": func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "guanjia.db") }, "PostgreSQL": testproc.Postgres,
	}
	for name, url := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, newOffice(t, url(t)))
		})
	}
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	o := &office{t: t, log: zap.New(core), logs: logs}
	o.openRecords(url)
	var err error
	o.sim, err = simulator.New(simulator.Config{Seed: 7, Accounts: []simulator.Account{{
		Name: string(brand), OriginalID: "gh_brand", AppID: brandID, Secret: brandSecret, Certified: true, Token: "tokenfortests", Mode: simulator.ModePlain,
		Callback: "http://127.0.0.1:1/nobody/hears",
	}}, Tries: 1, Corps: []simulator.Corp{{
		ID: corpID, Title: "测试企业",
		Members: []platform.Member{{UserID: "xiaolin", Name: "小林"}, {UserID: "xiaozhou", Name: "小周"}, {UserID: "xiaowu", Name: "小吴"}},
		Ways: []platform.Way{
			{State: "shop", Title: "门店", Members: []string{"xiaolin"}, SkipVerify: true}, {State: "night", Title: "夜间", Members: []string{"xiaozhou"}, SkipVerify: true},
			{State: "fair", Title: "展会", Members: []string{"xiaowu"}, SkipVerify: true},
		},
		Apps: []platform.App{{Name: "assistant", AgentID: 1000002, Secret: appSecret, Rights: []platform.Right{platform.RightContact, platform.RightService}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.sim.Close(context.WithoutCancel(t.Context())) })
	api := httptest.NewServer(o.sim.Platform())
	t.Cleanup(api.Close)
	o.url = api.URL
	return o
}

// openRecords opens a database, with the leases in it.
func (o *office) openRecords(url string) {
	o.store = storetest.Open(o.t, url)
	o.hot = hotsql.New(o.store, hotsql.Options{Log: zap.NewNop()})
	o.t.Cleanup(func() { o.hot.Close() })
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return time.Now().Add(o.later)
}

// wait lets time pass for the bot.
func (o *office) wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.later += d
}

// worker makes a worker of a process of its own, with tokens of its own.
func (o *office) worker(owner string) *contacts.Worker {
	o.t.Helper()
	return o.workerWith(owner, nil)
}

// workerWith is worker with somebody between it and the platform; nil: nobody.
func (o *office) workerWith(owner string, between *bookkeeper) *contacts.Worker {
	o.t.Helper()
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: o.url})
	tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.WeCom, ID: corpID, Secret: appSecret, Caller: caller, Shared: o.hot})
	o.t.Cleanup(tokens.Close)
	var api contacts.API = caller
	if between != nil {
		between.API, api = caller, between
	}
	return contacts.NewWorker(contacts.Config{
		Account: contacts.Account{Name: account, Contacts: tokens, Service: tokens}, Records: o.store, API: api, Lease: o.hot, Owner: owner,
		Log: o.log, Now: o.now, TagGroup: group, SyncEvery: 24 * time.Hour, Idle: 5 * time.Millisecond,
	})
}

// works starts a worker, which works until the test ends.
func (o *office) works() *contacts.Worker {
	o.t.Helper()
	w := o.worker("one")
	w.Start()
	o.t.Cleanup(w.Stop)
	return w
}

// settles waits until the records are in step: a sync has come to its end, and nothing is due.
func (o *office) settles() store.SyncProgress {
	o.t.Helper()
	var p store.SyncProgress
	o.eventually("in step", func() error {
		var err error
		if p, err = o.store.ContactSync(o.t.Context(), account); err != nil {
			return err
		}
		waiting, err := o.store.DirtyCounts(o.t.Context(), account)
		if err == nil && (p.Step != store.SyncDone || !p.WantedAt.IsZero() || len(waiting) > 0) {
			err = fmt.Errorf("%+v, waiting: %+v", p, waiting)
		}
		return err
	})
	return p
}

// eventually waits for something that a worker does in the background.
func (o *office) eventually(what string, f func() error) {
	o.t.Helper()
	err := f()
	for end := time.Now().Add(3 * time.Minute); err != nil && time.Now().Before(end); err = f() {
		time.Sleep(5 * time.Millisecond)
	}
	if err != nil {
		for _, l := range o.logs.All() {
			o.t.Log(l.Message, l.ContextMap())
		}
		o.t.Fatalf("%s: %v", what, err)
	}
}

func (o *office) customer(nickname string, states ...string) *simulator.Customer {
	o.t.Helper()
	c := simulator.NewCustomer(o.t, o.sim.Client(), corpID, nickname)
	for _, s := range states {
		c.Add(s)
	}
	return c
}

func (o *office) member(userID string) *simulator.Staff {
	return simulator.NewStaff(o.t, o.sim.Client(), corpID, userID)
}

func (o *office) admin(a contact.Act) simulator.Contacted {
	o.t.Helper()
	return simulator.Administer(o.t, o.sim.Client(), corpID, a)
}

func (o *office) faults(faults ...platform.Fault) {
	o.t.Helper()
	if err := o.sim.API().SetFaults(faults...); err != nil {
		o.t.Fatal(err)
	}
}

func person(c *simulator.Customer) bot.Person {
	return bot.Person{Account: account, User: bot.UserID(c.ExternalUserID())}
}

// relations says who has a customer, by the records: "xiaolin 王先生 [老客户]", or "xiaolin ended".
func (o *office) relations(c *simulator.Customer) []string {
	o.t.Helper()
	found, err := o.store.Contact(o.t.Context(), person(c))
	if err != nil {
		o.t.Fatal(err)
	}
	var list []string
	for _, r := range found.Relations {
		var tags []string
		for _, t := range r.Tags {
			tags = append(tags, t.Name)
		}
		slices.Sort(tags)
		switch {
		case !r.Lasts():
			list = append(list, r.Member+" ended")
		case len(tags) > 0:
			list = append(list, fmt.Sprint(r.Member, " ", r.Remark, " ", tags))
		default:
			list = append(list, r.Member+" "+r.Remark)
		}
	}
	return list
}

// hears marks a customer as an event does.
func (o *office) hears(c *simulator.Customer) {
	o.t.Helper()
	if err := o.store.MarkDirty(o.t.Context(), account, store.DirtyContact, c.ExternalUserID(), o.now()); err != nil {
		o.t.Fatal(err)
	}
}

// tags gives a person tags as a handler does.
func (o *office) tags(p bot.Person, tags ...string) {
	o.t.Helper()
	err := o.store.TagPerson(o.t.Context(), store.TagRequest{Person: p, Tags: tags, Handler: "quiz", Campaign: "q", Key: bot.EventKey(fmt.Sprint(p, tags)), At: o.now()})
	if err != nil {
		o.t.Fatal(err)
	}
}
