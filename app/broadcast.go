package app

import (
	"net/http"

	"guanjia/broadcast"
)

// newBroadcasts makes what writes to many at once, over the outbox.
func (a *App) newBroadcasts(s Settings) (*broadcast.Service, error) {
	callers, err := a.broadcastCallers(s)
	if err != nil {
		return nil, err
	}
	return broadcast.New(broadcast.Config{
		Store: a.store, Judge: a.outbound, Accounts: s.Accounts.Accounts, Callers: callers, Now: a.opts.Now,
		Zone: s.Content.Timezone.Location, Log: a.log.Named("broadcast"),
	}), nil
}

// Broadcasts writes to many at once. It can be asked before Start: what it causes is done by whoever has started.
func (a *App) Broadcasts() *broadcast.Service { return a.broadcasts }

// registerBroadcasts adds the API of broadcasts, for those who have a key. A dry run over many takes its time.
func (a *App) registerBroadcasts(mux *http.ServeMux) {
	api := broadcast.NewAPI(a.broadcasts)
	serve := a.pushes.let(func(w http.ResponseWriter, r *http.Request, by string) {
		untilStop(a.stopping, api.As(by)).ServeHTTP(w, r)
	})
	mux.HandleFunc(broadcast.APIPattern, serve)
	mux.HandleFunc(broadcast.APIPattern+"/", serve)
}
