// Package appmessage plays the messages that apps of WeCom write to members of staff (发送应用消息): message/send with the checks,
// limits and silences of the platform, message/recall, and agent/get, by which an app asks about itself.
//
// The life of one: the request is held against the limits of its kind (read.go), the receivers are looked up, a repeated request
// and what is too much for one member are dropped in silence, and the rest is shown in each member's chat with the app.
package appmessage
