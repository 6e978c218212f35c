package doctor

import (
	"fmt"
	"maps"
	"slices"
)

// Judge says what the running bot has counted of an account that an operator should know: how welcomes ended, and which files are
// not uploaded. describe says an outcome of a welcome in words; the outcomes in fine need none.
func (r Running) Judge(account string, describe func(outcome string) string, fine ...string) []Finding {
	var found []Finding
	welcomes := r.of("guanjia_welcomes_total", account, "outcome")
	good := 0.0
	for _, o := range fine {
		good += welcomes[o]
		delete(welcomes, o)
	}
	if good > 0 {
		found = append(found, ok("since its start the running bot has welcomed %.0f customers", good))
	}
	for _, o := range slices.Sorted(maps.Keys(welcomes)) {
		if welcomes[o] > 0 {
			found = append(found, warning(describe(o), "since its start the running bot has not welcomed customers as planned %s (%s)", times(welcomes[o]), o))
		}
	}
	if missing := r.of("guanjia_media_missing", account, "")[""]; missing > 0 {
		found = append(found, warning("look into its log for 'a file is not uploaded'", "%.0f files of the content are not uploaded: they are left out of what is said", missing))
	}
	return found
}

func times(n float64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%.0f times", n)
}
