package survey

import (
	"iter"
	"slices"

	"guanjia/store"
)

// Tally is what everybody answered, counted.
type Tally struct {
	Responses int // handed in, whole or in part
	Complete  int
	Questions []QuestionTally // in the order of the content
}

// QuestionTally is what everybody answered to one question.
type QuestionTally struct {
	Question *Question
	Answered int
	Skipped  int
	Choices  []int // how often each option was chosen, in the order of the content
	Others   int   // choices of options that are not in the content any more
	Ratings  []int // how often each rating was given, from the lowest
}

// Count counts responses to c. Answers to questions that are not in the content any more are left out.
func Count(c *Campaign, responses iter.Seq2[store.SurveyResponse, error]) (Tally, error) {
	t := Tally{Questions: make([]QuestionTally, len(c.Questions))}
	index := make(map[string]*QuestionTally, len(c.Questions))
	for i, q := range c.Questions {
		t.Questions[i] = QuestionTally{Question: q, Choices: make([]int, len(q.Options))}
		if q.Type == Rating {
			t.Questions[i].Ratings = make([]int, q.Scale-q.lowest()+1)
		}
		index[q.ID] = &t.Questions[i]
	}
	for r, err := range responses {
		if err != nil {
			return Tally{}, err
		}
		t.Responses++
		if r.Complete {
			t.Complete++
		}
		for _, a := range r.Answers {
			if q, ok := index[a.Question]; ok {
				q.count(a)
			}
		}
	}
	return t, nil
}

func (t *QuestionTally) count(a store.SurveyAnswer) {
	if a.Skipped {
		t.Skipped++
		return
	}
	t.Answered++
	for _, choice := range a.Choices {
		i := slices.IndexFunc(t.Question.Options, func(o Option) bool { return o.Text == choice })
		if i < 0 {
			t.Others++
			continue
		}
		t.Choices[i]++
	}
	if i := a.Rating - t.Question.lowest(); i >= 0 && i < len(t.Ratings) {
		t.Ratings[i]++
	}
}

// Average is the mean of the ratings; 0 when there are none.
func (t *QuestionTally) Average() float64 {
	sum, n := 0, 0
	for i, count := range t.Ratings {
		sum += count * (t.Question.lowest() + i)
		n += count
	}
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}
