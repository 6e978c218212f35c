package quiz

import (
	"context"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"guanjia/content"
	"guanjia/store"
)

// Tag is given to who finishes an attempt with a score in its range.
type Tag struct {
	Tag  string
	From *Whole // nil: from nothing on
	To   *Whole // nil: to the best
}

// UnmarshalYAML reads "答过题" or {tag: 健康达人, from: 80}.
func (t *Tag) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return n.Decode(&t.Tag)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		into, ok := map[string]any{"tag": &t.Tag, "from": &t.From, "to": &t.To}[key.Value]
		if !ok {
			return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: field %s not found in type quiz.Tag", key.Line, key.Value)}}
		}
		if err := value.Decode(into); err != nil {
			return err
		}
	}
	return nil
}

// fits tells whether a score is in the range, both ends included.
func (t Tag) fits(score int) bool {
	return (t.From == nil || score >= int(*t.From)) && (t.To == nil || score <= int(*t.To))
}

// tags is what a score makes of the person, each tag once.
func (c *Campaign) tags(score int) []string {
	var tags []string
	for _, t := range c.Tags {
		if t.fits(score) && !slices.Contains(tags, t.Tag) {
			tags = append(tags, t.Tag)
		}
	}
	return tags
}

// tag gives the person the tags of a finished attempt.
func (v *visit) tag(ctx context.Context, a store.Attempt) error {
	return v.records.TagPerson(ctx, store.TagRequest{
		Person: v.Event.Person(), Tags: v.campaign.tags(a.Score), Handler: Name, Campaign: v.campaign.ID, Key: v.Event.Key, At: v.Now,
	})
}

// tags looks the tags over.
func (k checker) tags(c *Campaign) {
	if len(c.Tags) > content.MaxTags {
		k.add(k.line("tags"), "keep those that somebody looks at", "%d tags are too many: at most %d", len(c.Tags), content.MaxTags)
	}
	most := c.mostPoints()
	for i, t := range c.Tags {
		content.CheckTag(k.d, k.ps, t.Tag, k.place("tags", i)...)
		from, to := 0, most
		if t.From != nil {
			from = int(*t.From)
		}
		if t.To != nil {
			to = int(*t.To)
		}
		if from < 0 || from > to || from > most {
			k.add(k.line("tags", i), "write from: not above to:, both within the scores that can be reached", "tag %q is for scores from %d to %d, of at most %d", t.Tag, from, to, most)
		}
	}
}
