package simulator

// appElements lists the document of a member's act after the head; WeCom docs, 消息格式 and 事件格式. Names of events are lower case
// here.
func (m *sent) appElements() []element {
	agent := number("AgentID", m.to.agentID)
	if !m.act.isMessage() {
		return append(append([]element{text("MsgType", "event")}, m.appEvent()...), agent)
	}
	doc := append([]element{text("MsgType", string(m.act.Kind))}, m.message()...)
	doc = append(doc, number("MsgId", m.msgID), agent)
	switch m.act.Kind {
	case ActLink:
		doc = append(doc, text("PicUrl", ""))
	case ActLocation:
		doc = append(doc, text("AppType", "wxwork"))
	}
	return doc
}

func (m *sent) appEvent() []element {
	switch m.act.Kind {
	case ActClick:
		return []element{text("Event", "click"), text("EventKey", m.act.Key)}
	case ActView:
		return []element{text("Event", "view"), text("EventKey", m.act.URL)}
	case ActOpenMiniProgram:
		return []element{text("Event", "view_miniprogram"), text("EventKey", m.act.Key)}
	case ActCard:
		return m.card.event(m.act)
	default:
		return []element{text("Event", "enter_agent"), text("EventKey", "")}
	}
}

// tapped is what an app sees of a card when a button of it is tapped.
type tapped struct {
	taskID, kind, responseCode string
}

func (c *tapped) event(act Act) []element {
	doc := []element{
		text("Event", "template_card_event"), text("EventKey", act.Key), text("TaskId", c.taskID),
		text("CardType", c.kind), text("ResponseCode", c.responseCode),
	}
	if len(act.Choices) == 0 {
		return doc
	}
	items := make([]element, 0, len(act.Choices))
	for _, choice := range act.Choices {
		options := make([]element, 0, len(choice.Options))
		for _, o := range choice.Options {
			options = append(options, text("OptionId", xmlText(o)))
		}
		items = append(items, element{name: "SelectedItem", children: []element{
			text("QuestionKey", xmlText(choice.Question)), {name: "OptionIds", children: options},
		}})
	}
	return append(doc, element{name: "SelectedItems", children: items})
}

// allowMember holds a member's act against what the platform knows and completes it; s.mu is held.
func (s *Simulator) allowMember(m *sent, a *app, upload *Media) error {
	if err := s.known(a.Name, m.openID); err != nil {
		return err
	}
	if a.callback == "" {
		return refuse(codeConflict, "应用 %s 没有设置接收消息", a.Title)
	}
	switch m.act.Kind {
	case ActText, ActLocation, ActLink, ActClick, ActView, ActOpenMiniProgram, ActRaw, ActEnter:
		m.act.MenuID = ""
		return nil
	case ActImage, ActVoice:
		m.act.Text = "" // an app gets no recognised speech
		return s.attach(m, upload)
	case ActCard:
		return s.tap(m, a)
	}
	return refuse(codeBadRequest, "企业微信的应用没有 %q 这种操作", m.act.Kind)
}

// tap finds the card a member taps and gives the tap a code with which the app may change it; s.mu is held.
func (s *Simulator) tap(m *sent, a *app) error {
	c := s.state.Chats[chatKey(a.Name, m.openID)]
	if c == nil {
		return refuse(codeNotFound, "聊天里没有卡片 %q", m.act.Card)
	}
	for _, e := range c.Entries {
		if e.MsgID != m.act.Card || e.Reply == nil || e.Recalled {
			continue
		}
		card, ok := readTemplateCard(e.Reply.Card)
		if !ok {
			break
		}
		if !card.has(m.act.Key) {
			return refuse(codeConflict, "卡片上没有按钮 %q", m.act.Key)
		}
		m.act.Title = card.MainTitle.Title
		m.card = &tapped{taskID: card.TaskID, kind: card.CardType, responseCode: newMediaID()}
		return nil
	}
	return refuse(codeNotFound, "聊天里没有卡片 %q", m.act.Card)
}
