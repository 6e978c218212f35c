package callback

import (
	"errors"
	"net/url"
	"strings"
)

// Bounds of what the query of a callback holds. The platform's own are well below.
const (
	MaxQuery      = 4096 // bytes
	MaxNonce      = 128  // bytes
	MaxEcho       = 512  // bytes
	timestampSize = 10   // digits
)

// Query is what we read of a callback's query. The rest is not looked at: openid, above all, is not signed.
type Query struct {
	Signature, MsgSignature, Timestamp, Nonce, Echo, EncryptType Value
}

// Value is a query value and how often it was given.
type Value struct {
	Text  string
	times int
}

// Given tells whether the value is there, if only as an empty one.
func (v Value) Given() bool { return v.times > 0 }

// ParseQuery reads a raw query, once. What two readers could understand differently is refused.
func ParseQuery(raw string) (Query, error) {
	var q Query
	if len(raw) > MaxQuery {
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
		if v.Text, err = url.QueryUnescape(text); err != nil {
			return q, errors.New("the query is not well-formed")
		}
		if v.times++; v.times > 1 {
			return q, errors.New(name + " is given more than once")
		}
	}
	return q, nil
}

func (q *Query) named(name string) *Value {
	switch name {
	case "signature":
		return &q.Signature
	case "msg_signature":
		return &q.MsgSignature
	case "timestamp":
		return &q.Timestamp
	case "nonce":
		return &q.Nonce
	case "echostr":
		return &q.Echo
	case "encrypt_type":
		return &q.EncryptType
	}
	return nil
}

// checkSigned checks the shape of what every signature covers beside the token. The fixed size of the timestamp leaves
// little to whoever moves digits between it and the nonce, which the signature does not notice.
func (q *Query) checkSigned() error {
	if len(q.Timestamp.Text) != timestampSize || strings.Trim(q.Timestamp.Text, "0123456789") != "" {
		return errors.New("timestamp is not ten digits")
	}
	if q.Nonce.Text == "" || len(q.Nonce.Text) > MaxNonce {
		return errors.New("nonce is missing or too long")
	}
	return nil
}
