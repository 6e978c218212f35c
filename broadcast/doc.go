// Package broadcast writes to many at once: draft, preview, dry run, start, pause, resume, cancel, report.
//
// A broadcast to people is a push (package outbound) for everybody of its segment: consent, quiet hours, caps and the platform's rights hold
// for each of them as for every other push. The pushes are written down in pages; a page and how far it went are one transaction, so
// that a crash leaves neither a gap nor a second message. The other kinds are calls of the platform that reach many: mass messages of
// official accounts, messages that the staff confirm, and robots of groups. Each call is written down before it is made.
package broadcast
