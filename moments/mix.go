package moments

// Share is how much of what is posted is of a category.
type Share struct {
	Category Category `json:"category"`
	Posts    int      `json:"posts"`
	// Percent is of all posts, Target what was meant.
	Percent float64 `json:"percent"`
	Target  float64 `json:"target"`
}

// Mix counts posts by category against the target.
func Mix(posts []Category, target map[Category]int) []Share {
	count := map[Category]int{}
	for _, c := range posts {
		count[c]++
	}
	var mix []Share
	for _, c := range Categories() {
		s := Share{Category: c, Posts: count[c], Target: float64(target[c])}
		if len(posts) > 0 {
			s.Percent = 100 * float64(count[c]) / float64(len(posts))
		}
		mix = append(mix, s)
	}
	return mix
}
