package app

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/store"
)

// maxPushBody bounds the body of a request, in bytes.
const maxPushBody = 4 << 10

// pushAPI tells and stops what goes out by itself.
type pushAPI struct {
	keys     map[string][sha256.Size]byte // by name
	accounts []bot.AccountName
	store    *store.Store
	outbox   func() *outbound.Outbox
	now      func() time.Time
	log      *zap.Logger
}

func (a *App) newPushAPI(s Settings) (*pushAPI, error) {
	held, err := s.API.Keys()
	if err != nil {
		return nil, fmt.Errorf("BOT_API_KEYS %w", err)
	}
	p := &pushAPI{keys: map[string][sha256.Size]byte{}, accounts: s.Accounts.Accounts, store: a.store, outbox: a.outbound.Outbox, now: a.opts.Now, log: a.log.Named("api")}
	for _, k := range held {
		p.keys[k.Name] = sha256.Sum256([]byte(k.Key.Reveal()))
	}
	return p, nil
}

func (p *pushAPI) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/why", p.let(p.why))
	mux.HandleFunc("GET /api/v1/quotas", p.let(p.quotas))
	mux.HandleFunc("GET /api/v1/push", p.let(p.state))
	mux.HandleFunc("POST /api/v1/push/pause", p.let(p.pause))
	mux.HandleFunc("POST /api/v1/push/resume", p.let(p.resume))
}

// apiProblem is what a caller is told: a stable word, and a sentence.
type apiProblem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func refuseAPI(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, map[string]apiProblem{"error": {code, message}})
}

// let lets in who has a key.
func (p *pushAPI) let(next func(w http.ResponseWriter, r *http.Request, by string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if len(p.keys) == 0 {
			refuseAPI(w, http.StatusNotFound, "api_off", "The API is closed: set BOT_API_KEYS.")
			return
		}
		sum := sha256.Sum256([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
		by := ""
		for name, key := range p.keys {
			if subtle.ConstantTimeCompare(sum[:], key[:]) == 1 {
				by = name
			}
		}
		if by == "" {
			refuseAPI(w, http.StatusUnauthorized, "unauthorized", "Send a key of BOT_API_KEYS as 'Authorization: Bearer KEY'.")
			return
		}
		next(w, r, by)
	}
}

func (p *pushAPI) failed(w http.ResponseWriter, err error) {
	p.log.Error("the API could not answer", zap.Error(err))
	refuseAPI(w, http.StatusServiceUnavailable, "unavailable", "The database does not answer. Try again in a moment.")
}

func (p *pushAPI) why(w http.ResponseWriter, r *http.Request, _ string) {
	q := r.URL.Query()
	who, err := findPerson(p.accounts, bot.AccountName(q.Get("account")), bot.UserID(q.Get("user")))
	if err != nil {
		refuseAPI(w, http.StatusBadRequest, "invalid_person", err.Error())
		return
	}
	told, err := outbound.Why(r.Context(), p.store, who, q.Get("campaign"))
	if err != nil {
		p.failed(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"messages": told})
}

func (p *pushAPI) quotas(w http.ResponseWriter, r *http.Request, _ string) {
	all, err := outbound.Quotas(r.Context(), p.store, p.now())
	if err != nil {
		p.failed(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"quotas": all})
}

// pauseView is a pause as the API shows it.
type pauseView struct {
	Scope store.PauseScope `json:"scope"`
	Name  string           `json:"name,omitempty"`
	At    time.Time        `json:"paused_at"`
}

func (p *pushAPI) state(w http.ResponseWriter, r *http.Request, _ string) {
	all, err := p.store.SendPauses(r.Context())
	if err != nil {
		p.failed(w, err)
		return
	}
	views := make([]pauseView, len(all))
	for i, one := range all {
		views[i] = pauseView(one)
	}
	open, err := outbound.Open(r.Context(), p.store)
	if err != nil {
		p.failed(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"pauses": views, "open": open})
}

func (p *pushAPI) pause(w http.ResponseWriter, r *http.Request, by string) {
	scope, name, ok := p.scope(w, r)
	if !ok {
		return
	}
	if err := p.outbox().Pause(r.Context(), p.store, scope, name); err != nil {
		p.failed(w, err)
		return
	}
	p.log.Warn("pushes were paused", zap.String("scope", string(scope)), zap.String("name", name), zap.String("by", by))
	writeJSON(w, http.StatusOK, map[string]any{"paused": true})
}

func (p *pushAPI) resume(w http.ResponseWriter, r *http.Request, by string) {
	scope, name, ok := p.scope(w, r)
	if !ok {
		return
	}
	was, err := p.outbox().Resume(r.Context(), p.store, scope, name)
	if err != nil {
		p.failed(w, err)
		return
	}
	p.log.Warn("pushes were resumed", zap.String("scope", string(scope)), zap.String("name", name), zap.String("by", by))
	writeJSON(w, http.StatusOK, map[string]any{"was_paused": was})
}

// scope reads what is to be paused: {"account": "brand"}, {"campaign": "live"} or {"all": true}. An empty body is a mistake: it must not
// stop everything.
func (p *pushAPI) scope(w http.ResponseWriter, r *http.Request) (store.PauseScope, string, bool) {
	var in struct {
		All      bool            `json:"all"`
		Account  bot.AccountName `json:"account"`
		Campaign string          `json:"campaign"`
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPushBody))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		refuseAPI(w, http.StatusBadRequest, "invalid_body", `Send {"all": true}, {"account": "NAME"} or {"campaign": "NAME"}.`)
		return "", "", false
	}
	scope, name, err := PauseScope(p.accounts, in.All, in.Account, in.Campaign)
	if err != nil {
		refuseAPI(w, http.StatusBadRequest, "invalid_scope", err.Error())
		return "", "", false
	}
	return scope, name, true
}

