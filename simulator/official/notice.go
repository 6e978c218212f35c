package official

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// rights are how many subscription notifications (订阅通知) somebody has accepted that have not come, by template.
type rights map[string]int

// noticeMsgIDs is where the ids of subscription notifications begin.
const noticeMsgIDs = 300_000_000

// The refusals of subscription notifications (official account docs, 发送订阅通知).
const (
	codeTemplate = 40037
	codeAccepted = 43101 // refused, or none is left
	codeArgument = 47003
)

// HasNotice tells whether an account has a template of subscription notifications.
func (s *Service) HasNotice(appID, template string) (has bool) {
	s.with(appID, func(a *account) {
		has = slices.ContainsFunc(a.Notices, func(t Template) bool { return t.ID == template })
	})
	return has
}

// Answered notes what somebody chose in the dialogue of a template: each acceptance is the right to one notification.
func (s *Service) Answered(appID, openID, template string, accepts bool) {
	s.with(appID, func(a *account) {
		if !accepts {
			return
		}
		if a.Accepted[openID] == nil {
			a.Accepted[openID] = rights{}
		}
		a.Accepted[openID][template]++
	})
}

// SwitchedOff takes back what somebody has accepted of a template, as the settings of the account's page do.
func (s *Service) SwitchedOff(appID, openID, template string) {
	s.with(appID, func(a *account) { delete(a.Accepted[openID], template) })
}

type notice struct {
	filling
	Page string `json:"page"`
}

func (s *Service) sendNotice(c *platform.Call) (any, error) {
	var in notice
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := s.follower(c, in.ToUser, false); err != nil {
		return nil, err
	}
	var m screen.Message
	var msgID int64
	var arrival Arrival
	err := s.kept(c, func(a *account) error {
		t, err := in.find(a.Notices)
		if err != nil {
			return err
		}
		if m, err = in.fill(t, in.Page, c.Now, fitsKeyword, "invalid"); err != nil {
			return err
		}
		if arrival = a.Arrivals[in.ToUser]; arrival == Blocked || a.Accepted[in.ToUser][in.TemplateID] == 0 {
			return platform.Refuse(codeAccepted, "user refuse to accept the msg")
		}
		a.Accepted[in.ToUser][in.TemplateID]--
		a.LastMsgID++
		msgID = noticeMsgIDs + a.LastMsgID
		return nil
	})
	if err != nil {
		return nil, err
	}
	if arrival != Failing {
		s.accounts.Bring(c.Official.AppID, in.ToUser, true, m)
	}
	code, status := noticeStatus(arrival)
	s.accounts.Report(c.Official.AppID, in.ToUser, "subscribe_msg_sent_event", []platform.Field{
		{Name: "MsgType", Value: "event"}, {Name: "Event", Value: "subscribe_msg_sent_event"},
		{Name: "SubscribeMsgSentEvent", Fields: []platform.Field{{Name: "List", Fields: []platform.Field{
			{Name: "TemplateId", Value: in.TemplateID}, {Name: "MsgID", Value: strconv.FormatInt(msgID, 10), Bare: true},
			{Name: "ErrorCode", Value: code, Bare: true}, {Name: "ErrorStatus", Value: status},
		}}}},
	})
	return map[string]any{"errcode": 0, "errmsg": "ok", "msgid": msgID}, nil
}

// keyword is a name of a template's slot: its type and a number.
var keyword = regexp.MustCompile(`^([a-z_]+?)_?[0-9]+$`)

// fitsKeyword checks a value by the type of its keyword (official account docs, 订阅通知: 参数值内容限制说明). The values of types that are not
// listed only have to be there.
func fitsKeyword(name, value string) bool {
	if strings.TrimSpace(value) == "" {
		return false
	}
	kind := ""
	if m := keyword.FindStringSubmatch(name); m != nil {
		kind = m[1]
	}
	n := utf8.RuneCountInString(value)
	switch kind {
	case "thing":
		return n <= 20
	case "character_string", "letter":
		return n <= 32 && len(value) == n
	case "number":
		return n <= 32 && strings.Trim(value, "0123456789.-") == ""
	case "symbol":
		return n <= 5
	case "phone_number":
		return n <= 17 && strings.Trim(value, "0123456789+-") == ""
	case "name":
		return n <= 20
	case "phrase":
		return n <= 5
	}
	return n <= maxNoticeValue
}

// maxNoticeValue is ours, in characters, where the docs give no limit.
const maxNoticeValue = 200
