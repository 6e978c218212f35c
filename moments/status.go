package moments

import (
	"context"
	"time"

	"guanjia/store"
)

// Line is one post of the calendar, and what became of it.
type Line struct {
	ID        string            `json:"id"`
	Account   string            `json:"account,omitempty"`
	At        time.Time         `json:"at"`
	Category  Category          `json:"category"`
	State     store.MomentState `json:"state"` // "planned" before its time
	Reason    string            `json:"reason,omitempty"`
	Members   int               `json:"members"`
	Published int               `json:"published"`
}

// Planned is the state of a post before its time.
const Planned store.MomentState = "planned"

// Calendar is the posts of a span of time, and their mix.
type Calendar struct {
	Posts []Line  `json:"posts"`
	Mix   []Share `json:"mix"`
}

// Records tell what became of posts; *store.Store does.
type Records interface {
	Moments(ctx context.Context, since time.Time) ([]store.MomentPost, error)
}

// List tells how the calendar stands from a time on. The mix is of what was posted or will be; what was held or failed was not.
func List(ctx context.Context, r Records, b *Book, since time.Time) (Calendar, error) {
	kept, err := r.Moments(ctx, since)
	if err != nil {
		return Calendar{}, err
	}
	c := Calendar{Posts: []Line{}}
	var mix []Category
	seen := map[string]bool{}
	for _, m := range kept {
		seen[m.Name] = true
		c.Posts = append(c.Posts, Line{m.Name, string(m.Account), m.At, Category(m.Category), m.State, m.Reason, m.Members, m.Published})
		if m.State != store.MomentHeld && m.State != store.MomentFailed {
			mix = append(mix, Category(m.Category))
		}
	}
	for i := range b.posts {
		p := &b.posts[i]
		if seen[p.ID] || p.at.Before(since) {
			continue
		}
		c.Posts = append(c.Posts, Line{ID: p.ID, Account: string(p.Account), At: p.at, Category: p.Category, State: Planned})
		mix = append(mix, p.Category)
	}
	c.Mix = Mix(mix, b.Target)
	return c, nil
}
