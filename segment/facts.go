package segment

import (
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
	var rows []string
	for _, s := range sources {
		rows = append(rows, s.rows("f.account, f.user_id", "k.account, k.user_id"))
	}
	c.exists(negated, "SELECT 1 FROM ("+strings.Join(rows, " UNION ALL ")+") m WHERE m.account = p.account AND m.user_id = p.user_id")
}

// rows are those of the person's own account and those of their others.
func (s source) rows(own, others string) string {
	return "SELECT " + own + " FROM " + s.from + " WHERE " + s.where +
		" UNION ALL SELECT " + others + " FROM " + s.from + " JOIN " + kin + " ON k.kin_account = f.account AND k.kin_user = f.user_id WHERE " + s.where
}

// word asks for a person's last word on a topic, on whichever account; with the same moment for both, it is no.
func (c *compiler) word(negated bool, topic, having string) {
	said := source{"consent f", "f.topic = " + c.value(topic)}
	c.exists(negated, "SELECT 1 FROM (SELECT w.account, w.user_id FROM ("+
		said.rows("f.account, f.user_id, f.granted, f.at", "k.account, k.user_id, f.granted, f.at")+
		") w GROUP BY w.account, w.user_id HAVING "+having+") m WHERE m.account = p.account AND m.user_id = p.user_id")
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
