package segment

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of an expression; ours: what is larger is no segment that somebody could understand, and the engines bind a limited number of
// values.
const (
	MaxLength = 2000 // characters
	maxTerms  = 60
	maxDepth  = 40
)

// Expr is a parsed expression: a term, or a combination of others.
type Expr struct {
	Op   Op
	Kids []*Expr
	Term Term
}

// Op is how expressions are combined.
type Op int

// The combinations.
const (
	Is Op = iota // a term
	And
	Or
	Not
)

// Parse reads an expression. The error is a *Problem.
func Parse(expression string) (*Expr, error) {
	e, p := parse(expression)
	if p != nil { // a nil *Problem must not become an error
		return nil, p
	}
	return e, nil
}

func parse(expression string) (*Expr, *Problem) {
	if !utf8.ValidString(expression) || strings.ContainsRune(expression, 0) {
		return nil, &Problem{0, 1, "it is not text in UTF-8", "write it again", "不是 UTF-8 文本", "请重新输入"}
	}
	text := []rune(expression)
	if len(text) > MaxLength {
		return nil, &Problem{MaxLength, len(text) - MaxLength, "it is longer than 2000 characters", "shorten it, or give the people a tag", "超过 2000 个字符", "请缩短，或先给这些人打标签"}
	}
	tokens, p := scan(text)
	if p != nil {
		return nil, p
	}
	s := parser{tokens: tokens}
	e, p := s.either(0)
	if p != nil {
		return nil, p
	}
	if t := s.peek(); t.kind != end {
		return nil, s.unexpected(t)
	}
	return e, nil
}

type parser struct {
	tokens []token
	at     int
	terms  int
}

func (s *parser) peek() token { return s.tokens[s.at] }

func (s *parser) next() token {
	t := s.tokens[s.at]
	if t.kind != end {
		s.at++
	}
	return t
}

// is takes the next token when it is one of the words.
func (s *parser) is(words ...string) bool {
	t := s.peek()
	if t.kind != word || t.quoted || !slices.Contains(words, strings.ToLower(t.text)) {
		return false
	}
	s.at++
	return true
}

func (s *parser) either(depth int) (*Expr, *Problem) {
	return s.list(Or, depth, s.both, "or", "或", "或者")
}

func (s *parser) both(depth int) (*Expr, *Problem) {
	return s.list(And, depth, s.negated, "and", "且", "并且")
}

func (s *parser) list(op Op, depth int, part func(int) (*Expr, *Problem), words ...string) (*Expr, *Problem) {
	first, p := part(depth)
	if p != nil {
		return nil, p
	}
	kids := []*Expr{first}
	for s.is(words...) {
		e, p := part(depth)
		if p != nil {
			return nil, p
		}
		kids = append(kids, e)
	}
	if len(kids) == 1 {
		return first, nil
	}
	return &Expr{Op: op, Kids: kids}, nil
}

func (s *parser) negated(depth int) (*Expr, *Problem) {
	t := s.peek()
	if depth > maxDepth {
		return nil, &Problem{t.pos, max(1, t.length), "it is nested too deeply", "take some parentheses away", "括号层数太多", "请减少括号"}
	}
	if s.is("not", "非", "不是") {
		e, p := s.negated(depth + 1)
		if p != nil {
			return nil, p
		}
		return &Expr{Op: Not, Kids: []*Expr{e}}, nil
	}
	if t.kind != open {
		return s.term()
	}
	s.next()
	e, p := s.either(depth + 1)
	if p != nil {
		return nil, p
	}
	if c := s.next(); c.kind != shut {
		if c.kind != end {
			return nil, s.unexpected(c)
		}
		return nil, &Problem{t.pos, 1, "a parenthesis is not closed", "write ) where it ends", "括号没有结束", "请补上 )"}
	}
	return e, nil
}

