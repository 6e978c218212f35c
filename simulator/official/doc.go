// Package official plays the official accounts' (公众号) own API: followers and tags, customer-service messages (客服消息) with the
// windows in which they may be sent, template messages, parametric QR codes, the menu, and the servicers (客服) who take followers
// over.
//
// The life of a customer-service message: what a follower does opens a window for some messages (Acted); a call uses the window
// that closes first, or is refused; what is sent is shown in the follower's chat.
//
// The service's lock is the last that is taken: nothing outside is called with it held.
package official
