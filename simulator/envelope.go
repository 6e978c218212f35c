package simulator

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"guanjia/simulator/platform"
)

// parcel is a document as it travels: the body is the same for every try.
type parcel struct {
	body    []byte
	encrypt string // the ciphertext in body; empty in plain mode
}

// wrap puts a document into the form the endpoint is set to.
func (e *endpoint) wrap(doc []element) (parcel, error) {
	plain := document(doc)
	if e.mode == ModePlain {
		return parcel{body: plain}, nil
	}
	var salt [16]byte
	rand.Read(salt[:]) // never fails
	encrypted, err := util.EncryptMsg(salt[:], plain, e.receiveID, e.aesKey)
	if err != nil {
		return parcel{}, fmt.Errorf("encrypt a message of account %s: %w", e.name, err)
	}
	outer := []element{text("ToUserName", e.id)}
	switch {
	case e.mode == ModeCompatible:
		outer = doc
	case e.kind == platform.WeCom:
		outer = append(outer, text("AgentID", strconv.FormatInt(e.agentID, 10)))
	}
	outer = append(outer[:len(outer):len(outer)], text("Encrypt", string(encrypted)))
	return parcel{body: document(outer), encrypt: string(encrypted)}, nil
}

// query signs one try: each has a timestamp, a nonce and signatures of its own. WeCom has one signature, over the ciphertext.
func (e *endpoint) query(p parcel, openID string, now time.Time, nonce string) url.Values {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	q := url.Values{}
	if e.kind == platform.WeCom {
		q.Set("msg_signature", util.Signature(e.token, timestamp, nonce, p.encrypt))
		q.Set("timestamp", timestamp)
		q.Set("nonce", nonce)
		return q
	}
	q.Set("signature", util.Signature(e.token, timestamp, nonce))
	q.Set("timestamp", timestamp)
	q.Set("nonce", nonce)
	q.Set("openid", openID)
	if p.encrypt != "" {
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", util.Signature(e.token, timestamp, nonce, p.encrypt))
	}
	return q
}

// target is the address of one try; the callback may have a query of its own.
func (e *endpoint) target(query url.Values) string {
	separator := "?"
	if strings.Contains(e.callback, "?") {
		separator = "&"
	}
	return e.callback + separator + query.Encode()
}

// request makes the HTTP request of one try, with the headers seen from the platform.
func (e *endpoint) request(ctx context.Context, method string, query url.Values, body string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.target(query), strings.NewReader(body)) //nolint:gosec // the URL is the account owner's
	if err != nil {
		return nil, fmt.Errorf("callback of account %s: %w", e.name, err)
	}
	req.Header.Set("User-Agent", "Mozilla/4.0")
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Pragma", "no-cache")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "text/xml")
	}
	return req, nil
}

// newClient is the platform's HTTP client: a connection per request, no proxy, and redirects are not followed.
func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
