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

// filling is what template messages and subscription notifications have in common: whose template is filled in with what.
type filling struct {
	ToUser      string `json:"touser"`
	TemplateID  string `json:"template_id"`
	MiniProgram struct {
		AppID    string `json:"appid"`
		PagePath string `json:"pagepath"`
	} `json:"miniprogram"`
	Data map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

// find gives the template that is meant.
func (in *filling) find(all []Template) (*Template, error) {
	i := slices.IndexFunc(all, func(t Template) bool { return t.ID == in.TemplateID })
	if i < 0 {
		return nil, platform.Refuse(codeTemplate, "invalid template_id")
	}
	return &all[i], nil
}

// fill makes of a template what somebody sees who opens url by it. Each value must fit its name; complaint says what is wrong with one.
func (in *filling) fill(t *Template, url string, now time.Time, fits func(name, value string) bool, complaint string) (screen.Message, error) {
	m := screen.Message{
		Kind: screen.Template, CreateTime: now.Unix(), Title: t.Title, URL: url, AppID: in.MiniProgram.AppID, PagePath: in.MiniProgram.PagePath,
	}
	wrong := ""
	m.Text = slot.ReplaceAllStringFunc(t.Content, func(found string) string {
		name := slot.FindStringSubmatch(found)[1]
		value := in.Data[name].Value
		if !fits(name, value) {
			wrong = name
		}
		return value
	})
	if wrong != "" {
		return m, platform.Refuse(codeArgument, "argument invalid! data.%s.value %s", wrong, complaint)
	}
	return m, nil
}

type templateMessage struct {
	filling
	URL         string `json:"url"`
	ClientMsgID string `json:"client_msg_id"`
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
		t, err := in.find(a.Templates)
		if err != nil {
			return err
		}
		if m, err = in.fill(t, in.URL, c.Now, func(_, value string) bool { return value != "" }, "is empty"); err != nil {
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
