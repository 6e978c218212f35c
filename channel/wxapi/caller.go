package wxapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.uber.org/zap"
)

// Where the platforms answer.
const (
	WeComURL    = "https://qyapi.weixin.qq.com"
	OfficialURL = "https://api.weixin.qq.com"
)

const (
	// callTimeout bounds a call with everything it takes: waiting for a token, repeating. What the caller's context says
	// counts as well.
	callTimeout = 15 * time.Second
	// uploadTimeout is the same for a file.
	uploadTimeout = 2 * time.Minute
	// retries is how often a busy platform is asked again (WeCom docs, frequency limits: three times at most).
	retries = 3
	// firstPause is before the first repetition; it doubles with each.
	firstPause = 100 * time.Millisecond
)

// Observer hears of every request to the platform, repetitions included. It is called from many goroutines.
type Observer interface {
	// Called is given the path, or "other" for one that is not known by name; errcode in digits, or a Why; and the time taken.
	Called(api, code string, took time.Duration)
}

// Config of a Caller.
type Config struct {
	BaseURL  string       // WeComURL, OfficialURL, or where something stands in for them
	HTTP     *http.Client // nil: one of the Caller's own
	Log      *zap.Logger  // nil: silent
	Observer Observer     // nil: nobody
}

// Caller calls one platform. It is safe for use by many goroutines.
type Caller struct {
	base     string // empty: the configured one can't be used
	http     *http.Client
	log      *zap.Logger
	observer Observer
}

// NewCaller makes a Caller. It connects at the first call; with a BaseURL that is none, every call says so.
func NewCaller(c Config) *Caller {
	client := http.Client{Transport: newTransport()}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	// The URL of a call holds its token: it must not be sent on to wherever an answer points.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	caller := &Caller{http: &client, log: c.Log, observer: c.Observer}
	if caller.log == nil {
		caller.log = zap.NewNop()
	}
	if u, err := url.Parse(c.BaseURL); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.RawQuery == "" && u.Fragment == "" {
		caller.base = strings.TrimRight(c.BaseURL, "/")
	}
	return caller
}

// newTransport is the standard library's with limits for calls that people wait for.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment, // the platform wants a fixed address, which a proxy may have
		DialContext:            (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    3 * time.Second,
		MaxIdleConns:           128,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// Post sends in as JSON and reads the answer into out. Without tokens the call carries none; in may be nil for an empty
// object, out for an answer that says no more than errcode. path may have a query.
func (c *Caller) Post(ctx context.Context, tokens *Source, path string, in, out any) error {
	body, err := encode(in)
	if err != nil {
		return fmt.Errorf("%s: write the request: %w", withoutQuery(path), err)
	}
	r := request{method: http.MethodPost, path: path, contentType: jsonType, body: body}
	return c.call(ctx, callTimeout, tokens, r, out)
}

// PostKey is Post for a call that a key in its query allows, and no token.
func (c *Caller) PostKey(ctx context.Context, path string, key Secret, in, out any) error {
	body, err := encode(in)
	if err != nil {
		return fmt.Errorf("%s: write the request: %w", path, err)
	}
	r := request{
		method: http.MethodPost, path: path, contentType: jsonType, body: body, query: url.Values{"key": {string(key)}}, secrets: []string{string(key)},
	}
	return c.call(ctx, callTimeout, nil, r, out)
}

// Get asks with the parameters in query and reads the answer into out. A call without an answer is repeated: what is asked by
// GET changes nothing.
func (c *Caller) Get(ctx context.Context, tokens *Source, path string, query url.Values, out any) error {
	r := request{method: http.MethodGet, path: path, query: query, repeatable: true}
	return c.call(ctx, callTimeout, tokens, r, out)
}

// Upload sends a file as the form field of that name and reads the answer into out.
func (c *Caller) Upload(ctx context.Context, tokens *Source, path, field, filename string, file io.Reader, out any) error {
	contentType, body, err := form(field, filename, file)
	if err != nil {
		return fmt.Errorf("%s: read the file: %w", withoutQuery(path), err)
	}
	r := request{method: http.MethodPost, path: path, contentType: contentType, body: body}
	return c.call(ctx, uploadTimeout, tokens, r, out)
}

// call makes the request with a token, and once more with another when the platform says that the first holds no longer.
func (c *Caller) call(ctx context.Context, within time.Duration, tokens *Source, r request, out any) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if tokens == nil {
		return c.insist(ctx, r, out)
	}
	token, err := tokens.Token(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", withoutQuery(r.path), err)
	}
	err = c.insist(ctx, r.with(token, tokens.c.Secret), out)
	var refused *Error
	if !errors.As(err, &refused) || !refused.TokenInvalid() || !tokens.Invalidate(ctx, token) {
		return err
	}
	c.log.Info("the platform took back a token", zap.String("api", label(refused.API)), zap.Int("errcode", refused.Code))
	if token, err = tokens.Token(ctx); err != nil {
		return fmt.Errorf("%s: %w", refused.API, err)
	}
	return c.insist(ctx, r.with(token, tokens.c.Secret), out)
}

// insist repeats a request while the platform is busy and there is time.
func (c *Caller) insist(ctx context.Context, r request, out any) error {
	for try, pause := 0, firstPause; ; try, pause = try+1, 2*pause {
		err := c.exchange(ctx, r, out)
		if err == nil || try == retries || !r.mayRepeat(err) || !wait(ctx, pause) {
			return err
		}
	}
}

// wait tells whether there was time to wait.
func wait(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
