package official

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"time"

	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// Limits of template messages; official account docs, 模板消息. How long a client_msg_id is known is common knowledge only.
const (
	maxClientMsgID = 32 // characters
	onceFor        = 10 * time.Minute
)

// sentOnce is a template message with a client_msg_id.
type sentOnce struct {
	msgID int64
	at    time.Time
}

// slot is a place in a template that is filled in.
var slot = regexp.MustCompile(`\{\{(\w+)\.DATA\}\}`)

type templateMessage struct {
	ToUser      string `json:"touser"`
	TemplateID  string `json:"template_id"`
	URL         string `json:"url"`
	ClientMsgID string `json:"client_msg_id"`
	MiniProgram struct {
		AppID    string `json:"appid"`
		PagePath string `json:"pagepath"`
	} `json:"miniprogram"`
	Data map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

func (s *Service) sendTemplate(c *platform.Call) (any, error) {
	var in templateMessage
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := s.follower(c, in.ToUser, true); err != nil {
		return nil, err
	}
	if len(in.ClientMsgID) > maxClientMsgID {
		return nil, platform.Refuse(45067, "client_msg_id over %d characters", maxClientMsgID)
	}
	var m screen.Message
	var msgID int64
	again, arrival := false, Arrives
	err := s.kept(c, func(a *account) error {
		var err error
		if m, err = in.fill(a, c.Now); err != nil {
			return err
		}
		before, ok := a.sent[in.ClientMsgID]
		if again = ok && in.ClientMsgID != "" && c.Now.Sub(before.at) < onceFor; again {
			msgID = before.msgID
			return nil
		}
		a.LastMsgID++
		msgID = templateMsgIDs + a.LastMsgID
		a.sent[in.ClientMsgID] = sentOnce{msgID, c.Now}
		arrival = cmp.Or(a.Arrivals[in.ToUser], Arrives)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !again {
		if arrival == Arrives {
			s.accounts.Bring(c.Official.AppID, in.ToUser, true, m)
		}
		s.accounts.Report(c.Official.AppID, in.ToUser, "TEMPLATESENDJOBFINISH", []platform.Field{
			{Name: "MsgType", Value: "event"}, {Name: "Event", Value: "TEMPLATESENDJOBFINISH"},
			{Name: "MsgID", Value: fmt.Sprint(msgID), Bare: true}, {Name: "Status", Value: templateStatus(arrival)},
		})
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "msgid": msgID}, nil
}

// templateMsgIDs is where the ids of template messages begin.
const templateMsgIDs = 200_000_000

// fill makes of a template what a follower sees.
func (in *templateMessage) fill(a *account, now time.Time) (screen.Message, error) {
	i := slices.IndexFunc(a.Templates, func(t Template) bool { return t.ID == in.TemplateID })
	if i < 0 {
		return screen.Message{}, platform.Refuse(40037, "invalid template_id")
	}
	t := a.Templates[i]
	m := screen.Message{
		Kind: screen.Template, CreateTime: now.Unix(), Title: t.Title, URL: in.URL, AppID: in.MiniProgram.AppID, PagePath: in.MiniProgram.PagePath,
	}
	missing := ""
	m.Text = slot.ReplaceAllStringFunc(t.Content, func(found string) string {
		name := slot.FindStringSubmatch(found)[1]
		if in.Data[name].Value == "" {
			missing = name
		}
		return in.Data[name].Value
	})
	if missing != "" {
		return m, platform.Refuse(47003, "argument invalid! data.%s.value is empty", missing)
	}
	return m, nil
}

func (s *Service) templates(c *platform.Call) (any, error) {
	type row struct {
		ID      string `json:"template_id"`
		Title   string `json:"title"`
		Primary string `json:"primary_industry"`
		Deputy  string `json:"deputy_industry"`
		Content string `json:"content"`
		Example string `json:"example"`
	}
	rows := []row{}
	s.with(c.Official.AppID, func(a *account) {
		for _, t := range a.Templates {
			rows = append(rows, row{ID: t.ID, Title: t.Title, Content: t.Content})
		}
	})
	return map[string]any{"template_list": rows}, nil
}
