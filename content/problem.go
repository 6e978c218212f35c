package content

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Problem is one thing wrong with the content or the settings, and what to do about it.
type Problem struct {
	File   string
	Line   int // from 1; 0: the whole file
	What   string
	Remedy string
}

func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.What)
	if p.Remedy != "" {
		b.WriteString("; ")
		b.WriteString(p.Remedy)
	}
	return b.String()
}

// Problems is a list of them; it is an error when it is not empty.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Err is nil for no problems.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Add notes a problem at a line of d.
func (ps *Problems) Add(d Doc, line int, remedy, format string, args ...any) {
	*ps = append(*ps, Problem{File: d.File, Line: line, What: fmt.Sprintf(format, args...), Remedy: remedy})
}

// yamlProblems says what the YAML reader found in the words of somebody who writes content, not programs.
func yamlProblems(file string, err error) Problems {
	var te *yaml.TypeError
	if !errors.As(err, &te) {
		return Problems{yamlProblem(file, strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	ps := make(Problems, len(te.Errors))
	for i, e := range te.Errors {
		ps[i] = yamlProblem(file, e)
	}
	return ps
}

var (
	lineNumber   = regexp.MustCompile(`(?s)^line (\d+): (.*)$`)
	unknownField = regexp.MustCompile(`^field (.+) not found in type`)
	wrongType    = regexp.MustCompile("(?s)^cannot unmarshal !!(\\w+)(?: `(.*)`)? into (.+)$")
	// The reader counts lines from 0 for what its parser finds (not for what its scanner finds): the line before the block.
	parserError = regexp.MustCompile(`^did not find expected (<document start>|node content|'-' indicator|key|',' or '.')$`)
)

// remedies for what people get wrong most, by the beginning of the reader's words.
var remedies = []struct{ what, remedy string }{
	{"found character that cannot start any token", "indent with spaces, not tabs, and put texts that begin with @, ` or % between quotes"},
	{"found a tab character", "indent with spaces, not tabs"},
	{"mapping values are not allowed", "check the indentation, and put texts that hold a colon and a space between quotes"},
	{"did not find expected", "check the indentation, brackets and quotes from this line on"},
	{"could not find expected ':'", "write 'key: value', with a space after the colon"},
	{"found unexpected end of stream", "close the quote or bracket that is open"},
	{"mapping key", "keep one of the two"},
}

func yamlProblem(file, text string) Problem {
	p := Problem{File: file, What: text, Remedy: "correct the YAML"}
	if m := lineNumber.FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1]) // digits only; a number out of range names no line
		p.What = m[2]
	}
	if parserError.MatchString(p.What) {
		p.Line++
	}
	for _, r := range remedies {
		if strings.HasPrefix(p.What, r.what) {
			p.Remedy = r.remedy
			return p
		}
	}
	if m := unknownField.FindStringSubmatch(p.What); m != nil {
		p.What = fmt.Sprintf("key %q is not known here", m[1])
		p.Remedy = "correct its spelling or remove it (docs/reference/content lists the keys)"
	} else if m := wrongType.FindStringSubmatch(p.What); m != nil {
		p.What, p.Remedy = wrongTypeText(m[1], m[2], m[3])
	} else if what, how, ok := strings.Cut(p.What, ": write "); ok { // this package's own: see lineError
		p.What, p.Remedy = what, "write "+how
	}
	return p
}

func wrongTypeText(tag, value, goType string) (what, remedy string) {
	found := map[string]string{"seq": "a list", "map": "a block of keys", "null": "nothing"}[tag]
	if found == "" {
		found = fmt.Sprintf("%q", value)
	}
	want := "another kind of value"
	switch {
	case strings.HasPrefix(goType, "[]"):
		want = "a list"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"):
		want = "a whole number"
	case strings.HasPrefix(goType, "float"):
		want = "a number"
	case goType == "bool":
		want = "true or false"
	case goType == "time.Duration":
		want = "a span of time such as 10m"
	case goType == "string", tag == "seq", tag == "map":
		want = "a single value"
	case strings.HasPrefix(goType, "struct"), strings.HasPrefix(goType, "map"), strings.Contains(goType, "."):
		want = "a block of keys"
	}
	return found + " stands where " + want + " belongs", "write " + want + " here"
}
