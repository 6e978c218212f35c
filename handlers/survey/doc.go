// Package survey asks for opinions: choices, ratings, texts and pictures, on a path that branches with the answers.
//
// One response: a keyword opens it; every answer is read (answers.go), put on the path walked so far and leads to the next
// question (branches.go); going back takes the last step of the path away, whatever branch it took; the end writes the whole
// path into the records. An anonymous response is written without the person, who is only noted as having taken part, and
// what was said on the way stays out of the journal.
//
// The package imports bot, content, store and export.
package survey
