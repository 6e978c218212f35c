package segment

import (
	"strconv"
	"strings"
	"time"

	"guanjia/bot"
)

// condition is an expression as SQL: what is joined to the rows p of people of one account, and what must hold of them.
//
// What hangs on other tables than p is a set of people there, and p is asked whether it is in it, once for all sets that an "or" puts
// together, or that "and not" takes away. So both engines read each table once, or look up the few people whom a small set names, and never
// look a fact up for one person after the other.
type condition struct {
	joins string
	text  string
	came  bool // it asks when and how people came, so that this must be known of p
}

// compiler makes conditions. Their texts are the same for both engines and hold nothing that somebody wrote: values are parameters, which
// are numbered from 1 through all conditions of a compiler.
type compiler struct {
	now         time.Time
	account     bot.AccountName
	text, joins strings.Builder
	joined      int
	args        []any
	numbers     map[any]int // of values that are used more than once
	came        bool
	some        string // a list that bounds the user ids; empty: nothing does
	names       []name // by which else those are known
}

func newCompiler(now time.Time) *compiler { return &compiler{now: now, numbers: map[any]int{}} }

// compile makes the condition of an expression for the people of an account.
func (c *compiler) compile(e *Expr, account bot.AccountName) condition {
	c.account, c.came, c.joined = account, false, 0
	c.text.Reset()
	c.joins.Reset()
	c.write(e, false, true)
	return condition{c.joins.String(), c.text.String(), c.came}
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

// part is an expression below another, or its contrary.
type part struct {
	e       *Expr
	negated bool
}

// write writes an expression. Negations are brought down to the terms. must tells that the whole can't hold without it.
func (c *compiler) write(e *Expr, negated, must bool) {
	list, either := parts(e, negated)
	between, each := " AND ", must
	if either {
		between, each = " OR ", false
	}
	var together crowd
	n := 0
	next := func() {
		if n++; n > 1 {
			c.text.WriteString(between)
		}
	}
	c.text.WriteString("(")
	for _, p := range list {
		switch of, isSet := c.set(p.e); {
		case isSet && len(list) > 1 && p.negated != either: // of "a or b" one may ask at once, as of "not a and not b"
			together.add(of)
		case isSet:
			next()
			c.among(of, p.negated, each)
		case p.e.Op == Is:
			next()
			c.row(p.e.Term, p.negated)
		default:
			next()
			c.write(p.e, p.negated, each)
		}
	}
	if !together.empty() {
		next()
		c.among(together, !either, each || must && n == 1)
	}
	c.text.WriteString(")")
}

// parts takes an expression apart into those of which all must hold or, when either is true, one.
func parts(e *Expr, negated bool) (list []part, either bool) {
	for e.Op == Not {
		e, negated = e.Kids[0], !negated
	}
	if e.Op == Is {
		return []part{{e, negated != idle(e.Term)}}, false
	}
	either = (e.Op == Or) != negated
	for _, k := range e.Kids {
		below, one := parts(k, negated)
		if len(below) == 1 || one == either {
			list = append(list, below...)
			continue
		}
		list = append(list, part{k, negated})
	}
	return list, either
}

// among asks whether p is in a crowd, or is not.
func (c *compiler) among(of crowd, negated, must bool) {
	if must && !negated {
		c.text.WriteString("p.user_id IN (" + of.query(c, false) + ")")
		return
	}
	c.joined++
	name := "m" + strconv.Itoa(c.joined)
	query := of.query(c, !must) // where it must not be found it is not counted more than once anyway
	c.joins.WriteString(" LEFT JOIN (" + query + ") " + name + " ON " + name + ".user_id = p.user_id")
	c.text.WriteString(name + ".user_id IS ")
	if !negated {
		c.text.WriteString("NOT ")
	}
	c.text.WriteString("NULL")
}

// row writes a term that a row of p answers by itself.
func (c *compiler) row(t Term, negated bool) {
	if negated {
		c.text.WriteString("NOT ")
	}
	c.text.WriteString("(" + c.column(t) + ")")
}

func (c *compiler) column(t Term) string {
	switch t.About {
	case Account:
		if t.Name == string(c.account) {
			return "1 = 1"
		}
		return "1 = 0"
	case Scene:
		c.came = true
		return "p.scene = " + c.value(t.Name)
	case Followed:
		c.came = true
		if t.Op == "" {
			return "p.following"
		}
		return "p.followed_at > 0 AND p.followed_at " + c.ago(t)
	case Unfollowed:
		c.came = true
		if t.Op == "" {
			return "p.unfollowed_at > 0 AND NOT p.following"
		}
		return "p.unfollowed_at > 0 AND NOT p.following AND p.unfollowed_at " + c.ago(t)
	}
	return "1 = 1" // all
}

// ago compares a moment with now less the span: what is less long ago is later.
func (c *compiler) ago(t Term) string {
	turned := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}
	return turned[t.Op] + " " + c.value(c.now.Add(-t.Span).UnixMilli())
}
