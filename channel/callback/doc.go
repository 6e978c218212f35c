// Package callback is the HTTP side of every callback address: it refuses what is too large, too old, not what it should be or
// not signed, opens the encrypted envelope, hands the callback to the kind of account that it is for, and answers. What kinds
// of account have in common is here, so that none of them is laxer than another.
//
// It imports bot, channel/passive, channel/wxcrypt and channel/wxxml.
package callback
