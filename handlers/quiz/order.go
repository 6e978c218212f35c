package quiz

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// questionOrder is the questions of an attempt, by id: drawn and shuffled as the campaign says, always the same for an
// attempt, so that a lost session begins again with the questions it had.
func (c *Campaign) questionOrder(attempt string) []string {
	indices := identity(len(c.Questions))
	if c.ShuffleQuestions || c.Draw < len(indices) {
		shuffle(indices, attempt, "questions")
	}
	indices = indices[:min(c.Draw, len(indices))]
	if !c.ShuffleQuestions {
		slices.Sort(indices)
	}
	ids := make([]string, len(indices))
	for i, q := range indices {
		ids[i] = c.Questions[q].ID
	}
	return ids
}

// optionOrder is the order in which an attempt shows a question's options: the option under "A" first.
func (c *Campaign) optionOrder(q *Question, attempt string) []int {
	order := identity(q.options.Len())
	if c.ShuffleOptions && q.Type != TrueFalse {
		shuffle(order, attempt, q.ID)
	}
	return order
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// shuffle mixes order by an attempt's id, which nobody outside is told.
func shuffle(order []int, attempt, purpose string) {
	sum := sha256.Sum256([]byte(attempt + "\x00" + purpose))
	r := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))) //nolint:gosec // must be repeatable and fair, not secret
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
}
