// Command reference is the yardstick of docs/performance.md: servers that do the least that any bot must do, to be measured
// beside the bot in the same run. Absolute figures wander with the machine; the ratio of two servers does not.
//
//	ceiling    reads the body and acknowledges
//	floor      verifies, decrypts, parses with encoding/xml and encrypts a reply; keeps nothing
//	reference  floor, with two Redis pipelines a message: de-dup and session in, session out
//
// It is no bot: it takes text messages in secure mode only, and has no tests of its own beyond the load generator that checks
// every answer. Try: go run ./loadtest/reference -kind reference -redis redis://127.0.0.1:6379
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/redis/go-redis/v9"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

func run() error {
	addr := flag.String("addr", "127.0.0.1:8090", "address to listen on")
	kind := flag.String("kind", "reference", "ceiling, floor or reference")
	token := flag.String("token", "loadtest", "token")
	aesKey := flag.String("aes-key", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "EncodingAESKey")
	appID := flag.String("app-id", "wx0123456789abcdef", "AppID")
	url := flag.String("redis", "redis://127.0.0.1:6379", "Redis of the reference")
	flag.Parse()

	c, err := newCodec(*token, *aesKey, *appID)
	if err != nil {
		return err
	}
	s := &server{codec: c}
	var handle http.HandlerFunc
	switch *kind {
	case "ceiling":
		handle = s.acknowledge
	case "floor":
		handle = s.answer
	case "reference":
		o, err := redis.ParseURL(*url)
		if err != nil {
			return fmt.Errorf("redis: %w", err)
		}
		s.redis = redis.NewClient(o)
		handle = s.answer
	default:
		return fmt.Errorf("kind %q is not known", *kind)
	}
	fmt.Fprintf(os.Stdout, "%s on http://%s/\n", *kind, *addr)
	h := &http.Server{Addr: *addr, Handler: handle, ReadHeaderTimeout: 5 * time.Second}
	return h.ListenAndServe()
}

type server struct {
	codec *codec
	redis *redis.Client // nil: nothing is kept
}

func (s *server) acknowledge(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, "success")
}

// maxBody bounds a callback, in bytes, as the bot does.
const maxBody = 64 << 10

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	m, err := s.codec.read(q.Get("timestamp"), q.Get("nonce"), q.Get("msg_signature"), body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	said := []byte("你说：" + m.Content)
	if s.redis != nil {
		if said, err = s.remember(r.Context(), m, said); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	reply, err := s.codec.write(m, said)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = w.Write(reply)
}

// How long the reference remembers.
const (
	dedupeFor  = time.Minute
	sessionFor = time.Hour
)

// remember is the state of a bot in its barest form: is the message known, what was said before; then the session.
func (s *server) remember(ctx context.Context, m message, said []byte) ([]byte, error) {
	var isNew *redis.BoolCmd
	var session *redis.StringCmd
	sessionKey := "session:" + m.FromUserName
	_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		isNew = p.SetNX(ctx, "seen:"+m.MsgID, 1, dedupeFor)
		session = p.Get(ctx, sessionKey)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) { // no session yet
		return nil, fmt.Errorf("redis: %w", err)
	}
	if !isNew.Val() {
		return said, nil // a duplicate gets the same answer, because the answer follows from the message alone
	}
	before, _ := session.Bytes()
	now := append(bytes.TrimSpace(before), m.Content...)
	now = now[max(0, len(now)-200):]
	_, err = s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, sessionKey, now, sessionFor)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	return said, nil
}
