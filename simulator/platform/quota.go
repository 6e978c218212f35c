package platform

import (
	"strings"
	"time"
)

// Limit is how often one caller may make one call; 0: as often as they like.
type Limit struct {
	PerMinute int `json:"per_minute,omitempty"`
	PerHour   int `json:"per_hour,omitempty"`
	PerDay    int `json:"per_day,omitempty"` // of the natural day in China
}

// limitWeCom is per corp and call; WeCom docs, 访问频率限制.
var limitWeCom = Limit{PerMinute: 10_000, PerHour: 150_000}

// limitOfficial is the hidden guard of an official account's calls; the number is not documented, a choice.
var limitOfficial = Limit{PerMinute: 10_000}

// china is where the day of a daily quota begins.
var china = time.FixedZone("Asia/Shanghai", 8*60*60) //nolint:gochecknoglobals // a constant

// used is how often a caller made a call in the running minute, hour and day.
type used struct {
	minute, hour, day int
	minuteAt, hourAt  time.Time
	dayAt             string
	blocked           time.Time // until when
}

// take counts one call, and refuses it when there were too many: WeCom then refuses for 60 s, 60 min or the rest of the day.
func (u *used) take(k Kind, l Limit, now time.Time) error {
	if day := now.In(china).Format(time.DateOnly); u.dayAt != day {
		u.day, u.dayAt = 0, day
	}
	if now.Sub(u.minuteAt) >= time.Minute {
		u.minute, u.minuteAt = 0, now
	}
	if now.Sub(u.hourAt) >= time.Hour {
		u.hour, u.hourAt = 0, now
	}
	if l == (Limit{}) {
		return nil
	}
	if k == WeCom && now.Before(u.blocked) {
		return Refuse(CodeOverQuota, "api freq out of limit")
	}
	switch {
	case l.PerDay > 0 && u.day >= l.PerDay:
		if k == OfficialAccount {
			return Refuse(CodeOverQuota, "reach max api daily quota limit")
		}
		y, m, d := now.In(china).Date()
		u.blocked = time.Date(y, m, d+1, 0, 0, 0, 0, china)
	case l.PerHour > 0 && u.hour >= l.PerHour:
		u.blocked = now.Add(time.Hour)
	case l.PerMinute > 0 && u.minute >= l.PerMinute:
		if k == OfficialAccount {
			return Refuse(CodeTooFrequent, "api minute-quota reach limit, must slower, retry next minute")
		}
		u.blocked = now.Add(time.Minute)
	default:
		u.minute, u.hour, u.day = u.minute+1, u.hour+1, u.day+1
		return nil
	}
	return Refuse(CodeOverQuota, "api freq out of limit")
}

// take counts a call of somebody. owner is the corp or the official account: WeCom counts per corp and call.
func (a *API) take(r *route, owner string, now time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	limit, ok := a.limits[r.path]
	if !ok {
		limit = r.needs.counted
	}
	key := owner + " " + r.path
	u := a.usage[key]
	if u == nil {
		u = &used{}
		a.usage[key] = u
	}
	return u.take(r.needs.kind, limit, now)
}

// SetLimit says how often each caller may make the call at a path from now on; nil: as the platform does.
func (a *API) SetLimit(path string, l *Limit) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.routes[path] == nil {
		return ErrNoSuchCall
	}
	if l == nil {
		delete(a.limits, path)
	} else {
		a.limits[path] = *l
	}
	for key, u := range a.usage {
		if strings.HasSuffix(key, " "+path) {
			u.blocked = time.Time{}
		}
	}
	return nil
}

// Used is what quota/get tells of a call: how often it may be made and was made today.
func (a *API) Used(owner, path string, now time.Time) (l Limit, today int, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.routes[path][OfficialAccount]
	if r == nil {
		return Limit{}, 0, false
	}
	limit, set := a.limits[path]
	if !set {
		limit = r.needs.counted
	}
	if u := a.usage[owner+" "+path]; u != nil && u.dayAt == now.In(china).Format(time.DateOnly) {
		today = u.day
	}
	return limit, today, true
}

// clearsPerMonth is how often an account may clear its quotas itself; official account docs, 重置API调用次数.
const clearsPerMonth = 10

// ClearQuota forgets how often an official account called today.
func (a *API) ClearQuota(appID string) error {
	month := a.world.Now().In(china).Format("2006-01")
	a.mu.Lock()
	defer a.mu.Unlock()
	key := appID + " " + month
	if a.clears[key] >= clearsPerMonth {
		return Refuse(CodeQuotaClearedOften, "forbid to clear quota because of reaching the limit")
	}
	a.clears[key]++
	for owner := range a.usage {
		if strings.HasPrefix(owner, appID+" ") {
			delete(a.usage, owner)
		}
	}
	return nil
}
