package policy

import (
	"slices"
	"time"
)

// Grant is a right that somebody's act gave: so many messages for so long.
type Grant struct {
	From, Until time.Time // Until is not in it
	Left        int
}

// Act is something that a person did, with what it grants.
type Act struct {
	At    time.Time
	For   time.Duration
	Count int
}

// Grants plays acts and messages in the order of time: each message takes from the grant that expires first among the open ones
// that have any left. Which one the platform takes is not documented; so the longer right lasts longest. What remains open at
// now is returned, the first to expire first.
func Grants(acts []Act, sent []time.Time, now time.Time) []Grant {
	all := make([]Grant, 0, len(acts))
	for _, a := range acts {
		all = append(all, Grant{From: a.At, Until: a.At.Add(a.For), Left: a.Count})
	}
	slices.SortFunc(all, func(a, b Grant) int { return a.Until.Compare(b.Until) })
	sent = slices.SortedFunc(slices.Values(sent), time.Time.Compare)
	for _, at := range sent {
		for i := range all {
			if g := &all[i]; g.Left > 0 && g.open(at) {
				g.Left--
				break
			}
		}
	}
	return slices.DeleteFunc(all, func(g Grant) bool { return !g.open(now) })
}

// open: the platform's times are whole seconds, so that a message of the same second comes after the act.
func (g Grant) open(at time.Time) bool {
	return !at.Before(g.From.Truncate(time.Second)) && at.Before(g.Until)
}

// groupsPerDay is how many mass messages of the staff a customer gets in a day: one may be all that the corp's settings allow (WeCom docs,
// 创建企业群发: an administrator may set one a day).
const groupsPerDay = 1

// GroupSends tells why no mass message of the staff (企业群发) may go to a customer now, and from when on one may; empty: one may. sent are
// those that the customer was sent, in any order. A month allows as many as it has days (WeCom docs, 创建企业群发).
func GroupSends(sent []time.Time, now time.Time, zone *time.Location) (why Reason, opens time.Time) {
	y, m, d := now.In(zone).Date()
	today, month, next := time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, 1, 0, 0, 0, 0, zone), time.Date(y, m+1, 1, 0, 0, 0, 0, zone)
	inDay, inMonth := 0, 0
	for _, at := range sent {
		if !at.Before(today) {
			inDay++
		}
		if !at.Before(month) {
			inMonth++
		}
	}
	switch {
	case inMonth >= next.AddDate(0, 0, -1).Day():
		return GroupMonth, next
	case inDay >= groupsPerDay:
		return GroupDay, time.Date(y, m, d+1, 0, 0, 0, 0, zone)
	}
	return "", time.Time{}
}
