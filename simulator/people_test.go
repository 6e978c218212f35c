package simulator

import (
	"context"
	"strings"
	"testing"
)

// TestEveryoneKnowsAPersonByAnotherName: corps and accounts can't match their people by id, only by unionid, which is one for all.
func TestEveryoneKnowsAPersonByAnotherName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, id := range []string{
		externalUserID(1, "ww1", "u1"), externalUserID(1, "ww1", "u2"), externalUserID(1, "ww2", "u1"), externalUserID(2, "ww1", "u1"),
		openID(1, "ww1", "u1"), unionID(1, "u1"), unionID(1, "u2"),
	} {
		if seen[id] {
			t.Errorf("%s names two", id)
		}
		seen[id] = true
	}
	if id := externalUserID(1, "ww1", "u1"); len(id) != 32 || !strings.HasPrefix(id, "wm") || id != externalUserID(1, "ww1", "u1") {
		t.Errorf("external user id %q", id)
	}
	if id := unionID(1, "u1"); len(id) != 28 || !strings.HasPrefix(id, "o") {
		t.Errorf("unionid %q", id)
	}
}

// TestAPersonIsShownWithTheNamesCorpsKnowThemBy: whoever reads the page's API can tell which customer a person is.
func TestAPersonIsShownWithTheNamesCorpsKnowThemBy(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Corps: []Corp{{ID: "ww0123456789abcdef"}}, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
	u, err := s.NewUser("小王")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Users()[0].Corps["ww0123456789abcdef"], externalUserID(3, "ww0123456789abcdef", u.ID); got != want || u.Corps["ww0123456789abcdef"] != want {
		t.Errorf("the corp knows them as %q, want %q", got, want)
	}
}
