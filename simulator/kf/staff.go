package kf

import (
	"encoding/json"
	"time"
)

// How a session changed by the hand of a servicer; kf docs, 会话状态变更事件.
const (
	changeTaken       = 1
	changeTransferred = 2
	changeEnded       = 3
	changeReopened    = 4
)

// StaffDoes does something as a servicer in their client, and returns the line it left in the chat, if any. Its error is a
// *NotAllowed.
func (s *Service) StaffDoes(now time.Time, openKfID, userID string, a Act) (Bubble, error) {
	if _, _, ok := s.find(openKfID); !ok {
		return Bubble{}, missing("没有客服账号 %q", openKfID)
	}
	v := s.servicer(openKfID, userID)
	if v == nil {
		return Bubble{}, missing("%q 不是这个客服账号的接待人员", userID)
	}
	switch a.Kind {
	case ActReceive, ActStop, ActSuspend:
		s.status(now, openKfID, v, a.Kind)
		return Bubble{}, nil
	}
	x := s.session(openKfID, a.Customer)
	if x == nil {
		return Bubble{}, missing("没有客户 %q 的会话", a.Customer)
	}
	switch a.Kind {
	case ActTake:
		return s.takes(now, x, v)
	case ActTransfer:
		return s.transfers(now, x, v, a.To)
	case ActEnd:
		return s.ends(now, x, v)
	case ActRecall:
		return s.staffRecall(now, x, v, &a)
	case ActReject, ActAccept:
		on := 0
		if a.Kind == ActReject {
			on = 1
		}
		s.happens(now, openKfID, event{Type: "reject_customer_msg_switch_change", Servicer: userID, Customer: x.Customer, RejectSwitch: &on})
		return Bubble{}, nil
	}
	return s.staffSays(now, x, v, &a)
}

// status starts or stops receiving.
func (s *Service) status(now time.Time, openKfID string, v *Servicer, kind ActKind) {
	v.Status, v.Suspended = receives, kind == ActSuspend
	if kind != ActReceive {
		v.Status = stopped
	}
	s.happens(now, openKfID, event{Type: "servicer_status_change", Servicer: v.UserID, Status: v.Status + 1, StopType: v.stopType()})
	s.deskTouched(openKfID)
}

// holds refuses what only the servicer of a running session may do.
func (v *Servicer) holds(now time.Time, x *session) error {
	if x.at(now) != StateHuman || x.Servicer != v.UserID {
		return refuseAct("这个会话不由 %s 接待", v.UserID)
	}
	return nil
}

func (s *Service) takes(now time.Time, x *session, v *Servicer) (Bubble, error) {
	switch {
	case x.at(now) != StatePool:
		return Bubble{}, refuseAct("这个客户不在待接入池里")
	case v.Status != receives:
		return Bubble{}, refuseAct("%s 没有在接待：先开始接待（receive）", v.UserID)
	}
	s.move(x, StateHuman, v.UserID)
	return s.changed(now, x, event{ChangeType: changeTaken, NewServicer: v.UserID, MsgCode: s.giveCode(now, x, useTaken)}), nil
}

func (s *Service) transfers(now time.Time, x *session, v *Servicer, to string) (Bubble, error) {
	if err := v.holds(now, x); err != nil {
		return Bubble{}, err
	}
	if status, ok := s.servicerStatus(x.Desk, to); !ok || status != receives || to == v.UserID {
		return Bubble{}, refuseAct("只能转给另一位正在接待的接待人员，%q 不是", to)
	}
	s.move(x, StateHuman, to)
	return s.changed(now, x, event{ChangeType: changeTransferred, OldServicer: v.UserID, NewServicer: to}), nil
}

func (s *Service) ends(now time.Time, x *session, v *Servicer) (Bubble, error) {
	if err := v.holds(now, x); err != nil {
		return Bubble{}, err
	}
	s.move(x, StateEnded, "")
	return s.changed(now, x, event{ChangeType: changeEnded, OldServicer: v.UserID, MsgCode: s.giveCode(now, x, useEnd)}), nil
}

// changed logs what a servicer did with a session.
func (s *Service) changed(now time.Time, x *session, e event) Bubble {
	e.Type, e.Customer = "session_status_change", x.Customer
	item := s.happens(now, x.Desk, e)
	return *s.show(now, x, Bubble{From: SideSystem, Type: e.Type, MsgID: item.MsgID, Servicer: e.NewServicer, Body: encode(struct {
		ChangeType int    `json:"change_type"`
		Old        string `json:"old_servicer_userid,omitempty"`
		New        string `json:"new_servicer_userid,omitempty"`
	}{e.ChangeType, e.OldServicer, e.NewServicer})})
}

// staffSays is a message of a servicer. It opens a session again that has ended, as long as the customer's window is open.
func (s *Service) staffSays(now time.Time, x *session, v *Servicer, a *Act) (Bubble, error) {
	msgType, body, ok, err := s.staffMessage(a)
	switch {
	case err != nil:
		return Bubble{}, err
	case !ok:
		return Bubble{}, refuseAct("没有 %q 这种操作", a.Kind)
	case x.expired(now):
		return Bubble{}, refuseAct("客户已超过 48 小时没有说话，不能再发消息")
	case x.State == StateEnded:
		s.move(x, StateHuman, v.UserID)
		s.changed(now, x, event{ChangeType: changeReopened, OldServicer: v.UserID, NewServicer: v.UserID})
	}
	if err := v.holds(now, x); err != nil {
		return Bubble{}, err
	}
	item := s.log(x.Desk, Item{At: now, Origin: OriginServicer, Customer: x.Customer, Servicer: v.UserID, Type: msgType, Body: body})
	return *s.show(now, x, Bubble{From: SideServicer, Path: PathServicer, Servicer: v.UserID, MsgID: item.MsgID, Type: msgType, Body: body}), nil
}

// staffMessage is what an act says; servicers can also send menus.
func (s *Service) staffMessage(a *Act) (string, json.RawMessage, bool, error) {
	if a.Kind != typeMenu {
		return s.said(a)
	}
	var menu menuBody
	if json.Unmarshal(a.Body, &menu) != nil || menu.check() != nil {
		return "", nil, true, refuseAct("body 应是一条合规的菜单消息")
	}
	return typeMenu, encode(menu), true, nil
}

func (s *Service) staffRecall(now time.Time, x *session, v *Servicer, a *Act) (Bubble, error) {
	b := x.bubble(func(b *Bubble) bool { return b.From == SideServicer && b.MsgID == a.MsgID && b.Servicer == v.UserID })
	switch {
	case b == nil:
		return Bubble{}, missing("没有自己的消息 %q", a.MsgID)
	case b.Recalled:
		return Bubble{}, refuseAct("这条消息已经撤回了")
	case now.Sub(b.At) >= recallTime:
		return Bubble{}, refuseAct("消息只能在 %d 分钟内撤回", int(recallTime.Minutes()))
	}
	b.Recalled = true
	s.happens(now, x.Desk, event{Type: "servicer_recall_msg", Servicer: v.UserID, Customer: x.Customer, RecallMsgID: b.MsgID})
	s.touched(x, b)
	return *b, nil
}
