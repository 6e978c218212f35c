package wxapi_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"guanjia/channel/wxapi"
	"guanjia/internal/testproc"
	"guanjia/store/hot/redis"
	"guanjia/store/hot/sql"
	"guanjia/store/storetest"
)

// processes is how many Sources, each with connections of its own, stand for the replicas of an installation.
const processes = 5

// eachShared runs check on every engine; open gives another process' way to the one state.
func eachShared(t *testing.T, check func(t *testing.T, open storetest.OpenShared)) {
	t.Parallel()
	inSQL := func(t testing.TB, url string) storetest.OpenShared {
		return func() wxapi.Shared { return sql.New(storetest.Open(t, url), sql.Options{}) }
	}
	for name, fresh := range map[string]func(t testing.TB) storetest.OpenShared{
		"Redis":      func(t testing.TB) storetest.OpenShared { return inRedis(t, testproc.Redis(t)) },
		"PostgreSQL": func(t testing.TB) storetest.OpenShared { return inSQL(t, testproc.Postgres(t)) },
		"SQLite": func(t testing.TB) storetest.OpenShared {
			return inSQL(t, "sqlite:"+filepath.Join(t.TempDir(), "guanjia.db"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, fresh(t))
		})
	}
}

func inRedis(t testing.TB, url string) storetest.OpenShared {
	return func() wxapi.Shared {
		client, err := redis.Open(url)
		if err != nil {
			t.Fatal(err)
		}
		h := redis.New(client, redis.Options{})
		t.Cleanup(func() {
			h.Close()
			client.Close()
		})
		return h
	}
}

// replicas are Sources of the platform's account that share a state.
func (p *platform) replicas(t testing.TB, open storetest.OpenShared) []*wxapi.Source {
	all := make([]*wxapi.Source, processes)
	for i := range all {
		all[i] = p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() })
	}
	return all
}

// callFromAll makes a hundred calls at once, spread over the replicas.
func (p *platform) callFromAll(t testing.TB, replicas []*wxapi.Source) {
	t.Helper()
	c := p.caller()
	together(100, func(i int) {
		if err := c.Post(t.Context(), replicas[i%len(replicas)], api, nil, nil); err != nil {
			t.Error(err)
		}
	})
}

// TestFiveProcessesFetchOneToken: a hundred callers in five processes that know no token, or lose it, make one fetch.
func TestFiveProcessesFetchOneToken(t *testing.T) {
	eachShared(t, func(t *testing.T, open storetest.OpenShared) {
		p := newPlatform(t)
		replicas := p.replicas(t, open)
		p.callFromAll(t, replicas)
		p.wantTokens(t, 1, 1)

		p.revoke()
		p.callFromAll(t, replicas)
		p.wantTokens(t, 2, 2)

		p.clock.advance(soon) // all serve the old one and one renews it
		p.callFromAll(t, replicas)
		eventually(t, "all have the new token", func() bool {
			same := true
			for _, s := range replicas {
				same = token(t, s) == "token+/3" && same
			}
			p.clock.advance(time.Second)
			return same
		})
		p.wantTokens(t, 3, 3)

		p.clock.advance(3 * time.Hour)
		p.callFromAll(t, replicas)
		p.wantTokens(t, 4, 4)

		token(t, p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() })) // a new replica
		p.wantTokens(t, 4, 4)
	})
}

// TestANewReplicaServesWithTheOldTokenWhileAnotherRenewsIt: the platform may be slow just then.
func TestANewReplicaServesWithTheOldTokenWhileAnotherRenewsIt(t *testing.T) {
	eachShared(t, func(t *testing.T, open storetest.OpenShared) {
		p := newPlatform(t)
		old := p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() })
		token(t, old)
		p.clock.advance(soon)
		slow, _ := gate(t, p.grants)
		p.failTokens(slow)
		token(t, old)
		eventually(t, "the renewal is under way", func() bool { asked, _ := p.tokens(); return asked == 2 })
		equal(t, token(t, p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() })), "token+/1")
	})
}

// holding is a state whose locks are given when let goes.
type holding struct {
	wxapi.Shared
	asked, let chan struct{}
}

func (h holding) TryLock(ctx context.Context, key, owner string, ttl time.Duration) (bool, error) {
	h.asked <- struct{}{}
	<-h.let
	return h.Shared.TryLock(ctx, key, owner, ttl)
}

