package official

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
	"time"

	"guanjia/channel/wxcrypt"
)

const (
	errEnvelope malformed = "there is not exactly one Encrypt, with something in it"

	// replayMemory is how long the signature of an unencrypted callback is remembered at least. The clock window alone would
	// not do: digits moved between timestamp and nonce can make an old signature current again.
	replayMemory = 24 * time.Hour
)

// readQuery reads the query of a request and checks what is signed for its shape and time.
func (c *Channel) readQuery(raw string) (query, error) {
	q, err := parseQuery(raw)
	if err == nil {
		err = q.checkSigned()
	}
	if err != nil {
		return q, reject(ReasonQuery, err)
	}
	if !c.current(q.timestamp.text) {
		return q, reject(ReasonClock, nil)
	}
	return q, nil
}

// current tells whether a timestamp is within the clock window.
func (c *Channel) current(timestamp string) bool {
	if c.maxSkew == 0 {
		return true
	}
	unix, err := strconv.ParseInt(timestamp, 10, 64)
	return err == nil && c.now().Sub(time.Unix(unix, 0)).Abs() <= c.maxSkew
}

// encrypted tells whether a callback is encrypted, and refuses what is protected less than the account is set to. A
// msg_signature says that the sender encrypts; the plain signature is no substitute for it.
func (c *Channel) encrypted(q query) (bool, error) {
	switch q.encryptType.text {
	case "aes":
		if c.codec == nil {
			return true, reject(ReasonNoKey, nil)
		}
		return true, nil
	case "", "raw":
		if c.mode != Plain || q.msgSignature.times > 0 {
			return false, reject(ReasonWeak, nil)
		}
		return false, nil
	}
	return false, reject(ReasonQuery, errors.New("encrypt_type is neither aes nor raw"))
}

// checkPlain checks the signature that does not cover the body.
func (c *Channel) checkPlain(q query) error {
	if q.signature.text == "" {
		return reject(ReasonQuery, errors.New("signature is missing"))
	}
	if wxcrypt.Verify(q.signature.text, c.token, q.timestamp.text, q.nonce.text) != nil {
		return reject(ReasonSignature, nil)
	}
	return nil
}

// decrypt opens an encrypted body and returns the document in it. Whatever else the body says, as in compatible mode, is
// neither signed nor read.
func (c *Channel) decrypt(s *scratch, q query, body string) (string, error) {
	if q.msgSignature.text == "" {
		return "", reject(ReasonQuery, errors.New("msg_signature is missing"))
	}
	es, err := s.scanner.scan(body)
	if err != nil {
		return "", reject(ReasonMalformed, err)
	}
	var encrypted string
	var times int
	for e := range es.all("Encrypt") {
		encrypted = strings.TrimSpace(e.text) // pretty-printing is not signed
		times++
	}
	if times != 1 || encrypted == "" {
		return "", reject(ReasonMalformed, errEnvelope)
	}
	document, err := c.codec.Open(q.msgSignature.text, q.timestamp.text, q.nonce.text, encrypted)
	if err != nil {
		return "", undecrypted(err)
	}
	return string(document), nil
}

// guardReplay refuses an unencrypted body under the signature of another: that signature covers no body, so whoever has seen
// one could send what they like under it. The same body again is a duplicate and passes. The signature is what is
// remembered, not timestamp and nonce: digits can be moved between those two without changing it.
func (c *Channel) guardReplay(ctx context.Context, signature, body string) error {
	sum := sha256.Sum256([]byte(body))
	key := "replay:" + string(c.account) + ":" + signature
	first, err := c.replays.PutOnce(ctx, key, sum[:], max(replayMemory, 2*c.maxSkew))
	if err != nil {
		return reject(ReasonUnavailable, err)
	}
	if len(first) > 0 && !bytes.Equal(first, sum[:]) {
		return reject(ReasonReplay, nil)
	}
	return nil
}
