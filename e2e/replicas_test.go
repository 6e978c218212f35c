package e2e

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/internal/testproc"
)

// TestTwoReplicasAnswerEveryMessageOnce is the promise Once at its hardest: two replicas on Redis and PostgreSQL behind a
// balancer get three concurrent copies of each of 10,000 messages. There must be 10,000 executions and three equal replies
// to each; loadtest decrypts and compares the replies, the metrics count the executions.
func TestTwoReplicasAnswerEveryMessageOnce(t *testing.T) {
	dir := t.TempDir()
	key := strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("an AES key of exactly 32 bytes!!")), "=")
	env := []string{
		"BOT_ACCOUNTS=brand", "BOT_ACCOUNT_BRAND_KIND=official", "BOT_ACCOUNT_BRAND_APP_ID=wx0123456789abcdef",
		"BOT_ACCOUNT_BRAND_TOKEN=replicas", "BOT_ACCOUNT_BRAND_AES_KEY=" + key,
		"BOT_DATABASE_URL=" + testproc.Postgres(t), "BOT_REDIS_URL=" + testproc.Redis(t),
		"BOT_INBOUND_PER_MINUTE=0", "BOT_LOG_LEVEL=warn",
	}
	run(t, dir, env, "migrate")
	var replicas, internals []string
	for range 2 {
		addr, internal := freeAddr(t), freeAddr(t)
		start(t, dir, "http://"+addr+"/readyz", append(env, "BOT_ADDR="+addr, "BOT_INTERNAL_ADDR="+internal), "serve")
		replicas, internals = append(replicas, "http://"+addr), append(internals, "http://"+internal+"/metrics")
	}
	front := balancer(t, replicas)

	const messages = 10_000
	out := run(t, dir, env, "loadtest", "--url", front+"/callback/brand", "--token", "replicas", "--aes-key", key,
		"--app-id", "wx0123456789abcdef", "--messages", strconv.Itoa(messages), "--copies", "3", "--users", "500", "--concurrency", "16", "--json")
	if !regexp.MustCompile(`"errors":\s*(0|null|\{\})`).MatchString(out) {
		t.Errorf("the load test found errors:\n%s", out)
	}
	executed := 0
	for _, m := range internals {
		executed += executions(t, m)
	}
	if executed != messages {
		t.Errorf("%d executions of %d messages", executed, messages)
	}
}

// balancer hands requests to the replicas in turn.
func balancer(t *testing.T, replicas []string) string {
	t.Helper()
	var next atomic.Uint64
	transport := &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		target, err := url.Parse(replicas[next.Add(1)%uint64(len(replicas))])
		if err != nil {
			panic(err)
		}
		r.SetURL(target)
	}}
	front := httptest.NewServer(proxy)
	t.Cleanup(func() { front.Close(); transport.CloseIdleConnections() })
	return front.URL
}

var eventSample = regexp.MustCompile(`(?m)^guanjia_events_total\{[^}]*\} (\S+)$`)

// executions adds up the events that a replica ran; duplicates have a counter of their own.
func executions(t *testing.T, metrics string) int {
	t.Helper()
	res, err := http.Get(metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, m := range eventSample.FindAllStringSubmatch(string(body), -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		total += n
	}
	if total == 0 {
		t.Fatal(fmt.Sprintf("no events counted in\n%s", body))
	}
	return int(total)
}
