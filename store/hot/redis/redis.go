// Package redis keeps the hot state in Redis: one node, Sentinel or Cluster. Each operation is one Lua script, so that it is
// one round trip and happens as a whole; the scripts' keys share the hash tag {account:user}, so that a Cluster keeps them
// on one node. Time is Redis' own.
//
// Calls that arrive together go in one pipeline (pipeline.go). A script may be sent twice when a connection breaks: the same
// owner asking or finishing again is answered as the first time.
package redis

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/store/batch"
	"guanjia/store/hot"
)

var (
	//go:embed begin.lua
	beginLua string
	//go:embed finish.lua
	finishLua string
	//go:embed renew.lua
	renewLua string
	//go:embed abandon.lua
	abandonLua string
	//go:embed put_once.lua
	putOnceLua string
	//go:embed get.lua
	getLua string
	//go:embed put.lua
	putLua string
	//go:embed delete_if.lua
	deleteIfLua string
	//go:embed lock.lua
	lockLua string
)

// defaultPrefix begins every key, so that a Redis can be shared.
const defaultPrefix = "guanjia:"

// Options of a Hot.
type Options struct {
	Log    *zap.Logger // nil: silent
	Prefix string      // of every key; empty: "guanjia:"
	// Separate sends each call on its own. Otherwise calls that arrive together share a pipeline, except to a Cluster, where a
	// pipeline would make the people of healthy nodes wait for a sick one.
	Separate bool
}

// Hot is the hot state in Redis.
type Hot struct {
	client redis.UniversalClient
	log    *zap.Logger
	prefix string
	queue  *batch.Queue[command, any] // nil: each call on its own

	begin, finish, renew, abandon, putOnce *redis.Script
	get, put, deleteIf, lock               *redis.Script // shared.go
	reserve, giveBack, take                *redis.Script // caps.go
}

var _ bot.HotState = (*Hot)(nil)

// New makes the hot state in the Redis behind client. The caller keeps client, and closes it after Close.
func New(client redis.UniversalClient, o Options) *Hot {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Prefix == "" {
		o.Prefix = defaultPrefix
	}
	h := &Hot{
		client: client, log: o.Log, prefix: o.Prefix,
		begin: redis.NewScript(beginLua), finish: redis.NewScript(finishLua), renew: redis.NewScript(renewLua),
		abandon: redis.NewScript(abandonLua), putOnce: redis.NewScript(putOnceLua),
		get: redis.NewScript(getLua), put: redis.NewScript(putLua), deleteIf: redis.NewScript(deleteIfLua), lock: redis.NewScript(lockLua),
		reserve: redis.NewScript(reserveLua), giveBack: redis.NewScript(giveBackLua), take: redis.NewScript(takeLua),
	}
	if _, cluster := client.(*redis.ClusterClient); !cluster && !o.Separate {
		h.queue = batch.New(pipelines, pipelineMax, h.pipeline)
	}
	return h
}

// Ping tells whether Redis takes writes: one that is full, or a replica, answers a plain PING as well.
func (h *Hot) Ping(ctx context.Context) error {
	if err := h.client.Set(ctx, h.prefix+"ping", 1, time.Minute).Err(); err != nil {
		return fmt.Errorf("reach Redis: %w", err)
	}
	return nil
}

// Close finishes the calls that wait.
func (h *Hot) Close() error {
	if h.queue != nil {
		h.queue.Close()
	}
	return nil
}

// Begin asks to work on an event.
func (h *Hot) Begin(ctx context.Context, r bot.BeginRequest) (bot.BeginResult, error) {
	if err := hot.Check(r.Lease); err != nil {
		return bot.BeginResult{}, fmt.Errorf("begin: %w", err)
	}
	reply, err := h.run(ctx, command{h.begin, h.keys(r.Lease), []any{string(r.Key), r.Owner, r.For.Milliseconds(), r.Arrival,
		hot.KeepTries.Milliseconds(), hot.KeepUnfinished.Milliseconds(), r.Unheard}})
	if err != nil {
		return bot.BeginResult{}, fmt.Errorf("begin: %w", err)
	}
	result, err := readBegin(reply)
	if err != nil {
		return bot.BeginResult{}, fmt.Errorf("begin: %w", err)
	}
	return result, nil
}

// Finish saves the outcome and frees the lease.
func (h *Hot) Finish(ctx context.Context, r bot.FinishRequest) error {
	if err := hot.Check(r.Lease); err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	session := r.Session
	if r.SessionFor <= 0 {
		session = nil
	}
	keys, recovered := h.keys(r.Lease), []byte(nil)
	if r.Recovered != nil {
		keys, recovered = append(keys, h.keys(bot.Lease{Person: r.Person, Key: r.Recovered.Key})[1]), r.Recovered.Reply
	}
	args := []any{string(r.Key), r.Owner, session, r.SessionFor.Milliseconds(), r.Reply, r.ReplyFor.Milliseconds(),
		r.Undelivered, hot.KeepLate.Milliseconds(), recovered}
	for _, k := range r.LateTaken {
		args = append(args, string(k))
	}
	return h.runLeased(ctx, "finish", command{h.finish, keys, args})
}

// Renew extends the lease.
func (h *Hot) Renew(ctx context.Context, l bot.Lease, d time.Duration) error {
	return h.runLeased(ctx, "renew lease", command{h.renew, h.keys(l)[:1], []any{string(l.Key), l.Owner, d.Milliseconds()}})
}

// Abandon frees the lease without an outcome.
func (h *Hot) Abandon(ctx context.Context, l bot.Lease) error {
	if _, err := h.run(ctx, command{h.abandon, h.keys(l)[:1], []any{string(l.Key), l.Owner}}); err != nil {
		return fmt.Errorf("abandon: %w", err)
	}
	return nil
}

// PutOnce stores value under key for ttl unless something is there already, and returns what is there then.
func (h *Hot) PutOnce(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, error) {
	reply, err := h.run(ctx, command{h.putOnce, []string{h.prefix + "once:" + key}, []any{value, max(1, ttl.Milliseconds())}})
	if err != nil {
		return nil, fmt.Errorf("put once: %w", err)
	}
	there, ok := reply.(string)
	if !ok {
		return nil, fmt.Errorf("put once: %w", errUnreadable)
	}
	return []byte(there), nil
}

// runLeased runs a script that answers 0 when the lease is somebody else's.
func (h *Hot) runLeased(ctx context.Context, doing string, c command) error {
	reply, err := h.run(ctx, c)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if ours, _ := reply.(int64); ours != 1 {
		return fmt.Errorf("%s: %w", doing, bot.ErrLeaseLost)
	}
	return nil
}

// tagEscape keeps what is within {} whole: the tag ends at the first closing brace.
var tagEscape = strings.NewReplacer("%", "%25", "{", "%7B", "}", "%7D")

// keys are the person's and the event's.
func (h *Hot) keys(l bot.Lease) []string {
	tag := h.prefix + "{" + tagEscape.Replace(string(l.Person.Account)+":"+string(l.Person.User)) + "}:"
	return []string{tag + "person", tag + "event:" + string(l.Key)}
}
