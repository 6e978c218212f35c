package segment

import (
	"strconv"
	"strings"
	"time"

	"guanjia/bot"
)

// Condition is an expression as SQL: what is joined to the rows p of people, what must hold of them, and the values of the parameters,
// which are numbered from 1.
//
// Every fact that hangs on the person and not on the account is a joined table of its own with each person once, and the condition asks
// whether the join found one. So both engines go through each table once, whatever is combined with what, and never look a fact up for
// one person after the other.
type Condition struct {
	Joins string
	Text  string
	Args  []any
}

// Compile makes the condition of an expression at a moment. The text is the same for both engines and holds nothing that somebody wrote.
func Compile(e *Expr, now time.Time) Condition {
	c := compiler{now: now, numbers: map[any]int{}}
	c.write(e, false)
	return Condition{c.joins.String(), c.text.String(), c.args}
}

type compiler struct {
	now         time.Time
	text, joins strings.Builder
	facts       int
	args        []any
	numbers     map[any]int // of values that are used more than once
}

// value is the parameter for a value.
func (c *compiler) value(v any) string {
	n, there := c.numbers[v]
	if !there {
		c.args = append(c.args, v)
		n = len(c.args)
		c.numbers[v] = n
	}
	if _, number := v.(int64); number {
		return "CAST($" + strconv.Itoa(n) + " AS BIGINT)"
	}
	return "$" + strconv.Itoa(n)
}

// write writes an expression. Negations are brought down to the terms, where the engines can turn them into joins.
func (c *compiler) write(e *Expr, negated bool) {
	switch e.Op {
	case Not:
		c.write(e.Kids[0], !negated)
		return
	case Is:
		c.term(e.Term, negated)
		return
	}
	between := " AND "
	if (e.Op == Or) != negated {
		between = " OR "
	}
	c.text.WriteString("(")
	for i, k := range e.Kids {
		if i > 0 {
			c.text.WriteString(between)
		}
		c.write(k, negated)
	}
	c.text.WriteString(")")
}

func (c *compiler) add(negated bool, condition string) {
	if negated {
		c.text.WriteString("NOT ")
	}
	c.text.WriteString("(" + condition + ")")
}

func (c *compiler) term(t Term, negated bool) {
	switch t.About {
	case All:
		c.add(negated, "p.account <> ''")
	case Account:
		c.add(negated, "p.account = "+c.value(t.Name))
	case Scene:
		c.add(negated, "p.scene = "+c.value(t.Name))
	case Followed:
		if t.Op == "" {
			c.add(negated, "p.following")
			return
		}
		c.add(negated, "p.followed_at > 0 AND p.followed_at "+c.ago(t))
	case Unfollowed:
		if t.Op == "" {
			c.add(negated, "p.unfollowed_at > 0 AND NOT p.following")
			return
		}
		c.add(negated, "p.unfollowed_at > 0 AND NOT p.following AND p.unfollowed_at "+c.ago(t))
	case Active:
		c.active(t, negated)
	case Member:
		c.exists(negated, `SELECT 1 FROM contact_relation r WHERE r.account = p.account AND r.user_id = p.user_id AND r.ended_at = 0 AND r.member = `+c.value(t.Name))
	default:
		c.ofPerson(t, negated)
	}
}

func (c *compiler) exists(negated bool, query string) {
	if negated {
		c.text.WriteString("NOT ")
	}
	c.text.WriteString("EXISTS (" + query + ")")
}

// ago compares a moment with now less the span: what is less long ago is later.
func (c *compiler) ago(t Term) string {
	turned := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}
	return turned[t.Op] + " " + c.value(c.now.Add(-t.Span).UnixMilli())
}

// active asks the journal for what the person did. Longer ago than a span is whoever did nothing since; also who never did anything.
func (c *compiler) active(t Term, negated bool) {
	since := map[string]string{"<": ">", "<=": ">=", ">": ">=", ">=": ">"}
	c.exists(negated != (t.Op == ">" || t.Op == ">="), "SELECT 1 FROM journal j WHERE j.account = p.account AND j.user_id = p.user_id AND j.received_at "+
		since[t.Op]+" "+c.value(c.now.Add(-t.Span).UnixMilli())+" AND j.kind IN ("+acts()+")")
}

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
