package reception

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/store"
)

const (
	// DefaultEvery is how often the conversations are looked at.
	DefaultEvery = 2 * time.Second
	// tellAgain is after how long staff are told again when telling them failed, or nobody knows whether it did.
	tellAgain = time.Minute
)

// Records are the conversations.
type Records interface {
	CloseSilentStaff(ctx context.Context, now time.Time) (int, error)
	OpenStaffConversations(ctx context.Context) ([]store.StaffConversation, error)
	ClaimStaffNotice(ctx context.Context, number int64, now, next time.Time) (bool, error)
	StaffNoticeGiven(ctx context.Context, number int64, at time.Time) error
	TellStaffNews(ctx context.Context) (store.StaffNews, error)
	LastSaid(ctx context.Context, p bot.Person, since, until time.Time, n int) ([]string, error)
}

// Messenger writes to members.
type Messenger interface {
	// Tell sends a text to members by the app of an account. The same text again, soon after, reaches them once.
	Tell(ctx context.Context, from bot.AccountName, members []string, text string) error
}

// Notice is what staff are to be told of a conversation.
type Notice struct {
	From    bot.AccountName // whose app tells them
	Members []string        // user ids
	Text    string
	Quote   bool      // they may read what the person said last
	Due     time.Time // since when they are to be told
}

// Load is how much staff of an account have to do.
type Load struct {
	Waiting, Talking int
	Longest          time.Duration // that somebody has been waiting
}

// Observer is told what becomes of conversations.
type Observer interface {
	StaffLoad(map[bot.AccountName]Load)
	StaffResponded(account bot.AccountName, after time.Duration)
	StaffClosed(account bot.AccountName, by store.StaffClosing)
	StaffTold(account bot.AccountName, err error)
}

// Config is what a Reception works with.
type Config struct {
	Records   Records
	Notice    func(c store.StaffConversation, now time.Time) (n Notice, due bool) // by the content in use now
	Messenger Messenger
	Observer  Observer
	Log       *zap.Logger
	Now       func() time.Time // nil: time.Now
	Every     time.Duration    // 0: DefaultEvery
}

// Reception looks after the conversations from Start to Stop.
type Reception struct {
	cfg Config

	mu     sync.Mutex
	cancel context.CancelFunc
	done   chan struct{}
}

// New makes a reception. It does nothing before Start.
func New(cfg Config) *Reception {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Every == 0 {
		cfg.Every = DefaultEvery
	}
	return &Reception{cfg: cfg}
}

// Start begins to look after the conversations, at once and then every so often. A second Start does nothing.
func (r *Reception) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel, r.done = cancel, make(chan struct{})
	go r.run(ctx)
}

// Stop ends the work and waits until it has ended. It may be called twice, and without a Start.
func (r *Reception) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done == nil {
		return
	}
	r.cancel()
	<-r.done
}

func (r *Reception) run(ctx context.Context) {
	defer close(r.done)
	tick := time.NewTicker(r.cfg.Every)
	defer tick.Stop()
	for {
		r.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look does everything once. What fails is tried again with the next tick.
func (r *Reception) look(ctx context.Context) {
	now := r.cfg.Now()
	_, err := r.cfg.Records.CloseSilentStaff(ctx, now)
	r.failed(ctx, "close what staff are silent in", err)
	open, err := r.cfg.Records.OpenStaffConversations(ctx)
	if r.failed(ctx, "look at the conversations with staff", err) {
		return
	}
	r.cfg.Observer.StaffLoad(loads(open, now))
	for _, c := range open {
		r.tell(ctx, c, now)
	}
	news, err := r.cfg.Records.TellStaffNews(ctx)
	if r.failed(ctx, "count the conversations with staff", err) {
		return
	}
	for _, c := range news.Responded {
		if c.Reason != store.StaffBegan {
			r.cfg.Observer.StaffResponded(c.Person.Account, max(0, c.FirstResponseAt.Sub(c.OpenedAt)))
		}
	}
	for _, c := range news.Closed {
		r.cfg.Observer.StaffClosed(c.Person.Account, c.ClosedBy)
	}
}

func (r *Reception) failed(ctx context.Context, what string, err error) bool {
	if err != nil && ctx.Err() == nil {
		r.cfg.Log.Warn("reception failed and will try again", zap.String("what", what), zap.Error(err))
	}
	return err != nil
}

// loads sums the open conversations up by account.
func loads(open []store.StaffConversation, now time.Time) map[bot.AccountName]Load {
	sums := map[bot.AccountName]Load{}
	for _, c := range open {
		l := sums[c.Person.Account]
		if c.Waits() {
			l.Waiting++
			l.Longest = max(l.Longest, now.Sub(c.OpenedAt))
		} else {
			l.Talking++
		}
		sums[c.Person.Account] = l
	}
	return sums
}
