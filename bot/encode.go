package bot

import (
	"encoding/json"
	"fmt"
	"time"
)

// storedReply is a reply as the journal and the hot state keep it: enough to answer the same event again, word for word.
type storedReply struct {
	At       int64     `json:"t"` // unix seconds, as replies carry
	Outcome  string    `json:"o,omitempty"`
	Messages []Message `json:"m,omitempty"`
	// Late are the earlier replies that went along: whoever recovers this one must not say them again.
	Late []EventKey `json:"l,omitempty"`
}

func encodeReply(a Answer, late []EventKey) ([]byte, error) {
	b, err := json.Marshal(storedReply{At: a.At.Unix(), Outcome: a.Outcome, Messages: a.Messages, Late: late})
	if err != nil {
		return nil, fmt.Errorf("encode reply: %w", err)
	}
	return b, nil
}

func decodeReply(b []byte) (Answer, error) {
	if len(b) == 0 { // erased after the retry window: nothing is said again
		return Answer{}, nil
	}
	var s storedReply
	if err := json.Unmarshal(b, &s); err != nil {
		return Answer{}, fmt.Errorf("decode stored reply: %w", err)
	}
	return Answer{At: time.Unix(s.At, 0).UTC(), Outcome: s.Outcome, Messages: s.Messages}, nil
}

// lateIn lists the earlier replies that went along with a stored one.
func lateIn(b []byte) []EventKey {
	var s storedReply
	if json.Unmarshal(b, &s) != nil { // erased, or decodeReply says what is wrong
		return nil
	}
	return s.Late
}

func encodeSession(s *Session) ([]byte, error) {
	if s.Empty() {
		return nil, nil
	}
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode session: %w", err)
	}
	return b, nil
}

func decodeSession(b []byte) (*Session, error) {
	s := &Session{}
	if len(b) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("decode session: %w", err)
	}
	return s, nil
}
