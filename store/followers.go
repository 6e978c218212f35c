package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// Follower is somebody who follows an account, or did.
type Follower struct {
	Person                   bot.Person
	Scene                    bot.Scene // of the last follow
	FollowedAt, UnfollowedAt time.Time // the last ones
	Follows                  int
	Following                bool
}

type followed struct {
	follower  Follower
	returning bool
}

// Follow records a follow and tells whether the person had followed before. The same key again changes nothing and tells
// the same. The platform does not promise its events in order: what happened last decides, not what arrived last.
func (s *Store) Follow(ctx context.Context, p bot.Person, scene bot.Scene, key bot.EventKey, at time.Time) (Follower, bool, error) {
	scene = bot.Scene(clean(string(scene)))
	r, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (followed, error) {
		fresh, err := insertFollowerEvent(ctx, tx, p, scene, key, at, true)
		if err != nil {
			return followed{}, err
		}
		if !fresh {
			return readFollow(ctx, tx, p, key)
		}
		f, _, err := Get(ctx, tx, scanFollower, `
			INSERT INTO follower (account, user_id, scene, followed_at, unfollowed_at, follows, following)
			VALUES ($1, $2, $3, $4, 0, 1, TRUE)
			ON CONFLICT (account, user_id) DO UPDATE SET
				scene = CASE WHEN excluded.followed_at >= follower.followed_at THEN excluded.scene ELSE follower.scene END,
				following = CASE WHEN excluded.followed_at >= follower.unfollowed_at THEN TRUE ELSE follower.following END,
				followed_at = CASE WHEN excluded.followed_at > follower.followed_at THEN excluded.followed_at ELSE follower.followed_at END,
				follows = follower.follows + 1
			RETURNING `+followerColumns, string(p.Account), string(p.User), string(scene), ms(at))
		if err != nil {
			return followed{}, err
		}
		returning := f.Follows > 1 || !f.UnfollowedAt.IsZero() && !f.UnfollowedAt.After(at)
		if returning {
			_, err = tx.Exec(ctx, "UPDATE follower_event SET was_returning = TRUE WHERE account = $1 AND event_key = $2",
				string(p.Account), string(key))
		}
		return followed{f, returning}, err
	})
	if err != nil {
		return Follower{}, false, fmt.Errorf("record follow: %w", err)
	}
	return r.follower, r.returning, nil
}

// Unfollow records that the person left.
func (s *Store) Unfollow(ctx context.Context, p bot.Person, key bot.EventKey, at time.Time) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		fresh, err := insertFollowerEvent(ctx, tx, p, "", key, at, false)
		if err != nil || !fresh {
			return 0, err
		}
		return tx.Exec(ctx, `
			INSERT INTO follower (account, user_id, scene, followed_at, unfollowed_at, follows, following)
			VALUES ($1, $2, '', 0, $3, 0, FALSE)
			ON CONFLICT (account, user_id) DO UPDATE SET
				following = CASE WHEN excluded.unfollowed_at >= follower.followed_at THEN FALSE ELSE follower.following END,
				unfollowed_at = CASE WHEN excluded.unfollowed_at > follower.unfollowed_at THEN excluded.unfollowed_at ELSE follower.unfollowed_at END`,
			string(p.Account), string(p.User), ms(at))
	})
	if err != nil {
		return fmt.Errorf("record unfollow: %w", err)
	}
	return nil
}

// Follower tells what is known of a person; ErrNotFound when nothing is.
func (s *Store) Follower(ctx context.Context, p bot.Person) (Follower, error) {
	f, ok, err := findFollower(ctx, s.read(), p)
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return Follower{}, fmt.Errorf("read follower: %w", err)
	}
	return f, nil
}

func insertFollowerEvent(ctx context.Context, tx *Tx, p bot.Person, scene bot.Scene, key bot.EventKey, at time.Time, follow bool) (fresh bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO follower_event (account, event_key, user_id, follow, scene, at, was_returning)
		VALUES ($1, $2, $3, $4, $5, $6, FALSE) ON CONFLICT DO NOTHING`,
		string(p.Account), string(key), string(p.User), follow, string(scene), ms(at))
	return n == 1, err
}

func readFollow(ctx context.Context, tx *Tx, p bot.Person, key bot.EventKey) (followed, error) {
	f, ok, err := findFollower(ctx, tx, p)
	if err != nil {
		return followed{}, err
	}
	if !ok {
		return followed{}, ErrNotFound
	}
	returning, _, err := Get(ctx, tx, scalar[bool], "SELECT was_returning FROM follower_event WHERE account = $1 AND event_key = $2",
		string(p.Account), string(key))
	return followed{f, returning}, err
}

const followerColumns = "account, user_id, scene, followed_at, unfollowed_at, follows, following"

func findFollower(ctx context.Context, q Queryer, p bot.Person) (Follower, bool, error) {
	return Get(ctx, q, scanFollower, "SELECT "+followerColumns+" FROM follower WHERE account = $1 AND user_id = $2",
		string(p.Account), string(p.User))
}

func scanFollower(r Row) (Follower, error) {
	var f Follower
	var followed, unfollowed int64
	err := r.Scan(&f.Person.Account, &f.Person.User, &f.Scene, &followed, &unfollowed, &f.Follows, &f.Following)
	f.FollowedAt, f.UnfollowedAt = fromMS(followed), fromMS(unfollowed)
	return f, err
}
