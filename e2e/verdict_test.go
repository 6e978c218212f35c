package e2e

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// done is a row of the journal.
type done struct {
	received int64
	reply    string
}

// check compares what people heard with the records, and both with what a bot that never dies would have said. The journal
// may hold more of others.
func (c *crowd) check(others ...string) {
	t := c.t
	for _, s := range c.replicas {
		s.stop()
	}
	db := c.replicas[0].open()
	journal := readJournal(t, db, others)
	attempts := readAttempts(t, db)
	acts, unanswered, late := 0, 0, 0
	var owners = map[string]string{}
	finishers := 0
	for _, p := range c.people {
		m := model{p: p, t: t}
		executed := p.executed(journal)
		for i, a := range executed {
			acts++
			row := journal[a.key()]
			m.pending = executed[i+1:]
			if a.tries > platformTries {
				unanswered++
			}
			m.step(a, row.reply)
			if m.late = a.agree(t, row.reply); m.late {
				late++
			}
		}
		if m.code != "" {
			if other := owners[m.code]; other != "" {
				t.Errorf("%s has the code %s of %s", p.name, m.code, other)
			}
			owners[m.code] = p.name
		}
		if !slices.Equal(m.scores, attempts[p.name].finished) || attempts[p.name].open > 1 {
			t.Errorf("%s finished attempts with %v right; the records say %+v", p.name, m.scores, attempts[p.name])
		}
		if len(m.scores) > 0 {
			finishers++
		}
	}
	t.Logf("%d events, %d of them delivered more than three times, %d answered late", acts, unanswered, late)

	if len(owners) != min(codes, people) {
		t.Errorf("%d of %d codes were given to %d people", len(owners), codes, people)
	}
	for what, n := range map[string]struct{ got, want int }{
		"rows in the journal":   {len(journal), acts},
		"claims":                {count(t, db, "SELECT count(*) FROM coupon_claim WHERE code IS NOT NULL"), len(owners)},
		"codes taken":           {count(t, db, "SELECT count(*) FROM coupon WHERE taken_at IS NOT NULL"), len(owners)},
		"participants":          {count(t, db, "SELECT coalesce(sum(participants), 0) FROM quiz_total"), finishers},
		"people in the rank":    {count(t, db, "SELECT count(*) FROM quiz_standing"), finishers},
		"follows":               {count(t, db, "SELECT sum(follows) FROM follower"), c.count(follows)},
		"follows and unfollows": {count(t, db, "SELECT count(*) FROM follower_event"), c.count(follows) + c.count(unfollows)},
	} {
		if n.got != n.want {
			t.Errorf("%s: %d, not %d", what, n.got, n.want)
		}
	}
}

// count counts the events of a name.
func (c *crowd) count(name string) int {
	n := 0
	for _, p := range c.people {
		for _, a := range p.acts {
			if a.name == name {
				n++
			}
		}
	}
	return n
}

// key finds an act in the journal: by the message's id, or by who did what when.
func (a *act) key() string {
	if a.say != "" {
		return strconv.FormatInt(a.id, 10)
	}
	return a.user + " " + a.name + " " + strconv.FormatInt(a.at.Unix(), 10)
}

// readJournal reads every row. Two rows of one event end the test.
func readJournal(t *testing.T, db *sql.DB, others []string) map[string]done {
	t.Helper()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), "SELECT user_id, name, msg_id, at, received_at, reply FROM journal")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	journal := map[string]done{}
	for rows.Next() {
		var user, name, id string
		var at, received int64
		var reply []byte
		if err := rows.Scan(&user, &name, &id, &at, &received, &reply); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(others, user) {
			continue
		}
		key := id
		if id == "" {
			key = user + " " + name + " " + strconv.FormatInt(time.UnixMilli(at).Unix(), 10)
		}
		if _, twice := journal[key]; twice {
			t.Errorf("%s is in the journal twice", key)
		}
		journal[key] = done{received, textOf(t, reply)}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return journal
}

// textOf is the text of a reply as the journal keeps it.
func textOf(t *testing.T, reply []byte) string {
	t.Helper()
	var r struct {
		Messages []struct{ Text string } `json:"m"`
	}
	if err := json.Unmarshal(reply, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Messages) == 0 {
		return ""
	}
	return r.Messages[0].Text
}

// ofQuiz are the attempts of one person.
type ofQuiz struct {
	finished []int // right answers of each, in their order
	open     int
}

func readAttempts(t *testing.T, db *sql.DB) map[string]ofQuiz {
	t.Helper()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), "SELECT user_id, finished_at, correct FROM quiz_attempt ORDER BY user_id, no")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	attempts := map[string]ofQuiz{}
	for rows.Next() {
		var user string
		var at int64
		var correct int
		if err := rows.Scan(&user, &at, &correct); err != nil {
			t.Fatal(err)
		}
		q := attempts[user]
		if at == 0 {
			q.open++
		} else {
			q.finished = append(q.finished, correct)
		}
		attempts[user] = q
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return attempts
}

