package survey

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot/ask"
)

func reference(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "reference", "content", "survey.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// The reference page names every key that content may hold.
func TestTheReferenceNamesEveryKey(t *testing.T) {
	t.Parallel()
	page := reference(t)
	for _, block := range []any{Campaign{}, Question{}, Range{}} {
		of := reflect.TypeOf(block)
		for i := range of.NumField() {
			key, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ",")
			if key != "" && !strings.Contains(page, "`"+key+"`") {
				t.Errorf("key %s of %s is not in the reference", key, of.Name())
			}
		}
	}
}

// The reference page lists every sentence with exactly the placeholders it may hold.
func TestTheReferenceListsEverySentence(t *testing.T) {
	t.Parallel()
	rows := map[string][]string{}
	_, table, _ := strings.Cut(reference(t), "## Sentences")
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|([^|]*)\\|").FindAllStringSubmatch(table, -1) {
		placeholders := regexp.MustCompile(`\{[a-z_]+\}`).FindAllString(row[2], -1)
		slices.Sort(placeholders)
		rows[row[1]] = placeholders
	}
	sentences := map[string][]string{}
	for _, s := range ask.Sentences(DefaultTexts(), DefaultTexts()) {
		var own []string
		for _, p := range s.Holds {
			if p != "{name}" && p != "{keyword}" {
				own = append(own, p)
			}
		}
		sentences[s.Key] = own
	}
	if diff := cmp.Diff(sentences, rows); diff != "" {
		t.Errorf("sentences that are there and sentences in the reference:\n%s", diff)
	}
}

// The example of the reference page is content without problems.
func TestTheReferenceExampleLoads(t *testing.T) {
	t.Parallel()
	_, example, _ := strings.Cut(reference(t), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	if b := mustLoad(t, example); len(b.Campaigns()) == 0 {
		t.Error("the example holds no campaign")
	}
}
