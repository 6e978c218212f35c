package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/channel/wxapi"
)

// OpenShared opens the same shared state again each time, as another process does, and closes it when the test ends.
type OpenShared func() wxapi.Shared

// RunShared checks every promise of the values and locks that processes share; fresh makes an empty state.
func RunShared(t *testing.T, fresh func(t testing.TB) OpenShared) {
	for _, promise := range []struct {
		name  string
		check func(*testing.T, OpenShared)
	}{
		{"what one process puts, all get", sharedPut},
		{"a shared value expires", sharedExpires},
		{"a shared value is deleted only if it is the one", sharedDeleteIf},
		{"a lock has one owner", sharedLock},
		{"an owner may take the lock again", sharedLockAgain},
		{"a lock runs out", sharedLockRunsOut},
		{"only the owner unlocks", sharedUnlock},
		{"values, locks and values put once do not meet", sharedApart},
		{"shared state survives a restart", sharedRestart},
		{"a cancelled context shares nothing", sharedCancelled},
		{"a lock needs a key and an owner", sharedNameless},
	} {
		t.Run(promise.name, func(t *testing.T) {
			t.Parallel()
			promise.check(t, fresh(t))
		})
	}
}

// sharedTest is a shared state with the wrapping of tests around its methods.
type sharedTest struct {
	wxapi.Shared
	t testing.TB
}

func share(t testing.TB, open OpenShared) sharedTest { return sharedTest{open(), t} }

func (s sharedTest) put(key, value string, ttl time.Duration) {
	s.t.Helper()
	ok(s.t, s.Put(s.t.Context(), key, []byte(value), ttl))
}

func (s sharedTest) has(key, want string) {
	s.t.Helper()
	value, there, err := s.Get(s.t.Context(), key)
	ok(s.t, err)
	if !there || string(value) != want {
		s.t.Fatalf("%q has %q (%v) instead of %q", key, value, there, want)
	}
}

func (s sharedTest) lacks(key string) {
	s.t.Helper()
	value, there, err := s.Get(s.t.Context(), key)
	ok(s.t, err)
	if there || value != nil {
		s.t.Fatalf("%q has %q", key, value)
	}
}

func (s sharedTest) locks(key, owner string, ttl time.Duration) bool {
	s.t.Helper()
	locked, err := s.TryLock(s.t.Context(), key, owner, ttl)
	ok(s.t, err)
	return locked
}

func sharedPut(t *testing.T, open OpenShared) {
	one, other := share(t, open), share(t, open)
	one.lacks("k")
	one.put("k", "first", long)
	other.has("k", "first")
	other.put("k", "second", long)
	one.has("k", "second")
	one.lacks("another")
	one.put("empty", "", long)
	other.has("empty", "")
	ok(t, one.Put(t.Context(), "nil", nil, long))
	other.has("nil", "")
	anything := string([]byte{0, 1, 0xff, '\r', '\n'}) + string(bytes.Repeat([]byte("长"), 30_000))
	one.put("bytes: 张三 😀{}%", anything, long)
	other.has("bytes: 张三 😀{}%", anything)
}

func sharedExpires(t *testing.T, open OpenShared) {
	s := share(t, open)
	for _, ttl := range []time.Duration{short, 0, -time.Hour} { // no time at all is not for ever
		s.put("k", "value", ttl)
		eventually(t, "the value goes", func() bool {
			_, there, err := s.Get(t.Context(), "k")
			ok(t, err)
			return !there
		})
	}
	s.put("k", "value", short)
	s.put("k", "value", long) // the last word counts
	s.put("other", "value", short)
	eventually(t, "the other value goes", func() bool {
		_, there, err := s.Get(t.Context(), "other")
		ok(t, err)
		return !there
	})
	s.has("k", "value")
}

func sharedDeleteIf(t *testing.T, open OpenShared) {
	s := share(t, open)
	s.put("k", "new", long)
	ok(t, s.DeleteIf(t.Context(), "k", []byte("old")))
	ok(t, s.DeleteIf(t.Context(), "k", nil))
	ok(t, s.DeleteIf(t.Context(), "another", []byte("new")))
	s.has("k", "new")
	ok(t, s.DeleteIf(t.Context(), "k", []byte("new")))
	s.lacks("k")
	ok(t, s.DeleteIf(t.Context(), "k", []byte("new")))
}

