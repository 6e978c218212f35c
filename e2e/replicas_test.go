package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/internal/testproc"
)

// TestTwoReplicasAnswerEveryMessageOnce is the promise Once at its widest: two replicas on Redis and PostgreSQL behind a
// balancer get three concurrent copies of each of 10,000 messages. There must be 10,000 executions and three equal replies
// to each; loadtest decrypts and compares the replies, metrics and journal tell the executions.
func TestTwoReplicasAnswerEveryMessageOnce(t *testing.T) {
	env := []string{"BOT_DATABASE_URL=" + testproc.Postgres(t), "BOT_REDIS_URL=" + testproc.Redis(t), "BOT_LOG_LEVEL=warn"}
	replicas := []*server{newServer(t, env...), newServer(t, env...)}
	front := balancer(t, replicas)

	const messages, copies = 10_000, 3
	out := run(t, t.TempDir(), nil, "loadtest", front+"/callback/brand", "--token", brandToken, "--aes-key", brandKey, "--app-id", brandAppID,
		"--messages", strconv.Itoa(messages), "--copies", strconv.Itoa(copies), "--users", "500", "--concurrency", "16", "--json")
	var sum struct {
		Messages, Answers, Different int
		Errors                       map[string]int
	}
	if err := json.Unmarshal([]byte(out), &sum); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if sum.Messages != messages || sum.Answers != copies*messages || sum.Different != 0 || len(sum.Errors) != 0 {
		t.Errorf("%d messages got %d right answers, %d of them different ones, and errors %v", sum.Messages, sum.Answers, sum.Different, sum.Errors)
	}

	const tried = 1 // the load test tries whether it works at all before it begins
	executed := 0
	for _, r := range replicas {
		executed += executions(t, r)
		r.stop()
	}
	if executed != messages+tried {
		t.Errorf("%d executions of %d messages", executed, messages+tried)
	}
	if n := count(t, replicas[0].open(), "SELECT count(*) FROM journal"); n != messages+tried {
		t.Errorf("%d rows in the journal for %d messages", n, messages+tried)
	}
}

// balancer hands requests to the replicas in turn.
func balancer(t *testing.T, replicas []*server) string {
	t.Helper()
	var next atomic.Uint64
	transport := &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: replicas[next.Add(1)%uint64(len(replicas))].addr})
	}}
	front := httptest.NewServer(proxy)
	t.Cleanup(func() { front.Close(); transport.CloseIdleConnections() })
	return front.URL
}

var eventSample = regexp.MustCompile(`(?m)^guanjia_events_total\{[^}]*\} (\S+)$`)

// executions adds up the events that a replica ran; duplicates have a counter of their own.
func executions(t *testing.T, s *server) int {
	t.Helper()
	body := s.metrics()
	total := 0.0
	for _, m := range eventSample.FindAllStringSubmatch(body, -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		total += n
	}
	if total == 0 {
		t.Fatalf("no events counted in\n%s", body)
	}
	return int(total)
}