// PauseScope tells what is to be paused or resumed; exactly one must be named.
func PauseScope(accounts []bot.AccountName, all bool, account bot.AccountName, campaign string) (store.PauseScope, string, error) {
	switch {
	case all && account == "" && campaign == "":
		return store.PauseEverything, "", nil
	case !all && account != "" && campaign == "":
		if !slices.Contains(accounts, account) {
			return "", "", content.Problems{{What: fmt.Sprintf("there is no account %q", string(account)), Remedy: "use a name of BOT_ACCOUNTS"}}
		}
		return store.PauseOfAccount, string(account), nil
	case !all && account == "" && campaign != "":
		return store.PauseOfCampaign, campaign, nil
	}
	return "", "", content.Problems{{What: "it does not say what to pause or resume", Remedy: "name one: all, an account, or a campaign"}}
}

// findPerson is somebody on an account; with one account only it need not be named.
func findPerson(accounts []bot.AccountName, account bot.AccountName, user bot.UserID) (bot.Person, error) {
	switch {
	case user == "":
		return bot.Person{}, content.Problems{{What: "it does not say whom it is about", Remedy: "give the person's id on the account (openid, external user id or user id)"}}
	case account == "" && len(accounts) == 1:
		account = accounts[0]
	case account == "":
		return bot.Person{}, content.Problems{{What: "it does not say on which account", Remedy: "give the name of the account: there is more than one"}}
	case !slices.Contains(accounts, account):
		return bot.Person{}, content.Problems{{What: fmt.Sprintf("there is no account %q", string(account)), Remedy: "use a name of BOT_ACCOUNTS"}}
	}
	return bot.Person{Account: account, User: user}, nil
}

// Why tells what became of messages to a person.
func Why(ctx context.Context, s Settings, st *store.Store, account bot.AccountName, user bot.UserID, campaign string) ([]outbound.Told, error) {
	who, err := findPerson(s.Accounts.Accounts, account, user)
	if err != nil {
		return nil, err
	}
	return outbound.Why(ctx, st, who, campaign)
}

// Outbox opens what takes pushes, for a command beside the running bot. close ends it.
func Outbox(ctx context.Context, st *store.Store) (_ *outbound.Outbox, closeQueue func(), err error) {
	queue, err := jobs.Open(ctx, jobs.Config{Store: st})
	if err != nil {
		return nil, nil, err
	}
	return outbound.NewOutbox(queue, time.Now), queue.Close, nil
}
