package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

var customer = on("assistant", "wm1")

func contact(t testing.TB, s *store.Store, p bot.Person) store.Contact {
	t.Helper()
	c, err := s.Contact(t.Context(), p)
	ok(t, err)
	return c
}

func contactRelations(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	others := func(member string) bool {
		has, err := s.HasOtherRelation(t.Context(), customer, member)
		ok(t, err)
		return has
	}
	note := func(member, state string, ended bool, at time.Time) {
		ok(t, s.NoteRelation(t.Context(), store.RelationNews{Person: customer, Member: member, State: state, Ended: ended, At: at}))
	}
	equal(t, others("ZhangSan"), false)
	for range 2 { // the platform sends it again
		note("ZhangSan", "door", false, start)
	}
	equal(t, others("zhangsan"), false)
	equal(t, others("LiSi"), true)
	note("LiSi", "", false, start.Add(time.Minute))
	note("ZhangSan", "", true, start.Add(time.Hour))
	note("ZhangSan", "late", false, start.Add(time.Minute)) // older, and arrives later
	equal(t, others("LiSi"), false)
	equal(t, others("ZhangSan"), true)
	note("LiSi", "", true, start.Add(2*time.Hour))
	equal(t, others("ZhangSan"), false)
	ok(t, s.NoteRelation(t.Context(), store.RelationNews{Person: customer, Member: "ZhangSan", Changed: true, At: start.Add(3 * time.Hour)}))
	equal(t, contact(t, s, customer).Relations, []store.Relation{
		{Member: "lisi", Since: start.Add(time.Minute), EndedAt: start.Add(2 * time.Hour)},
		{Member: "zhangsan", State: "door", Since: start, EndedAt: start.Add(time.Hour)},
	})
	due, err := s.TakeDirty(t.Context(), "assistant", start.Add(4*time.Hour), 10)
	ok(t, err)
	equal(t, len(due), 1) // all these events are one look-up
}

func contactLookUp(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	if _, err := s.Contact(t.Context(), customer); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("nobody: %v", err)
	}
	ok(t, s.NoteRelation(t.Context(), store.RelationNews{Person: customer, Member: "gone", At: start}))
	seen := store.Contact{Person: customer, Name: "小王\x00", Type: 1, UnionID: "u1", FetchedAt: start.Add(time.Minute), Relations: []store.Relation{
		{Member: "ZhangSan", Remark: "王先生", State: "door", AddWay: 1, Since: start, Tags: []store.ContactTag{{ID: "t1", Name: "老客户", Kind: 1}, {Name: "同学", Kind: 2}}},
		{Member: "lisi", Since: start},
	}}
	_, err := s.SaveContact(t.Context(), seen)
	ok(t, err)
	want := seen
	want.Name = "小王"
	want.Relations = []store.Relation{
		{Member: "gone", Since: start, EndedAt: start.Add(time.Minute)}, seen.Relations[1],
		{Member: "zhangsan", Remark: "王先生", State: "door", AddWay: 1, Since: start, Tags: []store.ContactTag{{Name: "同学", Kind: 2}, {ID: "t1", Name: "老客户", Kind: 1}}},
	}
	equal(t, contact(t, s, customer), want)
	// An event that is younger than the look-up counts.
	ok(t, s.NoteRelation(t.Context(), store.RelationNews{Person: customer, Member: "lisi", Ended: true, At: start.Add(time.Hour)}))
	seen.FetchedAt = start.Add(30 * time.Minute)
	_, err = s.SaveContact(t.Context(), seen)
	ok(t, err)
	equal(t, contact(t, s, customer).Relations[1].EndedAt, start.Add(time.Hour))
	n, err := s.ContactCount(t.Context(), "assistant")
	ok(t, err)
	equal(t, n, 1)
	ok(t, s.EndRelations(t.Context(), customer, "", start.Add(2*time.Hour)))
	n, err = s.ContactCount(t.Context(), "assistant")
	ok(t, err)
	equal(t, n, 0)
	equal(t, contact(t, s, customer).Name, "小王") // ended, not deleted
}

