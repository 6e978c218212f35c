package platform

import (
	"slices"
	"time"
)

// How often tokens may be fetched; official account docs, access_token and stable_token.
var (
	limitToken  = Limit{PerDay: 2000}
	limitStable = Limit{PerMinute: 10_000, PerDay: 500_000}
)

// grant is the answer of a call that gives a token.
type grant struct {
	Token   string `json:"access_token"`
	Expires int64  `json:"expires_in"` // seconds
}

func (a *API) registerTokens() {
	a.Handle("GET /cgi-bin/gettoken", ByAnybody(WeCom), a.getToken)
	a.Handle("GET /cgi-bin/token", ByAnybody(OfficialAccount), a.classicToken)
	a.Handle("POST /cgi-bin/stable_token", ByAnybody(OfficialAccount), a.stableToken)
}

// getToken gives the token of an app, the same again while it holds. The life that is left is told, not the whole.
func (a *API) getToken(c *Call) (any, error) {
	id, secret := c.Query.Get("corpid"), c.Query.Get("corpsecret")
	corp := a.Corp(id)
	switch {
	case id == "":
		return nil, Refuse(CodeNoAppID, "corpid missing")
	case secret == "":
		return nil, Refuse(CodeNoSecret, "corpsecret missing")
	case corp == nil:
		return nil, Refuse(CodeBadAppID, "invalid corpid")
	}
	i := slices.IndexFunc(corp.Apps, func(app App) bool { return app.Secret == secret })
	if i < 0 {
		return nil, Refuse(CodeBadCredential, "invalid credential")
	}
	c.Corp, c.App = corp, &corp.Apps[i]
	if err := a.take(c.route, corp.ID+"/"+c.App.Name, c.Now); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tokens.latest(WeCom, corp.ID, c.App.Name, false, c.Now)
	if t == nil {
		t = a.tokens.give(WeCom, corp.ID, c.App.Name, false, c.Now)
		a.world.Changed()
	}
	return grant{t.Value, t.left(c.Now)}, nil
}

// enter checks who asks for an official account's token.
func (a *API) enter(c *Call, grantType, appID, secret string, limit Limit) error {
	o := a.official(appID)
	switch {
	case grantType != "client_credential":
		return Refuse(CodeBadGrantType, "invalid grant_type")
	case appID == "":
		return Refuse(CodeNoAppID, "appid missing")
	case secret == "":
		return Refuse(CodeNoSecret, "appsecret missing")
	case o == nil:
		return Refuse(CodeBadAppID, "invalid appid")
	case o.Secret == "" || o.Secret != secret:
		return Refuse(CodeBadSecretOf, "invalid appsecret")
	case !trusted(o.TrustedIPs, c.IP):
		return Refuse(CodeAddressAtToken, "invalid ip %s ipv6 ::ffff:%s, not in whitelist", c.IP, c.IP)
	}
	c.Official = o
	r := *c.route
	r.needs.counted = limit
	return a.take(&r, appID, c.Now)
}

// classicToken gives a new token each time; the one before holds for five more minutes.
func (a *API) classicToken(c *Call) (any, error) {
	q := c.Query
	if err := a.enter(c, q.Get("grant_type"), q.Get("appid"), q.Get("secret"), limitToken); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.supersede(c, false, tokenOverlap)
	t := a.tokens.give(OfficialAccount, c.Official.AppID, "", false, c.Now)
	a.world.Changed()
	return grant{t.Value, t.left(c.Now)}, nil
}

// supersede ends the tokens given before after a while: their callers then get 40001; a.mu is held.
func (a *API) supersede(c *Call, stable bool, after time.Duration) {
	for _, t := range a.tokens.Given {
		if t.Kind != OfficialAccount || t.Owner != c.Official.AppID || t.Stable != stable {
			continue
		}
		if end := c.Now.Add(after); end.Before(t.Expires) {
			t.Expires, t.Old = end, true
		}
	}
}

// stableToken gives the same token again until its last five minutes. force_refresh ends it at once: at most 20 times a day
// and 30 s apart, else it is not obeyed and the token stays.
func (a *API) stableToken(c *Call) (any, error) {
	var in struct {
		GrantType string `json:"grant_type"`
		AppID     string `json:"appid"`
		Secret    string `json:"secret"`
		Force     bool   `json:"force_refresh"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if err := a.enter(c, in.GrantType, in.AppID, in.Secret, limitStable); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tokens.latest(OfficialAccount, in.AppID, "", true, c.Now)
	if in.Force && t != nil && a.mayForce(in.AppID, c.Now) {
		a.supersede(c, true, 0)
		t = nil
	}
	if t == nil || t.Expires.Sub(c.Now) < stableRenewal {
		t = a.tokens.give(OfficialAccount, in.AppID, "", true, c.Now)
		a.world.Changed()
	}
	return grant{t.Value, t.left(c.Now)}, nil
}

// mayForce counts a force_refresh; a.mu is held.
func (a *API) mayForce(appID string, now time.Time) bool {
	f := a.tokens.Forced[appID]
	if f == nil {
		f = &forced{}
		a.tokens.Forced[appID] = f
	}
	if day := now.In(china).Format(time.DateOnly); f.Day != day {
		f.Day, f.Count = day, 0
	}
	if f.Count >= forcePerDay || now.Sub(f.Last) < forcePause {
		return false
	}
	f.Last = now
	f.Count++
	return true
}
