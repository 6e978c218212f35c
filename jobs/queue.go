package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
	"go.uber.org/zap"

	"guanjia/store"
)

const (
	// Kept is how long a job that is done, or never will be, still keeps others of its name away. Whoever must know longer keeps a
	// record.
	Kept = 24 * time.Hour
	// timeout bounds one attempt.
	timeout = time.Minute
	// rescueAfter is when a job is given to another though nobody knows that its process has ended (presence): well after timeout, when
	// nobody can be at it.
	rescueAfter = 2 * time.Minute
	// attempts is how often a job is tried: over more than a day.
	attempts = 100
	// cooldown is the least time between two looks at a queue. Throughput is at most a queue's workers in each.
	cooldown = 10 * time.Millisecond
	// poolConns are PostgreSQL's connections for jobs, the one of its presence among them. Work that a job does on the records uses the
	// Store's.
	poolConns = 5
	// DefaultQueue is where jobs are that are not put On another.
	DefaultQueue = river.QueueDefault
)

// Config of a Queue.
type Config struct {
	Store *store.Store
	Kinds *Kinds
	// Queues says how many jobs of each queue are done at once here. Empty: jobs are only inserted, and left to other processes.
	Queues map[string]int
	Worker string           // names this process among replicas and restarts, in a line of at most 100 bytes; empty: by chance
	Now    func() time.Time // nil: the machine's clock. Jobs are due by it
	Log    *zap.Logger      // nil: silent
}

// Queue is the jobs of a database.
type Queue struct {
	client   client
	pool     *pgxpool.Pool // nil on SQLite
	works    bool
	worker   string
	presence presence
}

// client is River's client of either engine.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	insert(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error
}

// Open makes the queue ready to insert; Start begins to work. Close must be called at the end. It does not touch the schema.
func Open(ctx context.Context, c Config) (*Queue, error) {
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	if c.Kinds == nil {
		c.Kinds = NewKinds()
	}
	if c.Worker == "" {
		c.Worker = rand.Text()
	}
	q := &Queue{works: len(c.Queues) > 0, worker: c.Worker}
	var err error
	if c.Store.Engine() == "sqlite" {
		q.presence = newRollCall(c.Store, c.Worker, c.Log)
		q.client, err = openSQLite(c)
	} else {
		if q.pool, err = c.Store.OpenPool(ctx, poolConns); err == nil {
			q.presence = newSessionLocks(q.pool, c.Worker, c.Log)
			q.client, err = openPostgres(c, q.pool)
		}
	}
	if err != nil {
		q.closePool()
		return nil, fmt.Errorf("open jobs: %w", err)
	}
	return q, nil
}

func openSQLite(c Config) (client, error) {
	r, err := river.NewClient(riversqlite.New(c.Store.Writer()), c.river())
	return sqliteClient{r}, err
}

func openPostgres(c Config, pool *pgxpool.Pool) (client, error) {
	r, err := river.NewClient(riverpgxv5.New(pool), c.river())
	return postgresClient{r}, err
}

// river is the configuration of River's client.
func (c *Config) river() *river.Config {
	r := &river.Config{
		ID: c.Worker, Workers: c.Kinds.workers, FetchCooldown: cooldown, JobTimeout: timeout, RescueStuckJobsAfter: rescueAfter, MaxAttempts: attempts,
		CompletedJobRetentionPeriod: Kept, CancelledJobRetentionPeriod: Kept, RetryPolicy: retryPolicy{},
		Logger: riverLog(c.Log),
		// A job of a kind that only a newer version knows may lie there after a downgrade; it waits for the upgrade.
		SkipUnknownJobCheck: true,
	}
	if len(c.Queues) > 0 {
		r.Queues = make(map[string]river.QueueConfig, len(c.Queues))
		for name, workers := range c.Queues {
			r.Queues[name] = river.QueueConfig{MaxWorkers: workers}
		}
	} else {
		r.Workers = nil
	}
	if c.Now != nil {
		r.Test.Time = clock{c.Now}
	}
	return r
}

// Start begins to work on what is due.
func (q *Queue) Start(ctx context.Context) error {
	if !q.works {
		return nil
	}
	if err := q.presence.enter(ctx); err != nil {
		q.presence.leave()
		return fmt.Errorf("start jobs: %w", err)
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		q.presence.leave()
		return fmt.Errorf("start jobs: %w", err)
	}
	return nil
}

// Stop takes up no more jobs and waits for those at work. When ctx ends first they are interrupted, and come again.
func (q *Queue) Stop(ctx context.Context) error {
	if !q.works {
		return nil
	}
	err := q.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = errors.Join(err, q.client.StopAndCancel(grace))
	}
	if err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	q.presence.leave()
	return nil
}

// Close gives back what Open took. The queue has been stopped.
func (q *Queue) Close() {
	if q.works {
		q.presence.leave() // if it could not be stopped
	}
	q.closePool()
}

func (q *Queue) closePool() {
	if q.pool != nil {
		q.pool.Close()
	}
}

// Insert writes jobs as part of the transaction: they are there when it commits.
func (q *Queue) Insert(ctx context.Context, tx *store.Tx, jobs ...Insert) error {
	if len(jobs) == 0 {
		return nil
	}
	many := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		many[i] = river.InsertManyParams{Args: j.args, InsertOpts: j.options()}
	}
	if err := q.client.insert(ctx, tx, many); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	return nil
}

func (i Insert) options() *river.InsertOpts {
	o := &river.InsertOpts{ScheduledAt: i.at, Priority: i.priority, Queue: i.queue}
	if i.once {
		o.UniqueOpts = river.UniqueOpts{ByArgs: true}
	}
	return o
}

// clock is a clock that jobs are due by.
type clock struct{ now func() time.Time }

// Now is the time.
func (c clock) Now() time.Time { return c.now() }

// NowOrNil is the time: the database's own is another.
func (c clock) NowOrNil() *time.Time { t := c.now(); return &t }

// retryPolicy says when a job that failed comes again.
type retryPolicy struct{}

// NextRetry is given a job after its failure.
func (retryPolicy) NextRetry(j *rivertype.JobRow) time.Time {
	var from time.Time
	if j.AttemptedAt != nil {
		from = *j.AttemptedAt
	}
	return from.Add(retryAfter(len(j.Errors) + 1))
}

const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Minute
)

// retryAfter is how long a job waits after so many failures: a second, doubling up to half an hour.
func retryAfter(failures int) time.Duration {
	if failures > 12 {
		return lastRetry
	}
	return min(firstRetry<<max(failures-1, 0), lastRetry)
}
