package platform

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// The life of tokens; official account docs, access_token and stable_token; WeCom docs, 获取access_token.
const (
	tokenLife     = 7200 * time.Second
	tokenOverlap  = 5 * time.Minute // how long an official account's token holds after its successor was given
	stableRenewal = 5 * time.Minute // before its end a stable token has a successor
	forcePause    = 30 * time.Second
	forcePerDay   = 20
	maxTokens     = 2000 // kept to tell expired ones from unknown ones; ours
)

// token is one that was given.
type token struct {
	Value   string    `json:"value"`
	Kind    Kind      `json:"kind"`
	Owner   string    `json:"owner"` // corp id or app id
	App     string    `json:"app,omitempty"`
	Stable  bool      `json:"stable,omitempty"`
	Expires time.Time `json:"expires"`
	Dead    int       `json:"dead,omitempty"` // taken back: the code that callers get
	Old     bool      `json:"old,omitempty"`  // there is a later one of the account
}

// forced is what an account did with force_refresh.
type forced struct {
	Last  time.Time `json:"last"`
	Day   string    `json:"day"`
	Count int       `json:"count"`
}

// tokens are all that were given, and the latest of each secret.
type tokens struct {
	Given  []*token           `json:"given"` // oldest first
	Forced map[string]*forced `json:"forced"`
}

func newTokens() tokens { return tokens{Forced: map[string]*forced{}} }

func (t *tokens) find(value string) *token {
	for i := len(t.Given) - 1; i >= 0; i-- {
		if t.Given[i].Value == value {
			return t.Given[i]
		}
	}
	return nil
}

// latest is the newest token of a secret that holds.
func (t *tokens) latest(k Kind, owner, app string, stable bool, now time.Time) *token {
	for i := len(t.Given) - 1; i >= 0; i-- {
		g := t.Given[i]
		if g.Kind == k && g.Owner == owner && g.App == app && g.Stable == stable && g.Dead == 0 && now.Before(g.Expires) {
			return g
		}
	}
	return nil
}

func (t *tokens) give(k Kind, owner, app string, stable bool, now time.Time) *token {
	var b [160]byte
	rand.Read(b[:]) // never fails
	g := &token{
		Value: base64.RawURLEncoding.EncodeToString(b[:]), Kind: k, Owner: owner, App: app, Stable: stable, Expires: now.Add(tokenLife),
	}
	t.Given = append(t.Given, g)
	if extra := len(t.Given) - maxTokens; extra > 0 {
		t.Given = append([]*token(nil), t.Given[extra:]...)
	}
	return g
}

// left is the life of a token as an answer tells it.
func (t *token) left(now time.Time) int64 { return int64(t.Expires.Sub(now) / time.Second) }

// check tells what is wrong with a token; nil: it holds.
func (t *token) check(now time.Time) error {
	switch {
	case t.Dead == CodeBadCredential, t.Old && !now.Before(t.Expires):
		return Refuse(CodeBadCredential, "invalid credential, access_token is invalid or not latest")
	case t.Dead == CodeBadToken:
		return Refuse(CodeBadToken, "invalid access_token")
	case t.Dead != 0 || !now.Before(t.Expires):
		return Refuse(CodeExpiredToken, "access_token expired")
	}
	return nil
}

// Tokens says whose tokens are meant: all when everything is empty.
type Tokens struct {
	Owner string `json:"owner,omitempty"` // corp id, or app id of an official account
	App   string `json:"app,omitempty"`   // short name of an app
}

// Invalidate takes tokens back before their end, as the platform does now and then. Callers get code: 40014, 42001 or 40001.
// It tells how many held.
func (a *API) Invalidate(whose Tokens, code int) int {
	now := a.world.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, t := range a.tokens.Given {
		if (whose.Owner == "" || t.Owner == whose.Owner) && (whose.App == "" || t.App == whose.App) && t.check(now) == nil {
			t.Dead = code
			n++
		}
	}
	return n
}

// identify finds out who calls.
func (a *API) identify(c *Call, value string) error {
	if value == "" {
		return Refuse(CodeNoToken, "access_token missing")
	}
	a.mu.Lock()
	t := a.tokens.find(value)
	var err error
	if t == nil {
		err = Refuse(CodeBadToken, "invalid access_token")
	} else {
		c.kind = t.Kind
		err = t.check(c.Now)
	}
	a.mu.Unlock()
	if err != nil {
		return err
	}
	if t.Kind == OfficialAccount {
		if c.Official = a.official(t.Owner); c.Official == nil {
			return Refuse(CodeBadToken, "invalid access_token")
		}
		return nil
	}
	if c.Corp = a.Corp(t.Owner); c.Corp != nil {
		c.App = c.Corp.App(t.App)
	}
	if c.App == nil {
		return Refuse(CodeBadToken, "invalid access_token")
	}
	return nil
}

// Remember writes what the frame must know after a restart: the tokens that hold.
func (a *API) Remember() (json.RawMessage, error) {
	now := a.world.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tokens.Given = slices.DeleteFunc(a.tokens.Given, func(t *token) bool { return now.Sub(t.Expires) > tokenLife })
	return json.Marshal(&a.tokens)
}

// Recall takes over what Remember wrote.
func (a *API) Recall(data json.RawMessage) error {
	t := newTokens()
	if err := json.Unmarshal(data, &t); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	if t.Forced == nil {
		t.Forced = map[string]*forced{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tokens = t
	return nil
}
