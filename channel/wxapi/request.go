package wxapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// answerMax bounds an answer, in bytes. The longest that is asked for, a page of customer-service messages, is about one
	// million.
	answerMax = 8 << 20
	// fileMax bounds a file, in bytes (WeCom docs, temporary media: 20 MB).
	fileMax = 20 << 20

	jsonType = "application/json; charset=utf-8"
)

// ErrFileTooLarge says that no account takes a file of that size.
var ErrFileTooLarge = errors.New("the file is larger than 20 MB")

// request is what is sent, once or repeatedly.
type request struct {
	method, path string // path with or without a query
	query        url.Values
	contentType  string
	body         []byte
	repeatable   bool     // it does no harm to ask twice, also when nobody knows what became of the first time
	secrets      []string // must not be seen
}

// with is the request with an access token, which was got by a secret.
func (r request) with(token string, secret Secret) request {
	query := url.Values{}
	for name, values := range r.query {
		query[name] = values
	}
	query.Set("access_token", token)
	r.query = query
	r.secrets = []string{token, string(secret)}
	return r
}

// mayRepeat tells whether the request may be sent again after that.
func (r request) mayRepeat(err error) bool {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Code == codeBusy
	}
	var lost *NoAnswerError
	return errors.As(err, &lost) && (lost.Why == Unsent || lost.Why == Broken && r.repeatable)
}

func withoutQuery(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

// url is where the request goes.
func (r request) url(base string) string {
	path, query, _ := strings.Cut(r.path, "?")
	if more := r.query.Encode(); query == "" {
		query = more
	} else if more != "" {
		query += "&" + more
	}
	if query != "" {
		path += "?" + query
	}
	return base + path
}

// exchange sends the request once and reads the answer into out.
func (c *Caller) exchange(ctx context.Context, r request, out any) error {
	start := time.Now()
	err := c.send(ctx, r, out)
	if c.observer != nil {
		c.observer.Called(label(withoutQuery(r.path)), codeOf(err), time.Since(start))
	}
	return err
}

// codeOf is what an Observer hears of an outcome.
func codeOf(err error) string {
	var refused *Error
	var lost *NoAnswerError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &refused):
		return strconv.Itoa(refused.Code)
	case errors.As(err, &lost):
		return string(lost.Why)
	}
	return string(Unsent)
}

var errNoBase = errors.New("the URL of the platform can't be used: write https://host")

func (c *Caller) send(ctx context.Context, r request, out any) error {
	api := withoutQuery(r.path)
	if c.base == "" {
		return &NoAnswerError{API: api, Why: Unsent, text: errNoBase.Error(), err: errNoBase}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, r.url(c.base), bytes.NewReader(r.body))
	if err != nil {
		return r.unanswered(api, err)
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return r.unanswered(api, err)
	}
	defer func() { _ = resp.Body.Close() }() // it has been read
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMax+1))
	if err != nil {
		return r.unanswered(api, err)
	}
	if len(body) > answerMax {
		return r.unreadable(api, resp.StatusCode, errTooLong)
	}
	code, msg, err := decode(body, resp.StatusCode, out)
	if err != nil {
		return r.unreadable(api, resp.StatusCode, err)
	}
	if code != 0 {
		return newError(api, code, msg, r.secrets)
	}
	return nil
}

// unanswered is the error of a request to which nothing came back.
func (r request) unanswered(api string, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // its text holds the URL, and so the token
	}
	why := Broken
	var dial *net.OpError
	var late net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		why = Timeout
	case errors.As(err, &dial) && dial.Op == "dial":
		why = Unsent
	case errors.As(err, &late) && late.Timeout():
		why = Timeout
	}
	return r.lost(api, why, err.Error(), err)
}

// unreadable is the error of a request whose answer says nothing.
func (r request) unreadable(api string, status int, err error) error {
	return r.lost(api, Unreadable, "HTTP "+strconv.Itoa(status)+": "+err.Error(), err)
}

// lost is a NoAnswerError without secrets. A cause that holds one is not kept: it could be printed by itself.
func (r request) lost(api string, why Why, text string, cause error) error {
	if full := cause.Error(); hide(full, r.secrets) != full {
		cause = nil
	}
	return &NoAnswerError{API: api, Why: why, text: oneLine(hide(text, r.secrets)), err: cause}
}

// form is a multipart body with one file. It is made in memory, so that it has a length and can be sent again.
func form(field, filename string, file io.Reader) (contentType string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, filename)
	if err != nil {
		return "", nil, err
	}
	n, err := io.Copy(part, io.LimitReader(file, fileMax+1))
	if err != nil {
		return "", nil, err
	}
	if n > fileMax {
		return "", nil, ErrFileTooLarge
	}
	if err := w.Close(); err != nil {
		return "", nil, err
	}
	return w.FormDataContentType(), b.Bytes(), nil
}
