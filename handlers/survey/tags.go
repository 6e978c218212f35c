package survey

import (
	"context"
	"slices"

	"guanjia/store"
)

// tags is what a walked path makes of the person, each tag once.
func (c *Campaign) tags(answers []store.SurveyAnswer) []string {
	tags := slices.Clone(c.Tags)
	for _, a := range answers {
		q, ok := c.byID[a.Question]
		if !ok || a.Skipped {
			continue
		}
		for _, o := range q.Options {
			if o.Tag != "" && slices.Contains(a.Choices, o.Text) && !slices.Contains(tags, o.Tag) {
				tags = append(tags, o.Tag)
			}
		}
	}
	return tags
}

// tag gives the person the tags of the path. An anonymous survey has none that hang on answers.
func (v *visit) tag(ctx context.Context) error {
	return v.records.TagPerson(ctx, store.TagRequest{
		Person: v.Event.Person(), Tags: v.campaign.tags(v.progress.Given), Handler: Name, Campaign: v.campaign.ID, Key: v.Event.Key, At: v.Now,
	})
}
