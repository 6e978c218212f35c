package redis

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	redisPort    = "6379"
	sentinelPort = "26379"
)

// The client's own patience is for batch jobs; a callback has 5 seconds in all, and an error in time is better than none.
const (
	dialTimeout   = time.Second
	dialerRetries = 2
	maxRetries    = 2
)

// Open makes a client for a URL; it does not connect yet.
//
//	redis://[user:password@]host:port/db        one node; rediss:// with TLS
//	redis+sentinel://[user:password@]host:port,host:port/master?db=0&sentinel_user=&sentinel_password=&tls=true
//	redis+cluster://[user:password@]host:port,host:port?tls=true
//
// An error never repeats the URL, which may hold a password.
func Open(rawURL string) (redis.UniversalClient, error) {
	client, err := open(rawURL)
	if err != nil {
		return nil, fmt.Errorf("open Redis: %w", err)
	}
	return client, nil
}

func open(rawURL string) (redis.UniversalClient, error) {
	scheme, _, _ := strings.Cut(rawURL, "://")
	switch scheme {
	case "redis", "rediss":
		o, err := redis.ParseURL(rawURL)
		if err != nil {
			return nil, errors.New("the URL can't be read: write redis://user:password@host:6379/0, special characters percent-encoded")
		}
		o.ContextTimeoutEnabled = true
		o.DialTimeout = cmp.Or(o.DialTimeout, dialTimeout)
		o.DialerRetries = cmp.Or(o.DialerRetries, dialerRetries)
		o.MaxRetries = cmp.Or(o.MaxRetries, maxRetries)
		return redis.NewClient(o), nil
	case "redis+sentinel":
		o, err := sentinelOptions(rawURL)
		if err != nil {
			return nil, err
		}
		return redis.NewFailoverClient(o), nil
	case "redis+cluster":
		o, err := clusterOptions(rawURL)
		if err != nil {
			return nil, err
		}
		return redis.NewClusterClient(o), nil
	}
	return nil, errors.New("the URL must begin with redis://, rediss://, redis+sentinel:// or redis+cluster://")
}

func sentinelOptions(rawURL string) (*redis.FailoverOptions, error) {
	p, err := parse(rawURL, sentinelPort, "db", "sentinel_user", "sentinel_password", "tls")
	if err != nil {
		return nil, err
	}
	if p.path == "" || strings.Contains(p.path, "/") {
		return nil, errors.New("the URL must name the master: redis+sentinel://host:26379,host:26379/master")
	}
	db, err := strconv.Atoi(cmp.Or(p.query.Get("db"), "0"))
	if err != nil || db < 0 {
		return nil, errors.New("db must be a number")
	}
	return &redis.FailoverOptions{
		MasterName: p.path, SentinelAddrs: p.hosts,
		Username: p.user, Password: p.password, DB: db,
		SentinelUsername: p.query.Get("sentinel_user"), SentinelPassword: p.query.Get("sentinel_password"),
		TLSConfig: p.tls, ContextTimeoutEnabled: true,
		DialTimeout: dialTimeout, DialerRetries: dialerRetries, MaxRetries: maxRetries,
	}, nil
}

func clusterOptions(rawURL string) (*redis.ClusterOptions, error) {
	p, err := parse(rawURL, redisPort, "tls")
	if err != nil {
		return nil, err
	}
	if p.path != "" {
		return nil, errors.New("a Cluster has one database: the URL ends with its hosts")
	}
	return &redis.ClusterOptions{
		Addrs: p.hosts, Username: p.user, Password: p.password, TLSConfig: p.tls, ContextTimeoutEnabled: true,
		DialTimeout: dialTimeout, DialerRetries: dialerRetries, MaxRetries: maxRetries,
	}, nil
}

// parts are those of a URL with several hosts, which net/url does not read.
type parts struct {
	hosts          []string
	user, password string
	path           string
	query          url.Values
	tls            *tls.Config
}

// parse reads a URL whose query may have the given parameters.
func parse(rawURL, port string, parameters ...string) (parts, error) {
	scheme, rest, _ := strings.Cut(rawURL, "://")
	end := len(rest)
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		end = i
	}
	authority, tail := rest[:end], rest[end:]
	userinfo, hosts := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		userinfo, hosts = authority[:i+1], authority[i+1:]
	}
	u, err := url.Parse(scheme + "://" + userinfo + "host" + tail)
	if err != nil || u.Fragment != "" {
		return parts{}, errors.New("the URL can't be read: special characters must be percent-encoded")
	}
	p := parts{user: u.User.Username(), path: strings.Trim(u.Path, "/")}
	p.password, _ = u.User.Password()
	if p.query, err = url.ParseQuery(u.RawQuery); err != nil {
		return parts{}, errors.New("the URL's parameters can't be read")
	}
	if err := p.check(parameters); err != nil {
		return parts{}, err
	}
	for host := range strings.SplitSeq(hosts, ",") {
		address, err := withPort(host, port)
		if err != nil {
			return parts{}, err
		}
		p.hosts = append(p.hosts, address)
	}
	return p, nil
}

// check refuses parameters nobody knows, and reads tls.
func (p *parts) check(parameters []string) error {
next:
	for name := range p.query {
		for _, known := range parameters {
			if name == known {
				continue next
			}
		}
		return fmt.Errorf("the URL's parameter %q is unknown, known are %s", name, strings.Join(parameters, ", "))
	}
	switch p.query.Get("tls") {
	case "", "false":
	case "true":
		p.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	default:
		return errors.New("tls is true or false")
	}
	return nil
}

// withPort is host:port of "host", "host:port", "[::1]" or "[::1]:port".
func withPort(host, port string) (string, error) {
	name, given, err := net.SplitHostPort(host)
	if err != nil { // no port
		name, given = host, port
		if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
			name = strings.TrimSuffix(inner, "]")
		}
	}
	n, err := strconv.ParseUint(given, 10, 16)
	if err != nil || n == 0 || name == "" || strings.ContainsAny(name, "[]/ ") {
		return "", errors.New("the URL's hosts can't be read: write host:port,host:port")
	}
	return net.JoinHostPort(name, given), nil
}
