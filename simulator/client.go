package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
)

// Client speaks the simulator's HTTP API. It is safe for use by many goroutines.
type Client struct {
	base string // ends without a slash
	http *http.Client
}

// NewClient returns a client of a simulator that runs elsewhere. page is the address of its page, such as
// http://127.0.0.1:8080/simulator/. A nil hc means a client of its own without a deadline: give one by context.
func NewClient(page string, hc *http.Client) *Client {
	if hc == nil {
		hc = &http.Client{}
	}
	return &Client{base: strings.TrimRight(page, "/"), http: hc}
}

// Client returns a client of this simulator. It takes the same way through the API as one over the network, without one.
func (s *Simulator) Client() *Client {
	return &Client{base: "http://simulator.invalid", http: &http.Client{Transport: within{s}}}
}

// State is a snapshot of the platform.
func (c *Client) State(ctx context.Context) (State, error) {
	return call[State](ctx, c, http.MethodGet, "api/state", nil)
}

// NewUser makes a person.
func (c *Client) NewUser(ctx context.Context, nickname string) (User, error) {
	return call[User](ctx, c, http.MethodPost, "api/users", map[string]string{"nickname": nickname})
}

// Chat lists what was said.
func (c *Client) Chat(ctx context.Context, account, user string) ([]Entry, error) {
	return call[[]Entry](ctx, c, http.MethodGet, personPath(account, user, "chat"), nil)
}

// Act does something as a person and returns when it is over.
func (c *Client) Act(ctx context.Context, account, user string, act Act) (Exchange, error) {
	return call[Exchange](ctx, c, http.MethodPost, personPath(account, user, "acts"), act)
}

// SetArrival says what becomes of an account's template messages and subscription notifications to a person.
func (c *Client) SetArrival(ctx context.Context, account, user string, arrival Arrival) (ArrivalView, error) {
	return call[ArrivalView](ctx, c, http.MethodPut, personPath(account, user, "arrival"), ArrivalView{arrival})
}

// SendPicture sends a picture, a PNG, JPEG or GIF file.
func (c *Client) SendPicture(ctx context.Context, account, user string, file []byte) (Exchange, error) {
	var x Exchange
	err := c.do(ctx, http.MethodPost, personPath(account, user, "pictures"), "application/octet-stream", bytes.NewReader(file), &x)
	return x, err
}

// Serve does something as a servicer (客服) of an official account with a person.
func (c *Client) Serve(ctx context.Context, account, user string, act ServicerAct) (TalksView, error) {
	return call[TalksView](ctx, c, http.MethodPost, personPath(account, user, "servicer"), act)
}

// Verify checks an account's callback URL.
func (c *Client) Verify(ctx context.Context, account string) (Verification, error) {
	return call[Verification](ctx, c, http.MethodPost, accountPath(account, "verify"), nil)
}

// SetFaults says what goes wrong with an account's callbacks from now on; none: nothing.
func (c *Client) SetFaults(ctx context.Context, account string, faults ...Fault) (FaultsView, error) {
	return call[FaultsView](ctx, c, http.MethodPut, accountPath(account, "faults"), append([]Fault{}, faults...))
}

// SetNextFaults says what goes wrong with the account's next act only.
func (c *Client) SetNextFaults(ctx context.Context, account string, faults ...Fault) (FaultsView, error) {
	return call[FaultsView](ctx, c, http.MethodPost, accountPath(account, "faults/next"), append([]Fault{}, faults...))
}

// SetCallFaults says what goes wrong with API calls from now on; none: nothing.
func (c *Client) SetCallFaults(ctx context.Context, faults ...platform.Fault) (CallFaultsView, error) {
	return call[CallFaultsView](ctx, c, http.MethodPut, "api/calls/faults", append([]platform.Fault{}, faults...))
}

// Advance moves the clock forward.
func (c *Client) Advance(ctx context.Context, d time.Duration) (ClockView, error) {
	return call[ClockView](ctx, c, http.MethodPost, "api/clock", map[string]string{"advance": d.String()})
}

// Delivery finds one request with its documents.
func (c *Client) Delivery(ctx context.Context, id int64) (Delivery, error) {
	return call[Delivery](ctx, c, http.MethodGet, fmt.Sprintf("api/deliveries/%d", id), nil)
}

// Contact is customer contact of a corp: relations, tags, contact ways, groups and what the console has set.
func (c *Client) Contact(ctx context.Context, corp string) (contact.View, error) {
	return call[contact.View](ctx, c, http.MethodGet, corpPath(corp, "contact"), nil)
}

// ActContact does something in customer contact and returns when the apps have heard of it.
func (c *Client) ActContact(ctx context.Context, corp string, a ContactAct) (Contacted, error) {
	return call[Contacted](ctx, c, http.MethodPost, corpPath(corp, "contact/acts"), a)
}

// ContactChat lists what a member and a person have in their chat.
func (c *Client) ContactChat(ctx context.Context, corp, member, user string) ([]contact.Line, error) {
	path := corpPath(corp, "contact/chats/"+url.PathEscape(member)+"/"+url.PathEscape(user))
	return call[[]contact.Line](ctx, c, http.MethodGet, path, nil)
}

func corpPath(corp, what string) string {
	return "api/corps/" + url.PathEscape(corp) + "/" + what
}

func accountPath(account, what string) string {
	return "api/accounts/" + url.PathEscape(account) + "/" + what
}

func personPath(account, user, what string) string {
	return accountPath(account, "users/"+url.PathEscape(user)+"/"+what)
}

// call sends v as JSON, nothing when v is nil, and reads the answer.
func call[T any](ctx context.Context, c *Client, method, path string, v any) (T, error) {
	var out T
	var body io.Reader
	if v != nil {
		data, err := json.Marshal(v)
		if err != nil {
			return out, fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(data)
	}
	err := c.do(ctx, method, path, "application/json", body, &out)
	return out, err
}

func (c *Client) do(ctx context.Context, method, path, contentType string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/"+path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode != http.StatusOK {
		refusal := &Error{Status: resp.StatusCode, Message: strings.TrimSpace(string(data))}
		_ = json.Unmarshal(data, refusal) // what is not JSON stays the message
		return fmt.Errorf("%s %s: HTTP %d: %w", method, path, resp.StatusCode, refusal)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// within carries requests to a handler of the same process.
type within struct{ handler http.Handler }

func (t within) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	w := &response{status: http.StatusOK, header: http.Header{}}
	t.handler.ServeHTTP(w, r)
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// response is an http.ResponseWriter that keeps what is written.
type response struct {
	status  int
	written bool
	header  http.Header
	body    bytes.Buffer
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if !w.written {
		w.status, w.written = status, true
	}
}

func (w *response) Write(p []byte) (int, error) {
	w.written = true
	return w.body.Write(p)
}
