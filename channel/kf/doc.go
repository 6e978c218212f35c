// Package kf is the channel of WeCom's customer service (微信客服): customers write to a desk, a customer-service account (open
// kfid), and the bot fetches what they wrote and answers through the platform's API.
//
// The life of one message: a bell rings (channel/wecom gets the callback kf_msg_or_event and rings it, service.go), or the time
// to look has come. One replica at a time pulls a desk (desk.go, lock.go) and goes through its pages (pull.go). decode.go makes
// a bot.Event of each item; the events of one customer go through the Engine one after the other, those of different customers
// beside each other (queues.go, answer.go). What the Engine answers is written into the ledger, sent and written down again
// (send.go, ledger.go), before the customer's next event is taken up. The cursor moves when everything before it has been dealt
// with (watermark.go), so that whatever is lost in a crash is pulled again: the journal knows what was answered, the ledger what
// was sent.
//
// It imports bot, store and the rooms below channel but channel/official and channel/wecom.
package kf
