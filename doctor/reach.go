package doctor

import (
	"context"
	"net/http"
	"time"
)

const (
	// reachWithin bounds the look at the platform's address.
	reachWithin = 10 * time.Second
	// slowAPI is when the platform's answer takes so long that welcomes suffer, whose code lives for 20 s.
	slowAPI = time.Second
)

// reach asks the platform's address for anything, and tells whether an answer came.
func (d Doctor) reach(ctx context.Context, a Account) bool {
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	client := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.API, http.NoBody)
	if err != nil {
		d.Tell(problem("write https://host", "the address of the platform's API can't be used: %v", withoutURL(err)))
		return false
	}
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		d.Tell(judgeUnreached("the platform's API at "+a.API, withoutURL(err), true))
		return false
	}
	_ = resp.Body.Close()
	d.Tell(judgeAPILatency(a.API, time.Since(began)))
	d.Tell(judgeClock(resp.Header.Get("Date"), d.Now(), a.MaxSkew, "the platform's"))
	return true
}
