package segment

import (
	"cmp"
	"slices"
	"time"

	"guanjia/bot"
)

// everybody lists who is known, in the order of List.
func (w *town) everybody() []bot.Person {
	seen := map[bot.Person]bool{}
	for _, f := range w.followers {
		seen[f.Person] = true
	}
	for _, c := range w.contacts {
		seen[c.Person] = true
	}
	for _, p := range w.talkers {
		seen[p] = true
	}
	var all []bot.Person
	for p := range seen {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b bot.Person) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.User, b.User))
	})
	return all
}

// meant are those for whom the expression holds, found by going through the lists.
func (w *town) meant(e *Expr) []bot.Person {
	return slices.DeleteFunc(w.everybody(), func(p bot.Person) bool { return !w.holds(e, p) })
}

func (w *town) holds(e *Expr, p bot.Person) bool {
	switch e.Op {
	case And:
		return !slices.ContainsFunc(e.Kids, func(k *Expr) bool { return !w.holds(k, p) })
	case Or:
		return slices.ContainsFunc(e.Kids, func(k *Expr) bool { return w.holds(k, p) })
	case Not:
		return !w.holds(e.Kids[0], p)
	}
	return w.term(e.Term, p)
}

// same tells whether two are one person.
func (w *town) same(p, q bot.Person) bool {
	if p == q {
		return true
	}
	o, one := w.owners[p]
	other, two := w.owners[q]
	return one && two && o == other
}

// came is how somebody came, and whether they are still there.
func (w *town) came(p bot.Person) (f follower) {
	for _, f := range w.followers {
		if f.Person == p {
			return f
		}
	}
	for _, r := range w.relations {
		if r.Person != p {
			continue
		}
		if f.followed == 0 || r.since < f.followed {
			f.followed = r.since
		}
		f.unfollowed = max(f.unfollowed, r.ended)
		if r.ended == 0 {
			f.following, f.scene = true, max(f.scene, r.state)
		}
	}
	return f
}

func (w *town) ago(t Term, at int64) bool {
	return at > 0 && compared(w.now.UnixMilli()-at, t.Op, t.Span.Milliseconds())
}

func compared(a int64, op string, b int64) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	}
	return a == b
}

func (w *town) term(t Term, p bot.Person) bool {
	switch came := w.came(p); t.About {
	case All:
		return true
	case Account:
		return string(p.Account) == t.Name
	case Scene:
		return came.scene == t.Name
	case Member:
		return slices.ContainsFunc(w.relations, func(r relation) bool { return r.Person == p && r.member == t.Name && r.ended == 0 })
	case Followed:
		if t.Op == "" {
			return came.following
		}
		return w.ago(t, came.followed)
	case Unfollowed:
		return came.unfollowed > 0 && !came.following && (t.Op == "" || w.ago(t, came.unfollowed))
	case Active:
		last := int64(0)
		for _, a := range w.acts {
			if a.Person == p && (a.kind == bot.KindText || a.kind == bot.KindMenuClick) {
				last = max(last, a.at)
			}
		}
		if last == 0 {
			return t.Op == ">" || t.Op == ">="
		}
		return w.ago(t, last)
	case Tag:
		return slices.ContainsFunc(w.tags, func(n named) bool { return w.same(n.Person, p) && n.name == t.Name }) || slices.ContainsFunc(w.ctags, func(c contactTag) bool {
			return w.same(c.Person, p) && (c.name == t.Name || slices.ContainsFunc(w.corpTags, func(g corpTag) bool {
				return g.account == string(c.Account) && g.id == c.id && g.name == t.Name && !g.deleted
			}))
		})
	case UnionID:
		for q, known := range w.unions {
			if known && w.same(p, q) {
				return true
			}
		}
		return slices.ContainsFunc(w.contacts, func(c contact) bool { return c.union && w.same(c.Person, p) })
	case OptedOut, Consent:
		yes, no := w.wordsOf(p, t.Name)
		return t.About == OptedOut && no > 0 && no >= yes || t.About == Consent && yes > no
	}
	return w.campaign(t, p)
}

// wordsOf is when a person last said yes and no to a topic, on any account, where only the last word counts.
func (w *town) wordsOf(p bot.Person, topic string) (yes, no int64) {
	last := map[bot.Person]consent{}
	for _, c := range w.words {
		if c.name == topic && w.same(c.Person, p) {
			last[c.Person] = c
		}
	}
	for _, c := range last {
		if c.granted {
			yes = max(yes, c.at)
		} else {
			no = max(no, c.at)
		}
	}
	return yes, no
}

func (w *town) campaign(t Term, p bot.Person) bool {
	its := func(n named) bool { return n.name == t.Name && w.same(n.Person, p) }
	switch t.About {
	case Survey:
		return slices.ContainsFunc(w.surveys, its)
	case Coupon:
		seen := map[named]bool{}
		for _, c := range w.claims {
			if seen[c.named] { // a second claim is none
				continue
			}
			seen[c.named] = true
			open := c.redeemed == 0 && c.voided == 0
			left := time.Duration(c.expires-w.now.UnixMilli()) * time.Millisecond
			if its(c.named) && (t.Fact == claimed || t.Fact == redeemed && c.redeemed > 0 || t.Fact == unredeemed && open && (c.expires == 0 || left > 0) ||
				t.Fact == expiring && open && left > 0 && compared(int64(left), t.Op, int64(t.Span))) {
				return true
			}
		}
		return false
	}
	switch t.Fact {
	case started:
		return slices.ContainsFunc(w.attempts, func(a attempt) bool { return its(a.named) })
	case unfinished:
		return slices.ContainsFunc(w.attempts, func(a attempt) bool {
			return its(a.named) && a.finished == 0 && !slices.ContainsFunc(w.standings, func(s standing) bool { return s.named == a.named })
		})
	}
	seen := map[named]bool{}
	return slices.ContainsFunc(w.standings, func(s standing) bool {
		again := seen[s.named]
		seen[s.named] = true
		return !again && its(s.named) && (t.Fact == finished || compared(s.score, t.Op, t.Score))
	})
}
