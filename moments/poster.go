package moments

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/content"
	"guanjia/jobs"
	"guanjia/schedule"
	"guanjia/store"
)

const (
	// askAgain is how soon the platform is asked again what became of a job.
	askAgain = 5 * time.Second
	// busyFor is how long a post waits for a platform that took too many calls (WeCom docs: 10 posts a minute).
	busyFor = time.Minute
	// jobLife is how long a job can be asked about (WeCom docs, 获取任务创建结果).
	jobLife = 24 * time.Hour
	// lookEvery and lookFor are how often, and for how long, one looks who has published.
	lookEvery = time.Hour
	lookFor   = 7 * 24 * time.Hour
	// uploadSoon is how long a post waits for its pictures.
	uploadSoon = 15 * time.Second
)

// Config of a Poster.
type Config struct {
	Store   *store.Store
	Offices map[bot.AccountName]Office
	// First is the account of posts that name none.
	First bot.AccountName
	// Media gives the id of an uploaded picture; empty: it is not uploaded yet.
	Media func(account bot.AccountName, path string, form content.Form) string
	Log   *zap.Logger
	Now   func() time.Time
}

// Poster puts posts to the members at their time.
type Poster struct {
	Config
	queue *jobs.Queue
	book  atomic.Pointer[Book]
}

// New makes a Poster. Add its jobs to the kinds, and open it with the queue.
func New(c Config) *Poster {
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	p := &Poster{Config: c}
	p.book.Store(&Book{})
	return p
}

// post is the job of one post. Its kind and arguments are for ever.
type post struct {
	Name string `json:"name"`
}

// Kind names it.
func (post) Kind() string { return "moment_post" }

// Add tells kinds how posts are made.
func (p *Poster) Add(kinds *jobs.Kinds) error {
	return jobs.Add(kinds, func(ctx context.Context, j jobs.Job[post]) error { return p.do(ctx, j.Args.Name) })
}

// Open gives the Poster its queue.
func (p *Poster) Open(queue *jobs.Queue) { p.queue = queue }

// Use takes up the calendar, and gives its posts as plans.
func (p *Poster) Use(b *Book) []schedule.Plan {
	p.book.Store(b)
	var plans []schedule.Plan
	for _, one := range b.posts {
		plans = append(plans, schedule.Plan{
			Name: planOf(one.ID), Title: string(one.Category), Version: one.version, Grace: one.Grace.Duration(),
			Next: func(after time.Time) time.Time {
				if one.at.After(after) {
					return one.at
				}
				return time.Time{}
			},
			Page: func(ctx context.Context, tx *store.Tx, slot *store.Slot) (bool, error) {
				return true, p.due(ctx, tx, one, slot)
			},
		})
	}
	return plans
}

// planOf names the plan of a post.
func planOf(id string) string { return "moment/" + id }

func (p *Poster) account(one Post) bot.AccountName {
	if one.Account != "" {
		return one.Account
	}
	return p.First
}

// due writes a post down whose time has come. Of more than a day's share the last are held.
func (p *Poster) due(ctx context.Context, tx *store.Tx, one Post, slot *store.Slot) error {
	state, fresh, err := store.AddMoment(ctx, tx, store.MomentPost{
		Name: one.ID, Account: p.account(one), Day: one.day, Category: string(one.Category), At: one.at,
	}, MaxPerDay)
	if err != nil || !fresh {
		return err
	}
	if state == store.MomentHeld {
		slot.Reason = "cap"
		return nil
	}
	slot.People, slot.Queued = 1, 1
	return p.queue.Insert(ctx, tx, jobs.New(post{one.ID}).On(schedule.Queue))
}

// do does the next step of a post.
func (p *Poster) do(ctx context.Context, name string) error {
	m, ok, err := p.Store.Moment(ctx, name)
	if err != nil || !ok {
		return err
	}
	switch m.State {
	case store.MomentDue:
		return p.ask(ctx, m)
	case store.MomentAsking: // somebody stopped in the middle of asking: it may be there, and is not asked for twice
		return p.end(ctx, m, store.MomentAsking, store.MomentUnknown, "no_answer")
	case store.MomentAsked:
		return p.look(ctx, m)
	case store.MomentMade:
		return p.count(ctx, m)
	}
	return nil
}

