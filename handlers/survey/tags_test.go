package survey

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAnswersTagThePerson: the survey's own tags and those of the options on the path that was walked, at its end.
func TestAnswersTagThePerson(t *testing.T) {
	t.Parallel()
	k := talk(t, mustLoad(t, head+`  tags: [填过问卷]
  questions:
  - id: likes
    type: multi_choice
    ask: 想听什么
    options: [{text: 睡眠, tag: 关注睡眠}, {text: 血压, tag: 关注血压}, 其他]
  - id: when
    type: choice
    ask: 什么时候
    options: [{text: 早上, tag: 早起}, 晚上]
`))
	wang := k.Person("wang")
	tags := func() []string {
		all, err := k.Store.PersonTags(t.Context(), wang.Person)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, tag := range all {
			names = append(names, tag.Tag)
		}
		return names
	}
	wang.Says("问卷")
	wang.Says("AB")
	wang.Says("上一题") // the first answer is taken back
	wang.Says("A")
	if got := tags(); got != nil {
		t.Errorf("tagged before the end: %v", got)
	}
	wang.Says("A").Hears("感谢")
	if diff := cmp.Diff([]string{"关注睡眠", "填过问卷", "早起"}, tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}
