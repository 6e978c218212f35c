package wxcrypt

import (
	"crypto/rand"
	"strconv"
	"time"
)

// nonceLen is the length of the nonces we make: as long as the longest seen from the platform.
const nonceLen = 16

// Codec opens and seals what goes over one callback address. It is safe for concurrent use.
type Codec struct {
	token     string
	key       *Key
	receiveID string
}

// NewCodec makes a Codec. receiveID is the app id of an official account, the corp id of WeCom, or empty for WeCom robots.
func NewCodec(token string, key *Key, receiveID string) *Codec {
	return &Codec{token: token, key: key, receiveID: receiveID}
}

// String hides the token from logs.
func (c *Codec) String() string { return "[codec]" }

// Open checks the signature of an encrypted text, the platform's msg_signature, and decrypts it. It opens WeCom's encrypted
// echostr as well.
func (c *Codec) Open(signature, timestamp, nonce, encrypted string) ([]byte, error) {
	if err := Verify(signature, c.token, timestamp, nonce, encrypted); err != nil {
		return nil, err
	}
	return c.key.Decrypt(encrypted, c.receiveID)
}

// Seal encrypts message, signs it with a fresh nonce and appends the XML envelope of a passive reply to dst.
func (c *Codec) Seal(dst, message []byte, now time.Time) []byte {
	encrypted := c.key.Encrypt(message, c.receiveID)
	timestamp := strconv.FormatInt(now.Unix(), 10)
	nonce := rand.Text()[:nonceLen]
	signature := sign([]string{c.token, timestamp, nonce, encrypted})

	dst = append(dst, "<xml><Encrypt><![CDATA["...)
	dst = append(dst, encrypted...)
	dst = append(dst, "]]></Encrypt><MsgSignature><![CDATA["...)
	dst = append(dst, signature[:]...)
	dst = append(dst, "]]></MsgSignature><TimeStamp>"...)
	dst = append(dst, timestamp...) // bare: the platform wants no CDATA here
	dst = append(dst, "</TimeStamp><Nonce><![CDATA["...)
	dst = append(dst, nonce...)
	return append(dst, "]]></Nonce></xml>"...)
}
