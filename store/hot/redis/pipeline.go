package redis

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"guanjia/store/batch"
)

const (
	// pipelines is how many are under way at once: while one waits for Redis, the other collects.
	pipelines = 2
	// pipelineMax bounds the calls of one pipeline.
	pipelineMax = 128
	// pipelineTimeout ends a pipeline that Redis does not answer. Twice that, for a call that had to wait for the one before,
	// is still within the platform's 5 seconds.
	pipelineTimeout = 2 * time.Second
	// slowPipeline is when a pipeline is worth a line in the log.
	slowPipeline = 500 * time.Millisecond
)

// command is a script with its keys and arguments.
type command struct {
	script *redis.Script
	keys   []string
	args   []any
}

// run runs the script and returns its reply.
func (h *Hot) run(ctx context.Context, c command) (any, error) {
	if h.queue != nil {
		return h.queue.Do(ctx, c)
	}
	return c.script.Run(ctx, h.client, c.keys, c.args...).Result()
}

// pipeline runs what arrived together. A Redis that has just started does not know the scripts; they are sent whole then.
func (h *Hot) pipeline(calls []*batch.Call[command, any]) {
	// Not a caller's context: one who leaves must not take the others' answers along.
	ctx, cancel := context.WithTimeout(context.Background(), pipelineTimeout)
	defer cancel()
	defer func(began time.Time) {
		if took := time.Since(began); took > slowPipeline {
			h.log.Warn("Redis was slow to answer", zap.Duration("took", took), zap.Int("calls", len(calls)))
		}
	}(time.Now())
	send(ctx, h.client, calls, (*redis.Script).EvalSha)
	var unknown []*batch.Call[command, any]
	for _, c := range calls {
		if redis.HasErrorPrefix(c.Err, "NOSCRIPT") {
			unknown = append(unknown, c)
		}
	}
	if len(unknown) > 0 {
		send(ctx, h.client, unknown, (*redis.Script).Eval)
	}
}

type eval func(s *redis.Script, ctx context.Context, c redis.Scripter, keys []string, args ...any) *redis.Cmd

func send(ctx context.Context, client redis.UniversalClient, calls []*batch.Call[command, any], how eval) {
	pipe := client.Pipeline()
	replies := make([]*redis.Cmd, len(calls))
	for i, c := range calls {
		replies[i] = how(c.Request.script, ctx, pipe, c.Request.keys, c.Request.args...)
	}
	_, _ = pipe.Exec(ctx) // each reply has its own error
	for i, c := range calls {
		c.Result, c.Err = replies[i].Result()
	}
}