// TestATokenTakenBackDuringItsRenewalIsNotGivenAgain: a flight that was content with the old token learns that it is none.
func TestATokenTakenBackDuringItsRenewalIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	open := inRedis(t, testproc.Redis(t))
	p := newPlatform(t)
	other := p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() })
	first := token(t, other)
	h := holding{open(), make(chan struct{}, 100), make(chan struct{})}
	s := p.source(t, func(c *wxapi.SourceConfig) { c.Shared = h })
	equal(t, token(t, s), first)

	p.clock.advance(soon)
	slow, done := gate(t, p.grants)
	p.failTokens(slow)
	token(t, other) // has the lock from now on
	eventually(t, "the other renews", func() bool { asked, _ := p.tokens(); return asked == 2 })
	equal(t, token(t, s), first) // sets off, and is about to find the lock taken
	<-h.asked
	p.revoke()
	s.Invalidate(t.Context(), first)
	got := make(chan string, 1)
	go func() {
		value, _ := s.Token(t.Context())
		got <- value
	}()
	close(h.let)
	select {
	case <-h.asked: // again, since the old token will not do
	case value := <-got:
		t.Fatalf("%s is given", value)
	}
	done()
	equal(t, <-got, "token+/2")
	p.wantTokens(t, 2, 2)
}

func TestAccountsAndSecretsDoNotShareATokenByMistake(t *testing.T) {
	eachShared(t, func(t *testing.T, open storetest.OpenShared) {
		p := newPlatform(t)
		shared := open()
		token(t, p.source(t, func(c *wxapi.SourceConfig) { c.Shared = shared }))
		for name, change := range map[string]func(c *wxapi.SourceConfig){
			"another app of the corp": func(c *wxapi.SourceConfig) { c.Secret = "another" },
			"another corp":            func(c *wxapi.SourceConfig) { c.ID = "another" },
		} {
			s := p.source(t, func(c *wxapi.SourceConfig) {
				c.Shared = shared
				change(c)
			})
			if got, err := s.Token(t.Context()); err == nil {
				t.Errorf("%s uses %s", name, got)
			}
		}
		asked, _ := p.tokens()
		token(t, p.source(t, func(c *wxapi.SourceConfig) { c.Shared, c.Kind = shared, wxapi.Official }))
		p.wantTokens(t, asked+1, 1)
	})
}

// TestAReplicaThatWasToldAndOneThatWasNot: a token taken back is deleted for all, and a newer one is not.
func TestAReplicaThatWasToldAndOneThatWasNot(t *testing.T) {
	eachShared(t, func(t *testing.T, open storetest.OpenShared) {
		p := newPlatform(t)
		one, other := p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() }), p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() })
		first := token(t, one)
		equal(t, token(t, other), first)
		p.revoke()
		one.Invalidate(t.Context(), first)
		second := token(t, p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() })) // a new one, which never had the first
		equal(t, second, "token+/2")
		other.Invalidate(t.Context(), first) // late
		equal(t, token(t, other), second)
		equal(t, token(t, one), second)
		p.wantTokens(t, 2, 2)
	})
}

// crashing is the state as a process leaves it that dies with the lock and a token in its hands.
type crashing struct{ wxapi.Shared }

func (c crashing) TryLock(ctx context.Context, key, owner string, _ time.Duration) (bool, error) {
	return c.Shared.TryLock(ctx, key, owner, 500*time.Millisecond) // the test does not wait for the whole lease
}
func (crashing) Unlock(context.Context, string, string) error             { return nil }
func (crashing) Put(context.Context, string, []byte, time.Duration) error { return nil }

func TestAProcessThatDiesWithTheLockDoesNotKeepTheOthersFromTokens(t *testing.T) {
	eachShared(t, func(t *testing.T, open storetest.OpenShared) {
		p := newPlatform(t)
		token(t, p.source(t, func(c *wxapi.SourceConfig) { c.Shared = crashing{open()} }))
		p.callFromAll(t, p.replicas(t, open))
		p.wantTokens(t, 2, 1)
	})
}

// TestRedisDownCostsNoTokenAndNoStorm kills Redis: what is known serves on, and who knows nothing fetches once.
func TestRedisDownCostsNoTokenAndNoStorm(t *testing.T) {
	t.Parallel()
	server := testproc.StartRedis(t)
	p := newPlatform(t)
	open := inRedis(t, server.URL)
	replicas := p.replicas(t, open)
	p.callFromAll(t, replicas)
	p.wantTokens(t, 1, 1)

	server.Kill()
	p.callFromAll(t, replicas)
	p.wantTokens(t, 1, 1)

	p.callFromAll(t, []*wxapi.Source{p.source(t, func(c *wxapi.SourceConfig) { c.Shared = open() })}) // a cold one
	p.wantTokens(t, 2, 1)

	p.clock.advance(3 * time.Hour)
	p.callFromAll(t, replicas)
	p.wantTokens(t, 2+processes, 2) // each fetches for itself, once, and gets the same

	server.Restart()
	p.clock.advance(3 * time.Hour)
	eventually(t, "they share again", func() bool { // the client takes a moment to notice
		before, _ := p.tokens()
		p.callFromAll(t, replicas)
		asked, _ := p.tokens()
		p.clock.advance(3 * time.Hour)
		return asked == before+1
	})
}
