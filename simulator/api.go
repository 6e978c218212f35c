package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"guanjia/simulator/official"
	"guanjia/simulator/platform"
)

// Limits of the API.
const (
	maxRequestBody = 256 << 10 // bytes, of JSON
	// actTime is how long an act may take: the platform's tries, held back and slowed down by faults.
	actTime = 5 * time.Minute
)

// Error is what the API answers when it refuses something. Message is for people.
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Message }

// The codes of Error.
const (
	codeBadRequest  = "bad_request"
	codeNotFound    = "not_found"
	codeConflict    = "conflict"
	codeTooLarge    = "too_large"
	codeUnsupported = "unsupported"
	codeClosed      = "closed"
)

func refuse(code, format string, args ...any) error {
	status := http.StatusBadRequest
	switch code {
	case codeNotFound:
		status = http.StatusNotFound
	case codeConflict:
		status = http.StatusConflict
	case codeTooLarge:
		status = http.StatusRequestEntityTooLarge
	case codeUnsupported:
		status = http.StatusUnsupportedMediaType
	}
	return &Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// State is everything a page needs to start from.
type State struct {
	Accounts   []AccountView     `json:"accounts"`
	Corps      []CorpView        `json:"corps"`
	Users      []User            `json:"users"`
	Clock      ClockView         `json:"clock"`
	Deliveries []Delivery        `json:"deliveries"` // the latest, oldest first, without documents
	Calls      []platform.Record `json:"calls"`      // the latest API calls, oldest first
}

// AccountView is an account as its pages show it: without its secrets.
type AccountView struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	OriginalID string   `json:"original_id"`
	AppID      string   `json:"app_id"`
	Mode       Mode     `json:"mode"`
	Callback   string   `json:"callback"`
	Menu       []Button `json:"menu"`
	Scenes     []Scene  `json:"scenes"`

	Certified bool            `json:"certified"`
	Servicers []KfAccount     `json:"servicers"`
	Talks     []official.Talk `json:"talks"` // who waits for a servicer, or is served
	FaultsView
}

// FaultsView is what goes wrong with an account's callbacks.
type FaultsView struct {
	Account string  `json:"account"`
	Faults  []Fault `json:"faults"` // from now on
	Next    []Fault `json:"next"`   // with the next act only
}

// ClockView is the simulated time.
type ClockView struct {
	Now      time.Time `json:"now"`
	OffsetMS int64     `json:"offset_ms"` // ahead of the real time
}

func (s *Simulator) clockView() ClockView {
	return ClockView{Now: s.clock.Now(), OffsetMS: s.clock.Offset().Milliseconds()}
}

// faultsView copies an endpoint's faults; s.mu is held.
func (e *endpoint) faultsView() FaultsView {
	return FaultsView{
		Account: e.name, Faults: append([]Fault{}, e.faults...), Next: append([]Fault{}, e.next...),
	}
}

