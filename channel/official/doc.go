// Package official is the channel of a WeChat official account (公众号): it receives the platform's callbacks over HTTP and
// answers them with passive replies (被动回复).
//
// The life of one callback: Channel.ServeHTTP limits and reads the request, refuses what is protected less than the account
// is set to, checks the signature and decrypts (callback.go, verify.go), scans the document (scan.go) and decodes it to a
// bot.Event (decode.go, events.go) with the key that its retries and duplicates share (key.go). The Engine answers;
// what handlers want to say is brought to the one message that a passive reply carries (fit.go), which is written as the
// platform's XML, encrypted when the request was (reply.go).
//
// It imports bot and channel/wxcrypt.
package official
