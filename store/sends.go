package store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"guanjia/bot"
)

// SendState is how far a message is that goes out by itself.
type SendState string

// The states.
const (
	SendQueued  SendState = "queued"  // nobody has looked at it
	SendWaiting SendState = "waiting" // for its time, for caps, for somebody who paused it
	SendHeld    SendState = "held"    // for the person's next visit
	SendSending SendState = "sending" // it may have gone out: nobody has written down yet what became of it
	SendSent    SendState = "sent"
	SendUnknown SendState = "unknown" // it may have arrived; it is not sent again, and counts as sent
	SendFailed  SendState = "failed"  // the platform refused it for good
	SendDropped SendState = "dropped" // it was not tried: something forbade it for good
)

// Settled tells whether nothing more becomes of it.
func (s SendState) Settled() bool {
	return s == SendSent || s == SendUnknown || s == SendFailed || s == SendDropped
}

// Send is a message that goes out by itself.
type Send struct {
	ID       string // SendID
	Person   bot.Person
	Cause    string
	Campaign string
	Topic    string
	Budget   string
	Priority int
	Ways     string

	NotBefore, Expires time.Time
	Content            []byte // empty once it is settled

	State     SendState
	Way       string // that it went by
	Reason    string
	Detail    string
	Due       time.Time // when it is next looked at
	Tries     int
	Parts     int // messages of it that are on their way or there
	ClaimedBy string
	SendingAt time.Time // zero: it did not go out
	Counted   bool
	MsgID     string
	CreatedAt time.Time
	SettledAt time.Time
}

// SendID names the message to a person for a cause.
func SendID(p bot.Person, cause string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", p.Account, p.User, cause))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

const sendColumns = `id, account, user_id, cause, campaign, topic, budget, priority, ways, not_before, expires_at, content, state, way, reason, detail,
	due_at, tries, parts, claimed_by, sending_at, counted, msg_id, created_at, settled_at`

const insertSendColumns = `id, account, user_id, cause, campaign, topic, budget, priority, ways, not_before, expires_at, content, state, way, reason, detail,
	due_at, tries, parts, claimed_by, claimed_at, sending_at, counted, msg_id, created_at, settled_at`

const insertSendColumnCount = 26

// InsertSends writes down what is to go out, as part of the transaction, and tells the ids of those that were not there. At most
// InsertSendsMax at a time.
func InsertSends(ctx context.Context, tx *Tx, sends []Send) ([]string, error) {
	if len(sends) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(sends)*insertSendColumnCount)
	for _, s := range sends {
		content := s.Content
		if content == nil {
			content = []byte{}
		}
		args = append(args, s.ID, string(s.Person.Account), string(s.Person.User), clean(s.Cause), clean(s.Campaign), clean(s.Topic), s.Budget, s.Priority,
			s.Ways, ms(s.NotBefore), ms(s.Expires), content, string(SendQueued), "", "", "", ms(s.Due), 0, 0, "", int64(0), int64(0), false, "", ms(s.CreatedAt), int64(0))
	}
	fresh, err := All(ctx, tx, scalar[string], "INSERT INTO send ("+insertSendColumns+") VALUES "+placeholders(1, len(sends), insertSendColumnCount)+
		" ON CONFLICT DO NOTHING RETURNING id", args...)
	if err != nil {
		return nil, fmt.Errorf("write down what is to go out: %w", err)
	}
	return fresh, nil
}

// InsertSendsMax is how many rows one InsertSends takes: the engines bind a limited number of values.
const InsertSendsMax = 500

func scanSend(r Row) (Send, error) {
	var s Send
	var notBefore, expires, due, sending, created, settled int64
	err := r.Scan(&s.ID, &s.Person.Account, &s.Person.User, &s.Cause, &s.Campaign, &s.Topic, &s.Budget, &s.Priority, &s.Ways, &notBefore, &expires,
		&s.Content, &s.State, &s.Way, &s.Reason, &s.Detail, &due, &s.Tries, &s.Parts, &s.ClaimedBy, &sending, &s.Counted, &s.MsgID, &created, &settled)
	s.NotBefore, s.Expires, s.Due, s.SendingAt = fromMS(notBefore), fromMS(expires), fromMS(due), fromMS(sending)
	s.CreatedAt, s.SettledAt = fromMS(created), fromMS(settled)
	return s, err
}
