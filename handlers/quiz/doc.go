// Package quiz asks questions for points, ranks who answered and shares a prize pool among them.
//
// One attempt: a keyword starts it in the records; its questions are drawn and shuffled by its id; every answer is read
// (answers.go), judged (score.go) and kept in the session; the last one finishes the attempt in the records with all answers,
// from which the score can be told again. What a person is told at the end is read back from the records, so that the same
// event, handled twice, says the same. When a campaign is over, a Closer settles it once: the tier reached by the number of
// finishers is split to the fen (settle.go) from the ranking in the records.
//
// The package imports bot, content, store and export.
package quiz
