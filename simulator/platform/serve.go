package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"
)

// ServeHTTP answers one call.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	c := &Call{Now: a.world.Now(), IP: caller(r), Query: r.URL.Query(), api: a}
	fault := a.strike(r.URL.Path)
	record := Record{At: c.Now, Method: r.Method, Path: r.URL.Path}
	if fault != nil {
		record.Fault = fault.Kind
	}
	defer func() {
		record.TookMS = time.Since(start).Milliseconds()
		record.Kind, record.Owner = c.kind, c.Owner()
		if c.App != nil {
			record.App = c.App.Name
		}
		a.note(record)
	}()
	if fault != nil && a.before(w, r, fault) {
		return
	}
	answer, err := a.perform(c, r, fault)
	record.Code = codeOf(err)
	if fault != nil && fault.Kind == FaultSlow {
		silence(r, fault.delay(defaultSlow))
	}
	if fault != nil && fault.Kind == FaultNoAnswer {
		silence(r, fault.delay(defaultSilent))
		reset(w)
		return
	}
	if file, ok := answer.(*File); ok && err == nil {
		sendFile(w, r, file)
		return
	}
	if fault != nil && fault.Kind == FaultBare && err == nil {
		answer = nil
	}
	body := a.write(c, answer, err)
	if fault != nil && fault.Kind == FaultHalf && err == nil {
		body = body[:len(body)/2]
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) //nolint:gosec // JSON and said to be; and a caller who has left misses nothing
}

// before plays the faults that keep a call from being obeyed and that no body answers.
func (a *API) before(w http.ResponseWriter, r *http.Request, f *Fault) (over bool) {
	switch f.Kind {
	case FaultLost:
		silence(r, f.delay(defaultSilent))
		reset(w)
	case FaultReset:
		reset(w)
	case FaultBadGateway:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"))
	default:
		return false
	}
	return true
}

// perform checks who calls and what they may, and runs what was registered.
func (a *API) perform(c *Call, r *http.Request, f *Fault) (any, error) {
	at := a.routes[r.URL.Path]
	c.kind = only(at)
	if at == nil {
		return nil, Refuse(CodeUnknownAPI, "invalid url")
	}
	if err := a.admit(c, at); err != nil {
		return nil, err
	}
	if f != nil {
		if err := a.inTheMiddle(c, f); err != nil {
			return nil, err
		}
	}
	if err := c.rightMethod(r.Method); err != nil {
		return nil, err
	}
	if err := c.read(r); err != nil {
		return nil, err
	}
	return c.route.answer(c)
}

// only is the platform of a path when there is no doubt. Where both have one, an official account is taken, until the token
// tells otherwise.
func only(at map[Kind]*route) Kind {
	if at[OfficialAccount] == nil {
		return WeCom
	}
	return OfficialAccount
}

// admit finds out who calls, and whether they may.
func (a *API) admit(c *Call, at map[Kind]*route) error {
	if c.route = at[c.kind]; c.route.needs.open {
		return nil
	}
	if err := a.identify(c, c.Query.Get("access_token")); err != nil {
		return err
	}
	if c.route = at[c.kind]; c.route == nil { // a token of the other platform
		return Refuse(CodeBadToken, "invalid access_token")
	}
	owner := c.Owner()
	switch right := c.route.needs.right; {
	case c.kind == WeCom && !trusted(c.App.TrustedIPs, c.IP):
		return Refuse(CodeAddress, "not allow to access from your ip")
	case right == "":
	case c.kind == WeCom && !c.App.Has(right):
		return Refuse(CodeNoRight, "api forbidden")
	case c.kind == OfficialAccount && (!c.Official.Certified || right == RightOfService && c.Official.Subscription):
		return Refuse(CodeUnauthorised, "api unauthorized")
	}
	return a.take(c.route, owner, c.Now)
}

// inTheMiddle plays the faults that refuse a call.
func (a *API) inTheMiddle(c *Call, f *Fault) error {
	switch f.Kind {
	case FaultBusy:
		return Refuse(CodeBusy, "system error")
	case FaultCode:
		msg := f.Msg
		if msg == "" {
			msg = "refused by a fault of the simulator"
		}
		return Refuse(f.Code, "%s", msg)
	case FaultExpired:
		if value := c.Query.Get("access_token"); value != "" {
			a.mu.Lock()
			if t := a.tokens.find(value); t != nil {
				t.Dead = CodeExpiredToken
			}
			a.mu.Unlock()
			return Refuse(CodeExpiredToken, "access_token expired")
		}
	}
	return nil
}

func (c *Call) rightMethod(method string) error {
	switch {
	case method == c.route.method:
		return nil
	case c.kind == WeCom:
		return Refuse(CodeBadParameters, "invalid Request Parameter")
	case c.route.method == http.MethodPost:
		return Refuse(CodeMustBePost, "require POST method")
	}
	return Refuse(CodeMustBeGet, "require GET method")
}

func codeOf(err error) int {
	if err == nil {
		return 0
	}
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal.Code
	}
	return CodeBusy
}

// write lays an answer out: errcode and errmsg first, raw UTF-8. An official account's answers that carry data have neither.
func (a *API) write(c *Call, answer any, err error) []byte {
	code, msg := 0, "ok"
	if err != nil {
		refusal, ok := errors.AsType[*Error](err)
		if !ok {
			a.log.Error("call not answered", zap.String("path", c.route.path), zap.Error(err))
			refusal = &Error{Code: CodeBusy, Msg: "system error"}
		}
		code, msg, answer = refusal.Code, a.tail(c.kind, refusal.Code, refusal.Msg, c.IP, c.Now), refusal.Answer
	}
	fields, encodeErr := encode(answer)
	if encodeErr != nil {
		a.log.Error("answer not written", zap.Error(encodeErr))
		code, msg, fields = CodeBusy, a.tail(c.kind, CodeBusy, "system error", c.IP, c.Now), nil
	}
	if code == 0 && c.kind == OfficialAccount && len(fields) > 0 {
		return fields
	}
	if bytes.HasPrefix(fields, []byte(`{"errcode"`)) {
		return fields // a call that writes its own
	}
	head, _ := encode(struct {
		Code int    `json:"errcode"`
		Msg  string `json:"errmsg"`
	}{code, msg}) // can't fail
	if len(fields) <= len("{}") {
		return head
	}
	return append(append(head[:len(head)-1], ','), fields[1:]...)
}

// encode is JSON as the platform writes it: raw UTF-8, nothing escaped for HTML.
func encode(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	out := bytes.TrimSpace(b.Bytes())
	if len(out) < 2 || out[0] != '{' {
		return nil, fmt.Errorf("an answer must be an object, got %.20s", out)
	}
	return out, nil
}

// sendFile is a download; Range is understood.
func sendFile(w http.ResponseWriter, r *http.Request, f *File) {
	w.Header().Set("Content-Type", f.ContentType)
	if f.Status != 0 {
		w.WriteHeader(f.Status)
		return
	}
	if f.Name != "" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Data))
}