// term reads word, word:NAME, word<30d, with a fact after it where the word has some.
func (s *parser) term() (*Expr, *Problem) {
	t := s.next()
	if t.kind != word || t.quoted {
		return nil, s.unexpected(t)
	}
	key := strings.ToLower(t.text)
	if key == "everyone" || key == "everybody" {
		key = string(All)
	}
	f, known := forms()[key]
	if !known {
		return nil, unknown(t)
	}
	if s.terms++; s.terms > maxTerms {
		return nil, &Problem{t.pos, t.length, "it asks for more than 60 things", "give the people a tag, and ask for that", "条件超过 60 个", "请先给这些人打标签，再按标签筛选"}
	}
	term := Term{About: About(key)}
	switch after := s.peek(); {
	case after.kind == colon:
		s.next()
		if !f.named {
			return nil, &Problem{after.pos, 1, quote(key) + " takes no name", "write it as in " + f.example, quote(key) + " 后面没有名称", "写法如 " + f.example}
		}
		name := s.next()
		if name.kind != word || name.text == "" {
			return nil, &Problem{name.pos, max(1, name.length), "a name is missing after the colon", "write it as in " + f.example, "冒号后面缺少名称", "写法如 " + f.example}
		}
		term.Name = name.text
	case after.kind == compare && f.timed:
		s.next()
		return s.timed(term, after)
	case !f.alone:
		return nil, &Problem{t.pos, t.length, quote(key) + " is not complete", "write it as in " + f.example, quote(key) + " 不完整", "写法如 " + f.example}
	}
	return s.fact(term, f)
}

// fact reads what is asked of a campaign.
func (s *parser) fact(term Term, f form) (*Expr, *Problem) {
	t := s.peek()
	if len(f.facts) == 0 || t.kind != word || t.quoted {
		term.Fact = f.otherwise
		return &Expr{Term: term}, nil
	}
	name := strings.ToLower(t.text)
	if !slices.Contains(f.facts, name) {
		term.Fact = f.otherwise
		if slices.Contains([]string{"and", "or", "或", "或者", "且", "并且"}, name) {
			return &Expr{Term: term}, nil
		}
		list := strings.Join(f.facts, ", ")
		return nil, &Problem{t.pos, t.length, quote(t.text) + " is not known of a " + string(term.About), "write one of: " + list + ", or 'and' before something else",
			string(term.About) + " 没有 " + quote(t.text) + " 这个状态", "可用：" + list + "；若是另一个条件，请在前面写 and"}
	}
	s.next()
	term.Fact = name
	if name != score && name != expiring {
		return &Expr{Term: term}, nil
	}
	op := s.next()
	if op.kind != compare {
		return nil, &Problem{op.pos, max(1, op.length), quote(name) + " is compared with nothing", "write it as in score>=80 or expiring<3d", quote(name) + " 后面缺少比较", "写法如 score>=80 或 expiring<3d"}
	}
	if name == expiring {
		return s.timed(term, op)
	}
	n := s.next()
	v, err := strconv.ParseInt(n.text, 10, 32)
	if n.kind != word || err != nil || v < 0 {
		return nil, &Problem{n.pos, max(1, n.length), "that is no score", "write a whole number of points, as in score>=80", "这不是分数", "请写整数分数，例如 score>=80"}
	}
	term.Op, term.Score = op.text, v
	return &Expr{Term: term}, nil
}

// timed reads how long ago something was, or how soon it will be.
func (s *parser) timed(term Term, op token) (*Expr, *Problem) {
	if op.text == "=" {
		return nil, &Problem{op.pos, op.length, "a time can't be exactly so long ago", "compare with < or >, as in followed<30d", "时间不能用等号比较", "请用 < 或 >，例如 followed<30d"}
	}
	n := s.next()
	span, ok := parseSpan(n.text)
	if n.kind != word || !ok {
		return nil, &Problem{n.pos, max(1, n.length), "that is no span of time", "write a number and m, h, d or w, as in 30d; at most ten years", "这不是一段时间", "请写数字加单位 m、h、d 或 w，例如 30d；最长十年"}
	}
	term.Op, term.Span = op.text, span
	return &Expr{Term: term}, nil
}

// maxSpan keeps times within what the engines count in.
const maxSpan = 3660 * 24 * time.Hour

func parseSpan(s string) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 32)
	if !ok || err != nil || n > uint64(maxSpan/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

func unknown(t token) *Problem {
	list := make([]string, 0, len(words()))
	for _, w := range words() {
		list = append(list, string(w))
	}
	all := strings.Join(list, ", ")
	return &Problem{t.pos, t.length, quote(t.text) + " is not something that can be asked", "use one of: " + all, "不认识条件 " + quote(t.text), "可用：" + all}
}

func (s *parser) unexpected(t token) *Problem {
	if t.kind == end {
		return &Problem{t.pos, 1, "it ends where something should follow", "write a condition such as tag:孕期 or followed<30d, or 'all'", "表达式不完整", "请补上条件，例如 tag:孕期、followed<30d 或 all"}
	}
	return &Problem{t.pos, max(1, t.length), quote(t.text) + " can't stand here", "write 'and' or 'or' between two conditions", quote(t.text) + " 不能出现在这里", "两个条件之间请写 and 或 or"}
}