func contactDirty(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	mark := func(at time.Time) { ok(t, s.MarkDirty(t.Context(), "assistant", store.DirtyContact, "wm1", at)) }
	take := func(at time.Time) []store.Dirty {
		due, err := s.TakeDirty(t.Context(), "assistant", at, 10)
		ok(t, err)
		return due
	}
	mark(start)
	mark(start)
	due := take(start)
	equal(t, len(due), 1)
	mark(start) // while it is looked up
	ok(t, s.DirtyDone(t.Context(), due...))
	due = take(start)
	equal(t, len(due), 1)
	ok(t, s.DirtyLater(t.Context(), due[0], start.Add(time.Minute), "busy"))
	equal(t, len(take(start)), 0)
	equal(t, take(start.Add(time.Minute))[0].Tries, 1)
	counts, err := s.DirtyCounts(t.Context(), "assistant")
	ok(t, err)
	equal(t, counts, []store.Waiting{{Kind: store.DirtyContact, Marks: 1, Failing: 1, Problem: "busy"}})
	mark(start.Add(time.Second)) // news makes it due
	due = take(start.Add(time.Second))
	equal(t, len(due), 1)
	ok(t, s.DirtyDone(t.Context(), due...))
	equal(t, len(take(start.Add(time.Hour))), 0)
	equal(t, len(take(start)), 0)
	together(20, func(i int) { mark(start.Add(time.Duration(i) * time.Second)) })
	equal(t, len(take(start.Add(time.Hour))), 1)
}

func contactFullSync(t *testing.T, fresh Fresh) {
	url := fresh(t)
	s := Open(t, url)
	now := start
	page := func(next string, member string, users ...string) store.SyncPage {
		p := store.SyncPage{Members: []string{member}, Next: next}
		for _, u := range users {
			p.Contacts = append(p.Contacts, store.Contact{Person: on("assistant", u), Name: u, Type: 1, FetchedAt: now, Relations: []store.Relation{{Member: member, Since: start}}})
		}
		return p
	}
	ok(t, s.NoteRelation(t.Context(), store.RelationNews{Person: on("assistant", "left"), Member: "a", At: start.Add(-time.Hour)}))
	ok(t, s.NoteRelation(t.Context(), store.RelationNews{Person: on("assistant", "hidden"), Member: "c", At: start.Add(-time.Hour)}))
	ok(t, s.WantSync(t.Context(), "assistant", start))
	p, err := s.BeginSync(t.Context(), "assistant", []string{"B", "a", "c"}, now)
	ok(t, err)
	equal(t, []any{p.Run, p.Members, p.Step}, []any{int64(1), 3, store.SyncContacts})
	batch, err := s.SyncBatch(t.Context(), p, 1)
	ok(t, err)
	equal(t, batch, []string{"a"})
	p, _, err = s.SaveSyncPage(t.Context(), p, page("next", "a", "wm1", "wm2"), now)
	ok(t, err)
	equal(t, []any{p.Cursor, p.AfterMember, p.Contacts}, []any{"next", "", 2})

	s = Open(t, url) // another process goes on
	stale := p
	p, err = s.ContactSync(t.Context(), "assistant")
	ok(t, err)
	equal(t, p.Running(), true)
	equal(t, p.WantedAt.IsZero(), true)
	p, _, err = s.SaveSyncPage(t.Context(), p, page("", "a", "wm3"), now)
	ok(t, err)
	equal(t, []any{p.Cursor, p.AfterMember, p.MembersDone}, []any{"", "a", 1})
	again, _, err := s.SaveSyncPage(t.Context(), stale, page("", "a", "wm4"), now) // the one before wakes up late
	ok(t, err)
	equal(t, again.Contacts, p.Contacts)
	for _, member := range []string{"b", "c"} {
		last := page("", member)
		if member == "c" {
			last.Skipped = []string{"c"}
		}
		p, _, err = s.SaveSyncPage(t.Context(), p, last, now)
		ok(t, err)
	}
	ok(t, s.NoteRelation(t.Context(), store.RelationNews{Person: on("assistant", "new"), Member: "a", At: start.Add(time.Second)}))
	p, _, err = s.SaveSyncPage(t.Context(), p, store.SyncPage{}, now)
	ok(t, err)
	equal(t, p.Step, store.SyncTags)
	p, err = s.FinishSync(t.Context(), p, start.Add(time.Minute))
	ok(t, err)
	equal(t, []any{p.Step, p.Ended, p.Contacts, p.MembersDone, p.FinishedAt}, []any{store.SyncDone, 1, 3, 3, start.Add(time.Minute)})
	for user, lasts := range map[string]bool{"left": false, "hidden": true, "new": true, "wm1": true, "wm3": true} {
		equal(t, contact(t, s, on("assistant", user)).Relations[0].Lasts(), lasts)
	}
}

