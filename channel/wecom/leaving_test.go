package wecom

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"guanjia/bot"
	"guanjia/channel/callback"
)

// staff are the Relations of a test: who else has the customer.
type staff struct {
	others bool
	err    error
	asked  []string
}

func (s *staff) HasOtherRelation(_ context.Context, customer bot.Person, member string) (bool, error) {
	s.asked = append(s.asked, string(customer.Account)+" "+string(customer.User)+" "+member)
	return s.others, s.err
}

// TestACustomerLeavesWhenNobodyHasThemAnyMore: until then the end of a relation is a change like others. While it can't be told,
// the platform is asked to come again.
func TestACustomerLeavesWhenNobodyHasThemAnyMore(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change string
		staff  *staff
		kind   bot.Kind // of the event; empty: there is none
	}{
		{"the last", "del_follow_user", &staff{}, bot.KindUnfollow},
		{"one of two", "del_follow_user", &staff{others: true}, bot.KindContact},
		{"deleted by one of two", "del_external_contact", &staff{others: true}, bot.KindContact},
		{"nobody can tell", "del_follow_user", &staff{err: errors.New("no database")}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, says(), func(_ *Config, d *Deps) { d.Relations = tc.staff })
			got := a.post(t, contact(tc.change, sampleCustomer, ""))
			if len(tc.staff.asked) != 1 || tc.staff.asked[0] != "assistant "+sampleCustomer+" "+sampleMember {
				t.Errorf("asked %q", tc.staff.asked)
			}
			if tc.kind == "" {
				if got.status != http.StatusServiceUnavailable || len(a.seen()) > 0 || a.counted.rejected[0] != callback.ReasonUnavailable {
					t.Errorf("%d, %d events", got.status, len(a.seen()))
				}
				return
			}
			if events := a.seen(); got.status != http.StatusOK || len(events) != 1 || events[0].Kind != tc.kind {
				t.Errorf("%d, %+v", got.status, events)
			}
		})
	}
}
