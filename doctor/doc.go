// Package doctor examines accounts as they are set up on the platform: whether its API is reached and takes the secrets, which
// rights are missing, and whether the callback address answers as the platform would call it. Each finding has a remedy in one
// sentence, with what the platform's console calls it.
//
// It changes nothing: its calls to the platform only read, and to the callback address it sends the console's own check and one event
// of a kind that nobody acts on. What is asked (reach.go, grant.go, right.go, callback.go) is apart from what follows from an answer
// (the files called judge_...), which is pure.
//
// The package imports bot, channel/wxcrypt and channel/wxapi.
package doctor
