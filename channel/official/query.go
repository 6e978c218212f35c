package official

import (
	"errors"
	"net/url"
	"strings"
)

// Bounds of what the query of a callback holds. The platform's own are well below.
const (
	maxQuery      = 4096 // bytes
	maxNonce      = 128  // bytes
	maxEcho       = 512  // bytes
	timestampSize = 10   // digits
)

// query is what we read of a callback's query. The rest is not looked at: openid, above all, is not signed.
type query struct {
	signature, msgSignature, timestamp, nonce, echo, encryptType value
}

// value is a query value and how often it was given.
type value struct {
	text  string
	times int
}

// parseQuery reads a raw query, once. What two readers could understand differently is refused.
func parseQuery(raw string) (query, error) {
	var q query
	if len(raw) > maxQuery {
		return q, errors.New("the query is too long")
	}
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, text, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return q, errors.New("the query is not well-formed")
		}
		v := q.named(name)
		if v == nil {
			continue
		}
		if v.text, err = url.QueryUnescape(text); err != nil {
			return q, errors.New("the query is not well-formed")
		}
		if v.times++; v.times > 1 {
			return q, errors.New(name + " is given more than once")
		}
	}
	return q, nil
}

func (q *query) named(name string) *value {
	switch name {
	case "signature":
		return &q.signature
	case "msg_signature":
		return &q.msgSignature
	case "timestamp":
		return &q.timestamp
	case "nonce":
		return &q.nonce
	case "echostr":
		return &q.echo
	case "encrypt_type":
		return &q.encryptType
	}
	return nil
}

// checkSigned checks the shape of what every signature covers beside the token. The fixed size of the timestamp leaves
// little to whoever moves digits between it and the nonce, which the signature does not notice.
func (q *query) checkSigned() error {
	if len(q.timestamp.text) != timestampSize || strings.Trim(q.timestamp.text, "0123456789") != "" {
		return errors.New("timestamp is not ten digits")
	}
	if q.nonce.text == "" || len(q.nonce.text) > maxNonce {
		return errors.New("nonce is missing or too long")
	}
	return nil
}
