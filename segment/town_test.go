package segment

import (
	"context"
	"strings"
	"time"

	"pgregory.net/rapid"

	"guanjia/bot"
	"guanjia/store"
)

// town is people and what is known of them, as plain lists.
type town struct {
	now       time.Time
	followers []follower
	contacts  []contact
	relations []relation
	talkers   []bot.Person
	tags      []named // the bot's
	ctags     []contactTag
	corpTags  []corpTag
	owners    map[bot.Person]bot.Person // of those who were looked up
	unions    map[bot.Person]bool
	words     []consent
	claims    []claim
	attempts  []attempt
	standings []standing
	surveys   []named
	acts      []act
}

type (
	follower struct {
		bot.Person
		scene                string
		followed, unfollowed int64
		following            bool
	}
	contact struct {
		bot.Person
		union bool
	}
	relation struct {
		bot.Person
		member, state string
		since, ended  int64
	}
	named struct {
		bot.Person
		name string
	}
	contactTag struct {
		bot.Person
		id, name string
	}
	corpTag struct {
		account, id, name string
		deleted           bool
	}
	consent struct {
		named
		granted bool
		at      int64
	}
	claim struct {
		named
		expires, voided, redeemed int64
	}
	attempt struct {
		named
		finished int64
	}
	standing struct {
		named
		score int64
	}
	act struct {
		bot.Person
		kind bot.Kind
		at   int64
	}
)

var (
	testAccounts = []bot.AccountName{"corp", "desk", "shop"}
	testUsers    = []bot.UserID{"a", "b", "c"}
	testNames    = []string{"孕期", "o'clock", `";--`, "%"}
)

// everybody is who there may be in a town.
func everybody() (all []bot.Person) {
	for _, a := range testAccounts {
		for _, u := range testUsers {
			all = append(all, bot.Person{Account: a, User: u})
		}
	}
	return all
}

// drawTown makes a random one. Moments lie around the borders that expressions ask for, to the millisecond.
func drawTown(t *rapid.T) *town {
	w := &town{now: time.UnixMilli(1_800_000_000_000), owners: map[bot.Person]bot.Person{}, unions: map[bot.Person]bool{}}
	name := func() string { return rapid.SampledFrom(testNames).Draw(t, "name") }
	moment := func() int64 {
		days := rapid.SampledFrom([]int64{0, 1, 7, 30}).Draw(t, "days")
		return w.now.UnixMilli() - days*86_400_000 + rapid.Int64Range(-1, 1).Draw(t, "ms")
	}
	maybe := func() int64 {
		if rapid.Bool().Draw(t, "at all") {
			return moment()
		}
		return 0
	}
	yes := func() bool { return rapid.Bool().Draw(t, "yes") }
	for _, p := range everybody() {
		if yes() {
			w.followers = append(w.followers, follower{p, name(), maybe(), maybe(), yes()})
		}
		if yes() {
			w.contacts = append(w.contacts, contact{p, yes()})
			for _, m := range []string{"zhang", "li"} {
				if yes() {
					w.relations = append(w.relations, relation{p, m, name(), moment(), maybe()})
				}
			}
		}
		if yes() {
			w.talkers = append(w.talkers, p)
		}
	}
	w.merge(t)
	some := func() bot.Person { return rapid.SampledFrom(everybody()).Draw(t, "person") }
	for range rapid.IntRange(0, 6).Draw(t, "facts") {
		w.tags = append(w.tags, named{some(), name()})
		w.ctags = append(w.ctags, contactTag{some(), rapid.SampledFrom([]string{"", "et1", "et2"}).Draw(t, "tag id"), rapid.SampledFrom(append(testNames, "")).Draw(t, "tag name")})
		w.words = append(w.words, consent{named{some(), rapid.SampledFrom([]string{"", "o'clock"}).Draw(t, "topic")}, yes(), moment()})
		w.claims = append(w.claims, claim{named{some(), name()}, rapid.SampledFrom([]int64{0, w.now.UnixMilli(), w.now.UnixMilli() + 86_400_000, moment()}).Draw(t, "expiry"), maybe(), maybe()})
		w.attempts = append(w.attempts, attempt{named{some(), name()}, maybe()})
		w.standings = append(w.standings, standing{named{some(), name()}, rapid.Int64Range(79, 81).Draw(t, "score")})
		w.surveys = append(w.surveys, named{some(), name()})
		w.acts = append(w.acts, act{some(), rapid.SampledFrom([]bot.Kind{bot.KindText, bot.KindUnfollow, bot.KindStaffSaid, bot.KindMenuClick}).Draw(t, "kind"), moment()})
	}
	for _, a := range testAccounts {
		for _, id := range []string{"et1", "et2"} {
			if yes() {
				w.corpTags = append(w.corpTags, corpTag{string(a), id, name(), yes()})
			}
		}
	}
	return w
}

