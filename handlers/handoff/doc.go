// Package handoff hands conversations to people (转人工) and takes them back.
//
// Who says 人工 leaves whatever is open and is handed to the staff of the channel: servicers of an official account, of WeChat
// customer service, or members who are told by an app message. So is whoever another handler wishes a person for; the package
// is the bot's reception. While the conversation is open the bot keeps quiet, and what the person says goes to staff where the
// channel needs it passed on. It is over when staff end it, when the person takes it back, or when staff give no sign for too
// long; the bot says so with its next word and answers again.
//
// The records decide whether a conversation is open; the session only holds its number. So staff can end it from elsewhere, and
// a sign of staff that the platform reports keeps the bot quiet whatever the session knows.
//
// The package imports bot, content, store and export.
package handoff
