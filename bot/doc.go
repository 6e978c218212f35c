// Package bot is the vocabulary and the engine of Guanjia: what a person did (Event), what is said back (Reply), the
// conversation in between (Session), who decides what to say (Handler, Router), and the Engine that takes one event from
// its arrival to exactly one reply.
//
// The life of one event: a channel verifies and decodes a callback to an Event and calls Engine.Handle. The engine asks the
// hot state to begin (known already? somebody else at work?), lets the Router choose the handlers, collects their messages,
// fits them to what the channel can carry, commits the journal row, finishes in the hot state and gives the Answer back.
//
// Handlers decide what to say; channels decide how. The package imports the standard library and zap only; everything it
// needs from outside is one of the small interfaces in ports.go.
package bot
