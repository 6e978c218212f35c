// Package reception looks after the conversations that staff lead, beside the events: it closes those that staff are silent in,
// tells staff who waits, and says how many wait and for how long.
//
// Everything it knows is in the records, and everything is told to one process only, so that each replica may run one. Staff are
// told of a conversation at least once: what was sent just before a crash is sent again, in the same words, and the platform
// leaves it out.
//
// The package imports bot, store, channel/wxapi and channel/wxxml.
package reception
