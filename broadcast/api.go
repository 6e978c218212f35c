package broadcast

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// APIPattern is where an API belongs in a ServeMux.
const APIPattern = "/api/v1/broadcasts"

// API is the HTTP handler of broadcasts. It answers in JSON: a stable word for the program and a sentence for people.
type API struct {
	service *Service
	mux     *http.ServeMux
}

// NewAPI makes an API.
func NewAPI(s *Service) *API {
	a := &API{service: s, mux: http.NewServeMux()}
	a.mux.HandleFunc("GET "+APIPattern, a.answering(a.list))
	a.mux.HandleFunc("POST "+APIPattern, a.answering(a.draft))
	a.mux.HandleFunc("GET "+APIPattern+"/{id}", a.answering(a.report))
	a.mux.HandleFunc("POST "+APIPattern+"/{id}/{act}", a.answering(a.act))
	return a
}

type whoKey struct{}

// As serves the requests of a caller who was let in; the name is noted with what is done.
func (a *API) As(who string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), whoKey{}, "api:"+who)))
	})
}

// Shown is a broadcast as the API shows it.
type Shown struct {
	ID       string               `json:"id"`
	Name     string               `json:"name"`
	Account  bot.AccountName      `json:"account,omitempty"`
	To       string               `json:"to"`
	State    store.BroadcastState `json:"state"`
	StartAt  *time.Time           `json:"start_at,omitempty"`
	EndedAt  *time.Time           `json:"ended_at,omitempty"`
	DryRun   json.RawMessage      `json:"dry_run,omitempty"`
	Progress *Progress            `json:"progress,omitempty"`
	Draft    *Draft               `json:"draft,omitempty"`
	Acts     []ShownAct           `json:"acts,omitempty"`
	Calls    []ShownCall          `json:"calls,omitempty"`
}

// ShownAct is who did what.
type ShownAct struct {
	Who    string    `json:"who"`
	Act    string    `json:"act"`
	Detail string    `json:"detail,omitempty"`
	At     time.Time `json:"at"`
}

// ShownCall is a call of the platform.
type ShownCall struct {
	Number  int             `json:"number"`
	State   store.CallState `json:"state"`
	People  int             `json:"people"`
	Sent    int             `json:"sent"`
	Failed  int             `json:"failed"`
	Waiting int             `json:"waiting"`
	Detail  string          `json:"detail,omitempty"`
	Outcome json.RawMessage `json:"outcome,omitempty"`
}

func show(b store.Broadcast) Shown {
	v := Shown{ID: b.ID, Name: b.Name, Account: b.Account, To: b.Kind, State: b.State}
	if len(b.DryRun) > 0 {
		v.DryRun = b.DryRun
	}
	if !b.StartAt.IsZero() {
		v.StartAt = &b.StartAt
	}
	if !b.EndedAt.IsZero() {
		v.EndedAt = &b.EndedAt
	}
	return v
}

type apiRequest struct {
	*http.Request
	who string
}

// answering turns what a function finds into an answer.
func (a *API) answering(f func(r apiRequest) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, _ := r.Context().Value(whoKey{}).(string)
		r.Body = http.MaxBytesReader(w, r.Body, maxDraft+1)
		v, err := f(apiRequest{r, who})
		var refused *Refusal
		var problems content.Problems
		var tooLarge *http.MaxBytesError
		switch {
		case err == nil:
			writeJSON(w, http.StatusOK, v)
		case errors.As(err, &refused):
			answerError(w, statusOf(refused), refused.Code, refused.Error(), refused.Number, nil)
		case errors.As(err, &problems):
			answerError(w, http.StatusUnprocessableEntity, "invalid", "the draft can't be used", 0, problems)
		case errors.As(err, &tooLarge):
			answerError(w, http.StatusRequestEntityTooLarge, "too_large", "the request is larger than 256 KiB", 0, nil)
		case errors.Is(err, context.Canceled):
		default:
			a.service.log.Error("a request about broadcasts was not answered", zap.Error(err))
			answerError(w, http.StatusServiceUnavailable, "unavailable", "it can't be done now; try again", 0, nil)
		}
	}
}

func statusOf(r *Refusal) int {
	switch r.Code {
	case codeUnknown:
		return http.StatusNotFound
	case codeState, codeEverybody:
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

func answerError(w http.ResponseWriter, status int, code, message string, number int, ps content.Problems) {
	list := make([]string, len(ps))
	for i, p := range ps {
		list[i] = p.String()
	}
	writeJSON(w, status, map[string]any{"error": struct {
		Code     string   `json:"code"`
		Message  string   `json:"message"`
		Number   int      `json:"number,omitempty"`
		Problems []string `json:"problems,omitempty"`
	}{code, message, number, list}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // who went away needs no answer
}

func (a *API) list(r apiRequest) (any, error) {
	all, err := a.service.List(r.Context())
	list := make([]Shown, len(all))
	for i, b := range all {
		list[i] = show(b)
	}
	return map[string]any{"broadcasts": list}, err
}

// draft takes a draft in YAML, or in JSON, which is YAML too.
func (a *API) draft(r apiRequest) (any, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	d, ps := ParseDraft("draft", text)
	if len(ps) > 0 {
		return nil, ps
	}
	b, err := a.service.Save(r.Context(), d, r.who)
	return show(b), err
}

func (a *API) report(r apiRequest) (any, error) {
	report, err := a.service.Report(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	v := show(report.Broadcast)
	v.Progress, v.Draft = &report.Progress, &report.Draft
	for _, act := range report.Acts {
		v.Acts = append(v.Acts, ShownAct(act))
	}
	for _, c := range report.Calls {
		shown := ShownCall{Number: c.Number, State: c.State, People: c.People, Sent: c.Sent, Failed: c.Failed, Waiting: c.Waiting, Detail: c.Detail}
		if len(c.Outcome) > 0 {
			shown.Outcome = c.Outcome
		}
		v.Calls = append(v.Calls, shown)
	}
	return v, nil
}

// act does what the path says. Bodies are read where they mean something.
func (a *API) act(r apiRequest) (any, error) {
	var in struct {
		Account bot.AccountName `json:"account"`
		User    bot.UserID      `json:"user"`
		At      time.Time       `json:"at"`
		Yes     int             `json:"yes"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil && !errors.Is(err, io.EOF) {
		return nil, &Refusal{Code: "invalid", What: "the body can't be read as JSON", Remedy: "write {} or leave it empty; times are in RFC 3339"}
	}
	ctx, id := r.Context(), r.PathValue("id")
	shown := func(b store.Broadcast, err error) (any, error) { return show(b), err }
	switch r.PathValue("act") {
	case "preview":
		if in.User == "" {
			return nil, &Refusal{Code: "invalid", What: "nobody is named to show it to", Remedy: "write {\"user\": \"...\"} with the id of your own phone on the account"}
		}
		return struct{}{}, a.service.Preview(ctx, id, bot.Person{Account: in.Account, User: in.User}, r.who)
	case "dry-run":
		return a.service.DryRun(ctx, id, r.who, nil)
	case "start":
		return shown(a.service.Start(ctx, id, Start{At: in.At, Yes: in.Yes, Who: r.who}))
	case "pause":
		return shown(a.service.Pause(ctx, id, r.who))
	case "resume":
		return shown(a.service.Resume(ctx, id, r.who))
	case "cancel":
		return shown(a.service.Cancel(ctx, id, r.who))
	}
	return nil, &Refusal{Code: codeUnknown, What: "nothing of that name can be done", Remedy: "use preview, dry-run, start, pause, resume or cancel"}
}
