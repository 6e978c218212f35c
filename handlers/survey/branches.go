package survey

import (
	"slices"

	"guanjia/store"
)

// next is the question that an answer leads to, or End.
func (q *Question) next(a store.SurveyAnswer) string {
	if a.Skipped {
		return q.otherwise()
	}
	for _, o := range q.Options { // of several chosen options the first in the file that leads somewhere
		if o.Next != "" && slices.Contains(a.Choices, o.Text) {
			return o.Next
		}
	}
	if q.Type == Rating {
		return q.rated(a.Rating)
	}
	return q.otherwise()
}

// otherwise is where a question leads when its answer leads nowhere else.
func (q *Question) otherwise() string {
	if q.Next != "" {
		return q.Next
	}
	return q.after
}

// rated is where a rating leads.
func (q *Question) rated(rating int) string {
	for _, r := range q.Ranges {
		if r.Next != "" && rating >= r.From && rating <= r.To {
			return r.Next
		}
	}
	return q.otherwise()
}

// ways are all the questions, and End, that q can lead to.
func (q *Question) ways() []string {
	var all []string
	if q.canFallThrough() {
		all = append(all, q.otherwise())
	}
	for _, o := range q.Options {
		if o.Next != "" {
			all = append(all, o.Next)
		}
	}
	if q.Type == Rating {
		for rating := q.lowest(); rating <= q.Scale; rating++ {
			all = append(all, q.rated(rating))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// canFallThrough tells whether some answer leads nowhere in particular.
func (q *Question) canFallThrough() bool {
	switch {
	case q.Optional:
		return true
	case q.Type == Choice, q.Type == MultiChoice:
		return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Next == "" })
	}
	return q.Type != Rating // a rating's ways are found one by one
}

// lowest is the lowest rating of the scale: 1 of 5, 0 of 10.
func (q *Question) lowest() int {
	if q.Scale == 10 {
		return 0
	}
	return 1
}

// paths is what walking every way through a survey finds.
type paths struct {
	loop    []string       // ids along a loop, the first one repeated at the end; nil when there is none
	ahead   map[string]int // reached questions and the longest way from each to the end
	visited map[string]bool
	walked  []string
}

// walk follows every way from the first question. Names of unknown questions are ends.
func (c *Campaign) walk() paths {
	p := paths{ahead: map[string]int{}, visited: map[string]bool{}}
	if len(c.Questions) > 0 && c.Questions[0] != nil {
		p.from(c, c.Questions[0].ID)
	}
	return p
}

func (p *paths) from(c *Campaign, id string) int {
	q, ok := c.byID[id]
	if !ok || p.loop != nil {
		return 0
	}
	if i := slices.Index(p.walked, id); i >= 0 {
		p.loop = append(slices.Clone(p.walked[i:]), id)
		return 0
	}
	if p.visited[id] {
		return p.ahead[id]
	}
	p.visited[id] = true
	p.walked = append(p.walked, id)
	longest := 0
	for _, way := range q.ways() {
		longest = max(longest, p.from(c, way))
	}
	p.walked = p.walked[:len(p.walked)-1]
	p.ahead[id] = longest + 1
	return longest + 1
}
