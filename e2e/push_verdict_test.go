package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// onItsWay is how long a message may be on its way that was decided on before somebody left.
const onItsWay = 3 * time.Second

// markedBy is the broadcast that a text is of.
func markedBy(text string) string { return strings.TrimPrefix(text, mark("")) }

// record is what the bot knows of a message.
type record struct {
	state, reason string
	all           string // the rest, for whoever looks for a mistake
}

// check compares the phones with the rules, and with what the bot says of each message.
func (r *pushRun) check() {
	records := r.records()
	known, arrivals := 0, map[string]int{}
	for _, p := range r.readers {
		messages := r.arrived(p)
		r.checkPhone(p, messages)
		for _, id := range append(broadcasts(), lastOne) {
			n := 0
			for _, m := range messages {
				if m.id == id {
					n++
				}
			}
			arrivals[id] += n
			row, ok := records[p.Accounts["brand"].OpenID+" "+id]
			if ok {
				known++
			}
			r.checkRecord(p, id, row, ok, n)
			if r.t.Failed() && ok && n > 0 && row.state != "sent" && row.state != "unknown" {
				for _, m := range messages {
					r.t.Logf("%s got %q at %d", p.ID, m.id, m.at.UnixMilli())
				}
				r.t.Logf("%s %q: %s", p.ID, id, row.all)
			}
		}
	}
	if known != len(records) {
		r.t.Errorf("%d messages in the records, %d of them to the people here", len(records), known)
	}
	total := 0
	for _, n := range arrivals {
		total += n
	}
	r.t.Logf("%d messages arrived, of %d that are known: %v\n%s", total, known, arrivals, r.states())
}

// checkPhone holds what somebody got against the rules.
func (r *pushRun) checkPhone(p *reader, messages []message) {
	counted, ids := 0, []string{}
	for _, m := range messages {
		if slices.Contains(ids, m.id) {
			r.t.Errorf("%s got %q twice", p.ID, m.id)
		}
		ids = append(ids, m.id)
		if m.id != lastOne {
			counted++
		}
		if at := m.at.Sub(r.quiet); at >= 0 && at < time.Minute {
			r.t.Errorf("%s got %q %s after it was quiet", p.ID, m.id, at)
		}
		if !p.over.IsZero() && m.at.After(p.over.Add(onItsWay)) {
			r.t.Errorf("%s got %q %s after they had opted out or left", p.ID, m.id, m.at.Sub(p.over))
		}
	}
	if counted > perDay {
		r.t.Errorf("%s got %d messages in a day, and not %d at most", p.ID, counted, perDay)
	}
}

// checkRecord holds what the bot says of a message against how often it arrived.
func (r *pushRun) checkRecord(p *reader, id string, row record, ok bool, arrived int) {
	switch {
	case !ok && p.over.IsZero():
		r.t.Errorf("the bot has forgotten %q for %s", id, p.ID)
	case !ok && arrived > 0:
		r.t.Errorf("%s got %q, of which the bot knows nothing", p.ID, id)
	case !ok:
	case row.reason == "":
		r.t.Errorf("%q for %s is %s, without a reason", id, p.ID, row.state)
	case row.state == "sent" && arrived != 1:
		r.t.Errorf("%q for %s is said to be sent, and arrived %d times", id, p.ID, arrived)
	case arrived > 0 && row.state != "sent" && row.state != "unknown":
		r.t.Errorf("%q arrived at %s, and is said to be %s (%s)", id, p.ID, row.state, row.reason)
	case !slices.Contains([]string{"sent", "unknown", "failed", "dropped", "waiting"}, row.state):
		r.t.Errorf("%q for %s is %s (%s)", id, p.ID, row.state, row.reason)
	}
}

// records reads what the bot says of each message, by person and broadcast.
func (r *pushRun) records() map[string]record {
	rows, err := r.db.QueryContext(context.WithoutCancel(r.t.Context()), `SELECT user_id, campaign, state, reason,
		'tries ' || tries || ', parts ' || parts || ', sending at ' || sending_at || ', settled at ' || settled_at || ', by ' || way || ' ' || detail FROM send`)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]record{}
	for rows.Next() {
		var user, campaign string
		var row record
		if err := rows.Scan(&user, &campaign, &row.state, &row.reason, &row.all); err != nil {
			r.t.Fatal(err)
		}
		all[user+" "+strings.TrimPrefix(campaign, "broadcast:")] = row
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return all
}

// states tells how many messages are in which state, and why.
func (r *pushRun) states() string {
	rows, err := r.db.QueryContext(context.WithoutCancel(r.t.Context()),
		"SELECT campaign, state, reason, way, detail, count(*) FROM send GROUP BY campaign, state, reason, way, detail ORDER BY campaign, state, reason, way, detail")
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var campaign, state, reason, way, detail string
		var n int
		if err := rows.Scan(&campaign, &state, &reason, &way, &detail, &n); err != nil {
			r.t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s %s %s %s: %d\n", campaign, state, reason, way, detail, n)
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return b.String()
}
