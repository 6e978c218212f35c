package segment

import (
	"strings"

	"guanjia/bot"
)

// set is the crowd of a term; false where a row of p answers it, or it is no term.
func (c *compiler) set(e *Expr) (crowd, bool) {
	if e.Op != Is {
		return crowd{}, false
	}
	t := e.Term
	persons := func(of ...source) (crowd, bool) { return crowd{persons: of}, true }
	switch t.About {
	case Tag:
		name := c.value(t.Name)
		return persons(
			source{"person_tag f", "f.tag = " + name},
			source{"contact_tag f", "f.name = " + name},
			source{"contact_tag f JOIN corp_tag g ON g.account = f.account AND g.id = f.tag_id", "g.name = " + name + " AND g.deleted_at = 0 AND f.tag_id <> ''"})
	case UnionID:
		return persons(source{"identity f", "f.unionid <> ''"}, source{"contact f", "f.unionid <> ''"})
	case Survey:
		return persons(source{"survey_participation f", "f.campaign = " + c.value(t.Name)})
	case Quiz:
		return persons(c.quiz(t))
	case Coupon:
		return persons(c.coupon(t))
	case OptedOut, Consent:
		return crowd{words: []answer{{c.value(t.Name), t.About == Consent}}}, true
	case Member:
		return crowd{alone: []source{{"contact_relation f", "f.ended_at = 0 AND f.member = " + c.value(t.Name)}}}, true
	case Active:
		return crowd{alone: []source{active(t, c.value(c.now.Add(-t.Span).UnixMilli()))}}, true
	}
	return crowd{}, false
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

// active asks the journal for what people did. Longer ago than a span is whoever is not among those who did something since.
func active(t Term, since string) source {
	turned := map[string]string{"<": ">", "<=": ">=", ">": ">=", ">=": ">"}
	return source{"journal f", "f.received_at " + turned[t.Op] + " " + since + " AND f.kind IN (" + acts() + ")"}
}

// idle tells whether a term is the contrary of its crowd.
func idle(t Term) bool { return t.About == Active && (t.Op == ">" || t.Op == ">=") }

// acts are the kinds of event that a person causes by doing something, as SQL.
func acts() string {
	kinds := []bot.Kind{
		bot.KindText, bot.KindImage, bot.KindVoice, bot.KindVideo, bot.KindShortVideo, bot.KindLocation, bot.KindLink, bot.KindFile, bot.KindMiniProgram, bot.KindNameCard, bot.KindOther,
		bot.KindFollow, bot.KindScan, bot.KindMenuClick, bot.KindMenuView, bot.KindMenuMiniProgram, bot.KindMenuScanCode, bot.KindMenuPictures, bot.KindMenuLocation,
		bot.KindSubscribePopup, bot.KindEnter, bot.KindRecall, bot.KindCard,
	}
	list := make([]string, len(kinds))
	for i, k := range kinds {
		list[i] = "'" + string(k) + "'"
	}
	return strings.Join(list, ", ")
}
