// Package passive says what handlers want to say as a passive reply (被动回复): the one message in the answer to a callback.
// A Fitter brings messages to what a channel can carry, Append writes the platform's XML.
//
// It imports bot and channel/wxxml.
package passive
