package wecom

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/simulator"
	customers "guanjia/simulator/contact"
)

// TestEverythingThatHappensToACustomerIsHeard, under an event key of its own.
func TestEverythingThatHappensToACustomerIsHeard(t *testing.T) {
	t.Parallel()
	c := open(t, says())
	wang := c.customer(t)
	lin := simulator.NewStaff(t, c.sim.Client(), testCorp, atWork)
	wang.Add(sampleState)
	lin.Remark(wang, "王先生")
	group := lin.Do(wang, customers.Act{Kind: customers.ActCreateGroup, Name: "群"}).Events[0].ChatID
	wang.Do(customers.Act{Kind: customers.ActJoinGroup, ChatID: group})
	lin.Do(nil, customers.Act{Kind: customers.ActRemove, ChatID: group, Names: []string{wang.ExternalUserID()}})
	c.administer(t, customers.Act{Kind: customers.ActCreateTags, Name: "等级", Names: []string{"A"}})
	lin.Delete(wang)
	var got []string
	keys := map[string]bool{}
	for _, ev := range c.seen() {
		what := ""
		switch d := ev.Detail.(type) {
		case Contact:
			what = d.Change
		case GroupChat:
			what = d.Change + " " + d.Update
			if d.Update != "" && (len(d.Members) != 1 || d.Members[0] != wang.ExternalUserID() || d.Count != 1) {
				t.Errorf("%+v", d)
			}
		case Tag:
			what = d.Change + " " + d.Type
		}
		got = append(got, string(ev.Kind)+" "+what)
		keys[string(ev.Key)] = true
	}
	want := []string{
		string(bot.KindFollow) + " add_external_contact",
		string(bot.KindContact) + " edit_external_contact",
		string(bot.KindGroupChat) + " create ",
		string(bot.KindGroupChat) + " update add_member",
		string(bot.KindGroupChat) + " update del_member",
		string(bot.KindTag) + " create tag_group",
		string(bot.KindTag) + " create tag",
		string(bot.KindUnfollow) + " del_external_contact",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if len(keys) != len(got) {
		t.Errorf("%d keys of %d events", len(keys), len(got))
	}
}
