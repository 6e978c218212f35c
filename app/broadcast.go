package app

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"guanjia/broadcast"
)

// newBroadcasts makes what writes to many at once, over the outbox.
func (a *App) newBroadcasts(s Settings) *broadcast.Service {
	return broadcast.New(broadcast.Config{
		Store: a.store, Judge: a.outbound, Accounts: s.Accounts.Accounts, Callers: a.broadcastCallers(s), Now: a.opts.Now,
		Zone: s.Content.Timezone.Location, Log: a.log.Named("broadcast"),
	})
}

// broadcastCallers are the calls of the platform that each account may make.
func (a *App) broadcastCallers(Settings) broadcast.Callers { return broadcast.Callers{} }

// Broadcasts writes to many at once. It can be asked before Start: what it causes is done by whoever has started.
func (a *App) Broadcasts() *broadcast.Service { return a.broadcasts }

// newBroadcastAPI makes the API of broadcasts. A dry run over many takes its time.
func (a *App) newBroadcastAPI(s Settings) (http.Handler, error) {
	callers, err := newAPICallers(s.API)
	if err != nil {
		return nil, err
	}
	return untilStop(a.stopping, broadcast.NewAPI(a.broadcasts, callers.name)), nil
}

// apiCallers knows whose key is whose.
type apiCallers []apiCaller

type apiCaller struct {
	name string
	sum  [sha256.Size]byte // of the key
}

func newAPICallers(s APISettings) (apiCallers, error) {
	keys, err := s.keys()
	all := make(apiCallers, len(keys))
	for i, k := range keys {
		all[i] = apiCaller{k.Name, sha256.Sum256([]byte(k.Key.Reveal()))}
	}
	return all, err
}

// name finds whose key an Authorization header holds. Every key is compared in full, so that the time taken tells nothing.
func (all apiCallers) name(authorization string) (name string, ok bool) {
	const bearer = "Bearer "
	if len(authorization) < len(bearer) || !strings.EqualFold(authorization[:len(bearer)], bearer) {
		return "", false
	}
	given := sha256.Sum256([]byte(strings.TrimSpace(authorization[len(bearer):])))
	for _, c := range all {
		if subtle.ConstantTimeCompare(given[:], c.sum[:]) == 1 {
			name, ok = c.name, true
		}
	}
	return name, ok
}
