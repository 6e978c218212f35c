package official

import "fmt"

// Arrival says what becomes of the template messages and subscription notifications that the platform takes for somebody.
type Arrival string

// The arrivals.
const (
	Arrives Arrival = "arrives"
	// Blocked: they have refused the account's notifications on their phone (拒收). A template message is taken and reported as failed; a
	// subscription notification is not taken.
	Blocked Arrival = "blocked"
	// Failing: the platform takes them and then fails by itself.
	Failing Arrival = "fails"
)

// Known tells whether there is such an arrival.
func (a Arrival) Known() bool { return a == Arrives || a == Blocked || a == Failing }

// SetArrival says what becomes of somebody's notifications from now on.
func (s *Service) SetArrival(appID, openID string, arrival Arrival) {
	s.with(appID, func(a *account) {
		if arrival == Arrives {
			delete(a.Arrivals, openID)
			return
		}
		a.Arrivals[openID] = arrival
	})
	s.world.Changed()
}

// templateStatus is what TEMPLATESENDJOBFINISH says of a message (official account docs, 模板消息: 事件推送).
func templateStatus(a Arrival) string {
	switch a {
	case Blocked:
		return "failed:user block"
	case Failing:
		return "failed: system failed"
	}
	return "success"
}

// failedNotice is the code of a notification that the platform failed to bring. The docs (订阅通知: 事件推送) say that only trouble of the
// platform is reported afterwards, and give no list of codes; the code is a choice.
const failedNotice = -1

// noticeStatus is what subscribe_msg_sent_event says of a notification.
func noticeStatus(a Arrival) (code, status string) {
	if a == Failing {
		return fmt.Sprint(failedNotice), "system failed"
	}
	return "0", "success"
}