func contactPushes(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	follower := on("brand", "o1")
	pushes := func() []store.Push {
		all, err := s.Pushes(t.Context(), customer)
		ok(t, err)
		return all
	}
	tag := func(p bot.Person, tags ...string) {
		ok(t, s.TagPerson(t.Context(), store.TagRequest{Person: p, Tags: tags, Handler: "quiz", Campaign: "q", Key: "k", At: start}))
	}
	seen := store.Contact{Person: customer, UnionID: "u1", FetchedAt: start, Relations: []store.Relation{
		{Member: "a", Since: start, Tags: []store.ContactTag{{ID: "t1", Name: "老客户", Kind: 1}}}, {Member: "b", Since: start}}}
	_, err := s.SaveContact(t.Context(), seen)
	ok(t, err)
	for range 2 {
		tag(follower, "答过题", "老客户")
	}
	equal(t, pushes(), []store.Push(nil)) // nobody knows yet that they are one
	linked(t, s, looked(follower, "u1"))
	equal(t, pushes(), []store.Push{{Member: "a", Tag: "答过题"}, {Member: "b", Tag: "答过题"}, {Member: "b", Tag: "老客户"}})
	due, err := s.TakeDirty(t.Context(), "assistant", start, 10)
	ok(t, err)
	equal(t, len(due), 1)
	equal(t, due[0].Kind, store.DirtyPush)

	done := func(member, tag string, outcome store.PushOutcome) {
		ok(t, s.RecordPush(t.Context(), store.PushedTag{Person: customer, Push: store.Push{Member: member, Tag: tag}, Outcome: outcome, Note: "n", At: start.Add(time.Hour)}))
	}
	done("a", "答过题", store.PushDone)
	done("b", "老客户", store.PushNoRight)
	done("b", "答过题", store.PushEnded)
	equal(t, len(pushes()), 0)
	problems, err := s.PushProblems(t.Context(), "assistant")
	ok(t, err)
	equal(t, problems, []store.PushProblem{{Outcome: store.PushNoRight, Note: "n", Tags: 1}})
	seen.FetchedAt = start.Add(3 * time.Hour)
	seen.Relations[1].Since = start.Add(2 * time.Hour) // left and came back
	_, err = s.SaveContact(t.Context(), seen)
	ok(t, err)
	equal(t, len(pushes()), 2)
}

func contactCorpTags(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	find := func(name string) string {
		id, _, err := s.FindCorpTag(t.Context(), "assistant", "管家", name)
		ok(t, err)
		return id
	}
	group := func(id, name string, tags ...string) store.TagGroup {
		g := store.TagGroup{ID: id, Name: name}
		for _, n := range tags {
			g.Tags = append(g.Tags, store.CorpTag{ID: id + "-" + n, Name: n})
		}
		return g
	}
	ok(t, s.SaveCorpTags(t.Context(), "assistant", []store.TagGroup{group("a", "等级", "金", "答过题"), group("b", "管家", "答过题")}, start))
	equal(t, []string{find("答过题"), find("金"), find("银")}, []string{"b-答过题", "a-金", ""})
	ok(t, s.SaveCorpTags(t.Context(), "assistant", []store.TagGroup{group("a", "等级", "金")}, start))
	equal(t, []string{find("答过题"), find("金")}, []string{"", "a-金"})
	ok(t, s.AddCorpTags(t.Context(), "assistant", group("b", "管家", "银")))
	equal(t, find("银"), "b-银")
	n, err := s.CorpTagCount(t.Context(), "assistant")
	ok(t, err)
	equal(t, n, 2)
}

func contactStrangers(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	commit := func(user string, at time.Time) {
		_, _, err := s.Journal().Commit(t.Context(), bot.Entry{Person: on("brand", user), Key: key("%s-%d", user, at.UnixMilli()), Received: at, Reply: []byte("r")})
		ok(t, err)
	}
	find := func(now time.Time) int {
		n, _, err := s.FindStrangers(t.Context(), "brand", func(u bot.UserID) bool { return u != "sys" }, now, now.Add(-24*time.Hour), 10*time.Second)
		ok(t, err)
		return n
	}
	commit("o1", start)
	commit("o1", start.Add(time.Second))
	commit("sys", start)
	commit("known", start)
	linked(t, s, looked(on("brand", "known"), "u"))
	equal(t, find(start.Add(2*time.Second)), 1)
	commit("o2", start.Add(time.Second)) // committed late
	equal(t, find(start.Add(3*time.Second)), 1)
	equal(t, find(start.Add(time.Hour)), 0)
	linked(t, s, looked(on("brand", "o1"), "")) // nothing was told: asked again after a day
	due, err := s.TakeDirty(t.Context(), "brand", start.Add(time.Hour), 10)
	ok(t, err)
	ok(t, s.DirtyDone(t.Context(), due...))
	commit("o1", start.Add(2*time.Hour))
	equal(t, find(start.Add(2*time.Hour)), 0)
	commit("o1", start.Add(48*time.Hour))
	equal(t, find(start.Add(48*time.Hour)), 1)
	for n := range 1001 {
		commit(fmt.Sprint("many-", n), start.Add(72*time.Hour+time.Duration(n)*time.Millisecond))
	}
	n, more, err := s.FindStrangers(t.Context(), "brand", func(bot.UserID) bool { return true }, start.Add(73*time.Hour), start, time.Second)
	ok(t, err)
	equal(t, more, true)
	rest := find(start.Add(73 * time.Hour))
	equal(t, n+rest, 1001)
}
