package main

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
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// codec is the wire in the way most programs write it: encoding/xml and plain buffers.
type codec struct {
	token, appID string
	block        cipher.Block
	iv           []byte
}

func newCodec(token, aesKey, appID string) (*codec, error) {
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(key) != 32 {
		return nil, errors.New("the AES key must have 43 characters")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use the AES key: %w", err)
	}
	return &codec{token: token, appID: appID, block: block, iv: key[:aes.BlockSize]}, nil
}

type message struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
	MsgID        string `xml:"MsgId"`
}

type cdata struct {
	Text string `xml:",cdata"`
}

type reply struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   cdata
	FromUserName cdata
	CreateTime   int64
	MsgType      cdata
	Content      cdata
}

type envelope struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      cdata
	MsgSignature cdata
	TimeStamp    string
	Nonce        cdata
}

func (c *codec) sign(parts ...string) string {
	parts = append(parts, c.token)
	slices.Sort(parts)
	h := sha1.New()
	for _, p := range parts {
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// read verifies, decrypts and parses a callback.
func (c *codec) read(timestamp, nonce, signature string, body []byte) (message, error) {
	var e struct {
		Encrypt string
	}
	var m message
	if err := xml.Unmarshal(body, &e); err != nil {
		return m, fmt.Errorf("envelope: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(c.sign(timestamp, nonce, e.Encrypt)), []byte(signature)) != 1 {
		return m, errors.New("wrong signature")
	}
	b, err := base64.StdEncoding.DecodeString(e.Encrypt)
	if err != nil || len(b) < 32 || len(b)%aes.BlockSize != 0 {
		return m, errors.New("not encrypted")
	}
	cipher.NewCBCDecrypter(c.block, c.iv).CryptBlocks(b, b)
	pad := int(b[len(b)-1])
	if pad < 1 || pad > 32 || len(b)-pad < 20 {
		return m, errors.New("wrong padding")
	}
	b = b[16 : len(b)-pad]
	size := binary.BigEndian.Uint32(b)
	if b = b[4:]; uint64(size) > uint64(len(b)) || string(b[size:]) != c.appID {
		return m, errors.New("wrong app id")
	}
	if err := xml.Unmarshal(b[:size], &m); err != nil {
		return m, fmt.Errorf("message: %w", err)
	}
	return m, nil
}

// write encrypts and signs a text reply.
func (c *codec) write(m message, said []byte) ([]byte, error) {
	plain, err := xml.Marshal(reply{
		ToUserName: cdata{m.FromUserName}, FromUserName: cdata{m.ToUserName}, CreateTime: time.Now().Unix(),
		MsgType: cdata{"text"}, Content: cdata{string(said)},
	})
	if err != nil {
		return nil, fmt.Errorf("write reply: %w", err)
	}
	var b bytes.Buffer
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails, the program would have ended
	b.Write(random)
	_ = binary.Write(&b, binary.BigEndian, uint32(len(plain)))
	b.Write(plain)
	b.WriteString(c.appID)
	pad := 32 - b.Len()%32
	b.Write(bytes.Repeat([]byte{byte(pad)}, pad))
	sealed := b.Bytes()
	cipher.NewCBCEncrypter(c.block, c.iv).CryptBlocks(sealed, sealed)

	text := base64.StdEncoding.EncodeToString(sealed)
	timestamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), rand.Text()
	out, err := xml.Marshal(envelope{Encrypt: cdata{text}, MsgSignature: cdata{c.sign(timestamp, nonce, text)}, TimeStamp: timestamp, Nonce: cdata{nonce}})
	if err != nil {
		return nil, fmt.Errorf("write envelope: %w", err)
	}
	return out, nil
}