// ask asks the platform to make a post.
func (p *Poster) ask(ctx context.Context, m store.MomentPost) error {
	one, there := p.post(m.Name)
	office, has := p.Offices[m.Account]
	switch {
	case !there:
		return p.end(ctx, m, store.MomentDue, store.MomentFailed, "removed")
	case !has:
		return p.end(ctx, m, store.MomentDue, store.MomentFailed, "no_right")
	case p.Now().Sub(m.At) > one.Grace.Duration():
		return p.end(ctx, m, store.MomentDue, store.MomentFailed, "late")
	}
	in, ready := p.order(m.Account, one)
	if !ready {
		return jobs.Later(uploadSoon)
	}
	m.State, m.AskedAt = store.MomentAsking, p.Now()
	if ok, err := p.Store.MoveMoment(ctx, m, store.MomentDue); err != nil || !ok {
		return err
	}
	job, err := office.add(ctx, in)
	ctx = context.WithoutCancel(ctx)
	if err == nil && job != "" {
		m.State, m.JobID = store.MomentAsked, job
		if _, err := p.Store.MoveMoment(ctx, m, store.MomentAsking); err != nil {
			return err
		}
		return jobs.Later(askAgain)
	}
	var refused *wxapi.Error
	var silent *wxapi.NoAnswerError
	switch {
	case errors.As(err, &refused) && (refused.Retryable() || refused.RateLimited()):
		return p.again(ctx, m, busyFor)
	case errors.As(err, &refused):
		return p.end(ctx, m, store.MomentAsking, store.MomentFailed, strconv.Itoa(refused.Code))
	case err == nil, errors.As(err, &silent) && silent.Why != wxapi.Unsent:
		return p.end(ctx, m, store.MomentAsking, store.MomentUnknown, "no_answer")
	}
	p.Log.Info("the platform could not be asked for a moment, it is tried again", zap.String("post", m.Name), zap.Error(err))
	return p.again(ctx, m, askAgain)
}

// again lets a post that was not made be due again.
func (p *Poster) again(ctx context.Context, m store.MomentPost, after time.Duration) error {
	m.State = store.MomentDue
	if _, err := p.Store.MoveMoment(ctx, m, store.MomentAsking); err != nil {
		return err
	}
	return jobs.Later(after)
}

// look asks what became of the job.
func (p *Poster) look(ctx context.Context, m store.MomentPost) error {
	office, has := p.Offices[m.Account]
	if !has || p.Now().Sub(m.AskedAt) > jobLife {
		return p.end(ctx, m, store.MomentAsked, store.MomentUnknown, "no_answer")
	}
	r, err := office.result(ctx, m.JobID)
	switch {
	case err != nil:
		return fmt.Errorf("ask for a moment: %w", err)
	case !r.done:
		return jobs.Later(askAgain)
	case r.code != 0 || r.momentID == "":
		return p.end(ctx, m, store.MomentAsked, store.MomentFailed, strconv.Itoa(r.code))
	}
	m.State, m.MomentID = store.MomentMade, r.momentID
	if _, err := p.Store.MoveMoment(ctx, m, store.MomentAsked); err != nil {
		return err
	}
	p.Log.Info("a moment waits for its members", zap.String("post", m.Name), zap.String("account", string(m.Account)))
	return jobs.Later(askAgain)
}

// count looks who has published, until a week is over or everybody has.
func (p *Poster) count(ctx context.Context, m store.MomentPost) error {
	office, has := p.Offices[m.Account]
	if !has || p.Now().Sub(m.AskedAt) > lookFor {
		return nil
	}
	var err error
	if m.Members, m.Published, err = office.published(ctx, m.MomentID); err != nil {
		return fmt.Errorf("ask who published a moment: %w", err)
	}
	m.LookedAt = p.Now()
	if _, err := p.Store.MoveMoment(ctx, m, store.MomentMade); err != nil {
		return err
	}
	if m.Members > 0 && m.Published == m.Members {
		return nil
	}
	return jobs.Later(lookEvery)
}

// end ends a post, and says why.
func (p *Poster) end(ctx context.Context, m store.MomentPost, from, to store.MomentState, why string) error {
	m.State, m.Reason = to, why
	if _, err := p.Store.MoveMoment(ctx, m, from); err != nil {
		return err
	}
	p.Log.Warn("a moment was not made, or may not have been", zap.String("post", m.Name), zap.String("account", string(m.Account)), zap.String("state", string(to)), zap.String("why", why))
	return nil
}

func (p *Poster) post(id string) (Post, bool) {
	for _, one := range p.book.Load().posts {
		if one.ID == id {
			return one, true
		}
	}
	return Post{}, false
}

// order is a post as the platform takes it; ready is false while a picture is not uploaded.
func (p *Poster) order(account bot.AccountName, one Post) (o order, ready bool) {
	if one.Text != "" {
		o.Text = &orderText{one.Text}
	}
	for _, name := range one.Pictures {
		id := p.Media(account, name, content.FormMoment)
		if id == "" {
			return o, false
		}
		o.Attachments = append(o.Attachments, attachment{Type: "image", Image: &picture{id}})
	}
	if l := one.Link; l != nil {
		id := p.Media(account, l.Picture, content.FormMoment)
		if id == "" {
			return o, false
		}
		o.Attachments = append(o.Attachments, attachment{Type: "link", Link: &orderLink{l.Title, l.URL, id}})
	}
	if len(one.Members)+len(one.Tags) > 0 {
		o.Visible = &visible{}
		if len(one.Members) > 0 {
			o.Visible.Senders = &senders{one.Members}
		}
		if len(one.Tags) > 0 {
			o.Visible.Contacts = &contacts{one.Tags}
		}
	}
	return o, true
}
