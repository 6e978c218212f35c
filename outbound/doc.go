// Package outbound is the one way out: every message that goes to somebody by itself, and not as the answer to a callback, is a
// Push that is enqueued in the transaction that causes it, and a job (package jobs) that takes it from there.
//
// The job loads what is known of the person and the account, asks the policy (outbound/policy), and then sends it, waits, keeps
// it for the person's next visit, or drops it. The reason is written down each time, so that "why did this not arrive" always has
// an answer.
//
// A job runs at least once. That a message goes out once in effect is the business of the send record: it says "sending" before
// the platform is called and what came of it afterwards. A record that is found in "sending" by somebody else has an unknown
// outcome, which is resolved by the rule of its way (unknown.go).
package outbound
