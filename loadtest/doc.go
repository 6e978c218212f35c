// Package loadtest plays many people who write to one official account at once, and checks every answer.
//
// A run is one of two kinds. The closed loop keeps a number of messages under way and shows the most that the bot can do. The
// open loop sends at a rate whatever the answers do, as people would, and shows how long they wait; a message that could
// not be sent when it was due has waited since then, so that a stall is not hidden by the messages it held up.
//
// The life of a message: its number gives its writer and its words; it is encrypted and signed as the platform does it, sent
// over a kept connection, and its answer is decrypted, checked and counted with the time it took.
//
// The package speaks the platform's wire itself and shares no code with the bot's channels, so that a mistake made once
// shows. It imports the standard library only, golang.org/x/sys aside.
package loadtest
