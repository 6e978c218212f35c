package kf

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Retention is how long items can be read; kf docs, 读取消息.
const Retention = 3 * 24 * time.Hour

// maxLog bounds the items of a desk, so that a runaway script can't fill the memory; the oldest go first.
const maxLog = 200_000

// Item is one entry of a desk's log.
type Item struct {
	N        int64           `json:"n"` // its place in the log, from 1
	MsgID    string          `json:"msgid"`
	At       time.Time       `json:"at"`
	Origin   int             `json:"origin"`
	Customer string          `json:"customer,omitempty"`
	Servicer string          `json:"servicer,omitempty"`
	Type     string          `json:"type"`
	Body     json.RawMessage `json:"body"` // of a message, or of an event with everything that belongs to it
}

const typeEvent = "event"

// wire writes an item as sync_msg does: events name desk and customer inside only.
func (it *Item) wire(openKfID string) json.RawMessage {
	head := struct {
		MsgID    string `json:"msgid"`
		Desk     string `json:"open_kfid,omitempty"`
		Customer string `json:"external_userid,omitempty"`
		SendTime int64  `json:"send_time"`
		Origin   int    `json:"origin"`
		Servicer string `json:"servicer_userid,omitempty"`
		MsgType  string `json:"msgtype"`
	}{MsgID: it.MsgID, SendTime: it.At.Unix(), Origin: it.Origin, MsgType: it.Type}
	if it.Type != typeEvent {
		head.Desk, head.Customer, head.Servicer = openKfID, it.Customer, it.Servicer
	}
	data := encode(head)
	data = append(data[:len(data)-1], fmt.Sprintf(",%q:", it.Type)...)
	return append(append(data, it.Body...), '}')
}

// log appends an item and rings.
func (s *Service) log(openKfID string, it Item) *Item {
	st := s.state.Desks[openKfID]
	st.LastItem++
	it.N = st.LastItem
	if it.MsgID == "" {
		it.MsgID = s.name("msg", s.seq())
	}
	st.Log = append(st.Log, &it)
	oldest := it.At.Add(-Retention)
	gone := slices.IndexFunc(st.Log, func(o *Item) bool { return o.At.After(oldest) })
	if gone = max(gone, len(st.Log)-maxLog); gone > 0 {
		st.Log = slices.Delete(st.Log, 0, gone)
	}
	s.rang(openKfID)
	return &it
}

// event is the body of an event item; what is empty is left out, as the platform does.
type event struct {
	Type         string          `json:"event_type"`
	Desk         string          `json:"open_kfid,omitempty"`
	Customer     string          `json:"external_userid,omitempty"`
	Scene        string          `json:"scene,omitempty"`
	SceneParam   string          `json:"scene_param,omitempty"`
	WelcomeCode  string          `json:"welcome_code,omitempty"`
	Channels     *WechatChannels `json:"wechat_channels,omitempty"`
	FailMsgID    string          `json:"fail_msgid,omitempty"`
	FailType     *int            `json:"fail_type,omitempty"`
	Servicer     string          `json:"servicer_userid,omitempty"`
	Status       int             `json:"status,omitempty"`
	StopType     *int            `json:"stop_type,omitempty"`
	ChangeType   int             `json:"change_type,omitempty"`
	OldServicer  string          `json:"old_servicer_userid,omitempty"`
	NewServicer  string          `json:"new_servicer_userid,omitempty"`
	MsgCode      string          `json:"msg_code,omitempty"`
	RecallMsgID  string          `json:"recall_msgid,omitempty"`
	RejectSwitch *int            `json:"reject_switch,omitempty"`
}

// WechatChannels says from which 视频号 a customer came.
type WechatChannels struct {
	Nickname     string `json:"nickname,omitempty"`
	ShopNickname string `json:"shop_nickname,omitempty"`
	Scene        int    `json:"scene,omitempty"` // 1 to 5
}

// happens logs an event.
func (s *Service) happens(now time.Time, openKfID string, e event) *Item {
	e.Desk = openKfID
	return s.log(openKfID, Item{
		At: now, Origin: OriginSystem, Customer: e.Customer, Servicer: e.Servicer, Type: typeEvent, Body: encode(e),
	})
}
