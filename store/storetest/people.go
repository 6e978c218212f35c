package storetest

import (
	"errors"
	"testing"
	"time"

	"guanjia/store"
)

func followers(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	p := someone(1)
	if _, err := s.Follower(t.Context(), p); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("a stranger: %v", err)
	}
	for range 2 { // the platform sends it again
		f, returning, err := s.Follow(t.Context(), p, "pharmacy-01", "follow-1", start)
		ok(t, err)
		equal(t, returning, false)
		equal(t, f, store.Follower{Person: p, Scene: "pharmacy-01", FollowedAt: start, Follows: 1, Following: true})
	}
	for range 2 {
		ok(t, s.Unfollow(t.Context(), p, "unfollow-1", start.Add(time.Hour)))
	}
	f, err := s.Follower(t.Context(), p)
	ok(t, err)
	equal(t, f.Following, false)
	equal(t, f.UnfollowedAt, start.Add(time.Hour))
	for range 2 {
		f, returning, err := s.Follow(t.Context(), p, "live-doctor", "follow-2", start.Add(2*time.Hour))
		ok(t, err)
		equal(t, returning, true)
		equal(t, f, store.Follower{Person: p, Scene: "live-doctor", FollowedAt: start.Add(2 * time.Hour), UnfollowedAt: start.Add(time.Hour), Follows: 2, Following: true})
	}
	// The first follow sent once more tells what it told then.
	_, returning, err := s.Follow(t.Context(), p, "pharmacy-01", "follow-1", start)
	ok(t, err)
	equal(t, returning, false)

	// Somebody who followed before there was a bot.
	ok(t, s.Unfollow(t.Context(), someone(2), "unfollow-2", start))
	_, returning, err = s.Follow(t.Context(), someone(2), "", "follow-3", start.Add(time.Second))
	ok(t, err)
	equal(t, returning, true)

	// The same person follows many times at once.
	together(20, func(i int) {
		if _, _, err := s.Follow(t.Context(), someone(3), "", key("many-%d", i), start); err != nil {
			t.Error(err)
		}
	})
	f, err = s.Follower(t.Context(), someone(3))
	ok(t, err)
	equal(t, f.Follows, 20)
}

func followersOutOfOrder(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	p := someone(1)
	ok(t, s.Unfollow(t.Context(), p, "unfollow", start.Add(time.Minute)))
	f, returning, err := s.Follow(t.Context(), p, "newgift", "follow", start)
	ok(t, err)
	equal(t, returning, false)
	equal(t, f.Following, false)

	_, _, err = s.Follow(t.Context(), p, "pharmacy-01", "follow-again", start.Add(time.Hour))
	ok(t, err)
	ok(t, s.Unfollow(t.Context(), p, "old-unfollow", start.Add(time.Minute)))
	_, _, err = s.Follow(t.Context(), p, "pharmacy-02", "old-follow", start.Add(2*time.Minute))
	ok(t, err)
	f, err = s.Follower(t.Context(), p)
	ok(t, err)
	equal(t, f, store.Follower{Person: p, Scene: "pharmacy-01", FollowedAt: start.Add(time.Hour), UnfollowedAt: start.Add(time.Minute), Follows: 3, Following: true})
}

func consents(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	p := someone(1)
	_, known, err := s.Consent(t.Context(), p, "")
	ok(t, err)
	equal(t, known, false)

	word := func(granted bool, k string, at time.Time) store.Consent {
		return store.Consent{Person: p, Granted: granted, At: at, Source: "keyword", Key: key("%s", k)}
	}
	out := word(false, "退订", start)
	steps := []struct {
		say     store.Consent
		changed bool
		stands  store.Consent
	}{
		{out, true, out},
		{out, true, out}, // the same event again
		{word(false, "退订 2", start.Add(time.Second)), false, word(false, "退订 2", start.Add(time.Second))},
		{word(true, "恢复", start.Add(time.Hour)), true, word(true, "恢复", start.Add(time.Hour))},
		{word(false, "退订, delayed", start.Add(time.Minute)), false, word(true, "恢复", start.Add(time.Hour))},
	}
	for _, step := range steps {
		changed, err := s.SetConsent(t.Context(), step.say)
		ok(t, err)
		equal(t, changed, step.changed)
		c, known, err := s.Consent(t.Context(), p, "")
		ok(t, err)
		equal(t, known, true)
		equal(t, c, step.stands)
	}
	_, known, err = s.Consent(t.Context(), p, "live")
	ok(t, err)
	equal(t, known, false)
}
