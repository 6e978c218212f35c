package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/joho/godotenv"

	"guanjia/content"
)

// maxSecretFile bounds a file that holds a secret, in bytes.
const maxSecretFile = 64 << 10

// values are the raw texts of the variables, with where each comes from.
type values struct {
	byKey    map[string]string
	lines    map[string]int // of the variables that the settings file sets
	file     string         // the settings file
	problems content.Problems
}

// values merges the layers of s.
func (s Source) values() *values {
	v := &values{byKey: map[string]string{}, lines: map[string]int{}}
	v.merge(s.Defaults)
	for _, kv := range s.Environ {
		if k, val, _ := strings.Cut(kv, "="); strings.HasPrefix(k, varPrefix+"_") {
			v.byKey[k] = val
		}
	}
	if v.file = v.byKey[envFileKey]; v.file != "" {
		v.mergeFile()
	}
	v.merge(s.Overrides)
	for k, val := range v.byKey {
		if strings.TrimSpace(val) == "" {
			delete(v.byKey, k)
		}
	}
	return v
}

const envFileKey = varPrefix + "_ENV_FILE"

func (v *values) merge(m map[string]string) {
	for k, val := range m {
		v.byKey[k] = val
	}
}

func (v *values) mergeFile() {
	b, err := os.ReadFile(v.file)
	if err != nil {
		v.problems = append(v.problems, content.Problem{What: fmt.Sprintf("%s: %v", envFileKey, err), Remedy: "make the file readable, or remove the variable"})
		return
	}
	m, problem := parseEnvFile(v.file, b)
	if problem != nil {
		v.problems = append(v.problems, *problem)
		return
	}
	lines := keyLines(b)
	for k, val := range m {
		switch {
		case !strings.HasPrefix(k, varPrefix+"_"): // the file may be shared with others
		case k == envFileKey:
			v.problems = append(v.problems, content.Problem{File: v.file, Line: lines[k], What: k + " can't be set in the file that it names", Remedy: "set it in the environment"})
		default:
			v.byKey[k], v.lines[k] = val, lines[k]
		}
	}
}

// parseEnvFile reads KEY=value lines. godotenv's own errors quote the text that they stumbled over, which may be a secret,
// so they are replaced by the line.
func parseEnvFile(name string, b []byte) (map[string]string, *content.Problem) {
	if !utf8.Valid(b) {
		return nil, &content.Problem{File: name, What: "is not UTF-8", Remedy: "save the file as UTF-8"}
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	m, err := readKeys(b)
	if err == nil {
		return m, nil
	}
	p := &content.Problem{File: name, What: "is not a list of KEY=value lines", Remedy: "write one KEY=value to a line, and values with spaces, # or $ in single quotes"}
	for i, line := range bytes.Split(b, []byte("\n")) {
		if _, err := readKeys(line); err != nil {
			p.Line, p.What = i+1, "can't be read as KEY=value"
			break
		}
	}
	return nil, p
}

// readKeys lets godotenv read, and refuses names that no variable has: it takes "KEY value:more" for a name and a value.
func readKeys(b []byte) (map[string]string, error) {
	m, err := godotenv.UnmarshalBytes(b)
	if err != nil {
		return nil, fmt.Errorf("read settings file: %w", err)
	}
	for k := range m {
		if !variableName.MatchString(k) {
			return nil, errors.New("read settings file: name of a variable")
		}
	}
	return m, nil
}

var variableName = regexp.MustCompile(`^[A-Za-z0-9_.]+$`)

var keyLine = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z0-9_.]+)\s*[=:]`)

// keyLines finds the line of each key.
func keyLines(b []byte) map[string]int {
	lines := map[string]int{}
	for i, line := range bytes.Split(b, []byte("\n")) {
		if m := keyLine.FindSubmatch(line); m != nil {
			lines[string(m[1])] = i + 1
		}
	}
	return lines
}

// readFile takes a secret from the file that KEY_FILE names.
func (v *values) readFile(s setting) {
	name := v.byKey[s.keyAsFile()]
	if name == "" {
		return
	}
	if v.byKey[s.Key] != "" {
		v.note(s.keyAsFile(), "and "+s.Key+" are both set", "keep one of them")
		return
	}
	b, err := os.ReadFile(name)
	switch {
	case err != nil:
		v.note(s.keyAsFile(), ": "+err.Error(), "make the file readable for the bot")
	case len(b) > maxSecretFile:
		v.note(s.keyAsFile(), fmt.Sprintf(": %s is larger than %d KiB", name, maxSecretFile>>10), "name the file that holds the secret alone")
	default:
		if v.byKey[s.Key] = strings.TrimSpace(string(b)); v.byKey[s.Key] == "" {
			v.note(s.keyAsFile(), ": "+name+" is empty", "write the secret into it")
		}
	}
}

func (v *values) note(key, what, remedy string) {
	v.problems = append(v.problems, v.problem(key, what, remedy))
}

func (v *values) takeProblems() content.Problems {
	ps := v.problems
	v.problems = nil
	return ps
}

// problem names a variable and, when the settings file sets it, its line there.
func (v *values) problem(key, what, remedy string) content.Problem {
	p := content.Problem{What: key + " " + what, Remedy: remedy}
	if line, ok := v.lines[key]; ok {
		p.File, p.Line = v.file, line
	}
	if strings.HasPrefix(what, ":") {
		p.What = key + what
	}
	return p
}
