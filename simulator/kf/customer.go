package kf

import (
	"encoding/json"
	"regexp"
	"time"

	"guanjia/simulator/platform"
)

var rawType = regexp.MustCompile(`^[a-z0-9_]{1,64}$`)

// headFields are those of every item: no type of message can be called so.
func headFields() []string {
	return []string{"msgid", "open_kfid", "external_userid", "send_time", "origin", "servicer_userid", "msgtype"}
}

// recallTime is how long a message can be taken back, as in every WeChat chat.
const recallTime = 2 * time.Minute

// typeEnter is the system's line in a chat for a customer who has entered.
const typeEnter = "enter_session"

// CustomerDoes does something as a customer, who must have been met, and returns the line it left in the chat. Its error is a
// *NotAllowed.
func (s *Service) CustomerDoes(now time.Time, openKfID, customer string, a Act) (Bubble, error) {
	d, _, ok := s.find(openKfID)
	if !ok {
		return Bubble{}, missing("没有客服账号 %q", openKfID)
	}
	if a.Kind == ActOpen {
		return s.open(now, d, customer, &a)
	}
	x := s.session(openKfID, customer)
	if x == nil {
		return Bubble{}, refuseAct("先打开会话（open）")
	}
	switch a.Kind {
	case ActTap:
		return s.tap(now, d, x, &a)
	case ActRecall:
		return s.recall(now, x, &a)
	case ActRaw:
		if a.MsgType == typeEvent {
			return s.rawEvent(now, x, &a)
		}
	case ActReject, ActAccept:
		x.Rejects = a.Kind == ActReject
		return *s.show(now, x, Bubble{From: SideSystem, Type: string(a.Kind)}), nil
	}
	msgType, body, ok, err := s.said(&a)
	if !ok {
		return Bubble{}, refuseAct("没有 %q 这种操作", a.Kind)
	}
	if err != nil {
		return Bubble{}, err
	}
	return s.says(now, d, x, msgType, body), nil
}

// open enters a chat.
func (s *Service) open(now time.Time, d *platform.Desk, customer string, a *Act) (Bubble, error) {
	if s.state.Customers[customer] == nil {
		return Bubble{}, missing("没有客户 %q", customer)
	}
	e := Entrance{Scene: a.Scene, SceneParam: a.SceneParam, Channels: a.Channels}
	if a.Link != "" {
		desk, followed, err := s.Follow(a.Link)
		if err != nil {
			return Bubble{}, err
		}
		if desk != d.OpenKfID {
			return Bubble{}, refuseAct("这个链接属于另一个客服账号")
		}
		e.Scene, e.SceneParam = followed.Scene, followed.SceneParam
	}
	switch {
	case e.Scene != "" && !scenePattern.MatchString(e.Scene):
		return Bubble{}, refuseAct("scene 应是 1 到 32 个字母、数字、下划线或连字符")
	case len(e.SceneParam) > maxSceneParam || e.Scene == "" && e.SceneParam != "":
		return Bubble{}, refuseAct("scene_param 最多 %d 字节，并且要有 scene", maxSceneParam)
	}
	x := s.enterSession(d.OpenKfID, customer)
	x.EnteredAt, x.Entered = now, &e
	ev := event{Type: typeEnter, Customer: customer, Scene: e.Scene, SceneParam: e.SceneParam, Channels: e.Channels}
	if now.Sub(x.WelcomeAt) >= windowLength && x.expired(now) {
		ev.WelcomeCode = s.giveCode(now, x, useWelcome)
	}
	item := s.happens(now, d.OpenKfID, ev)
	line := s.show(now, x, Bubble{From: SideSystem, Type: typeEnter, MsgID: item.MsgID, Body: encode(struct {
		Entrance
		Welcome bool `json:"welcome"` // a code was given out
	}{e, ev.WelcomeCode != ""})})
	return *line, nil
}

// says is a message of a customer.
func (s *Service) says(now time.Time, d *platform.Desk, x *session, msgType string, body json.RawMessage) Bubble {
	item := s.log(d.OpenKfID, Item{At: now, Origin: OriginCustomer, Customer: x.Customer, Type: msgType, Body: body})
	line := *s.show(now, x, Bubble{From: SideCustomer, MsgID: item.MsgID, Type: msgType, Body: body})
	s.spoke(now, d, x)
	return line
}

// rawEvent is an event that nobody has heard of. Desk and customer are filled in where they are missing.
func (s *Service) rawEvent(now time.Time, x *session, a *Act) (Bubble, error) {
	var body map[string]any
	if json.Unmarshal(a.Body, &body) != nil || body["event_type"] == nil {
		return Bubble{}, refuseAct("事件的 body 要有 event_type")
	}
	for field, value := range map[string]string{"open_kfid": x.Desk, "external_userid": x.Customer} {
		if _, there := body[field]; !there {
			body[field] = value
		}
	}
	item := s.log(x.Desk, Item{At: now, Origin: OriginSystem, Customer: x.Customer, Type: typeEvent, Body: encode(body)})
	return *s.show(now, x, Bubble{From: SideSystem, Type: typeEvent, MsgID: item.MsgID, Body: item.Body}), nil
}

// tap chooses an item of a menu: click items say their words, with the item's id; the others tell nobody.
func (s *Service) tap(now time.Time, d *platform.Desk, x *session, a *Act) (Bubble, error) {
	b := x.bubble(func(b *Bubble) bool {
		return b.ID == a.Bubble && b.Type == typeMenu && b.Spoken() && !b.Recalled
	})
	if b == nil {
		return Bubble{}, missing("第 %d 条不是菜单消息", a.Bubble)
	}
	var menu menuBody
	if err := json.Unmarshal(b.Body, &menu); err != nil || a.Item < 0 || a.Item >= len(menu.List) {
		return Bubble{}, missing("菜单没有第 %d 项", a.Item+1)
	}
	item := menu.List[a.Item]
	if item.Click == nil {
		return *s.show(now, x, Bubble{From: SideSystem, Type: "opened_" + item.Type, Body: encode(item)}), nil
	}
	return s.says(now, d, x, "text", encode(textBody{Content: item.Click.Content, MenuID: item.Click.ID})), nil
}

// recall takes a message of the customer's own back. It stays in the log; an event follows it.
func (s *Service) recall(now time.Time, x *session, a *Act) (Bubble, error) {
	b := x.bubble(func(b *Bubble) bool { return b.From == SideCustomer && b.MsgID == a.MsgID })
	switch {
	case b == nil:
		return Bubble{}, missing("没有自己的消息 %q", a.MsgID)
	case b.Recalled:
		return Bubble{}, refuseAct("这条消息已经撤回了")
	case now.Sub(b.At) >= recallTime:
		return Bubble{}, refuseAct("消息只能在 %d 分钟内撤回", int(recallTime.Minutes()))
	}
	b.Recalled = true
	s.happens(now, x.Desk, event{Type: "user_recall_msg", Customer: x.Customer, RecallMsgID: b.MsgID})
	s.touched(x, b)
	return *b, nil
}

// bubble finds the latest line that is meant; nil when there is none.
func (x *session) bubble(meant func(*Bubble) bool) *Bubble {
	for i := len(x.Bubbles) - 1; i >= 0; i-- {
		if meant(x.Bubbles[i]) {
			return x.Bubbles[i]
		}
	}
	return nil
}
