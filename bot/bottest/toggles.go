package bottest

import (
	"sync"

	"guanjia/bot"
)

// Toggles are on until switched off.
type Toggles struct {
	mu  sync.Mutex
	off map[bot.HandlerName]bool
}

// Switch turns a feature on or off for every account.
func (g *Toggles) Switch(feature bot.HandlerName, on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.off == nil {
		g.off = map[bot.HandlerName]bool{}
	}
	g.off[feature] = !on
}

// On tells whether the feature is on.
func (g *Toggles) On(_ bot.AccountName, feature bot.HandlerName) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.off[feature]
}
