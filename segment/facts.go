package segment

import (
	"strconv"
	"strings"
)

// source is where a fact is kept: rows f with account and user_id, which hold under a condition.
type source struct{ from, where string }

// ofPerson asks for a fact that holds on every account of the person.
func (c *compiler) ofPerson(t Term, negated bool) {
	switch t.About {
	case Tag:
		name := c.value(t.Name)
		c.known(negated,
			source{"person_tag f", "f.tag = " + name},
			source{"contact_tag f", "f.name = " + name},
			source{"contact_tag f JOIN corp_tag g ON g.account = f.account AND g.id = f.tag_id", "g.name = " + name + " AND g.deleted_at = 0 AND f.tag_id <> ''"})
	case UnionID:
		c.known(negated, source{"identity f", "f.unionid <> ''"}, source{"contact f", "f.unionid <> ''"})
	case Survey:
		c.known(negated, source{"survey_participation f", "f.campaign = " + c.value(t.Name)})
	case Quiz:
		c.known(negated, c.quiz(t))
	case Coupon:
		c.known(negated, c.coupon(t))
	case OptedOut:
		c.word(negated, t.Name, "MAX(CASE WHEN w.granted THEN 0 ELSE w.at END) >= MAX(CASE WHEN w.granted THEN w.at ELSE 1 END)")
	case Consent:
		c.word(negated, t.Name, "MAX(CASE WHEN w.granted THEN w.at ELSE 0 END) > MAX(CASE WHEN w.granted THEN 0 ELSE w.at END)")
	}
}

// known asks whether one of the sources has a row of the person.
func (c *compiler) known(negated bool, sources ...source) {
	rows := make([]string, len(sources))
	for i, s := range sources {
		rows[i] = s.rows("")
	}
	// Each person once: else the join would count them twice.
	c.join(negated, "SELECT owner_account, owner_user FROM ("+strings.Join(rows, " UNION ALL ")+") s GROUP BY owner_account, owner_user")
}

// rows are those of a source under the names that what people have is kept under.
func (s source) rows(more string) string {
	return "SELECT COALESCE(i.owner_account, f.account) AS owner_account, COALESCE(i.owner_user, f.user_id) AS owner_user" + more + " FROM " + s.from +
		" LEFT JOIN " + merged + " i ON i.account = f.account AND i.user_id = f.user_id WHERE " + s.where
}

// join joins people to those whom a query lists, and asks whether they are among them.
func (c *compiler) join(negated bool, query string) {
	if c.facts == 0 {
		c.joins.WriteString(" LEFT JOIN " + merged + " o ON o.account = p.account AND o.user_id = p.user_id")
	}
	c.facts++
	name := "m" + strconv.Itoa(c.facts)
	c.joins.WriteString(" LEFT JOIN (" + query + ") " + name + " ON " + name + ".owner_account = COALESCE(o.owner_account, p.account) AND " +
		name + ".owner_user = COALESCE(o.owner_user, p.user_id)")
	if negated {
		c.text.WriteString(name + ".owner_account IS NULL")
		return
	}
	c.text.WriteString(name + ".owner_account IS NOT NULL")
}

// word asks for a person's last word on a topic, on whichever account; with the same moment for both, it is no.
func (c *compiler) word(negated bool, topic, having string) {
	said := source{"consent f", "f.topic = " + c.value(topic)}
	c.join(negated, "SELECT owner_account, owner_user FROM ("+said.rows(", f.granted, f.at")+") w GROUP BY owner_account, owner_user HAVING "+having)
}

func (c *compiler) quiz(t Term) source {
	campaign := "f.campaign = " + c.value(t.Name)
	switch t.Fact {
	case finished:
		return source{"quiz_standing f", campaign}
	case score:
		// Kept negated, so that ranks run along an index.
		turned := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
		return source{"quiz_standing f", campaign + " AND f.deficit " + turned[t.Op] + " " + c.value(-t.Score)}
	case unfinished:
		return source{"quiz_attempt f", campaign + ` AND f.finished_at = 0 AND NOT EXISTS (SELECT 1 FROM quiz_standing s
			WHERE s.campaign = f.campaign AND s.account = f.account AND s.user_id = f.user_id)`}
	}
	return source{"quiz_attempt f", campaign}
}

func (c *compiler) coupon(t Term) source {
	campaign := "f.campaign = " + c.value(t.Name)
	const open = " AND f.redeemed_at = 0 AND f.voided_at = 0"
	switch t.Fact {
	case redeemed:
		return source{"coupon_claim f", campaign + " AND f.redeemed_at > 0"}
	case unredeemed:
		return source{"coupon_claim f", campaign + open + " AND (f.expires_at = 0 OR f.expires_at > " + c.value(c.now.UnixMilli()) + ")"}
	case expiring:
		return source{"coupon_claim f", campaign + open + " AND f.expires_at > " + c.value(c.now.UnixMilli()) + " AND f.expires_at " + t.Op + " " + c.value(c.now.Add(t.Span).UnixMilli())}
	}
	return source{"coupon_claim f", campaign}
}
