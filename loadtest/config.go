package loadtest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Config says what to send, where and for how long.
type Config struct {
	// URLs of the account's callback: one, or one for each replica. The copies of a message go to one after the other.
	URLs   []string
	Token  string
	AESKey string // 43 characters
	AppID  string

	Rate        float64 // messages a second; 0: closed loop
	Concurrency int     // messages under way at once; in the open loop the most of them
	Users       int     // people who write
	Copies      int     // concurrent deliveries of each message; their answers must be equal
	Duration    time.Duration
	Messages    int64         // stop after so many; 0: when Duration is over
	Timeout     time.Duration // of one answer; the platform waits 5 s

	Say    []string // what each person says, one after the other and again from the start
	Expect string   // text that every answer must hold; empty: any answer that says something
	// AllowEmpty takes an acknowledgement without a message ("success") for an answer.
	AllowEmpty bool
	// AllowRemote lets the target be another machine.
	AllowRemote bool
}

// Defaults and bounds of a run.
const (
	DefaultConcurrency     = 32
	DefaultOpenConcurrency = 512
	DefaultUsers           = 10000
	DefaultDuration        = 10 * time.Second
	MaxDuration            = time.Hour
	MaxConcurrency         = 20000
	// PlatformTimeout is how long the platform waits for an answer (official account docs, 被动回复).
	PlatformTimeout = 5 * time.Second
)

// DefaultSay is said when nothing else is given.
func DefaultSay() []string { return []string{"答题", "A", "B", "C", "D", "退出"} }

// withDefaults fills what is zero.
func (c Config) withDefaults() Config {
	if c.Concurrency == 0 {
		c.Concurrency = DefaultConcurrency
		if c.Rate > 0 {
			c.Concurrency = DefaultOpenConcurrency
		}
	}
	if c.Users == 0 {
		c.Users = DefaultUsers
	}
	if c.Copies == 0 {
		c.Copies = 1
	}
	if c.Duration == 0 {
		c.Duration = DefaultDuration
		if c.Messages > 0 {
			c.Duration = MaxDuration
		}
	}
	if c.Timeout == 0 {
		c.Timeout = PlatformTimeout
	}
	if len(c.Say) == 0 {
		c.Say = DefaultSay()
	}
	return c
}

// check finds what can't be run.
func (c Config) check() error {
	switch {
	case len(c.URLs) == 0:
		return errors.New("no target: give the address of the account's callback")
	case c.Token == "":
		return errors.New("no token: give the token of the account's server configuration")
	case c.AppID == "":
		return errors.New("no app id: give the account's AppID")
	case c.Rate < 0 || c.Users < 0 || c.Copies < 1 || c.Messages < 0 || c.Timeout < 0:
		return errors.New("rate, users, copies, messages and timeout can't be negative")
	case c.Concurrency < 1 || c.Concurrency*c.Copies > MaxConcurrency:
		return fmt.Errorf("concurrency times copies must be 1 to %d", MaxConcurrency)
	case c.Duration < 0 || c.Duration > MaxDuration:
		return fmt.Errorf("a run is at most %s long", MaxDuration)
	}
	return nil
}

// decodeKey reads an EncodingAESKey.
func decodeKey(s string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(s + "=")
	if err != nil || len(key) != 32 {
		return nil, errors.New("the AES key must be the 43 characters of the account's EncodingAESKey")
	}
	return key, nil
}

// target is where messages go.
type target struct {
	addr string // of the machine that was looked up and allowed: it is not looked up again
	host string // as the Host header says
	name string // of the certificate; empty: no TLS
	path string // with the query's beginning, ready for parameters
}

// resolve finds the target and refuses other machines unless they are allowed: a load test aimed at somebody else's server
// by mistake is an attack.
func resolve(ctx context.Context, address string, c Config) (target, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return target{}, fmt.Errorf("%q is not the address of a callback: write http://127.0.0.1:8080/callback/NAME", address)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	ips, err := net.DefaultResolver.LookupIPAddr(ctx, u.Hostname())
	if err != nil || len(ips) == 0 {
		return target{}, fmt.Errorf("the address of %s can't be found: check its spelling", u.Hostname())
	}
	if !c.AllowRemote && !ips[0].IP.IsLoopback() {
		return target{}, fmt.Errorf("%s is another machine: add --allow-remote if it is yours and may be put under load", u.Hostname())
	}
	t := target{addr: net.JoinHostPort(ips[0].String(), port), host: u.Host, path: u.EscapedPath()}
	if u.Scheme == "https" {
		t.name = u.Hostname()
	}
	if t.path == "" {
		t.path = "/"
	}
	t.path += "?"
	if u.RawQuery != "" {
		t.path += strings.TrimSuffix(u.RawQuery, "&") + "&"
	}
	return t, nil
}
