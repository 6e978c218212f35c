package wxmedia

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/content"
	"guanjia/store"
)

const (
	// lookEvery is how often a home is looked after: the ids that other processes bring are known by then.
	lookEvery = 15 * time.Second
	// lookSoon is the same while another process uploads.
	lookSoon = time.Second
	// uploadWithin bounds one upload.
	uploadWithin = 2 * time.Minute
	// lockFor outlasts an upload. A process that dies in the middle keeps the others waiting for that long.
	lockFor = uploadWithin + 30*time.Second
	// stateWithin bounds one operation on records and locks.
	stateWithin = 5 * time.Second
)

// Records know what the platform keeps.
type Records interface {
	SaveUpload(ctx context.Context, u store.Upload) error
	Uploads(ctx context.Context, owner string) ([]store.Upload, error)
	DropUpload(ctx context.Context, owner, mediaID string) (bool, error)
}

// Locks keep other processes from doing the same.
type Locks interface {
	TryLock(ctx context.Context, key, owner string, ttl time.Duration) (bool, error)
	Unlock(ctx context.Context, key, owner string) error
}

// Observer is told what becomes of uploads. Its methods are called from many goroutines.
type Observer interface {
	// Uploaded counts an upload.
	Uploaded(account bot.AccountName, how Outcome)
	// Missing says how many files have no id that lives.
	Missing(account bot.AccountName, files int)
}

// Config of a Keeper.
type Config struct {
	Homes    []Home
	Records  Records
	Locks    Locks
	Observer Observer         // nil: nobody
	Log      *zap.Logger      // nil: nowhere
	Now      func() time.Time // nil: time.Now
}

// Keeper keeps the content's files uploaded. It is safe for use by many goroutines.
type Keeper struct {
	homes    []*home
	of       map[bot.AccountName]*home
	records  Records
	locks    Locks
	observer Observer
	log      *zap.Logger
	now      func() time.Time
	process  string // among those that upload

	end   context.CancelFunc
	loops sync.WaitGroup
}

// New makes a Keeper. It does nothing before Start.
func New(c Config) *Keeper {
	k := &Keeper{
		of: map[bot.AccountName]*home{}, records: c.Records, locks: c.Locks, observer: c.Observer, log: c.Log, now: c.Now, process: rand.Text(),
		end: func() {},
	}
	if k.observer == nil {
		k.observer = unobserved{}
	}
	if k.log == nil {
		k.log = zap.NewNop()
	}
	if k.now == nil {
		k.now = time.Now
	}
	for _, h := range c.Homes {
		known := newHome(h)
		k.homes = append(k.homes, known)
		for _, a := range h.Accounts {
			k.of[a] = known
		}
	}
	return k
}

type unobserved struct{}

func (unobserved) Uploaded(bot.AccountName, Outcome) {}
func (unobserved) Missing(bot.AccountName, int)      {}

// Use takes up the files that the content names from now on.
func (k *Keeper) Use(files []content.File) {
	for _, h := range k.homes {
		for path, why := range h.use(files) {
			k.log.Warn("a file of the content is left out", zap.String("account", string(h.account())), zap.String("file", path), zap.String("why", why))
		}
	}
}

// Fitter fits for an account as f does, with the ids of the content's files filled in.
func (k *Keeper) Fitter(account bot.AccountName, f bot.Fitter) bot.Fitter {
	return fitter{func(path string, form content.Form) string { return k.find(account, path, form) }, f}
}

// ID gives the id that a file of the content has for an account in a form; empty: none.
func (k *Keeper) ID(account bot.AccountName, path string, form content.Form) string {
	return k.find(account, path, form)
}

// find gives the id that a file has for an account; empty: none.
func (k *Keeper) find(account bot.AccountName, path string, form content.Form) string {
	if h := k.of[account]; h != nil {
		return h.find(path, form, k.now())
	}
	return ""
}

// Start reads what is uploaded, so that it is known when the first reply is made, and begins to upload the rest. Without the
// records it begins without them.
func (k *Keeper) Start(ctx context.Context) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	k.end = end
	for _, h := range k.homes {
		k.recall(ctx, h)
		k.loops.Go(func() { k.keep(life, h) })
	}
}

// Stop ends what Start began and waits for it. An upload in the middle is given up.
func (k *Keeper) Stop() {
	k.end()
	k.loops.Wait()
}

// keep looks after a home until ctx ends.
func (k *Keeper) keep(ctx context.Context, h *home) {
	tick := time.NewTimer(0)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.wake:
		}
		tick.Reset(k.pass(ctx, h))
	}
}

// pass uploads what is due and tells when to look again.
func (k *Keeper) pass(ctx context.Context, h *home) time.Duration {
	defer func() {
		_, missing := h.todo(k.now())
		k.observer.Missing(h.account(), missing)
	}()
	if !k.recall(ctx, h) {
		return lookEvery
	}
	if files, _ := h.todo(k.now()); len(files) == 0 {
		return lookEvery
	}
	if locked, err := k.lock(ctx, h); err != nil {
		return lookEvery
	} else if !locked {
		return lookSoon
	}
	defer k.unlock(ctx, h)
	if !k.recall(ctx, h) { // whoever had the lock may have uploaded it
		return lookEvery
	}
	k.uploadAll(ctx, h)
	return lookEvery
}

// uploadAll uploads what is due as long as it is worth while and the lock holds.
func (k *Keeper) uploadAll(ctx context.Context, h *home) {
	files, _ := h.todo(k.now())
	for i, f := range files {
		if i > 0 { // from now on for long enough
			if locked, err := k.lock(ctx, h); err != nil || !locked {
				return
			}
		}
		if how := k.upload(ctx, h, f); how.stops() || ctx.Err() != nil {
			return
		}
	}
}

// recall reads what the platform keeps.
func (k *Keeper) recall(ctx context.Context, h *home) bool {
	ctx, cancel := context.WithTimeout(ctx, stateWithin)
	defer cancel()
	uploads, err := k.records.Uploads(ctx, h.owner())
	if err != nil {
		if !errors.Is(ctx.Err(), context.Canceled) {
			k.log.Warn("it can't be read which files are uploaded", zap.String("account", string(h.account())), zap.Error(err))
		}
		return false
	}
	h.learn(uploads)
	return true
}

func (k *Keeper) lock(ctx context.Context, h *home) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, stateWithin)
	defer cancel()
	locked, err := k.locks.TryLock(ctx, "media:"+h.owner(), k.process, lockFor)
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		k.log.Warn("no files are uploaded for the moment", zap.String("account", string(h.account())), zap.Error(err))
	}
	return locked, err
}

// unlock works after the end of ctx as well, so that the others need not wait for the lock to run out.
func (k *Keeper) unlock(ctx context.Context, h *home) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stateWithin)
	defer cancel()
	if err := k.locks.Unlock(ctx, "media:"+h.owner(), k.process); err != nil {
		k.log.Warn("the lock on uploads stays until its time is over", zap.String("account", string(h.account())), zap.Error(err))
	}
}

var _ Locks = wxapi.Shared(nil)
