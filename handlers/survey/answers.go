package survey

import (
	"slices"
	"strconv"
	"strings"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/store"
)

// What people say to move without answering. An option of the same words goes before.
var (
	skipWords = []string{"跳过", "略过", "skip"}
	backWords = []string{"上一题", "上一步", "返回上一题", "back"}
)

// reading is what an event means for a question.
type reading int

const (
	answered  reading = iota
	cut               // answered, of which only the beginning is kept
	skips             // wants to go on without an answer
	goesBack          // wants the question before
	unclear           // is no answer to this question
	ambiguous         // could name different options
	tooMany           // names more options than may be chosen
)

// read finds what an event means for q. Texts are kept up to maxChars characters.
func (q *Question) read(ev *bot.Event, maxChars int) (store.SurveyAnswer, reading) {
	a := store.SurveyAnswer{Question: q.ID}
	said := ""
	if ev.Kind == bot.KindText || ev.Kind == bot.KindVoice {
		said = ev.Text
	}
	if q.Type == Choice || q.Type == MultiChoice {
		picked, r := q.pick(said)
		if r != unclear {
			a.Choices = picked
			return a, r
		}
	}
	switch word := bot.Normalize(said); {
	case slices.Contains(skipWords, word):
		return a, skips
	case slices.Contains(backWords, word):
		return a, goesBack
	}
	switch q.Type {
	case Rating:
		rating, ok := readRating(said, q.lowest(), q.Scale)
		if !ok {
			return a, unclear
		}
		a.Rating = rating
		return a, answered
	case Text:
		text, long := ask.Clean(said, maxChars)
		switch {
		case text == "":
			return a, unclear
		case long:
			a.Text = text
			return a, cut
		}
		a.Text = text
		return a, answered
	case Picture:
		if ev.Kind != bot.KindImage || ev.Media == nil || ev.Media.MediaID == "" {
			return a, unclear
		}
		a.MediaID = ev.Media.MediaID
		return a, answered
	}
	return a, unclear
}

// pick reads chosen options, by their texts.
func (q *Question) pick(said string) ([]string, reading) {
	picked, r := q.options.Read(said)
	switch {
	case r == ask.Unclear:
		return nil, unclear
	case r == ask.Ambiguous:
		return nil, ambiguous
	case len(picked) > q.mayPick():
		return nil, tooMany
	}
	texts := make([]string, len(picked))
	for i, p := range picked {
		texts[i] = q.Options[p].Text
	}
	return texts, answered
}

// mayPick is how many options may be chosen.
func (q *Question) mayPick() int {
	switch {
	case q.Type == Choice:
		return 1
	case q.AtMost > 0:
		return q.AtMost
	}
	return len(q.Options)
}

// What people put around a rating, and how they write it in words.
var (
	beforeRating = []string{"我打", "我给", "打", "给"}
	behindRating = []string{"颗星", "颗", "星", "分"}
	numerals     = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}
)

// readRating reads "4", "４分", "四星", "4/5" or "⭐⭐⭐⭐" as a rating between low and high.
func readRating(said string, low, high int) (int, bool) {
	s := bot.Normalize(said)
	rating, ok := stars(s, high)
	if !ok {
		for _, b := range beforeRating {
			s = strings.TrimPrefix(s, b)
		}
		s = strings.TrimSuffix(s, "/"+strconv.Itoa(high))
		for _, b := range behindRating {
			s = strings.TrimSuffix(s, b)
		}
		rating, ok = number(strings.TrimSpace(s))
	}
	return rating, ok && rating >= low && rating <= high
}

// stars counts full ones; empty ones may fill up to the highest: "★★★☆☆".
func stars(s string, high int) (int, bool) {
	full, all := 0, 0
	for _, r := range s {
		switch r {
		case '⭐', '★', '🌟':
			full++
		case '☆':
		default:
			return 0, false
		}
		all++
	}
	return full, full > 0 && (all == full || all == high)
}

// number reads digits, or a numeral up to ten.
func number(s string) (int, bool) {
	if i := slices.Index(numerals, s); i >= 0 {
		return i, true
	}
	if s == "两" {
		return 2, true
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false // no signs, no fractions
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
