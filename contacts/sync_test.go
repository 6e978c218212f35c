package contacts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
	"guanjia/store"
)

func equal(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("got what was not wanted (-want +got):\n%s", d)
	}
}

// TestTheFirstStartReadsAllCustomers, and those that are gone at the next are ended, not deleted.
func TestTheFirstStartReadsAllCustomers(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		made := o.admin(contact.Act{Kind: contact.ActCreateTags, Name: "等级", Names: []string{"老客户"}})
		wang, li := o.customer("小王", "shop", "night"), o.customer("小李", "fair")
		o.member("xiaolin").Remark(wang, "王先生")
		o.member("xiaolin").Tag(wang, made.Events[1].ID)
		o.member("xiaolin").Do(wang, contact.Act{Kind: contact.ActEdit, Personal: []string{"同学"}})
		o.works()
		p := o.settles()
		equal(t, []int{p.Members, p.MembersDone, p.Contacts, p.Ended}, []int{3, 3, 3, 0})
		equal(t, o.relations(wang), []string{"xiaolin 王先生 [老客户]", "xiaozhou 小王"})
		equal(t, o.relations(li), []string{"xiaowu 小李"})
		c, err := o.store.Contact(t.Context(), person(wang))
		equal(t, err, nil)
		equal(t, []any{c.Name, c.UnionID, c.Relations[0].State, c.Relations[0].AddWay}, []any{"小王", wang.User.UnionID, "shop", 1})

		o.member("xiaolin").Delete(wang) // while nothing is heard of it
		wang.DeleteMember("xiaozhou")
		o.wait(25 * time.Hour)
		o.eventually("the next day's sync", func() error {
			again, err := o.store.ContactSync(t.Context(), account)
			if err == nil && (again.Run != p.Run+1 || again.Step != store.SyncDone) {
				err = fmt.Errorf("%+v", again)
			}
			return err
		})
		equal(t, o.relations(wang), []string{"xiaolin ended", "xiaozhou ended"})
		equal(t, o.relations(li), []string{"xiaowu 小李"})
	})
}

// TestASyncComesToItsEndThroughFaults of every kind, and a look-up with half an answer ends nothing.
func TestASyncComesToItsEndThroughFaults(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		var all []*simulator.Customer
		for n := range 12 {
			all = append(all, o.customer(fmt.Sprint("客户", n), []string{"shop", "night", "fair"}[n%3]))
		}
		const get, list, tags = "/cgi-bin/externalcontact/batch/get_by_user", "/cgi-bin/externalcontact/get_follow_user_list", "/cgi-bin/externalcontact/get_corp_tag_list"
		o.faults(platform.Fault{Kind: platform.FaultBare, Path: list, Times: 1}, platform.Fault{Kind: platform.FaultBare, Path: get, Times: 1},
			platform.Fault{Kind: platform.FaultReset, Path: get, Times: 1}, platform.Fault{Kind: platform.FaultBusy, Path: get, Times: 5},
			platform.Fault{Kind: platform.FaultHalf, Path: get, Times: 1}, platform.Fault{Kind: platform.FaultExpired, Path: get, Times: 1},
			platform.Fault{Kind: platform.FaultBadGateway, Path: tags, Times: 2})
		o.works()
		equal(t, o.settles().Contacts, 12)
		// Half an answer to a look-up, again and again: what is known stays.
		o.faults(platform.Fault{Kind: platform.FaultBare, Path: "/cgi-bin/externalcontact/get", Times: 3})
		o.hears(all[0])
		o.eventually("looked up after all", func() error {
			equal(t, o.relations(all[0]), []string{"xiaolin 客户0"})
			w, err := o.store.DirtyCounts(t.Context(), account)
			if err == nil && len(w) > 0 {
				o.wait(time.Minute)
				err = fmt.Errorf("%+v", w)
			}
			return err
		})
		equal(t, o.relations(all[0]), []string{"xiaolin 客户0"})
	})
}

// TestTooManyCallsRestTheAccount for a minute; then it goes on where it was.
func TestTooManyCallsRestTheAccount(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		o.customer("小王", "shop")
		o.faults(platform.Fault{Kind: platform.FaultCode, Code: 45009, Path: "/cgi-bin/externalcontact/batch/get_by_user", Times: 1})
		o.works()
		o.eventually("the limit", func() error {
			p, err := o.store.ContactSync(t.Context(), account)
			if err == nil && !strings.Contains(p.Problem, "45009") {
				err = fmt.Errorf("%+v", p)
			}
			return err
		})
		o.wait(time.Minute)
		equal(t, o.settles().Contacts, 1)
	})
}

// TestAMemberWhoLeftSpoilsNobody: the others' customers are read, and theirs are left as they were.
func TestAMemberWhoLeftSpoilsNobody(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		wang, li := o.customer("小王", "shop"), o.customer("小李", "night")
		o.works()
		o.settles()
		// The list has somebody still whom the platform does not know any more when asked about.
		const get = "/cgi-bin/externalcontact/batch/get_by_user"
		o.faults(platform.Fault{Kind: platform.FaultCode, Code: 60111, Path: get, Times: 2}) // of all together, and of the first, who is xiaolin
		if err := o.store.WantSync(t.Context(), account, o.now()); err != nil {
			t.Fatal(err)
		}
		p := o.settles()
		equal(t, []int{p.MembersDone, p.Contacts}, []int{3, 1})
		equal(t, o.relations(wang), []string{"xiaolin 小王"})
		equal(t, o.relations(li), []string{"xiaozhou 小李"})
	})
}

// TestAnotherReplicaGoesOnWhereOneStopped, and never both at once.
func TestAnotherReplicaGoesOnWhereOneStopped(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		for n := range 9 {
			o.customer(fmt.Sprint("客户", n), []string{"shop", "night", "fair"}[n%3])
		}
		const get = "/cgi-bin/externalcontact/batch/get_by_user"
		o.faults(platform.Fault{Kind: platform.FaultCode, Code: 48002, Path: get, Times: 1}) // holds the first up
		one := o.worker("one")
		one.Start()
		o.eventually("held up", func() error {
			p, err := o.store.ContactSync(t.Context(), account)
			if err == nil && p.Problem == "" {
				err = fmt.Errorf("%+v", p)
			}
			return err
		})
		if got, err := o.hot.TryLock(t.Context(), "contacts:assistant", "two", time.Minute); err != nil || got {
			t.Fatalf("the lease of a running worker was given: %v, %v", got, err)
		}
		one.Stop()
		before, err := o.store.ContactSync(t.Context(), account)
		equal(t, err, nil)
		two := o.worker("two")
		two.Start()
		t.Cleanup(two.Stop)
		p := o.settles()
		equal(t, []any{p.Run, p.Contacts}, []any{before.Run, 9})
	})
}

// TestASyncByHandShowsHowFarItIs, alone or while a worker runs.
func TestASyncByHandShowsHowFarItIs(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		o.customer("小王", "shop")
		shown := 0
		p, err := o.worker("by hand").Sync(t.Context(), func(store.SyncProgress) { shown++ })
		equal(t, err, nil)
		equal(t, []any{p.Contacts, p.Run, shown > 2}, []any{1, int64(1), true})
		o.works()
		o.hears(o.customer("小李", "night"))
		o.settles() // so that the worker has the lease
		p, err = o.worker("by hand").Sync(t.Context(), func(store.SyncProgress) {})
		equal(t, err, nil)
		equal(t, []any{p.Contacts, p.Run}, []any{2, int64(2)})
	})
}
