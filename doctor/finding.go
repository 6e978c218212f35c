package doctor

import "fmt"

// Level says how much a finding matters.
type Level int

// The levels.
const (
	OK      Level = iota
	Note          // worth knowing, or not examined
	Warning       // works, but not well or not for long
	Problem       // something does not work
)

// String is the level in a word.
func (l Level) String() string {
	switch l {
	case OK:
		return "ok"
	case Note:
		return "note"
	case Warning:
		return "warning"
	}
	return "problem"
}

// Finding is one thing found out about an account.
type Finding struct {
	Level  Level
	What   string
	Remedy string // what to do about it, in one sentence; empty where nothing is to be done
}

// String is the finding in one line.
func (f Finding) String() string {
	if f.Remedy == "" {
		return f.What
	}
	return f.What + "; " + f.Remedy
}

func ok(format string, args ...any) Finding { return Finding{OK, fmt.Sprintf(format, args...), ""} }

func note(remedy, format string, args ...any) Finding {
	return Finding{Note, fmt.Sprintf(format, args...), remedy}
}

func warning(remedy, format string, args ...any) Finding {
	return Finding{Warning, fmt.Sprintf(format, args...), remedy}
}

func problem(remedy, format string, args ...any) Finding {
	return Finding{Problem, fmt.Sprintf(format, args...), remedy}
}
