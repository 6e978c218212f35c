package consent

import (
	"unicode/utf8"

	"guanjia/bot"
)

// outcome names what a word did. Somebody of whom nothing is known gets messages already, so that 恢复 changes nothing for
// them, though it is recorded.
func outcome(granted, changed, known bool) string {
	switch {
	case !changed, granted && !known:
		return outcomeNoChange
	case granted:
		return outcomeOptedIn
	}
	return outcomeOptedOut
}

// unmistakable parts words that mean one thing everywhere from single letters, which inside a conversation are an answer to its
// question: T is the true of a true-or-false.
func unmistakable(keywords []string) (words, letters []string) {
	for _, w := range keywords {
		if utf8.RuneCountInString(bot.Normalize(w)) > 1 {
			words = append(words, w)
		} else {
			letters = append(letters, w)
		}
	}
	return words, letters
}
