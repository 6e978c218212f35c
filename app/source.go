package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/kelseyhightower/envconfig"

	"guanjia/bot"
	"guanjia/content"
)

// Source is where settings come from. From weak to strong: the defaults of the fields, Defaults, the environment, the file
// that BOT_ENV_FILE names, Overrides. An empty value means the default.
type Source struct {
	Environ   []string // as of os.Environ
	Defaults  map[string]string
	Overrides map[string]string
}

// Reading is what a Source says at a moment.
type Reading struct {
	Settings Settings
	Problems content.Problems // with these the settings can't be used
	Unknown  content.Problems // variables nobody reads; most likely a slip

	values map[string]string // what counts, by variable
}

// Read reads the settings and checks each; what refers to the outside (folders, databases) is not looked at.
func (s Source) Read() Reading {
	v := s.values()
	r := Reading{values: v.byKey, Problems: v.takeProblems()}
	for _, spec := range r.Settings.each {
		r.decode(v, varPrefix, spec)
	}
	r.decodeAccounts(v)
	r.Problems = append(r.Problems, r.Settings.check(v)...)
	r.Unknown = unknown(v, r.Settings.Accounts.Accounts)
	return r
}

// decodeAccounts reads the accounts' own variables, once their names are known.
func (r *Reading) decodeAccounts(v *values) {
	s := &r.Settings
	s.Account = make(map[bot.AccountName]Account, len(s.Accounts.Accounts))
	for i, name := range s.Accounts.Accounts {
		name = bot.AccountName(strings.ToLower(strings.TrimSpace(string(name))))
		s.Accounts.Accounts[i] = name
		var a Account
		r.decode(v, accountPrefix(name), &a)
		s.Account[name] = a
	}
}

// decode reads the variables of one struct. envconfig stops at the first that it can't read; it is noted, left at its
// default and the rest read again.
func (r *Reading) decode(v *values, prefix string, spec any) {
	list := settingsOf(prefix, spec)
	for _, s := range list {
		if s.secret() {
			v.readFile(s)
		}
	}
	r.Problems = append(r.Problems, v.takeProblems()...)
	for {
		err := process(v.byKey, prefix, list, spec)
		if err == nil {
			return
		}
		var pe *envconfig.ParseError
		if !errors.As(err, &pe) || v.byKey[pe.KeyName] == "" {
			panic(fmt.Sprintf("settings struct %T: %v", spec, err)) // a default that can't be read; the tests would not pass
		}
		r.Problems = append(r.Problems, v.problem(pe.KeyName, unreadable(pe, list), "correct it or remove it"))
		delete(v.byKey, pe.KeyName)
	}
}

// unreadable says what is wrong with a value, without the value when it is a secret.
func unreadable(pe *envconfig.ParseError, list []setting) string {
	i := slices.IndexFunc(list, func(s setting) bool { return s.Key == pe.KeyName })
	if list[i].secret() {
		return "can't be read"
	}
	why := pe.Err.Error()
	switch list[i].Type.String() {
	case "int":
		why = "write a whole number"
	case "time.Duration":
		why = "write a duration such as 30s, 5m or 1h"
	}
	return fmt.Sprintf("is %q: %s", pe.Value, why)
}

// process lets envconfig read spec from values. envconfig reads the process's environment only, so the values are put there
// for that moment, under a prefix that is used once: readings at the same time don't meet.
func process(values map[string]string, prefix string, list []setting, spec any) error {
	once := prefix + "_" + rand.Text()
	for _, s := range list {
		value, ok := values[s.Key]
		if !ok {
			continue
		}
		name := once + strings.TrimPrefix(s.Key, prefix)
		if err := os.Setenv(name, value); err != nil {
			return &envconfig.ParseError{KeyName: s.Key, Value: value, Err: errors.New("holds a character that no variable can hold")}
		}
		defer func() { _ = os.Unsetenv(name) }()
	}
	err := envconfig.Process(once, spec)
	var pe *envconfig.ParseError
	if errors.As(err, &pe) {
		pe.KeyName = prefix + strings.TrimPrefix(pe.KeyName, once)
	}
	return err
}

// changed lists the variables whose value differs between two readings.
func (r Reading) changed(before Reading) []string {
	var keys []string
	for k, v := range r.values {
		if old, ok := before.values[k]; !ok || old != v {
			keys = append(keys, k)
		}
	}
	for k := range before.values {
		if _, ok := r.values[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}
