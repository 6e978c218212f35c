// Package welcome greets: who follows, who scans a QR code while following already, who says something for the first time, and
// who opens a chat with customer service. Which words depend on the QR code's scene, on whether the person was here before, on the account and on the hour.
//
// One follow: the Recorder, which can't be switched off, writes it down; the Handler picks the best rule of its Book and
// says its messages. Who is a returning follower is the records' to know, so the same event gives the same greeting again.
//
// The package imports bot, content and store.
package welcome
