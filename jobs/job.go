package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// Args are what a job is about. Kind names the kind of job, for ever: jobs that wait are found by it after an upgrade.
type Args = river.JobArgs

// Job is one job at work.
type Job[A Args] struct {
	Args    A
	Attempt int // from 1
}

// New makes a job to be inserted.
func New(args Args) Insert { return Insert{args: args} }

// Insert is a job to be inserted.
type Insert struct {
	args     Args
	at       time.Time
	once     bool
	priority int
	queue    string
}

// At says when it is due; otherwise it is at once.
func (i Insert) At(t time.Time) Insert { i.at = t; return i }

// Once makes a second job of the same kind and arguments be none, as long as the first waits, is at work or is kept (Kept).
func (i Insert) Once() Insert { i.once = true; return i }

// First lets the job go before those that are due as well. Priorities go from 1, the first, to 4; 1 is the default.
func (i Insert) First(priority int) Insert { i.priority = priority; return i }

// On puts the job on a queue of its own kind, whose workers are its own (Config.Queues).
func (i Insert) On(queue string) Insert { i.queue = queue; return i }

// Later is the error of a job that can't be done yet: it comes again after d, and that is no failure.
func Later(d time.Duration) error { return river.JobSnooze(d) }

// Never is the error of a job that can't be done at all: it does not come again.
func Never(why error) error { return river.JobCancel(why) }

// Kinds are the kinds of job that a Queue does.
type Kinds struct {
	workers *river.Workers
	names   map[string]bool
}

// NewKinds makes an empty list.
func NewKinds() *Kinds { return &Kinds{workers: river.NewWorkers(), names: map[string]bool{}} }

// errKind is a mistake in the program.
var errKind = errors.New("a kind of job is there twice")

// Add says how a kind of job is done. An error makes it come again (retryAfter); a panic is an error too.
func Add[A Args](k *Kinds, do func(ctx context.Context, j Job[A]) error) error {
	var none A
	if k.names[none.Kind()] {
		return errKind
	}
	k.names[none.Kind()] = true
	return river.AddWorkerSafely(k.workers, river.WorkFunc(func(ctx context.Context, j *river.Job[A]) error {
		return do(ctx, Job[A]{Args: j.Args, Attempt: j.Attempt})
	}))
}
