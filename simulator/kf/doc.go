// Package kf plays WeChat customer service (微信客服) of one corp, strictly: desks, the customers who write to them, the people
// who answer there, what the API may do and when, and the log of messages that sync_msg reads.
//
// It is a state machine and nothing else: time comes in as an argument, every call returns at once, and the caller holds a lock
// around each. What is to be told to others is collected and fetched by Drain: desks whose doorbell must ring, chats that have
// changed.
//
// Three kinds of people call it. Programs: Call takes a path and a body, as the platform's API does (sync.go, send.go, state.go,
// account.go). Customers: CustomerDoes (customer.go). People of the corp in their client: StaffDoes (staff.go).
//
// Where the documents of 微信客服 say nothing, a choice was made, and its comment says so.
package kf
