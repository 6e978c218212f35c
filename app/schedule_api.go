package app

import (
	"net/http"
	"time"

	"guanjia/moments"
	"guanjia/schedule"
	"guanjia/store"
)

// Plans are what the content says by itself, to be listed.
func (c *Content) Plans(s Settings) []schedule.Plan {
	plans := BookOf[schedule.Book](c).Plans(nil, s.Accounts.Accounts, time.Now)
	return append(plans, moments.New(moments.Config{}).Use(BookOf[moments.Book](c))...)
}

const (
	// outcomesShown is how many of the last times the API tells of.
	outcomesShown = 10
	// MomentsBack is how far back the calendar of moments is shown.
	MomentsBack = 30 * 24 * time.Hour
)

// scheduleAPI tells what is said by itself: GET /api/v1/schedules and GET /api/v1/moments.
func (a *App) scheduleAPI(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/schedules", a.pushes.let(func(w http.ResponseWriter, r *http.Request, _ string) {
		list, err := schedule.List(r.Context(), a.store, a.content.Load().Plans(a.settings), a.opts.Now(), outcomesShown)
		if err != nil {
			a.pushes.failed(w, err)
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"schedules": list})
	}))
	mux.HandleFunc("GET /api/v1/moments", a.pushes.let(func(w http.ResponseWriter, r *http.Request, _ string) {
		c, err := moments.List(r.Context(), a.store, BookOf[moments.Book](a.content.Load()), a.opts.Now().Add(-MomentsBack))
		if err != nil {
			a.pushes.failed(w, err)
			return
		}
		writeJSON(w, http.StatusOK, c)
	}))
}

// Calendar is the calendar of moments of a content.
func (c *Content) Calendar() *moments.Book { return BookOf[moments.Book](c) }

var _ schedule.Records = (*store.Store)(nil)
