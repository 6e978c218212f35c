// Package simulator plays the WeChat platforms, strictly: a stand-in for official accounts and WeCom that a bot can be developed
// and tested against without an account, without the internet and without a mock. It keeps accounts, people, who follows whom,
// scenes with their QR codes, menus, pictures and what was said. Every act of a person becomes a callback that is really
// signed, encrypted, sent over HTTP, timed and retried; every answer is read as the platform reads it, and what the platform
// would not show is not shown here either.
//
// It speaks the wire itself and shares no code with the channels it tests, so that a mistake can't hide by being made twice.
//
// The life of one act: the phone page or a Client posts an Act; Simulator.Act changes what the platform knows (who follows),
// writes the XML document (document.go), wraps it the way the account is set (envelope.go), and delivers it up to three times
// with the faults that were asked for (delivery.go). The answer is judged (answer.go, reply.go), put into the chat (chat.go),
// and every step is published to the pages that watch (stream.go).
//
// A test reads like a conversation:
//
//	phone := simulator.NewPhone(t, sim.Client(), "brand", "小王")
//	phone.Follow("newgift")
//	if got := phone.Say("领券").Text(); got != "..." { ... }
//
// The same phone works over HTTP against a running binary: NewClient takes the address of its page. The HTTP API is described
// in docs/reference/simulator.md; all its paths are relative to where the simulator is mounted:
//
//	GET  api/state                                  accounts, people, clock, faults, latest deliveries
//	POST api/users                                  make a person: {"nickname": "小王"}
//	GET  api/accounts/{account}/users/{user}/chat   what was said
//	POST api/accounts/{account}/users/{user}/acts   do something: {"kind": "text", "text": "领券"}; answers when it is over
//	POST api/accounts/{account}/users/{user}/pictures   send a picture: the file is the body
//	POST api/accounts/{account}/verify              check the callback URL as saving it on the platform does
//	PUT  api/accounts/{account}/faults              what goes wrong, and how often
//	POST api/accounts/{account}/faults/next         what goes wrong with the next act
//	GET  api/accounts/{account}/scenes/{scene}/qr.png   the scene's QR code
//	GET  api/deliveries/{id}                        one request with its documents, decrypted
//	POST api/clock                                  move the clock: {"advance": "1h"}
//	GET  api/events                                 what happens, as server-sent events
//	...  api/calls/...                              faults, limits, tokens and counts of the platforms' API
//	POST api/accounts/{account}/users/{user}/servicer   act as a servicer of an official account
//	GET  media/{id}                                 a picture
//
// WeChat customer service is played by package kf; desks.go gives it calls of the platform's API and doorbells, deskapi.go an HTTP
// API, described in docs/reference/simulator-customer-service.md. Customer and Servicer are its people in tests.
//
// Customer contact is played by package contact; contacts.go gives it calls of the platform's API and callbacks, contactapi.go an HTTP
// API, described in docs/reference/simulator-contact.md. Customer and Staff are its people in tests.
//
// The package imports the standard library, zap, the QR encoder and the SDK's util package.
package simulator
