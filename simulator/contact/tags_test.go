package contact

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// names is the corp's tags as the API lists them.
func (c *corp) names() []string {
	c.t.Helper()
	var out struct {
		Groups []tagGroupView `json:"tag_group"`
	}
	c.obeyed("get_corp_tag_list", `{}`, &out)
	all := []string{}
	for _, g := range out.Groups {
		for _, t := range g.Tags {
			all = append(all, g.Name+"/"+t.Name)
		}
	}
	return all
}

func (c *corp) newTags(body string) tagGroupView {
	c.t.Helper()
	var out struct {
		Group tagGroupView `json:"tag_group"`
	}
	c.obeyed("add_corp_tag", body, &out)
	return out.Group
}

func TestAnAppMakesItsTags(t *testing.T) {
	t.Parallel()
	c := open(t)
	g := c.newTags(`{"group_name":"活动","order":1,"tag":[{"name":"领券"},{"name":"答题","order":5},{"name":"领券"}]}`)
	if len(g.Tags) != 2 || g.ID == "" || g.CreateTime != 1760000000 {
		t.Errorf("%+v", g)
	}
	same := c.newTags(`{"group_name":"活动","tag":[{"name":"问卷"}]}`)
	byID := c.newTags(`{"group_id":"` + g.ID + `","group_name":"ignored","tag":[{"name":"邀请"}]}`)
	if same.ID != g.ID || byID.ID != g.ID || len(byID.Tags) != 1 {
		t.Errorf("%+v %+v", same, byID)
	}
	c.newTags(`{"group_name":"等级","order":9,"tag":[{"name":"A"}]}`)
	if diff := cmp.Diff([]string{"等级/A", "活动/答题", "活动/领券", "活动/问卷", "活动/邀请"}, c.names()); diff != "" {
		t.Errorf("tags, the larger order first (-want +got):\n%s", diff)
	}
	for _, tc := range []struct {
		name, path, body string
		code             int
	}{
		{"a name that is there", "add_corp_tag", `{"group_name":"活动","tag":[{"name":"领券"}]}`, 40071},
		{"a name too long", "add_corp_tag", `{"group_name":"活动","tag":[{"name":"` + strings.Repeat("长", 31) + `"}]}`, 40071},
		{"no name", "add_corp_tag", `{"group_name":"活动","tag":[{"name":""}]}`, 40071},
		{"no group", "add_corp_tag", `{"tag":[{"name":"a"}]}`, 40071},
		{"an unknown group", "add_corp_tag", `{"group_id":"et?","tag":[{"name":"a"}]}`, 40068},
		{"an empty group", "add_corp_tag", `{"group_name":"空","tag":[]}`, 40058},
		{"an order too large", "add_corp_tag", `{"group_name":"a","order":4294967296,"tag":[{"name":"a"}]}`, 40058},
		{"edit an unknown tag", "edit_corp_tag", `{"id":"et?","name":"a"}`, 40068},
		{"edit nothing", "edit_corp_tag", `{"name":"a"}`, 40063},
		{"edit into another's name", "edit_corp_tag", `{"id":"` + g.Tags[0].ID + `","name":"答题"}`, 40071},
		{"edit a group into another's name", "edit_corp_tag", `{"id":"` + g.ID + `","name":"等级"}`, 40071},
		{"delete nothing", "del_corp_tag", `{}`, 40058},
		{"delete an unknown tag", "del_corp_tag", `{"tag_id":["` + g.Tags[0].ID + `","et?"]}`, 40068},
		{"list an unknown tag", "get_corp_tag_list", `{"tag_id":["et?"]}`, 40068},
	} {
		t.Run(tc.name, func(t *testing.T) { c.refused(tc.code, tc.path, tc.body) })
	}
	c.obeyed("edit_corp_tag", `{"id":"`+g.Tags[0].ID+`","name":"领过券","order":7}`, nil)
	if diff := cmp.Diff([]string{"等级/A", "活动/领过券", "活动/答题", "活动/问卷", "活动/邀请"}, c.names()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	var one struct {
		Groups []tagGroupView `json:"tag_group"`
	}
	c.obeyed("get_corp_tag_list", `{"tag_id":["`+g.Tags[1].ID+`"]}`, &one)
	if len(one.Groups) != 1 || len(one.Groups[0].Tags) != 1 {
		t.Errorf("%+v", one)
	}
	c.obeyed("get_corp_tag_list", `{"tag_id":["`+g.Tags[1].ID+`"],"group_id":["`+g.ID+`"]}`, &one)
	if len(one.Groups) != 1 || len(one.Groups[0].Tags) != 4 {
		t.Errorf("groups win: %+v", one)
	}
}

// TestAnAppLeavesOthersTagsAlone: it may put them on customers and no more.
func TestAnAppLeavesOthersTagsAlone(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	made := c.do(Act{Kind: ActCreateTags, Name: "等级", Names: []string{"A"}})
	group, tag := made[0].ID, made[1].ID
	c.refused(81011, "edit_corp_tag", `{"id":"`+tag+`","name":"B"}`)
	c.refused(81011, "edit_corp_tag", `{"id":"`+group+`","name":"B"}`)
	c.refused(81011, "del_corp_tag", `{"tag_id":["`+tag+`"]}`)
	c.refused(81011, "del_corp_tag", `{"group_id":["`+group+`"]}`)
	c.obeyed("mark_tag", `{"userid":"zhangsan","external_userid":"wmWang","add_tag":["`+tag+`"]}`, nil)
	c.app = "" // the corp's own customer-contact secret
	c.obeyed("del_corp_tag", `{"tag_id":["`+tag+`"]}`, nil)
	if got := c.names(); len(got) != 0 {
		t.Errorf("an empty group stays: %v", got)
	}
	if r := c.book.relation(zhang, wang); len(r.Tags) != 0 {
		t.Errorf("a tag that is gone stays on the customer: %v", r.Tags)
	}
}

func TestACorpHasThreeThousandTags(t *testing.T) {
	t.Parallel()
	c := open(t)
	var tags []tagSpec
	for i := range 2999 {
		tags = append(tags, tagSpec{Name: fmt.Sprint(i)})
	}
	body, _ := json.Marshal(map[string]any{"group_name": "很多", "tag": tags})
	c.newTags(string(body))
	c.refused(40058, "add_corp_tag", `{"group_name":"多","tag":[{"name":"a"},{"name":"b"}]}`)
	c.newTags(`{"group_name":"多","tag":[{"name":"a"},{"name":"a"}]}`)
	c.refused(40058, "add_corp_tag", `{"group_name":"多","tag":[{"name":"b"}]}`)
}

// TestMarksBelongToThePair of member and customer, and are set together or not at all.
func TestMarksBelongToThePair(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	c.do(Act{Kind: ActAdd, ExternalUserID: wang, UserID: lisi})
	c.do(Act{Kind: ActConfirm, ExternalUserID: wang, UserID: lisi})
	g := c.newTags(`{"group_name":"活动","tag":[{"name":"a"},{"name":"b"}]}`)
	a, b := g.Tags[0].ID, g.Tags[1].ID
	mark := func(code int, fields string) {
		t.Helper()
		c.refused(code, "mark_tag", `{"userid":"zhangsan","external_userid":"wmWang"`+fields+`}`)
	}
	mark(40058, "")
	mark(40058, `,"add_tag":[],"remove_tag":[]`)
	mark(40068, `,"add_tag":["`+a+`","et?"]`)
	mark(40068, `,"add_tag":["`+a+`"],"remove_tag":["et?"]`)
	if r := c.book.relation(zhang, wang); len(r.Tags) != 0 {
		t.Errorf("half a call was obeyed: %v", r.Tags)
	}
	mark(0, `,"add_tag":["`+a+`","`+b+`"]`)
	mark(0, `,"add_tag":["`+a+`"],"remove_tag":["`+b+`"]`)
	if diff := cmp.Diff([]string{a}, c.book.relation(zhang, wang).Tags); diff != "" || len(c.book.relation(lisi, wang).Tags) != 0 {
		t.Errorf("%v (-want +got):\n%s", c.book.relation(lisi, wang).Tags, diff)
	}
	c.refused(84061, "mark_tag", `{"userid":"zhangsan","external_userid":"wmLi","add_tag":["`+a+`"]}`)
}

// TestTheAPIIsSilent unless the console wants to hear of what it does to customers.
func TestTheAPIIsSilent(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	tag := c.newTags(`{"group_name":"活动","tag":[{"name":"a"}]}`).Tags[0].ID
	change := func() []string {
		t.Helper()
		c.obeyed("mark_tag", `{"userid":"zhangsan","external_userid":"wmWang","add_tag":["`+tag+`"]}`, nil)
		c.obeyed("remark", `{"userid":"zhangsan","external_userid":"wmWang","remark":"王"}`, nil)
		return kinds(c.book.Settle(c.now))
	}
	if got := change(); len(got) > 0 {
		t.Errorf("told: %v", got)
	}
	c.do(Act{Kind: ActSetEcho, On: true})
	if diff := cmp.Diff([]string{"edit_external_contact", "edit_external_contact"}, change()); diff != "" {
		t.Errorf("echoes (-want +got):\n%s", diff)
	}
	if got := kinds(c.book.Settle(c.now)); len(got) > 0 {
		t.Errorf("told twice: %v", got)
	}
}

// TestTheConsoleTellsOfItsTags, and the API's own changes cause no event at all.
func TestTheConsoleTellsOfItsTags(t *testing.T) {
	t.Parallel()
	c := open(t)
	made := c.do(Act{Kind: ActCreateTags, Name: "等级", Names: []string{"A", "B"}})
	group := made[0].ID
	got := [][]string{
		kinds(made),
		kinds(c.do(Act{Kind: ActCreateTags, ID: group, Names: []string{"C"}})),
		kinds(c.do(Act{Kind: ActRenameTag, ID: made[1].ID, Name: "甲"})),
		kinds(c.do(Act{Kind: ActRenameTag, ID: group, Name: "级别"})),
		kinds(c.do(Act{Kind: ActOrderTags, ID: group, Names: []string{"C", "B", "甲"}})),
		kinds(c.do(Act{Kind: ActOrderTags, Names: []string{"级别"}})),
		kinds(c.do(Act{Kind: ActDeleteTag, ID: made[1].ID})),
	}
	want := [][]string{
		{"create tag_group", "create tag", "create tag"},
		{"create tag"},
		{"update tag"},
		{"update tag_group"},
		{"shuffle tag"},
		{"shuffle tag_group"},
		{"delete tag"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"级别/C", "级别/B"}, c.names()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"delete tag_group"}, kinds(c.do(Act{Kind: ActDeleteTag, ID: group}))); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	for _, a := range []Act{
		{Kind: ActRenameTag, ID: "et?", Name: "a"}, {Kind: ActDeleteTag, ID: "et?"}, {Kind: ActCreateTags, Name: "空"},
		{Kind: ActCreateTags, Names: []string{"a"}}, {Kind: ActOrderTags, ID: "et?"}, {Kind: "dance"},
	} {
		if events, err := c.book.Do(a, c.now); err == nil || len(events) > 0 {
			t.Errorf("%s: %v %v", a.Kind, events, err)
		}
	}
}
