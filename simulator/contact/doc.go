// Package contact plays customer contact (客户联系) of one WeCom corp: who follows which customer, the welcome codes, tags, contact
// ways and customers' groups. It is a state machine and nothing else: time comes in as an argument, HTTP and callbacks are its
// caller's, and so is the lock around it.
//
// The life of one act: Book.Do changes what the corp knows and returns the events that the platform pushes for it. A call of the
// API goes through Book.Call, changes the same state, and causes no event, as the platform has it (WeCom docs, 客户联系 events).
//
// The package imports the standard library.
package contact
