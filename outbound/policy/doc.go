// Package policy decides whether a message that nobody waits for may go out now, by which way, or when, or never, and why. It is
// pure: everything it knows is in the Request, time included.
//
// The order of the rules is the order of their weight: who paused it, whether it still makes sense, what the person wants, the
// hours and caps of the house, and last what the platform allows.
package policy
