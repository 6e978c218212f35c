// Package wxevent decodes what the documents of official accounts and WeCom have in common: the messages that people send,
// the menu, and the keys that tell one event from another.
//
// It imports bot and channel/wxxml.
package wxevent