// State is a snapshot of the platform.
func (s *Simulator) State() State {
	v := State{Users: s.Users(), Clock: s.clockView(), Deliveries: []Delivery{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		v.Accounts = append(v.Accounts, AccountView{
			Name: a.Name, Title: a.Title, OriginalID: a.OriginalID, AppID: a.AppID, Mode: a.Mode, Callback: a.Callback,
			Menu: append([]Button{}, s.menu(a)...), Scenes: append([]Scene{}, s.scenes(a)...), Certified: a.Certified,
			Servicers: append([]KfAccount{}, a.Servicers...), Talks: s.official.Talks(a.AppID), FaultsView: a.faultsView(),
		})
	}
	v.Corps = s.corpViews()
	v.Calls = append([]platform.Record{}, s.calls...)
	for _, d := range s.deliveries {
		v.Deliveries = append(v.Deliveries, d.summary())
	}
	return v
}

// SetFaults says what goes wrong with an account's callbacks: from now on, or with the next act only.
func (s *Simulator) SetFaults(accountName string, faults []Fault, nextOnly bool) (FaultsView, error) {
	a := s.endpoint(accountName)
	if a == nil {
		return FaultsView{}, refuse(codeNotFound, "没有公众号或应用 %q", accountName)
	}
	if err := checkFaults(faults); err != nil {
		return FaultsView{}, refuse(codeBadRequest, "%v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if nextOnly {
		a.next = faults
	} else {
		a.faults = faults
	}
	v := a.faultsView()
	s.publish("faults", v)
	return v, nil
}

// Advance moves the clock forward.
func (s *Simulator) Advance(d time.Duration) (ClockView, error) {
	if err := s.clock.Advance(d); err != nil {
		return ClockView{}, refuse(codeBadRequest, "时钟只能向前拨，每次最多 366 天，一共最多十年")
	}
	v := s.clockView()
	s.publish("clock", v)
	s.contacts.settle()
	s.saved()
	return v, nil
}

// routes is the whole surface of the simulator.
func (s *Simulator) routes() http.Handler {
	mux := http.NewServeMux()
	servePage(mux)
	mux.HandleFunc("GET /media/{id}", s.serveMedia)
	mux.HandleFunc("GET /api/events", s.serveEvents)
	mux.HandleFunc("GET /api/accounts/{account}/scenes/{scene}/qr.png", s.serveQR)
	mux.Handle("GET /api/state", answering(func(*http.Request) (any, error) { return s.State(), nil }))
	mux.Handle("GET /api/clock", answering(func(*http.Request) (any, error) { return s.clockView(), nil }))
	mux.Handle("POST /api/clock", answering(s.postClock))
	mux.Handle("GET /api/users", answering(func(*http.Request) (any, error) { return s.Users(), nil }))
	mux.Handle("POST /api/users", answering(s.postUser))
	mux.Handle("GET /api/accounts/{account}/users/{user}/chat", answering(func(r *http.Request) (any, error) {
		return s.Chat(r.PathValue("account"), r.PathValue("user"))
	}))
	mux.Handle("POST /api/accounts/{account}/users/{user}/acts", answering(s.postAct))
	mux.Handle("GET /api/accounts/{account}/users/{user}/window", answering(s.getWindow))
	mux.Handle("PUT /api/accounts/{account}/users/{user}/arrival", answering(s.putArrival))
	mux.Handle("POST /api/accounts/{account}/users/{user}/servicer", answering(s.postServicer))
	mux.Handle("POST /api/accounts/{account}/users/{user}/pictures", answering(s.postPicture))
	mux.Handle("POST /api/accounts/{account}/verify", answering(func(r *http.Request) (any, error) {
		return s.Verify(r.Context(), r.PathValue("account"))
	}))
	mux.Handle("PUT /api/accounts/{account}/faults", answering(func(r *http.Request) (any, error) { return s.putFaults(r, false) }))
	mux.Handle("POST /api/accounts/{account}/faults/next", answering(func(r *http.Request) (any, error) { return s.putFaults(r, true) }))
	mux.Handle("GET /api/calls/faults", answering(func(*http.Request) (any, error) { return s.callFaultsView(), nil }))
	mux.Handle("PUT /api/calls/faults", answering(s.putCallFaults))
	mux.Handle("GET /api/calls/counts", answering(func(*http.Request) (any, error) { return s.api.Counts(), nil }))
	mux.Handle("PUT /api/calls/limit", answering(s.putCallLimit))
	mux.Handle("POST /api/calls/tokens/invalidate", answering(s.postTakenBack))
	mux.Handle("GET /api/deliveries/{id}", answering(s.getDelivery))
	s.desks.routes(mux)
	s.contactRoutes(mux)
	return withHeaders(http.NewCrossOriginProtection().Handler(mux))
}

func (s *Simulator) postClock(r *http.Request) (any, error) {
	in, err := decode[struct {
		Advance string `json:"advance"`
	}](r)
	if err != nil {
		return nil, err
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil {
		return nil, refuse(codeBadRequest, `advance 应是 Go 的时长写法，如 "30m"、"1h"、"24h"`)
	}
	return s.Advance(d)
}

func (s *Simulator) postUser(r *http.Request) (any, error) {
	in, err := decode[struct {
		Nickname string `json:"nickname"`
	}](r)
	if err != nil {
		return nil, err
	}
	return s.NewUser(in.Nickname)
}

func (s *Simulator) postAct(r *http.Request) (any, error) {
	act, err := decode[Act](r)
	if err != nil {
		return nil, err
	}
	return s.Act(r.Context(), r.PathValue("account"), r.PathValue("user"), act)
}

func (s *Simulator) postPicture(r *http.Request) (any, error) {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxPicture))
	if err != nil {
		return nil, bodyError(err)
	}
	return s.SendPicture(r.Context(), r.PathValue("account"), r.PathValue("user"), data)
}

func (s *Simulator) putFaults(r *http.Request, nextOnly bool) (any, error) {
	faults, err := decode[[]Fault](r)
	if err != nil {
		return nil, err
	}
	return s.SetFaults(r.PathValue("account"), faults, nextOnly)
}

func (s *Simulator) getDelivery(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, refuse(codeNotFound, "没有记录 %q", r.PathValue("id"))
	}
	return s.Delivery(id)
}

// answering turns a function of a request into a handler that answers JSON.
func answering(f func(r *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A server without deadlines does not know the call.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(actTime))
		v, err := f(r)
		status := http.StatusOK
		if err != nil {
			refusal := asError(err)
			v, status = refusal, refusal.Status
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v) // a visitor who has left misses nothing
	})
}

func asError(err error) *Error {
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal
	}
	if errors.Is(err, ErrClosed) {
		return &Error{Status: http.StatusServiceUnavailable, Code: codeClosed, Message: "模拟器正在停止"}
	}
	return &Error{Status: http.StatusInternalServerError, Code: "internal", Message: err.Error()}
}

// decode reads one JSON value and nothing else.
func decode[T any](r *http.Request) (T, error) {
	var v, zero T
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return zero, refuse(codeUnsupported, "Content-Type 应是 application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxRequestBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return zero, bodyError(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return zero, refuse(codeBadRequest, "请求里只能有一个 JSON 值")
	}
	return v, nil
}

func bodyError(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refuse(codeTooLarge, "请求超过 %d 字节", tooLarge.Limit)
	}
	return refuse(codeBadRequest, "请求无法读取：%v", err)
}
