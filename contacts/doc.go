// Package contacts keeps the records of people in step with the platforms: WeCom's customers with their relations and tags,
// and who is the same person on several accounts.
//
// A change comes as an event. The Recorder writes down what the event itself tells and marks what has to be looked up; marks are
// durable, and many of one customer are one. A Worker for each account takes the marks, asks the platform and writes down what it
// says, in no more calls a second than it is allowed. It also brings the tags that handlers gave people to the platform, and goes
// through all customers once a day: page by page, each page and how far that is in one transaction, so that it goes on where it
// broke off. Of several replicas one works for an account at a time, by lease; if two ever do, the records stay right, and the
// platform is told the same twice.
//
// What can't be done now is done later, less and less often; what can never be done is written down with a sentence for
// operators. The package imports bot, store, channel/wxapi and zap.
package contacts
