package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"guanjia/broadcast"
	"guanjia/outbound/policy"
)

// showBroadcast prints all that is known of a broadcast.
func (c *cli) showBroadcast(r broadcast.Report, zone *time.Location) error {
	b, p := r.Broadcast, r.Progress
	c.say("%s (%s): %s, to %s of %s", b.ID, b.Name, b.State, b.Kind, cmp.Or(string(b.Account), r.Draft.Robot))
	c.say("  segment %s, counted %d; start %s, end %s", cmp.Or(r.Draft.Segment, "-"), b.Audience, minute(b.StartAt, zone), minute(b.EndedAt, zone))
	if b.Problem != "" {
		c.say("  %s", b.Problem)
	}
	w := tabwriter.NewWriter(c.stdout, 2, 0, 2, ' ', tabwriter.AlignRight)
	for _, line := range []struct {
		n    int
		what string
	}{
		{p.Sent, "sent"}, {p.Unknown, "perhaps sent: the connection broke"}, {p.Waiting, "waiting"}, {p.Sending, "being sent"}, {p.Held, "kept for the next visit"},
		{p.Failed, "refused by the platform"}, {p.Dropped, "not sent"},
	} {
		if line.n > 0 || line.what == "sent" {
			fmt.Fprintf(w, "  %d\t %s\n", line.n, line.what)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, way := range slices.Sorted(maps.Keys(p.ByWay)) {
		c.say("  by %s: %d", way, p.ByWay[way])
	}
	for _, reason := range slices.Sorted(maps.Keys(p.Reasons)) {
		c.say("  %d: %s", p.Reasons[reason], policy.Reason(reason).English())
	}
	for _, call := range r.Calls {
		c.say("  call %d: %s, %d people, %d sent, %d failed, %d wait for the staff %s%s", call.Number, call.State, call.People, call.Sent, call.Failed, call.Waiting, call.Detail, call.Outcome)
	}
	for _, a := range r.Acts {
		c.say("  %s  %s by %s  %s", minute(a.At, zone), a.Act, a.Who, a.Detail)
	}
	return nil
}
