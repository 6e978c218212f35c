// Package app wires the rooms to one running bot: it reads the settings, opens the stores, builds the handlers from the
// content, serves the callbacks and stops it all in order.
//
// The life of the bot: New checks and builds everything and starts nothing; Start listens; Reload takes up a changed content
// folder or settings file, and everything that can fail happens before anything live is touched; Stop ends what Start began,
// last first, within one budget.
//
// A newcomer adds a line to one of three lists: handlers.go, channels.go, engines.go. The package may import every room.
package app