// executed are the person's acts in the order in which the bot took them up.
func (p *person) executed(journal map[string]done) []*act {
	var acts []*act
	for _, a := range p.acts {
		if _, ok := journal[a.key()]; !ok {
			p.c.t.Errorf("%s's %q is answered and not in the journal", p.name, a.what())
			continue
		}
		acts = append(acts, a)
	}
	slices.SortStableFunc(acts, func(a, b *act) int { return cmp.Compare(journal[a.key()].received, journal[b.key()].received) })
	return acts
}

// agree checks that every delivery that was answered heard the same, which is what the journal says. It is true when the last
// delivery was only acknowledged, because the reply came too late: it then leads the next one.
func (a *act) agree(t *testing.T, reply string) (late bool) {
	first := ""
	for _, answer := range a.answers {
		if answer == "" {
			if reply != "" && a.tries < platformTries {
				t.Errorf("%s's %q was met with silence", a.user, a.what())
			}
			late = late || reply != ""
			continue
		}
		if first == "" {
			first = answer
		}
		if answer != first {
			t.Errorf("%s's %q was answered with\n%s\nand with\n%s", a.user, a.what(), first, answer)
		}
		if r, err := read(answer); err != nil || r.Content != reply || r.ToUserName != a.user {
			t.Errorf("%s's %q was answered with\n%s\nand the journal says\n%s", a.user, a.what(), answer, reply)
		}
	}
	return late
}

// model is one person as a bot that never dies would know them.
type model struct {
	t        *testing.T
	p        *person
	known    bool // followed or left before
	code     string
	question int // open, from 1; 0: none
	right    int
	scores   []int
	late     bool   // an earlier reply may lead this one
	pending  []*act // what is executed later, though some of it was said before and may be written down already
	trail    []string
}

// step checks the reply to an act.
func (m *model) step(a *act, reply string) {
	at, right := m.question, m.right
	m.trail = append(m.trail, a.what()+" -> "+strings.ReplaceAll(reply, "\n", " "))
	if ok := m.expects(a, reply); !ok {
		m.t.Errorf("%s, at question %d with %d right, said %q and heard\n%s\nafter\n%s", m.p.name, at, right, a.what(), reply,
			strings.Join(m.trail[max(0, len(m.trail)-12):], "\n"))
	}
}

func (m *model) expects(a *act, reply string) bool {
	switch {
	case a.name != "":
		return m.comesOrGoes(a, reply)
	case a.say == "退出":
		return m.leaves(reply)
	case a.say == "答题" && m.question == 0:
		return m.starts(a, reply)
	case m.question > 0 && (a.say == "答题" || a.say == "领券"):
		return questionIn(reply) == m.question
	case a.say == "领券":
		return m.claims(reply)
	case m.question > 0:
		return m.answers(a.say, reply)
	}
	return m.late || reply != "" && questionIn(reply) == 0
}

func (m *model) comesOrGoes(a *act, reply string) bool {
	returning := m.known
	m.known = true
	switch {
	case a.name == unfollows:
		return reply == ""
	case returning:
		return strings.Contains(reply, "欢迎回来")
	}
	return strings.Contains(reply, "欢迎光临")
}

// starts opens the quiz. One that was opened without an answer, and finished since, is not opened by the same message again.
func (m *model) starts(a *act, reply string) bool {
	if a.tries > platformTries && questionIn(reply) == 0 {
		return strings.Contains(reply, "目前排名第")
	}
	m.question, m.right = 1, 0
	return questionIn(reply) == 1
}

var codeIn = regexp.MustCompile(`CODE-\d{4}`)

func (m *model) claims(reply string) bool {
	code := codeIn.FindString(reply)
	switch {
	case m.code != "":
		return code == m.code
	case code != "":
		m.code = code
		return true
	}
	return strings.Contains(reply, "领完了")
}

func (m *model) answers(say, reply string) bool {
	word, right := "答错了", letter(m.question-1)
	if say == right {
		word = "答对了"
	}
	if m.question < questions {
		m.question++
		if say == right {
			m.right++
		}
		return strings.Contains(reply, word) && questionIn(reply) == m.question
	}
	return m.finishes(reply, say)
}

func (m *model) leaves(reply string) bool {
	switch m.question {
	case 0:
		return strings.Contains(reply, "没有进行中")
	case 1:
		m.question = 0
		return strings.Contains(reply, "已退出")
	}
	return m.finishes(reply, "")
}

// finishes ends the quiz with the last answer, or with one given before that was counted and not answered.
func (m *model) finishes(reply, say string) bool {
	says := []string{say}
	for _, a := range m.pending {
		says = append(says, a.say)
	}
	right := letter(m.question - 1)
	for _, s := range says {
		score := m.right
		if s == right {
			score++
		}
		if strings.Contains(reply, "答对 "+strconv.Itoa(score)+"/"+strconv.Itoa(questions)+" 题") {
			m.scores = append(m.scores, score)
			m.question = 0
			return true
		}
	}
	m.question = 0
	return false
}
