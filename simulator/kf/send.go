package kf

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"time"
)

// msgIDPattern is what send_msg takes as a msgid; kf docs, 发送消息.
var msgIDPattern = regexp.MustCompile(`^[0-9a-zA-Z_-]{1,32}$`)

// sentID remembers a msgid, so that the same call again says nothing twice.
type sentID struct {
	At     time.Time `json:"at"`
	Digest string    `json:"digest"` // of receiver and message
}

type sendRequest struct {
	ToUser   string  `json:"touser"`
	OpenKfID string  `json:"open_kfid"`
	MsgID    *string `json:"msgid"`
	MsgType  string  `json:"msgtype"`
	message
}

type eventRequest struct {
	Code    string  `json:"code"`
	MsgID   *string `json:"msgid"`
	MsgType string  `json:"msgtype"`
	message
}

type sendAnswer struct {
	MsgID string `json:"msgid"`
}

func (s *Service) sendMsg(now time.Time, in sendRequest) (sendAnswer, error) {
	_, st, err := s.desk(in.OpenKfID)
	if err != nil {
		return sendAnswer{}, err
	}
	msgID, err := s.tryMsg(now, st, &in)
	if err != nil {
		s.refused(now, st, Refused{Call: "send_msg", ExternalUserID: in.ToUser, MsgID: given(in.MsgID), MsgType: in.MsgType}, err)
		return sendAnswer{}, err
	}
	return sendAnswer{MsgID: msgID}, nil
}

func (s *Service) tryMsg(now time.Time, st *deskState, in *sendRequest) (string, error) {
	msgID, err := s.takeMsgID(in.MsgID)
	if err != nil {
		return "", err
	}
	x := s.session(in.OpenKfID, in.ToUser)
	if x == nil {
		return "", refuse(codeExternalUserID, "no customer of this account has the external_userid %q", in.ToUser)
	}
	body, err := s.body(in.MsgType, &in.message)
	digest := digestOf(in.ToUser, in.MsgType, body)
	if old := st.Sent[msgID]; old != nil {
		if old.Digest != digest {
			s.note(now, st, Refused{Call: "send_msg", ExternalUserID: in.ToUser, MsgID: msgID, MsgType: in.MsgType,
				Why: "answered ok and not shown: the msgid was used for another message"})
		}
		return msgID, nil
	}
	if err != nil {
		return "", err
	}
	if err := x.maySend(now); err != nil {
		return "", err
	}
	x.Sends++
	if x.State == StateNew {
		s.move(x, StateBot, "")
	}
	st.Sent[msgID] = &sentID{At: now, Digest: digest}
	st.forgetSent(now)
	s.show(now, x, Bubble{From: SideDesk, Path: PathSend, MsgID: msgID, Type: in.MsgType, Body: body})
	s.fate(now, st, x, msgID)
	return msgID, nil
}

// maySend holds a message of the API against the session; kf docs, 发送消息.
func (x *session) maySend(now time.Time) error {
	switch {
	case x.State != StateNew && x.State != StateBot:
		return refuse(codeState, "send msg session status invalid: the session is in state %d", x.State)
	case x.expired(now):
		return refuse(codeWindow, "the customer has not written for %s", windowLength)
	case x.Sends >= maxSends:
		return refuse(codeTooMany, "%d messages were sent since the customer's last one", maxSends)
	}
	return nil
}

// fate makes an accepted message fail later when it must: errcode 0 is not delivery.
func (s *Service) fate(now time.Time, st *deskState, x *session, msgID string) {
	failType := -1
	if x.Rejects {
		failType = failRejected
	}
	if len(st.FailNext) > 0 {
		failType, st.FailNext = st.FailNext[0], st.FailNext[1:]
		s.deskTouched(x.Desk)
	}
	if failType < 0 {
		return
	}
	x.Bubbles[len(x.Bubbles)-1].FailType = &failType
	s.happens(now, x.Desk, event{Type: "msg_send_fail", Customer: x.Customer, FailMsgID: msgID, FailType: &failType})
}

// The fail_type of msg_send_fail; kf docs, 接收消息和事件.
const (
	failRejected = 10
	maxFailType  = 11
)

func (s *Service) sendMsgOnEvent(now time.Time, in eventRequest) (sendAnswer, error) {
	msgID, err := s.tryOnEvent(now, &in)
	if err == nil {
		return sendAnswer{MsgID: msgID}, nil
	}
	c := s.state.Codes[in.Code]
	if c == nil {
		c = &code{}
	}
	for openKfID, st := range s.state.Desks {
		if c.Desk == openKfID || c.Desk == "" {
			s.refused(now, st, Refused{Call: "send_msg_on_event", Code: string(c.Use), ExternalUserID: c.Customer,
				MsgID: given(in.MsgID), MsgType: in.MsgType}, err)
		}
	}
	return sendAnswer{}, err
}

func (s *Service) tryOnEvent(now time.Time, in *eventRequest) (string, error) {
	msgID, err := s.takeMsgID(in.MsgID)
	if err != nil {
		return "", err
	}
	if in.Code == "" {
		return "", refuse(codeJSON, "code is missing")
	}
	c, x, err := s.redeem(now, in.Code)
	if err != nil {
		return "", err
	}
	if _, _, err := s.desk(c.Desk); err != nil {
		return "", err
	}
	if (in.MsgType == "text" || in.MsgType == typeMenu) && !c.Use.takes(in.MsgType) {
		return "", refuse(codeMsgType, "a code of this kind takes a text only")
	}
	if in.MsgType != "text" && in.MsgType != typeMenu {
		return "", refuse(codeMsgType, "a code takes text or msgmenu, got %q", in.MsgType)
	}
	body, err := s.body(in.MsgType, &in.message)
	if err != nil {
		return "", err
	}
	c.Used = true
	if c.Use == useWelcome {
		x.WelcomeAt = now
	}
	s.show(now, x, Bubble{From: SideDesk, Path: PathEvent, Use: string(c.Use), MsgID: msgID, Type: in.MsgType, Body: body})
	s.fate(now, s.state.Desks[x.Desk], x, msgID)
	return msgID, nil
}

// takeMsgID checks a msgid, or makes one when none is given.
func (s *Service) takeMsgID(id *string) (string, error) {
	if id == nil {
		return s.name("sent", s.seq()), nil
	}
	if !msgIDPattern.MatchString(*id) {
		return "", refuse(codeJSON, "msgid must be 1 to 32 of 0-9, a-z, A-Z, _ and -; leave it out to have one made")
	}
	return *id, nil
}

func given(id *string) string {
	if id == nil {
		return ""
	}
	return cut(*id, maxCursor)
}

func digestOf(words ...any) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(words)
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// forgetSent drops msgids that are older than the log.
func (st *deskState) forgetSent(now time.Time) {
	if len(st.Sent)%sweepEvery != 0 {
		return
	}
	for id, sent := range st.Sent {
		if now.Sub(sent.At) > Retention {
			delete(st.Sent, id)
		}
	}
}
