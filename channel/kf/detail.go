package kf

// The structs below are what Event.Detail holds for the kinds that have fields of their own. What the platform left out is
// empty.

// Entry is the Detail of KindEnter: a customer opened the chat. Event.Scene is the scene of the link that they came by.
type Entry struct {
	Param       string // scene_param, which whoever made the link put behind it
	WelcomeCode string // lives 20 seconds; only when the customer was not welcomed within 48 hours and has not written
	Video       string // 视频号 that they came from, by its nickname
}

// Session is the Detail of KindStaffTook, KindStaffMoved and KindStaffEnded: somebody of the staff did something in the client.
type Session struct {
	Change int64  // 1 taken from the pool, 2 handed on, 3 ended, 4 opened again
	Code   string // of 1 and 3: one message may be said by it
}

// Status is the Detail of KindStaffStatus.
type Status struct {
	Receiving bool
	Suspended bool // stopped for a while only
}

// SendFailure is the Detail of KindSendFailed: a message that the platform had taken did not arrive.
type SendFailure struct {
	MsgID string
	Type  int64 // fail_type
}

// NameCard is the Detail of KindNameCard: the card of a member of the corp.
type NameCard struct {
	Member string
}

// Recall is the Detail of KindRecall.
type Recall struct {
	MsgID string
	Staff string // who took it back; empty: the customer
}
