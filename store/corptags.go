package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// TagGroup is a group of the corp's tags.
type TagGroup struct {
	ID, Name string
	Order    int64 // larger first
	Tags     []CorpTag
}

// CorpTag is a tag of the corp.
type CorpTag struct {
	ID, Name string
	Order    int64
}

// SaveCorpTags writes the whole list of an account's tags down; what is not in it was deleted.
func (s *Store) SaveCorpTags(ctx context.Context, a bot.AccountName, groups []TagGroup, at time.Time) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		for _, table := range []string{"corp_tag_group", "corp_tag"} {
			if _, err := tx.Exec(ctx, "UPDATE "+table+" SET deleted_at = $1 WHERE account = $2 AND deleted_at = 0", ms(at), string(a)); err != nil {
				return 0, err
			}
		}
		for _, g := range groups {
			if err := saveTagGroup(ctx, tx, a, g); err != nil {
				return 0, err
			}
		}
		return len(groups), nil
	})
	if err != nil {
		return fmt.Errorf("save the corp's tags: %w", err)
	}
	return nil
}

// AddCorpTags writes down a group, or a part of it, that was just made.
func (s *Store) AddCorpTags(ctx context.Context, a bot.AccountName, g TagGroup) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) { return 0, saveTagGroup(ctx, tx, a, g) })
	if err != nil {
		return fmt.Errorf("save tags of the corp: %w", err)
	}
	return nil
}

func saveTagGroup(ctx context.Context, tx *Tx, a bot.AccountName, g TagGroup) error {
	_, err := tx.Exec(ctx, `INSERT INTO corp_tag_group (account, id, name, place, deleted_at) VALUES ($1, $2, $3, $4, 0)
		ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, place = excluded.place, deleted_at = 0`,
		string(a), clean(g.ID), clean(g.Name), g.Order)
	if err != nil {
		return err
	}
	for _, t := range g.Tags {
		_, err := tx.Exec(ctx, `INSERT INTO corp_tag (account, id, group_id, name, place, deleted_at) VALUES ($1, $2, $3, $4, $5, 0)
			ON CONFLICT (account, id) DO UPDATE SET group_id = excluded.group_id, name = excluded.name, place = excluded.place, deleted_at = 0`,
			string(a), clean(t.ID), clean(g.ID), clean(t.Name), t.Order)
		if err != nil {
			return err
		}
	}
	return nil
}

// FindCorpTag finds the id of a tag by its name, in the group of that name before others; ok is false when there is none.
func (s *Store) FindCorpTag(ctx context.Context, a bot.AccountName, group, name string) (id string, ok bool, err error) {
	id, ok, err = Get(ctx, s.read(), scalar[string], `SELECT t.id FROM corp_tag t LEFT JOIN corp_tag_group g ON g.account = t.account AND g.id = t.group_id
		WHERE t.account = $1 AND t.name = $2 AND t.deleted_at = 0
		ORDER BY CASE WHEN g.name = $3 THEN 0 ELSE 1 END, t.id LIMIT 1`, string(a), clean(name), clean(group))
	if err != nil {
		return "", false, fmt.Errorf("find a tag of the corp: %w", err)
	}
	return id, ok, nil
}

// CorpTagCount tells how many tags an account's corp has.
func (s *Store) CorpTagCount(ctx context.Context, a bot.AccountName) (int, error) {
	n, _, err := Get(ctx, s.read(), scalar[int], "SELECT count(*) FROM corp_tag WHERE account = $1 AND deleted_at = 0", string(a))
	if err != nil {
		return 0, fmt.Errorf("count the corp's tags: %w", err)
	}
	return n, nil
}
