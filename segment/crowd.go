package segment

import "strings"

// source is where a fact is kept: rows f with account and user_id, which hold under a condition.
type source struct{ from, where string }

func (s source) rows() string { return " FROM " + s.from + " WHERE " + s.where }

// answer is what somebody last said on a topic, on whichever account; with the same moment for both, it is no.
type answer struct {
	topic string
	yes   bool
}

// crowd is a set of people that other tables than p name.
type crowd struct {
	persons []source // what they have holds on every account of theirs
	alone   []source // what they have holds on the one account
	words   []answer // of the person
}

func (c *crowd) add(o crowd) {
	c.persons = append(c.persons, o.persons...)
	c.alone = append(c.alone, o.alone...)
	c.words = append(c.words, o.words...)
}

func (c crowd) empty() bool { return len(c.persons)+len(c.alone)+len(c.words) == 0 }

// query lists the user ids that they have on the compiler's account: each once, or some perhaps more often, which costs less.
func (c crowd) query(by *compiler, once bool) string {
	here := " AND f.account = " + by.value(string(by.account)) + by.bound("f")
	var all []string
	for _, s := range c.persons {
		all = append(all, "SELECT f.user_id"+s.rows()+here)
	}
	for _, s := range c.alone {
		all = append(all, "SELECT f.user_id"+s.rows()+here)
	}
	for _, w := range c.words {
		all = append(all, "SELECT f.user_id FROM consent f WHERE f.topic = "+w.topic+w.said()+here+by.noKin())
	}
	if by.some == "" {
		all = append(all, c.elsewhere(by)...)
	} else {
		all = append(all, c.ofFew(by)...)
	}
	switch {
	case !once:
		return union(all)
	case len(all) == 1:
		return "SELECT DISTINCT user_id FROM (" + all[0] + ") s"
	}
	return strings.Join(all, " UNION ") // PostgreSQL guesses better than with DISTINCT how many that are
}

// kin are those who are known on more than one account, with the name that what they have is kept under: whoever turned out to be somebody
// whom another account knows, and those. The conditions are those of the indexes identity_merged and identity_merged_person, so that the many
// who are alone cost nothing. Some are there more than once.
const kin = `(SELECT account, user_id, owner_account, owner_user FROM identity WHERE owner_account <> account OR owner_user <> user_id
	UNION ALL SELECT owner_account, owner_user, owner_account, owner_user FROM identity WHERE owner_account <> account OR owner_user <> user_id)`

// elsewhere lists the user ids, on the compiler's account, of those who have it under another name of theirs.
func (c crowd) elsewhere(by *compiler) []string {
	kinOf := func(owners string) string {
		return "SELECT k.user_id FROM " + kin + " k WHERE k.account = " + by.value(string(by.account)) + " AND (k.owner_account, k.owner_user) IN (" + owners + ")"
	}
	var all []string
	if len(c.persons) > 0 {
		has := make([]string, len(c.persons))
		for i, s := range c.persons {
			has[i] = "SELECT f.account, f.user_id" + s.rows()
		}
		all = append(all, kinOf("SELECT h.owner_account, h.owner_user FROM "+kin+" h JOIN ("+union(has)+") f ON f.account = h.account AND f.user_id = h.user_id"))
	}
	for _, w := range c.words {
		all = append(all, kinOf("SELECT h.owner_account, h.owner_user FROM consent f JOIN "+kin+" h ON h.account = f.account AND h.user_id = f.user_id WHERE f.topic = "+w.topic+
			" GROUP BY h.owner_account, h.owner_user HAVING "+w.last()))
	}
	return all
}

// ofFew is elsewhere for few people whose other names are known.
func (c crowd) ofFew(by *compiler) []string {
	if len(by.names) == 0 {
		return nil
	}
	var all []string
	for _, s := range c.persons {
		all = append(all, "SELECT k.column1 FROM "+by.kinRows()+" CROSS JOIN "+s.from+" WHERE f.account = k.column2 AND f.user_id = k.column3 AND "+s.where)
	}
	for _, w := range c.words {
		all = append(all, "SELECT k.column1 FROM "+by.kinRows()+" CROSS JOIN consent f WHERE f.account = k.column2 AND f.user_id = k.column3 AND f.topic = "+w.topic+
			" GROUP BY k.column1 HAVING "+w.last())
	}
	return all
}

// noKin leaves those out who are known on more than one account.
func (c *compiler) noKin() string {
	switch {
	case c.some == "":
		return " AND NOT EXISTS (SELECT 1 FROM " + kin + " h WHERE h.account = f.account AND h.user_id = f.user_id)"
	case len(c.names) == 0:
		return ""
	}
	return " AND f.user_id NOT IN (SELECT k.column1 FROM " + c.kinRows() + ")"
}

// bound bounds the user ids of a table.
func (c *compiler) bound(table string) string {
	if c.some == "" {
		return ""
	}
	return " AND " + table + ".user_id IN (" + c.some + ")"
}

// said is the condition of a word that somebody said.
func (w answer) said() string {
	if w.yes {
		return " AND f.granted"
	}
	return " AND NOT f.granted"
}

// last is the condition of a group of words that it was the last one.
func (w answer) last() string {
	if w.yes {
		return "MAX(CASE WHEN f.granted THEN f.at ELSE 0 END) > MAX(CASE WHEN f.granted THEN 0 ELSE f.at END)"
	}
	return "MAX(CASE WHEN f.granted THEN 0 ELSE f.at END) >= MAX(CASE WHEN f.granted THEN f.at ELSE 1 END)"
}