// merge makes one person of some: all are kept under the name of the first.
func (w *town) merge(t *rapid.T) {
	rest := rapid.Permutation(everybody()).Draw(t, "order")
	for len(rest) > 0 {
		n := rapid.IntRange(1, min(3, len(rest))).Draw(t, "accounts of one")
		for _, p := range rest[:n] {
			if n > 1 || rapid.Bool().Draw(t, "looked up") {
				w.owners[p] = rest[0]
				w.unions[p] = n > 1 || rapid.Bool().Draw(t, "union")
			}
		}
		rest = rest[n:]
	}
}

// settle writes the town into an empty database, or one of another town.
func (w *town) settle(ctx context.Context, s *store.Store) error {
	_, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) (int, error) {
		x := inserter{ctx: ctx, tx: tx}
		for _, table := range strings.Fields("follower contact contact_relation kf_talk person_tag contact_tag corp_tag identity consent coupon_claim quiz_attempt quiz_standing survey_participation journal") {
			x.do("DELETE FROM " + table)
		}
		for _, f := range w.followers {
			x.do("INSERT INTO follower VALUES ($1, $2, $3, $4, $5, 1, $6)", f.Account, f.User, f.scene, f.followed, f.unfollowed, f.following)
		}
		for _, c := range w.contacts {
			x.do("INSERT INTO contact VALUES ($1, $2, '', 1, '', $3, 1)", c.Account, c.User, map[bool]string{true: "u"}[c.union])
		}
		for _, r := range w.relations {
			x.do("INSERT INTO contact_relation VALUES ($1, $2, $3, '', '', $4, 1, $5, $6, 1, 1)", r.Account, r.User, r.member, r.state, r.since, r.ended)
		}
		for _, p := range w.talkers {
			for _, desk := range []string{"wk1", "wk2"} {
				x.do("INSERT INTO kf_talk VALUES ($1, $2, $3, 1, '', 0, FALSE, 1)", p.Account, desk, p.User)
			}
		}
		w.settleFacts(&x)
		return 0, x.err
	})
	return err
}

func (w *town) settleFacts(x *inserter) {
	for _, t := range w.tags {
		x.do("INSERT INTO person_tag VALUES ($1, $2, $3, '', '', '', 1) ON CONFLICT DO NOTHING", t.Account, t.User, t.name)
	}
	for _, t := range w.ctags {
		x.do("INSERT INTO contact_tag VALUES ($1, $2, 'zhang', $3, $4, 1) ON CONFLICT DO NOTHING", t.Account, t.User, t.id, t.name)
	}
	for _, t := range w.corpTags {
		x.do("INSERT INTO corp_tag VALUES ($1, $2, '', $3, 0, $4)", t.account, t.id, t.name, map[bool]int64{true: 1}[t.deleted])
	}
	for p, o := range w.owners {
		x.do("INSERT INTO identity VALUES ($1, $2, $3, $4, $5, 1)", p.Account, p.User, map[bool]string{true: "union-of-" + string(o.Account) + string(o.User)}[w.unions[p]], o.Account, o.User)
	}
	for _, c := range w.words {
		x.do(`INSERT INTO consent VALUES ($1, $2, $3, $4, '', $5, '') ON CONFLICT (account, user_id, topic) DO UPDATE SET granted = excluded.granted, at = excluded.at`, c.Account, c.User, c.name, c.granted, c.at)
	}
	for i, c := range w.claims {
		x.do("INSERT INTO coupon_claim VALUES ($1, $2, $3, '', $4, 1, $5, $6, $7, '', '', $2, $3) ON CONFLICT DO NOTHING", c.name, c.Account, c.User, string(rune('a'+i)), c.expires, c.voided, c.redeemed)
	}
	for i, a := range w.attempts {
		x.do("INSERT INTO quiz_attempt VALUES ($1, $2, $3, $4, $5, '', 1, $6, 0, 0, 0, 0, 0, NULL)", string(rune('a'+i)), a.name, a.Account, a.User, i, a.finished)
	}
	for _, s := range w.standings {
		x.do("INSERT INTO quiz_standing VALUES ($1, $2, $3, $4, 1, 1) ON CONFLICT DO NOTHING", s.name, s.Account, s.User, -s.score)
	}
	for _, s := range w.surveys {
		x.do("INSERT INTO survey_participation VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING", s.name, s.Account, s.User)
	}
	for i, a := range w.acts {
		x.do("INSERT INTO journal VALUES ($1, $2, $3, $4, '', '', 1, $5, 0, '', '', '', NULL, FALSE, NULL, NULL)", a.Account, string(rune('a'+i)), a.User, string(a.kind), a.at)
	}
}

type inserter struct {
	ctx context.Context
	tx  *store.Tx
	err error
}

func (x *inserter) do(query string, args ...any) {
	if x.err != nil {
		return
	}
	for i, a := range args { // the drivers know plain types
		switch v := a.(type) {
		case bot.AccountName:
			args[i] = string(v)
		case bot.UserID:
			args[i] = string(v)
		}
	}
	_, x.err = x.tx.Exec(x.ctx, query, args...)
}
