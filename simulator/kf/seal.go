package kf

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// Lengths of what is given out; kf docs, 读取消息: a cursor has at most 64 bytes, a token 128.
const (
	macLength     = 12 // bytes of a seal
	payloadLength = 8  // bytes
	tokenPrefix   = "ENC"
)

// digest is what only this corp's service can make of some words.
func (s *Service) digest(words ...string) []byte {
	h := hmac.New(sha256.New, []byte(s.opts.Corp.ID+"\x00"+s.state.Secret))
	for _, w := range words {
		_ = binary.Write(h, binary.BigEndian, uint32(len(w)))
		h.Write([]byte(w))
	}
	return h.Sum(nil)
}

// name makes an id that can't be guessed from the ones before it.
func (s *Service) name(kind string, n int64) string {
	return base64.RawURLEncoding.EncodeToString(s.digest("name", kind, number(n)))[:32]
}

func number(n int64) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// seal hides a number in a string that opens only for the same words.
func (s *Service) seal(n int64, words ...string) string {
	plain := []byte(number(n))
	mac := s.digest(append(slices.Clip(words), "seal", number(n))...)[:macLength]
	for i, b := range s.digest(append(slices.Clip(words), "pad", string(mac))...)[:payloadLength] {
		plain[i] ^= b
	}
	return base64.RawURLEncoding.EncodeToString(append(mac, plain...))
}

// unseal finds the number again; false when the string was never given out for these words.
func (s *Service) unseal(sealed string, words ...string) (int64, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(raw) != macLength+payloadLength {
		return 0, false
	}
	mac, plain := raw[:macLength], raw[macLength:]
	for i, b := range s.digest(append(slices.Clip(words), "pad", string(mac))...)[:payloadLength] {
		plain[i] ^= b
	}
	n := int64(binary.BigEndian.Uint64(plain))
	return n, hmac.Equal(mac, s.digest(append(slices.Clip(words), "seal", number(n))...)[:macLength])
}

// cursor says up to which item of a desk somebody has read.
func (s *Service) cursor(openKfID string, position int64) string {
	return s.seal(position, "cursor", openKfID, number(s.state.Desks[openKfID].Epoch))
}

func (s *Service) openCursor(openKfID, cursor string) (int64, bool) {
	return s.unseal(cursor, "cursor", openKfID, number(s.state.Desks[openKfID].Epoch))
}

// Ring makes the token of a doorbell that rings now, for everything that is in the desk's log.
func (s *Service) Ring(now time.Time, openKfID string) string {
	st := s.state.Desks[openKfID]
	st.Rung = st.LastItem
	return tokenPrefix + s.seal(now.UnixMilli(), "token", openKfID) + s.name("bell", s.seq())[:20]
}

// tokenTime tells when a doorbell rang.
func (s *Service) tokenTime(openKfID, token string) (time.Time, bool) {
	sealed, ok := strings.CutPrefix(token, tokenPrefix)
	length := base64.RawURLEncoding.EncodedLen(macLength + payloadLength)
	if !ok || len(sealed) < length {
		return time.Time{}, false
	}
	ms, ok := s.unseal(sealed[:length], "token", openKfID)
	return time.UnixMilli(ms), ok
}

// ForgetCursors makes every cursor of a desk given out so far unknown, as when the platform has lost them.
func (s *Service) ForgetCursors(openKfID string) error {
	_, st, ok := s.find(openKfID)
	if !ok {
		return missing("没有客服账号 %q", openKfID)
	}
	st.Epoch++
	return nil
}
