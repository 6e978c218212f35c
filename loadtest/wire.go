package loadtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// The envelope of the platform: 16 random bytes, the length of the message in 4, the message and the app id, padded to a
// multiple of 32 and encrypted with AES-256-CBC (official account docs, 消息加解密说明).
const (
	randomSize = 16
	lengthSize = 4
	padSize    = 32
)

// wire signs and encrypts as the platform does, and checks what comes back.
type wire struct {
	token string
	appID []byte
	block cipher.Block
	iv    []byte
}

func newWire(token, aesKey, appID string) (*wire, error) {
	key, err := decodeKey(aesKey)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use the AES key: %w", err)
	}
	return &wire{token: token, appID: []byte(appID), block: block, iv: key[:aes.BlockSize]}, nil
}

// seal encrypts plain and gives it in base64.
func (w *wire) seal(plain []byte) []byte {
	size := randomSize + lengthSize + len(plain) + len(w.appID)
	pad := padSize - size%padSize
	b := make([]byte, size+pad)
	_, _ = rand.Read(b[:randomSize]) // never fails, the program would have ended
	binary.BigEndian.PutUint32(b[randomSize:], uint32(len(plain)))
	n := randomSize + lengthSize
	n += copy(b[n:], plain)
	n += copy(b[n:], w.appID)
	for i := n; i < len(b); i++ {
		b[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(w.block, w.iv).CryptBlocks(b, b)
	out := make([]byte, base64.StdEncoding.EncodedLen(len(b)))
	base64.StdEncoding.Encode(out, b)
	return out
}

// open decrypts what seal or the bot encrypted.
func (w *wire) open(sealed []byte) ([]byte, error) {
	b := make([]byte, base64.StdEncoding.DecodedLen(len(sealed)))
	n, err := base64.StdEncoding.Decode(b, sealed)
	if b = b[:n]; err != nil || n == 0 || n%aes.BlockSize != 0 {
		return nil, errors.New("not base64 of whole blocks")
	}
	cipher.NewCBCDecrypter(w.block, w.iv).CryptBlocks(b, b)
	pad := int(b[n-1])
	if pad < 1 || pad > padSize || pad > n-randomSize-lengthSize {
		return nil, errors.New("wrong padding")
	}
	b = b[randomSize : n-pad]
	size := binary.BigEndian.Uint32(b)
	if b = b[lengthSize:]; uint64(size) > uint64(len(b)) {
		return nil, errors.New("wrong length")
	}
	if !bytes.Equal(b[size:], w.appID) {
		return nil, errors.New("for another app id")
	}
	return b[:size], nil
}

// sign is the signature of the parts with the token.
func (w *wire) sign(parts ...string) string {
	all := append(make([]string, 0, 4), w.token)
	all = append(all, parts...)
	slices.Sort(all)
	h := sha1.New()
	for _, p := range all {
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// text is a text message of a person, as the platform writes it.
func text(to, from, say string, at, id int64) []byte {
	b := make([]byte, 0, 320)
	b = append(b, "<xml><ToUserName><![CDATA["...)
	b = append(b, to...)
	b = append(b, "]]></ToUserName><FromUserName><![CDATA["...)
	b = append(b, from...)
	b = append(b, "]]></FromUserName><CreateTime>"...)
	b = strconv.AppendInt(b, at, 10)
	b = append(b, "</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA["...)
	b = append(b, say...)
	b = append(b, "]]></Content><MsgId>"...)
	b = strconv.AppendInt(b, id, 10)
	return append(b, "</MsgId></xml>"...)
}

// element finds the text of the first element of a name in a flat document, without its CDATA marks.
func element(doc []byte, name string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(doc, []byte("<"+name+">"))
	if !ok {
		return nil, false
	}
	if cdata, ok := bytes.CutPrefix(rest, []byte("<![CDATA[")); ok {
		inner, _, ok := bytes.Cut(cdata, []byte("]]></"+name+">"))
		return inner, ok
	}
	inner, _, ok := bytes.Cut(rest, []byte("</"+name+">"))
	return inner, ok
}

// acknowledged tells whether an answer says nothing: it only tells the platform not to ask again.
func acknowledged(body []byte) bool {
	b := bytes.TrimSpace(body)
	return len(b) == 0 || string(b) == "success"
}

// unseal checks the signature of an encrypted answer and decrypts it.
func (w *wire) unseal(body []byte) ([]byte, error) {
	sealed, ok1 := element(body, "Encrypt")
	signature, ok2 := element(body, "MsgSignature")
	timestamp, ok3 := element(body, "TimeStamp")
	nonce, ok4 := element(body, "Nonce")
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return nil, errors.New("answer is not an encrypted message")
	}
	want := w.sign(string(timestamp), string(nonce), string(sealed))
	if subtle.ConstantTimeCompare([]byte(want), signature) != 1 {
		return nil, errors.New("answer has a wrong signature")
	}
	plain, err := w.open(sealed)
	if err != nil {
		return nil, fmt.Errorf("answer can't be decrypted: %w", err)
	}
	return plain, nil
}
