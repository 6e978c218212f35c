// Package operator serves a page for whoever runs a bot: what goes out by itself, to whom and when, what waits and why, with buttons for
// broadcasts and, where there is a clock that can be moved, for the clock. It knows the bot by its HTTP API alone.
package operator