func sharedLock(t *testing.T, open OpenShared) {
	processes := []sharedTest{share(t, open), share(t, open)}
	var owners, inside atomic.Int32
	together(50, func(i int) {
		p, owner := processes[i%2], fmt.Sprint("owner-", i)
		locked, err := p.TryLock(t.Context(), "rush", owner, long)
		if err != nil {
			t.Error(err)
		}
		if locked {
			owners.Add(1)
		}
		for taken := false; !taken; {
			if taken, err = p.TryLock(t.Context(), "turns", owner, long); err != nil {
				t.Error(err)
				return
			}
		}
		if n := inside.Add(1); n != 1 {
			t.Errorf("%d have the lock", n)
		}
		inside.Add(-1)
		if err := p.Unlock(t.Context(), "turns", owner); err != nil {
			t.Error(err)
		}
	})
	equal(t, owners.Load(), int32(1))
}

func sharedLockAgain(t *testing.T, open OpenShared) {
	s := share(t, open)
	equal(t, s.locks("k", "owner", short), true)
	equal(t, s.locks("k", "owner", long), true)
	equal(t, s.locks("witness", "owner", short), true)
	eventually(t, "the witness runs out", func() bool { return s.locks("witness", "another", long) })
	equal(t, s.locks("k", "another", long), false) // it would have run out as well
}

func sharedLockRunsOut(t *testing.T, open OpenShared) {
	s := share(t, open)
	equal(t, s.locks("k", "crashed", short), true)
	eventually(t, "the lock runs out", func() bool { return s.locks("k", "next", long) })
	equal(t, s.locks("k", "crashed", long), false)
}

func sharedUnlock(t *testing.T, open OpenShared) {
	s := share(t, open)
	equal(t, s.locks("k", "owner", long), true)
	ok(t, s.Unlock(t.Context(), "k", "another"))
	equal(t, s.locks("k", "another", long), false)
	ok(t, s.Unlock(t.Context(), "k", "owner"))
	ok(t, s.Unlock(t.Context(), "k", "owner"))
	equal(t, s.locks("k", "another", long), true)
}

func sharedApart(t *testing.T, open OpenShared) {
	s := share(t, open)
	equal(t, s.locks("k", "owner", long), true)
	s.lacks("k")
	s.put("k", "value", long)
	ok(t, s.Unlock(t.Context(), "k", "value"))
	equal(t, s.locks("k", "another", long), false)
	ok(t, s.DeleteIf(t.Context(), "k", []byte("owner")))
	s.has("k", "value")
	if once, both := s.Shared.(interface {
		PutOnce(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, error)
	}); both {
		there, err := once.PutOnce(t.Context(), "k", []byte("once"), long)
		ok(t, err)
		equal(t, string(there), "once")
		s.has("k", "value")
	}
}

func sharedRestart(t *testing.T, open OpenShared) {
	before := share(t, open)
	before.put("k", "value", long)
	before.locks("k", "owner", long)
	after := share(t, open)
	after.has("k", "value")
	equal(t, after.locks("k", "another", long), false)
}

func sharedCancelled(t *testing.T, open OpenShared) {
	s := share(t, open)
	s.put("kept", "value", long)
	ctx := ended()
	_, _, err := s.Get(ctx, "kept")
	_, locked := s.TryLock(ctx, "k", "owner", long)
	for what, err := range map[string]error{
		"get": err, "put": s.Put(ctx, "k", nil, long), "delete": s.DeleteIf(ctx, "kept", []byte("value")), "lock": locked, "unlock": s.Unlock(ctx, "k", "owner"),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.lacks("k")
	s.has("kept", "value")
	equal(t, s.locks("k", "another", long), true)
}

func sharedNameless(t *testing.T, open OpenShared) {
	s := share(t, open)
	for _, l := range [][2]string{{"", "owner"}, {"k", ""}} {
		if locked, err := s.TryLock(t.Context(), l[0], l[1], long); err == nil || locked {
			t.Errorf("%q was locked by %q", l[0], l[1])
		}
	}
}
