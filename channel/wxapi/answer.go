package wxapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
)

var (
	errTooLong   = errors.New("the answer is too long")
	errNoObject  = errors.New("the answer is not a JSON object")
	errNoErrcode = errors.New("the answer has no errcode")
	errNoInt     = errors.New("there is something else where a whole number should be")
	errNoString  = errors.New("there is something else where a text should be")
)

// Int is a whole number in an answer. The platform writes some as strings, and some as strings at one API and as numbers at
// the next.
type Int int64

// UnmarshalJSON takes 7, 7.0, "7", "" and null.
func (n *Int) UnmarshalJSON(b []byte) error {
	text, ok := scalar(b)
	if !ok {
		return errNoInt
	}
	text = strings.TrimSpace(text)
	if text == "" {
		*n = 0
		return nil
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		*n = Int(i)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 { // above, a float does not tell one number from the next
		return errNoInt
	}
	*n = Int(f)
	return nil
}

// String is a text in an answer. The platform writes some as numbers.
type String string

// UnmarshalJSON takes "x", 7 (its digits as they stand), true and null.
func (s *String) UnmarshalJSON(b []byte) error {
	text, ok := scalar(b)
	if !ok {
		return errNoString
	}
	*s = String(text)
	return nil
}

// scalar is the text of a JSON value that is no list and no object.
func scalar(b []byte) (text string, ok bool) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return "", false
	}
	switch b[0] {
	case '{', '[':
		return "", false
	case '"':
		return text, json.Unmarshal(b, &text) == nil
	case 'n':
		return "", true
	}
	return string(b), true
}

// RefusalReader is an answer that wants to see what a refusal holds beside its errcode: a message that was taken before is told of so.
type RefusalReader interface {
	ReadRefusal(code int, body []byte)
}

// decode reads an answer: into out when errcode is 0. Success may come without errcode, but only with status 200: what stands
// between us and the platform writes JSON too.
func decode(body []byte, status int, out any) (code int, msg string, err error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return 0, "", errNoObject
	}
	var envelope struct {
		Code *Int            `json:"errcode"`
		Msg  json.RawMessage `json:"errmsg"` // never a reason to refuse the answer
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return 0, "", err
	}
	if envelope.Code == nil {
		if status != http.StatusOK {
			return 0, "", errNoErrcode
		}
	} else if *envelope.Code != 0 {
		msg, _ = scalar(envelope.Msg)
		if r, ok := out.(RefusalReader); ok {
			r.ReadRefusal(int(*envelope.Code), body)
		}
		return int(*envelope.Code), msg, nil
	}
	if out == nil {
		return 0, "", nil
	}
	return 0, "", json.Unmarshal(body, out)
}
