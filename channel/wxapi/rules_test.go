package wxapi

import (
	"context"
	"testing"
	"time"
)

var at = time.Date(2026, 1, 31, 8, 30, 15, 0, time.UTC)

func TestATokenIsRenewedInItsMargin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		seconds      int64
		renew, until time.Duration
	}{
		{7200, 115 * time.Minute, 2 * time.Hour},
		{300, 270 * time.Second, 300 * time.Second},
		{1, 900 * time.Millisecond, time.Second},
		{0, 270 * time.Second, lifeUnknown},
		{-7200, 270 * time.Second, lifeUnknown},
		{1 << 62, lifeMax - marginMax, lifeMax},
	} {
		h := newHeld("T", at, c.seconds)
		if h.renew.Sub(at) != c.renew || h.expires.Sub(at) != c.until {
			t.Errorf("%d seconds: renewed after %v, over after %v", c.seconds, h.renew.Sub(at), h.expires.Sub(at))
		}
		if h.fresh(h.renew) || !h.fresh(h.renew.Add(-1)) || h.usable(h.expires) || !h.usable(h.expires.Add(-1)) {
			t.Errorf("%d seconds: the edges are wrong", c.seconds)
		}
	}
	var none *held
	if none.fresh(at) || none.usable(at) {
		t.Error("no token serves")
	}
}

func TestBackOff(t *testing.T) {
	t.Parallel()
	lost := &NoAnswerError{Why: Timeout, err: context.DeadlineExceeded}
	for _, c := range []struct {
		err      error
		failures int
		want     time.Duration
	}{
		{lost, 1, time.Second}, {lost, 2, 2 * time.Second}, {lost, 5, 16 * time.Second}, {lost, 6, pauseMax}, {lost, 1 << 40, pauseMax},
		{&Error{API: pathWeComGrant, Code: codeBusy}, 1, time.Second},
		{&Error{API: pathWeComGrant, Code: codeCredential}, 1, pausePerson},
		{&Error{API: pathOfficialGrant, Code: codeSecret}, 9, pausePerson},
		{&AddressError{Refusal: &Error{API: pathOfficialGrant, Code: codeAddress}}, 1, pausePerson},
		{&Error{API: pathOfficialGrant, Code: codeFrequency}, 1, pauseQuota},
		{&Error{API: pathOfficialGrant, Code: codeTooFast}, 1, pauseQuota},
	} {
		if got := backOff(c.err, c.failures); got != c.want {
			t.Errorf("%v, %d times: %v, want %v", c.err, c.failures, got, c.want)
		}
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	var b budget
	now := at
	for range budgetSize {
		if !b.take(now) {
			t.Fatal("one was refused")
		}
		now = now.Add(time.Second)
	}
	if b.take(now) || b.take(at.Add(budgetTime-1)) {
		t.Error("one too many was taken")
	}
	if !b.take(at.Add(budgetTime)) || b.take(at.Add(budgetTime)) {
		t.Error("the oldest does not make room for one")
	}
}

func TestASharedTokenIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	h := newHeld("token+/\"1", at, 7200)
	value, err := h.encode()
	if err != nil {
		t.Fatal(err)
	}
	got := decodeHeld(value)
	if got == nil || got.value != h.value || !got.renew.Equal(h.renew) || !got.expires.Equal(h.expires) {
		t.Errorf("%s was read as %+v", value, got)
	}
	for _, value := range []string{"", "{", "null", "[]", `{"token":""}`, `{"token":1}`, `{"expires":1}`} {
		if h := decodeHeld([]byte(value)); h != nil {
			t.Errorf("%s was read as %+v", value, h)
		}
	}
}

func TestASharedKeyHidesTheSecret(t *testing.T) {
	t.Parallel()
	key := sharedKey(WeCom, "ww1", "secret")
	if want := "token:wecom:ww1:"; len(key) != len(want)+24 || key[:len(want)] != want {
		t.Errorf("the key is %q", key)
	}
	for _, other := range []string{sharedKey(Official, "ww1", "secret"), sharedKey(WeCom, "ww2", "secret"), sharedKey(WeCom, "ww1", "secret2")} {
		if other == key {
			t.Errorf("two accounts have the key %q", key)
		}
	}
}
