package contact

import (
	"cmp"
	"math"
	"slices"
	"time"
	"unicode/utf8"
)

// Limits of tags (WeCom docs, 管理企业标签, 编辑客户企业标签).
const (
	maxTags    = 3000 // of a corp
	maxTagName = 30   // characters
	maxMarks   = 3000 // added or removed by one call
)

// TagGroup is a group of the corp's tags; there are no tags outside of one.
type TagGroup struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	Order     int64     `json:"order"`
	By        string    `json:"by,omitempty"` // the app that made it; empty: the console
	Tags      []*Tag    `json:"tags"`
}

// Tag is one tag of the corp.
type Tag struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	Order     int64     `json:"order"`
	By        string    `json:"by,omitempty"`
}

// tag finds a tag and its group; nil when there is none.
func (b *Book) tag(id string) (*TagGroup, *Tag) {
	for _, g := range b.Tags {
		for _, t := range g.Tags {
			if t.ID == id {
				return g, t
			}
		}
	}
	return nil, nil
}

// tagGroup finds a group; nil when there is none.
func (b *Book) tagGroup(id string) *TagGroup {
	for _, g := range b.Tags {
		if g.ID == id {
			return g
		}
	}
	return nil
}

func (b *Book) tagGroupNamed(name string) *TagGroup {
	for _, g := range b.Tags {
		if g.Name == name {
			return g
		}
	}
	return nil
}

func (g *TagGroup) named(name string) *Tag {
	for _, t := range g.Tags {
		if t.Name == name {
			return t
		}
	}
	return nil
}

func (b *Book) countTags() int {
	n := 0
	for _, g := range b.Tags {
		n += len(g.Tags)
	}
	return n
}

func isTagName(name string) bool {
	return name != "" && utf8.RuneCountInString(name) <= maxTagName
}

func isOrder(n int64) bool { return n >= 0 && n <= math.MaxUint32 }

// newTags puts tags into a group, a new one when it is nil. Everything has been checked.
func (b *Book) newTags(g *TagGroup, groupName string, order int64, tags []tagSpec, by string, now time.Time) (*TagGroup, []*Tag) {
	if g == nil {
		g = &TagGroup{ID: b.name("et", now), Name: groupName, CreatedAt: now, Order: order, By: by}
		b.Tags = append(b.Tags, g)
	}
	var made []*Tag
	for _, t := range tags {
		if g.named(t.Name) != nil {
			continue // named twice in one call
		}
		tag := &Tag{ID: b.name("et", now), Name: t.Name, CreatedAt: now, Order: t.Order, By: by}
		g.Tags = append(g.Tags, tag)
		made = append(made, tag)
	}
	b.sortTags()
	return g, made
}

// sortTags keeps groups and tags in the order they are shown in: the larger order first, then the older.
func (b *Book) sortTags() {
	slices.SortStableFunc(b.Tags, func(x, y *TagGroup) int { return cmp.Compare(y.Order, x.Order) })
	for _, g := range b.Tags {
		slices.SortStableFunc(g.Tags, func(x, y *Tag) int { return cmp.Compare(y.Order, x.Order) })
	}
}

// dropTag deletes a tag, from the customers too; a group that is empty then goes with it.
func (b *Book) dropTag(g *TagGroup, t *Tag) {
	g.Tags = slices.DeleteFunc(g.Tags, func(o *Tag) bool { return o == t })
	for _, r := range b.Relations {
		r.mark(nil, []string{t.ID})
	}
	if len(g.Tags) == 0 {
		b.dropTagGroup(g)
	}
}

func (b *Book) dropTagGroup(g *TagGroup) {
	var ids []string
	for _, t := range g.Tags {
		ids = append(ids, t.ID)
	}
	for _, r := range b.Relations {
		r.mark(nil, ids)
	}
	b.Tags = slices.DeleteFunc(b.Tags, func(o *TagGroup) bool { return o == g })
}
