// Package official is the channel of a WeChat official account (公众号): it receives the platform's callbacks over HTTP and
// answers them with passive replies (被动回复).
//
// The life of one callback: the Endpoint of channel/callback limits and reads the request; channel.go refuses what is protected
// less than the account is set to, checks the signature and decrypts; decode.go and events.go make a bot.Event of the document,
// with the key that its retries and duplicates share (key.go). The Engine answers; channel/passive brings that to the one message
// that a passive reply carries and writes it, encrypted when the request was.
//
// It imports bot, channel/callback, channel/passive, channel/wxcrypt, channel/wxevent and channel/wxxml.
package official
