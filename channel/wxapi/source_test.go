package wxapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/channel/wxapi"
)

// soon is long enough to be in the margin before the end of a token of two hours, and short enough that it still serves.
const soon = 7200*time.Second - 4*time.Minute

func TestAHundredCallersFetchOneToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s, c := p.source(t, nil), p.caller()
	everybody := func() {
		together(100, func(int) {
			if err := c.Post(t.Context(), s, api, nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
	everybody()
	p.wantTokens(t, 1, 1)
	p.revoke()
	everybody()
	p.wantTokens(t, 2, 2)
}

func TestATokenIsRenewedWhileTheOldOneServes(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	equal(t, token(t, s), "token+/1")
	slow, open := gate(t, says(-1, "system busy"))
	p.failTokens(slow)
	p.clock.advance(soon)
	for range 100 {
		equal(t, token(t, s), "token+/1") // though the platform is slow
	}
	open()
	eventually(t, "there is a new token", func() bool { return token(t, s) == "token+/2" })
	p.wantTokens(t, 3, 2) // the first of the renewal was busy
}

func TestARenewalThatFailsLeavesTheOldToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	token(t, s)
	p.clock.advance(soon)
	p.failTokens(writes(502, "bad gateway"))
	eventually(t, "it was tried", func() bool {
		equal(t, token(t, s), "token+/1")
		asked, _ := p.tokens()
		return asked == 2
	})
	p.clock.advance(time.Minute)
	eventually(t, "it is tried again", func() bool { return token(t, s) == "token+/2" })
}

func TestATokenIsFetchedWhenTheOldOneIsOver(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	token(t, s)
	p.clock.advance(24 * time.Hour)
	equal(t, token(t, s), "token+/2")
}

func TestAWaiterWaitsForAsLongAsItsContextSays(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	slow, open := gate(t, p.grants)
	p.failTokens(slow)
	patient := make(chan error, 1)
	go func() {
		_, err := s.Token(t.Context())
		patient <- err
	}()
	eventually(t, "the fetch is under way", func() bool { asked, _ := p.tokens(); return asked == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the impatient one got %v", err)
	}
	open()
	if err := <-patient; err != nil {
		t.Errorf("the patient one got %v: whoever leaves must not take the fetch along", err)
	}
}

// TestAWrongSecretIsNotTriedAgainAndAgain: the platform locks out who does.
func TestAWrongSecretIsNotTriedAgainAndAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range []wxapi.Kind{wxapi.WeCom, wxapi.Official} {
		p := newPlatform(t)
		s := p.source(t, func(c *wxapi.SourceConfig) { c.Kind, c.Secret = kind, "wrong" })
		ask := func() {
			_, err := s.Token(t.Context())
			var refused *wxapi.Error
			if !errors.As(err, &refused) || !refused.SecretRefused() {
				t.Fatalf("got %v", err)
			}
		}
		together(100, func(int) { s.Token(t.Context()) })
		for range 100 {
			ask()
		}
		p.wantTokens(t, 1, 0)
		p.clock.advance(31 * time.Second) // a person may have mended it
		ask()
		p.wantTokens(t, 2, 0)
	}
}

func TestAPlatformThatIsAwayIsTriedMoreAndMoreSeldom(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	away := writes(500, "")
	for range 1000 {
		p.failTokens(away)
	}
	for range 600 { // ten minutes
		s.Token(t.Context())
		p.clock.advance(time.Second)
	}
	if asked, _ := p.tokens(); asked < 10 || asked > 30 {
		t.Errorf("it was asked %d times in ten minutes", asked)
	}
}

func TestHalfATokenIsNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		token  string // empty: an error
	}{
		"all of it":          {`{"access_token":"T","expires_in":7200}`, "T"},
		"strings":            {`{"errcode":"0","access_token":"T","expires_in":"7200"}`, "T"},
		"no life":            {`{"errcode":0,"access_token":"T"}`, "T"},
		"a life without end": {`{"errcode":0,"access_token":"T","expires_in":9007199254740991}`, "T"},
		"a life before now":  {`{"errcode":0,"access_token":"T","expires_in":-5}`, "T"},
		"no token":           {`{"errcode":0,"errmsg":"ok","expires_in":7200}`, ""},
		"an empty token":     {`{"errcode":0,"access_token":"","expires_in":7200}`, ""},
		"no token at all":    {`{"errcode":0,"access_token":null}`, ""},
		"a book":             {`{"errcode":0,"access_token":"` + strings.Repeat("T", 5000) + `"}`, ""},
		"a list":             {`{"errcode":0,"access_token":["T"]}`, ""},
	} {
		p := newPlatform(t)
		p.failTokens(writes(http.StatusOK, c.answer))
		got, err := p.source(t, nil).Token(t.Context())
		if got != c.token || (err == nil) != (c.token != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestATokenWithoutALifeIsNotTrustedForLong(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	p.failTokens(writes(http.StatusOK, `{"access_token":"T"}`))
	token(t, s)
	p.clock.advance(6 * time.Minute)
	equal(t, token(t, s), "token+/1")
}

func TestOnlyTheTokenThatIsUsedCanBeTakenBack(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	first := token(t, s)
	for range 20 { // an old one, which others tell of as well, costs nothing
		equal(t, s.Invalidate(t.Context(), "of yesterday"), true)
	}
	equal(t, token(t, s), first)
	p.wantTokens(t, 1, 1)
	p.revoke()
	equal(t, s.Invalidate(t.Context(), first), true)
	equal(t, token(t, s), "token+/2")
	equal(t, s.Invalidate(t.Context(), first), true)
	equal(t, token(t, s), "token+/2")
}

func TestKeepRenewsWithoutBeingAsked(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Keep(ctx)
	}()
	eventually(t, "there is a token", func() bool { _, given := p.tokens(); return given == 1 })
	cancel()
	<-done
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	p.failTokens(stalls)
	var failed atomic.Int32
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		if _, err := s.Token(t.Context()); err != nil {
			failed.Add(1)
		}
	}()
	eventually(t, "the fetch is under way", func() bool { asked, _ := p.tokens(); return asked == 1 })
	s.Close()
	s.Close()
	<-waiting
	if _, err := s.Token(t.Context()); err == nil || failed.Load() != 1 {
		t.Errorf("closed, and yet: %v", err)
	}
	p.wantTokens(t, 1, 0)
}

func TestAnAccountOfNoKnownKindHasNoToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	if _, err := p.source(t, func(c *wxapi.SourceConfig) { c.Kind = "alipay" }).Token(t.Context()); err == nil {
		t.Error("there is a token")
	}
	p.wantTokens(t, 0, 0)
}

// TestQuotasAreNotResetBehindAnybodysBack reads what the platform was asked for in a day of trouble.
func TestQuotasAreNotResetBehindAnybodysBack(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s, c := p.source(t, nil), p.caller()
	for _, code := range []int{45009, 45011, 48006, -1, 40001, 42001} {
		p.failCalls(says(code, "quota"), says(code, "quota"))
		p.failTokens(says(code, "quota"))
		c.Post(t.Context(), s, api, nil, nil)
		p.clock.advance(3 * time.Hour)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for path := range p.paths {
		if path != api && path != "/cgi-bin/gettoken" {
			t.Errorf("%s was called", path)
		}
	}
}

func TestASourceTellsNoSecrets(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	var c wxapi.SourceConfig
	s := p.source(t, func(sc *wxapi.SourceConfig) { c = *sc })
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %v", s, struct{ S *wxapi.Source }{s}), fmt.Sprintf("%+v %#v", c, c)} {
		if strings.Contains(text, secret) {
			t.Errorf("printed as %s", text)
		}
	}
}
