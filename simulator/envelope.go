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
)

// parcel is a document as it travels: the body is the same for every try.
type parcel struct {
	body    []byte
	encrypt string // the ciphertext in body; empty in plain mode
}

// wrap puts a document into the form the account is set to.
func (a *account) wrap(doc []element) (parcel, error) {
	plain := document(doc)
	if a.Mode == ModePlain {
		return parcel{body: plain}, nil
	}
	var salt [16]byte
	rand.Read(salt[:]) // never fails
	encrypted, err := util.EncryptMsg(salt[:], plain, a.AppID, a.AESKey)
	if err != nil {
		return parcel{}, fmt.Errorf("encrypt a message of account %s: %w", a.Name, err)
	}
	outer := []element{text("ToUserName", a.OriginalID)}
	if a.Mode == ModeCompatible {
		outer = doc
	}
	outer = append(outer[:len(outer):len(outer)], text("Encrypt", string(encrypted)))
	return parcel{body: document(outer), encrypt: string(encrypted)}, nil
}

// query signs one try: each has a timestamp, a nonce and signatures of its own.
func (a *account) query(p parcel, openID string, now time.Time, nonce string) url.Values {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	q := url.Values{}
	q.Set("signature", util.Signature(a.Token, timestamp, nonce))
	q.Set("timestamp", timestamp)
	q.Set("nonce", nonce)
	q.Set("openid", openID)
	if p.encrypt != "" {
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", util.Signature(a.Token, timestamp, nonce, p.encrypt))
	}
	return q
}

// target is the address of one try; the callback may have a query of its own.
func (a *account) target(query url.Values) string {
	separator := "?"
	if strings.Contains(a.Callback, "?") {
		separator = "&"
	}
	return a.Callback + separator + query.Encode()
}

// request makes the HTTP request of one try, with the headers seen from the platform.
func (a *account) request(ctx context.Context, method string, query url.Values, body string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.target(query), strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("callback of account %s: %w", a.Name, err)
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
