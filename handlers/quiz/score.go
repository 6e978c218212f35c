package quiz

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"guanjia/bot/ask"
)

// Partial says what a multiple-choice answer earns that is neither all right nor all wrong.
type Partial string

// The rules. Fractions of a point are dropped.
const (
	// PartialNone gives points only for exactly the right options.
	PartialNone Partial = "none"
	// PartialMissing gives each right option its part as long as no wrong one is picked.
	PartialMissing Partial = "missing"
	// PartialBalance gives each right option its part and takes the same away for each wrong one, never below zero.
	PartialBalance Partial = "balance"
)

// judge gives the points of an answer, and whether it is entirely right. It is the only place where points come from.
func (q *Question) judge(a answer, p Partial) (points int, right bool) {
	if q.Type == Text {
		if slices.Contains(q.spelled, fold(a.text)) {
			return q.points, true
		}
		return 0, false
	}
	if slices.Equal(a.options, q.right) {
		return q.points, true
	}
	if q.Type != Multiple {
		return 0, false
	}
	hit, miss := 0, 0
	for _, o := range a.options {
		if slices.Contains(q.right, o) {
			hit++
		} else {
			miss++
		}
	}
	switch {
	case p == PartialMissing && miss == 0:
		return q.points * hit / len(q.right), false
	case p == PartialBalance && hit > miss:
		return q.points * (hit - miss) / len(q.right), false
	}
	return 0, false
}

// given is one question of an attempt and what came of it, as it is kept in the session and in the records.
type given struct {
	Question string `json:"q"`
	Letters  string `json:"c,omitempty"` // the options picked, by their letters in the file
	Text     string `json:"t,omitempty"`
	Points   int    `json:"p,omitempty"`
	Of       int    `json:"of,omitempty"` // points to be had
	Right    bool   `json:"r,omitempty"`
	Late     bool   `json:"l,omitempty"`  // answered after the time for the question
	Open     bool   `json:"o,omitempty"`  // never answered
	Millis   int64  `json:"ms,omitempty"` // from the question to the answer
}

// give judges an answer and makes its record.
func (q *Question) give(a answer, p Partial, took time.Duration) given {
	g := given{Question: q.ID, Text: a.text, Of: q.points, Millis: took.Milliseconds()}
	for _, o := range a.options {
		g.Letters += ask.Letter(o)
	}
	g.Points, g.Right = q.judge(a, p)
	return g
}

// sheet is all answers of a finished attempt, as they are kept in the records: enough to judge every one again.
type sheet struct {
	Version int     `json:"v"`
	Ended   ending  `json:"ended,omitempty"`
	Given   []given `json:"given"`
}

// sheetVersion changes when the meaning of a field does.
const sheetVersion = 1

// result is what an attempt came to.
type result struct {
	score, max, correct int
}

func (s sheet) result() result {
	var r result
	for _, g := range s.Given {
		r.score += g.Points
		r.max += g.Of
		if g.Right {
			r.correct++
		}
	}
	return r
}

func (s sheet) encode() ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode answers: %w", err)
	}
	return b, nil
}

func decodeSheet(b []byte) (sheet, error) {
	var s sheet
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("decode answers: %w", err)
	}
	return s, nil
}
