package contacts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
	"guanjia/store"
)

// pushed lists what became of a customer's tags.
func (o *office) pushed(c *simulator.Customer) []string {
	o.t.Helper()
	all, err := o.store.PushedTags(o.t.Context(), person(c))
	if err != nil {
		o.t.Fatal(err)
	}
	var list []string
	for _, p := range all {
		list = append(list, fmt.Sprint(p.Member, " ", p.Tag, " ", p.Outcome))
	}
	return list
}

// TestATagReachesThePlatform for every member who has the customer, once; one that exists is used, another is made in the
// bot's group.
func TestATagReachesThePlatform(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		o.admin(contact.Act{Kind: contact.ActCreateTags, Name: "等级", Names: []string{"老客户"}})
		wang := o.customer("小王", "shop", "night")
		o.works()
		o.settles()
		o.tags(person(wang), "答过题", "老客户")
		o.tags(person(wang), "答过题")
		o.settles()
		equal(t, o.pushed(wang), []string{"xiaolin 答过题 done", "xiaolin 老客户 done", "xiaozhou 答过题 done", "xiaozhou 老客户 done"})
		o.hears(wang)
		o.settles()
		equal(t, o.relations(wang), []string{"xiaolin 小王 [答过题 老客户]", "xiaozhou 小王 [答过题 老客户]"})
		id, ok, err := o.store.FindCorpTag(t.Context(), account, group, "答过题")
		if err != nil || !ok {
			t.Fatal(err)
		}
		o.member("xiaolin").Untag(wang, id) // by hand: it stays away
		o.hears(wang)
		o.tags(person(wang), "答过题")
		o.settles()
		equal(t, o.relations(wang), []string{"xiaolin 小王 [老客户]", "xiaozhou 小王 [答过题 老客户]"})
		wang.Add("fair") // another member has the customer now
		o.hears(wang)
		o.settles()
		o.hears(wang)
		o.settles()
		equal(t, o.relations(wang)[1], "xiaowu 小王 [答过题 老客户]")
	})
}

// TestATagDeletedOnThePlatformIsMadeAgain, though the records still know the old one.
func TestATagDeletedOnThePlatformIsMadeAgain(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		wang, li := o.customer("小王", "shop"), o.customer("小李", "shop")
		o.works()
		o.settles()
		o.tags(person(wang), "答过题")
		o.settles()
		first, _, err := o.store.FindCorpTag(t.Context(), account, group, "答过题")
		equal(t, err, nil)
		o.admin(contact.Act{Kind: contact.ActDeleteTag, ID: first})
		o.tags(person(li), "答过题")
		o.settles()
		second, _, err := o.store.FindCorpTag(t.Context(), account, group, "答过题")
		equal(t, err, nil)
		equal(t, []any{o.pushed(li), second != first && second != ""}, []any{[]string{"xiaolin 答过题 done"}, true})
	})
}

// TestWhatCanNotBeTaggedIsSaid: a relation that has ended, and a right that is missing, which is not tried for ever.
func TestWhatCanNotBeTaggedIsSaid(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		wang, li, zhao := o.customer("小王", "shop"), o.customer("小李", "shop"), o.customer("小赵", "shop")
		o.works()
		o.settles()
		wang.DeleteMember("xiaolin") // nothing is heard of it
		o.tags(person(wang), "答过题")
		o.settles()
		equal(t, [][]string{o.pushed(wang), o.relations(wang)}, [][]string{{"xiaolin 答过题 ended"}, {"xiaolin ended"}})

		const mark = "/cgi-bin/externalcontact/mark_tag"
		o.faults(platform.Fault{Kind: platform.FaultCode, Code: 81011, Path: mark, Times: 1})
		o.tags(person(li), "答过题")
		o.settles()
		equal(t, o.pushed(li), []string{"xiaolin 答过题 no_right"})
		problems, err := o.store.PushProblems(t.Context(), account)
		equal(t, err, nil)
		if len(problems) != 1 || !strings.Contains(problems[0].Note, "可调用接口的应用") {
			t.Errorf("%+v", problems)
		}
		o.hears(li)
		o.settles()
		equal(t, o.pushed(li), []string{"xiaolin 答过题 no_right"})
		// Asked for by hand, when the operator has given the right.
		if err := o.store.WantSync(t.Context(), account, o.now()); err != nil {
			t.Fatal(err)
		}
		o.settles()
		equal(t, o.pushed(li), []string{"xiaolin 答过题 done"})

		o.faults(platform.Fault{Kind: platform.FaultCode, Code: 40058, Path: mark, Chance: 1}) // for a reason that nobody knows
		o.tags(person(zhao), "答过题")
		o.eventually("given up", func() error {
			if len(o.pushed(zhao)) == 0 {
				o.wait(time.Minute)
				return errors.New("tried still")
			}
			return nil
		})
		equal(t, o.pushed(zhao), []string{"xiaolin 答过题 refused"})
	})
}

// TestWhatAFollowerGotIsKnownOfTheCustomer: a tag from an official account reaches WeCom when both are known to be one, and a
// coupon is given once.
func TestWhatAFollowerGotIsKnownOfTheCustomer(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		wang := o.customer("小王", "shop")
		follower := bot.Person{Account: "brand", User: "o1"}
		o.tags(follower, "答过题")
		claim := func(p bot.Person, k bot.EventKey) (store.Claim, store.ClaimOutcome) {
			c, outcome, err := o.store.ClaimCoupon(t.Context(), store.ClaimRequest{Campaign: "gift", Person: p, Key: k, At: o.now(),
				Generate: &store.Generate{Code: func() (string, error) { return "CODE-" + string(k), nil }}})
			equal(t, err, nil)
			return c, outcome
		}
		claim(follower, "a")
		if _, err := o.store.Link(t.Context(), []store.Identity{{Person: follower, UnionID: wang.User.UnionID, LookedUpAt: o.now()}}); err != nil {
			t.Fatal(err)
		}
		o.works()
		o.settles()
		equal(t, o.pushed(wang), []string{"xiaolin 答过题 done"})
		c, outcome := claim(person(wang), "b")
		equal(t, []any{c.Code, outcome}, []any{"CODE-a", store.AlreadyClaimed})
	})
}

// TestCustomersOfCustomerServiceAreLookedUp when they have said something.
func TestCustomersOfCustomerServiceAreLookedUp(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		o.works()
		o.settles()
		strange := bot.Person{Account: account, User: bot.UserID("wm" + strings.Repeat("x", 30))}
		for _, user := range []bot.UserID{strange.User, "xiaolin", "sys"} {
			_, _, err := o.store.Journal().Commit(t.Context(), bot.Entry{Person: bot.Person{Account: account, User: user}, Key: bot.EventKey(user), Received: o.now(), Reply: []byte("r")})
			equal(t, err, nil)
		}
		o.eventually("looked up", func() error {
			i, ok, err := o.store.Identity(t.Context(), strange)
			if err == nil && !ok {
				err = fmt.Errorf("%+v", i)
			}
			return err
		})
		_, ok, err := o.store.Identity(t.Context(), bot.Person{Account: account, User: "xiaolin"})
		equal(t, []any{ok, err}, []any{false, nil}) // a member is no customer
	})
}
