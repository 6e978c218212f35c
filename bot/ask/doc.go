// Package ask is what handlers that ask questions share: lettered options, reading what a person types in answer to them,
// and sentences with places to fill in.
//
// A handler makes Options from its content, shows Options.Lines and hands every answer to Options.Read. What can't be read,
// or can be read in two ways, is the handler's to ask again; nothing is guessed. The package imports bot only.
package ask
