package quiz

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot/bottest"
	"guanjia/store"
)

// tagsOf lists the tags of a person.
func tagsOf(t *testing.T, s *store.Store, p *bottest.Person) []string {
	t.Helper()
	all, err := s.PersonTags(t.Context(), p.Person)
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, tag := range all {
		if tag.Handler != Name || tag.Campaign != "q" {
			t.Errorf("%+v", tag)
		}
		tags = append(tags, tag.Tag)
	}
	return tags
}

// TestWhoFinishesIsTaggedByTheScore, also who leaves in the middle with a score, and nobody before the end.
func TestWhoFinishesIsTaggedByTheScore(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  tags: [答过题, {tag: 满分, from: 30}, {tag: 再学学, to: 10}]\n"))
	wang, li := k.Person("wang"), k.Person("li")
	wang.Says("答题")
	wang.Says("B")
	wang.Says("ACD")
	if got := tagsOf(t, k.Store, wang); got != nil {
		t.Errorf("tagged before the end: %v", got)
	}
	last := wang.Says("120").Hears("答完了")
	for range 2 {
		if diff := cmp.Diff([]string{"满分", "答过题"}, tagsOf(t, k.Store, wang)); diff != "" {
			t.Errorf("tags (-want +got):\n%s", diff)
		}
		wang.Again(last.Event) // the platform delivers it again
	}
	li.Says("答题")
	li.Says("B")
	li.Says("退出")
	if diff := cmp.Diff([]string{"再学学", "答过题"}, tagsOf(t, k.Store, li)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}
