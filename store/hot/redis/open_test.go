package redis

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

func TestOpenOneNode(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]redis.Options{
		"redis://localhost":                     {Addr: "localhost:6379"},
		"redis://user:p%40ss@10.0.0.1:6380/3":   {Addr: "10.0.0.1:6380", Username: "user", Password: "p@ss", DB: 3},
		"rediss://:secret@redis.example:6380/0": {Addr: "redis.example:6380", Password: "secret"},
		"redis://[::1]:6379/1?dial_timeout=1s":  {Addr: "[::1]:6379", DB: 1},
	} {
		c, err := Open(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		defer c.Close()
		o := c.(*redis.Client).Options()
		got := redis.Options{Addr: o.Addr, Username: o.Username, Password: o.Password, DB: o.DB}
		if got.Addr != want.Addr || got.Username != want.Username || got.Password != want.Password || got.DB != want.DB {
			t.Errorf("%s: %+v", url, got)
		}
		if tls := strings.HasPrefix(url, "rediss"); tls != (o.TLSConfig != nil) || !o.ContextTimeoutEnabled {
			t.Errorf("%s: TLS is %v, deadlines count %v", url, o.TLSConfig, o.ContextTimeoutEnabled)
		}
	}
}

func TestSentinelOptions(t *testing.T) {
	t.Parallel()
	o, err := sentinelOptions("redis+sentinel://user:p%2Fss@s1,s2:26380,[::1]/mymaster?db=2&sentinel_password=x%26y&tls=true")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"s1:26379", "s2:26380", "[::1]:26379"}, o.SentinelAddrs); d != "" {
		t.Error(d)
	}
	if o.MasterName != "mymaster" || o.Username != "user" || o.Password != "p/ss" || o.DB != 2 || o.SentinelPassword != "x&y" || o.TLSConfig == nil {
		t.Errorf("%+v", o)
	}
}

func TestClusterOptions(t *testing.T) {
	t.Parallel()
	o, err := clusterOptions("redis+cluster://:pass@h1:7000,h2:7001,h3")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"h1:7000", "h2:7001", "h3:6379"}, o.Addrs); d != "" {
		t.Error(d)
	}
	if o.Username != "" || o.Password != "pass" || o.TLSConfig != nil {
		t.Errorf("%+v", o)
	}
}

// badURLs are refused, without telling the password.
var badURLs = []string{
	"", "redis", "localhost:6379", "http://hunter2@localhost", "REDIS://localhost",
	"redis://user:hunter2@host:port", "redis://user:hunter2%zz@host", "redis://user:hunter2@host/db", "redis://user:hunter2@host/0?sizeofpool=3",
	"redis+sentinel://user:hunter2@h1:1,h2:2", "redis+sentinel://:hunter2@h1/", "redis+sentinel://:hunter2@h1/master/1", "redis+sentinel:///master",
	"redis+sentinel://:hunter2@h1/master?db=first", "redis+sentinel://:hunter2@h1/master?db=-1", "redis+sentinel://:hunter2@h1/master?cluster=1",
	"redis+sentinel://:hunter2@h1/master?tls=maybe", "redis+sentinel://:hunter2@h1/master#hunter2", "redis+sentinel://:hunter2@h1/master?db=%zz",
	"redis+cluster://:hunter2@h1:7000,", "redis+cluster://:hunter2@h1:0", "redis+cluster://:hunter2@h1:70000", "redis+cluster://:hunter2@h1/0",
	"redis+cluster://:hunter2@[::1", "redis+cluster://", "redis+cluster://:hunter2@h 1", "redis+cluster://user:hunter2%zz@h1",
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range badURLs {
		c, err := Open(url)
		if err == nil {
			c.Close()
			t.Errorf("%s was opened", url)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, url := range badURLs {
		f.Add(url)
	}
	f.Add("redis+sentinel://user:p%2Fss@s1,s2:26380,[::1]/mymaster?db=2&sentinel_password=x%26y&tls=true")
	f.Add("redis+cluster://:pass@h1:7000,h2:7001,h3")
	f.Fuzz(func(t *testing.T, url string) {
		if p, err := parse(url, redisPort, "tls"); err == nil {
			if len(p.hosts) == 0 {
				t.Errorf("%q has no host and no error", url)
			}
			for _, h := range p.hosts {
				if again, err := withPort(h, "1"); err != nil || again != h {
					t.Errorf("%q: host %q is read again as %q, %v", url, h, again, err)
				}
			}
		}
		sentinelOptions(url)
	})
}
