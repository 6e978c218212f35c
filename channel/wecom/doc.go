// Package wecom is the channel of WeCom (企业微信): it receives the callbacks of one app of a corp over HTTP, what members say to
// the app and what happens between the corp and its customers, and answers.
//
// The life of one callback: the Endpoint of channel/callback limits, verifies and opens it; decode.go, app.go, contact.go and
// service.go make a bot.Event of the document. The Engine answers. To a member the answer goes as a passive reply in the HTTP
// answer (channel/passive). To a customer who has just added a member it goes through the platform's API, for a welcome code
// that lives 20 seconds (welcome.go decides what, greet.go sends), before the callback is acknowledged: when it could not be
// sent the platform asks again, and the engine still knows the answer. Everything else is acknowledged with an empty body.
//
// It imports bot and the rooms below channel but channel/official.
package wecom
