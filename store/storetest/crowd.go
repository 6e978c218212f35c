package storetest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// crowdTown writes down all that matters for a message about people of two accounts, by chance: u0 to u59 on "brand", some of them known on
// "other" too or under a second name on "brand".
func crowdTown(t testing.TB, s *store.Store, r *rand.Rand) []store.CrowdMember {
	t.Helper()
	at := func() int64 { return start.Add(-time.Duration(r.Int64N(int64(80 * time.Hour)))).UnixMilli() }
	_, err := store.InTx(t.Context(), s, func(ctx context.Context, tx *store.Tx) (bool, error) {
		exec := func(query string, args ...any) {
			if _, err := tx.Exec(ctx, query, args...); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		for i := range crowdSize {
			user, owner := fmt.Sprint("u", i), fmt.Sprint("u", i-i%7)
			if i%7 < 3 { // up to three names are one person
				exec("INSERT INTO identity (account, user_id, unionid, owner_account, owner_user, looked_up_at) VALUES ('brand', $1, '', 'brand', $2, 1)", user, owner)
			}
			if i%7 == 4 {
				exec("INSERT INTO identity (account, user_id, unionid, owner_account, owner_user, looked_up_at) VALUES ('other', $1, '', 'brand', $2, 1)", "o"+user, owner)
			}
			for _, p := range []bot.Person{{Account: "brand", User: bot.UserID(user)}, {Account: "other", User: bot.UserID("o" + user)}, {Account: "other", User: bot.UserID(user)}} {
				crowdPerson(exec, p, at, r)
			}
		}
		return true, nil
	})
	ok(t, err)
	members := make([]store.CrowdMember, crowdSize+1)
	for i := range members { // the last is not known at all
		u := bot.UserID(fmt.Sprint("u", i))
		members[i] = store.CrowdMember{ID: store.SendID(bot.Person{Account: "brand", User: u}, "c0"), User: u}
	}
	r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return members
}

const crowdSize = 60

func crowdPerson(exec func(string, ...any), p bot.Person, at func() int64, r *rand.Rand) {
	account, user := string(p.Account), string(p.User)
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	if r.IntN(2) == 0 {
		exec("INSERT INTO follower (account, user_id, scene, followed_at, unfollowed_at, follows, following) VALUES ($1, $2, '', 1, 0, 1, $3)", account, user, r.IntN(4) > 0)
	}
	for n := range r.IntN(3) {
		exec("INSERT INTO contact_relation (account, user_id, member, remark, description, state, add_way, since, ended_at, changed_at, seen_run) VALUES ($1, $2, $3, '', '', '', 0, 1, $4, 1, 0)",
			account, user, fmt.Sprint("m", n), r.IntN(2))
	}
	for n := range r.IntN(3) {
		exec("INSERT INTO kf_talk (account, desk, user_id, heard_at, heard_key, sent, staff, touched_at) VALUES ($1, $2, $3, $4, '', $5, $6, 1)",
			account, fmt.Sprint("kf", n), user, at(), r.IntN(6), r.IntN(3) == 0)
	}
	for _, topic := range []string{"", "live", "tips"} {
		if r.IntN(3) == 0 {
			exec("INSERT INTO consent (account, user_id, topic, granted, source, at, event_key) VALUES ($1, $2, $3, $4, '', $5, '')", account, user, topic, r.IntN(2) == 0, at())
		}
	}
	for n := range r.IntN(4) {
		exec(`INSERT INTO journal (account, event_key, user_id, kind, name, msg_id, at, received_at, took_us, handler, outcome, said, private)
			VALUES ($1, $2, $3, $4, '', '', $5, $5, 0, '', '', '', FALSE)`, account, fmt.Sprint(user, "-", n), user, pick("text", "follow", "menu_click"), at())
	}
	for n := range r.IntN(3) {
		exec("INSERT INTO subscription_grant (account, user_id, template, event_key, granted_at, used_by) VALUES ($1, $2, $3, $4, 1, $5)",
			account, user, pick("t1", "t2"), fmt.Sprint(user, "-", n), pick("", "x"))
	}
	for n := range r.IntN(4) {
		cause := fmt.Sprint("c", n)
		exec(`INSERT INTO send (id, account, user_id, cause, campaign, topic, budget, priority, ways, not_before, expires_at, content, state, way, reason, detail, parts, tries, counted,
			msg_id, claimed_by, claimed_at, due_at, created_at, sending_at, settled_at)
			VALUES ($1, $2, $3, $4, '', '', $5, $6, 'custom', 1, 2, $14, $7, $8, $9, '', $10, 0, $11, '', '', 0, $12, 1, $13, 0)`,
			store.SendID(p, cause), account, user, cause, pick("push", "push", "reply"), 1+r.IntN(4), pick("queued", "waiting", "sent", "failed", "unknown"), pick("custom", "kf"),
			pick("", "cap", "paused_all"), r.IntN(4), r.IntN(2) == 0, at(), at(), []byte("{}"))
	}
}

// sendsCrowd: what is asked about many at once is what is asked about each.
func sendsCrowd(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	members := crowdTown(t, s, rand.New(rand.NewPCG(seed, 0)))
	ask := store.SendFactsAsk{Person: bot.Person{Account: "brand"}, Topic: "live", CountedSince: start.Add(-48 * time.Hour)}
	for name, change := range map[string]func(*store.SendFactsAsk){
		"a push":        func(*store.SendFactsAsk) {},
		"a reply":       func(a *store.SendFactsAsk) { a.Reply = true },
		"without topic": func(a *store.SendFactsAsk) { a.Topic = "" },
		"with its words": func(a *store.SendFactsAsk) {
			a.ActsSince, a.SentSince, a.Way = start.Add(-48*time.Hour), start.Add(-48*time.Hour), "custom"
		},
		"a notification": func(a *store.SendFactsAsk) { a.Notice = "t1" },
	} {
		asked := ask
		change(&asked)
		all, err := s.CrowdFacts(t.Context(), asked, members)
		ok(t, err)
		for i, m := range members {
			asked.ID, asked.Person.User = m.ID, m.User
			one, err := s.SendFacts(t.Context(), asked)
			ok(t, err)
			if got, want := fmt.Sprintf("%+v", inOrder(all[i])), fmt.Sprintf("%+v", inOrder(one)); got != want {
				t.Fatalf("%s to %s: together\n%s\nalone\n%s", name, m.User, got, want)
			}
		}
	}
}

// inOrder puts what has no order of its own in one.
func inOrder(f store.SendFacts) store.SendFacts {
	slices.SortFunc(f.Sent, func(a, b store.CapPlace) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(f.Rivals, func(a, b store.SendRival) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Priority, b.Priority))
	})
	slices.SortFunc(f.BySend, time.Time.Compare)
	return f
}
