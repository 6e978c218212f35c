package wxcrypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
)

// The layout of what is encrypted (official docs, "message encryption and decryption"):
// 16 random bytes, the message's length in 4 bytes big endian, the message, the receive id, the padding.
const (
	keyChars   = 43 // of base64, the closing "=" left out
	keySize    = 32 // bytes: AES-256
	randomSize = 16 // bytes
	headSize   = randomSize + 4
	padBlock   = 32 // bytes: PKCS#7 to a multiple of 32, not of the cipher's 16; so pads are 1 to 32
)

// Key is an account's EncodingAESKey, decoded, with its key schedule expanded once. It is safe for concurrent use.
type Key struct {
	block cipher.Block
	iv    [aes.BlockSize]byte
}

// ParseKey decodes an EncodingAESKey. The last character may carry bits that no byte needs, as in the platform's own samples.
func ParseKey(encoded string) (*Key, error) {
	if len(encoded) != keyChars {
		return nil, ErrKey
	}
	raw, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil || len(raw) != keySize {
		return nil, ErrKey
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, ErrKey
	}
	k := &Key{block: block}
	copy(k.iv[:], raw)
	return k, nil
}

// String hides the key from logs.
func (k *Key) String() string { return "[key]" }

// Decrypt opens an encrypted text and returns the message. receiveID is who it must be for; empty: anybody, as WeCom robots need.
// Check the signature first.
func (k *Key) Decrypt(encrypted, receiveID string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		return nil, ErrBase64
	}
	if len(b) == 0 || len(b)%padBlock != 0 {
		return nil, ErrLength
	}
	cipher.NewCBCDecrypter(k.block, k.iv[:]).CryptBlocks(b, b)
	b, err = unpad(b)
	if err != nil {
		return nil, err
	}
	if len(b) < headSize {
		return nil, ErrLength
	}
	size := binary.BigEndian.Uint32(b[randomSize:])
	b = b[headSize:]
	if uint64(size) > uint64(len(b)) {
		return nil, ErrLength
	}
	if receiveID != "" && string(b[size:]) != receiveID {
		return nil, ErrReceiveID
	}
	return b[:size:size], nil
}

// unpad removes the padding, after looking at all of it.
func unpad(b []byte) ([]byte, error) {
	n := int(b[len(b)-1])
	if n < 1 || n > padBlock {
		return nil, ErrPadding
	}
	end := len(b) - n
	for _, c := range b[end:] {
		if int(c) != n {
			return nil, ErrPadding
		}
	}
	return b[:end], nil
}

// Encrypt seals message for receiveID with fresh random bytes and returns it as base64.
func (k *Key) Encrypt(message []byte, receiveID string) string {
	var random [randomSize]byte
	_, _ = rand.Read(random[:]) // never fails: it ends the program rather than give weak bytes
	return k.encrypt(random, message, receiveID)
}

func (k *Key) encrypt(random [randomSize]byte, message []byte, receiveID string) string {
	size := headSize + len(message) + len(receiveID)
	pad := padBlock - size%padBlock
	b := make([]byte, 0, size+pad)
	b = append(b, random[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(message)))
	b = append(b, message...)
	b = append(b, receiveID...)
	for range pad {
		b = append(b, byte(pad))
	}
	cipher.NewCBCEncrypter(k.block, k.iv[:]).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}
