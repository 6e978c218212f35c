package policy

import "time"

// Way is a right to write to somebody.
type Way string

// The ways.
const (
	Custom    Way = "custom"     // customer-service message of an official account (客服消息)
	KF        Way = "kf"         // message of WeChat customer service (微信客服)
	Template  Way = "template"   // template message of an official account (模板消息)
	Subscribe Way = "subscribe"  // subscription notification of an official account (订阅通知)
	App       Way = "app"        // app message to a member of the corp (应用消息)
	GroupSend Way = "group_send" // mass message that a member of the staff confirms (企业群发)
	NextVisit Way = "next_visit" // kept until the person writes, and said with the next reply
)

// Priority of a push: what is larger gives way to what is smaller. Service is what somebody has a right to know, and is not
// counted.
type Priority int

// The priorities.
const (
	Service Priority = iota + 1
	Major            // a live stream begins, a prize is drawn
	Campaign
	Tip
)

var priorityNames = [...]string{"", "service", "major", "campaign", "tip"} //nolint:gochecknoglobals // a constant

// String names it as content does.
func (p Priority) String() string {
	if p < Service || p > Tip {
		return "unknown"
	}
	return priorityNames[p]
}

// ParsePriority reads what String writes.
func ParsePriority(s string) (Priority, bool) {
	for p := Service; p <= Tip; p++ {
		if priorityNames[p] == s {
			return p, true
		}
	}
	return 0, false
}

// Budget says whose account a message is on.
type Budget string

// The budgets.
const (
	ForPush  Budget = "push"
	ForReply Budget = "reply" // somebody said something and waits: no consent, no quiet hours and no caps apply
)

// Pause is who stopped it.
type Pause string

// The pauses, the widest first.
const (
	Running         Pause = ""
	PausedAll       Pause = "all"
	PausedAccount   Pause = "account"
	PausedCampaign  Pause = "campaign"
	PausedBySetting Pause = "setting"
)

// Request is everything that decides.
type Request struct {
	Now      time.Time
	Budget   Budget
	Priority Priority

	Paused    Pause
	NotBefore time.Time // zero: at once
	Expires   time.Time // zero: never

	OptedOut      bool // of everything
	OptedOutTopic bool
	Gone          bool // unfollowed, or nobody of the staff has them any more
	Moot          bool // what it is about is over

	Quiet  Quiet
	Caps   Caps
	Sent   []time.Time // what the person was sent, on all accounts, that counts; in any order, what is older than a week does no harm
	Rivals []Rival     // what else waits for the person

	Rights []Right // in the order in which they are tried
}

// Rival is another push that waits for the same person.
type Rival struct {
	Priority Priority
	From     time.Time // when it is next looked at; zero: now
	Expires  time.Time // zero: never
}

// Right is what is known of a way for this message and person.
type Right struct {
	Way Way
	// Shut says why it can't be used; empty: it can. With Opens it can be used again from then on.
	Shut  Reason
	Opens time.Time
	// Windowed ways need a grant with as many messages left as Needs; at least one.
	Windowed bool
	Grants   []Grant
	Needs    int
}

// Do is what is to be done.
type Do string

// What can be done.
const (
	Send  Do = "send"
	Wait  Do = "wait"
	Hold  Do = "hold" // for the person's next visit
	Never Do = "never"
)

// Verdict is the decision.
type Verdict struct {
	Do     Do
	Way    Way       // of Send
	Until  time.Time // of Wait; zero: until somebody resumes it
	Reason Reason
}
