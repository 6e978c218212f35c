package app

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"guanjia/bot"
)

// LiveToggles answers what is switched on now. It implements bot.Toggles; a change is one swap of a pointer, so that an event
// sees all of a change or nothing of it.
type LiveToggles struct{ now atomic.Pointer[switchboard] }

var _ bot.Toggles = (*LiveToggles)(nil)

type switchboard struct {
	general map[bot.HandlerName]bool
	account map[bot.AccountName]map[bot.HandlerName]bool
}

// featureAll is the toggle of all automatic replies.
const featureAll bot.HandlerName = "autoreply"

// NewLiveToggles begins with what s says.
func NewLiveToggles(s Settings) *LiveToggles {
	t := &LiveToggles{}
	t.now.Store(newSwitchboard(s))
	return t
}

func newSwitchboard(s Settings) *switchboard {
	b := &switchboard{general: s.Toggles.toggles(), account: make(map[bot.AccountName]map[bot.HandlerName]bool, len(s.Account))}
	for name, a := range s.Account {
		b.account[name] = a.toggles()
	}
	return b
}

// On tells whether a feature is on for an account: it is when nothing switches it off, neither in general nor for the
// account. A feature without a toggle of its own follows that of all automatic replies.
func (t *LiveToggles) On(a bot.AccountName, feature bot.HandlerName) bool {
	b := t.now.Load()
	return b.on(a, featureAll) && b.on(a, feature)
}

func (b *switchboard) on(a bot.AccountName, feature bot.HandlerName) bool {
	general, known := b.general[feature]
	if !known {
		return true
	}
	own, known := b.account[a][feature]
	return general && (own || !known)
}

// Set takes up what s says and tells what became different, as variables with old and new value.
func (t *LiveToggles) Set(s Settings) []ToggleChange {
	next := newSwitchboard(s)
	before := t.now.Swap(next)
	changes := compareToggles(varPrefix, before.general, next.general)
	for name, own := range next.account {
		changes = append(changes, compareToggles(accountPrefix(name), before.account[name], own)...)
	}
	return changes
}

// ToggleChange is one toggle that was switched.
type ToggleChange struct {
	Key      string
	Old, New Switch
}

func (c ToggleChange) String() string { return fmt.Sprintf("%s %s -> %s", c.Key, c.Old, c.New) }

func compareToggles(prefix string, before, after map[bot.HandlerName]bool) []ToggleChange {
	var changes []ToggleChange
	for feature, on := range after {
		if was, known := before[feature]; known && was != on {
			changes = append(changes, ToggleChange{Key: prefix + "_" + strings.ToUpper(string(feature)), Old: Switch(was), New: Switch(on)})
		}
	}
	slices.SortFunc(changes, func(a, b ToggleChange) int { return cmp.Compare(a.Key, b.Key) })
	return changes
}

// toggles maps each feature to whether it is on. The feature of a field is the handler of its name.
func (t Toggles) toggles() map[bot.HandlerName]bool {
	v := reflect.ValueOf(t)
	m := make(map[bot.HandlerName]bool, v.NumField())
	for i := range v.NumField() {
		m[bot.HandlerName(strings.ToLower(v.Type().Field(i).Name))] = v.Field(i).Bool()
	}
	return m
}
