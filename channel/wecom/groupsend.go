package wecom

import (
	"context"

	"guanjia/bot"
	"guanjia/channel/wxapi"
)

// The calls of mass messages that the staff confirm (WeCom docs, 客户群发).
const (
	pathGroupSend       = "/cgi-bin/externalcontact/add_msg_template"
	pathGroupSendTasks  = "/cgi-bin/externalcontact/get_groupmsg_task"
	pathGroupSendResult = "/cgi-bin/externalcontact/get_groupmsg_send_result"
	pathGroupSendCancel = "/cgi-bin/externalcontact/cancel_groupmsg_send"
)

const (
	// resultsPerPage is how many tasks or receivers one answer lists (WeCom docs, 获取企业群发成员执行结果: at most 1000).
	resultsPerPage = 1000
	// pagesMost bounds what is read of one message: more than its receivers fill.
	pagesMost = 100
	// codeSendCancelled says that a mass message has been cancelled (WeCom docs, 停止企业群发).
	codeSendCancelled = 41093
)

// What became of a receiver (WeCom docs, 获取企业群发成员执行结果).
const (
	receiverWaits    = 0
	receiverGot      = 1
	receiverNoFriend = 2
	receiverHadOne   = 3
)

// GroupSender asks the staff to send messages to their customers or customers' groups.
type GroupSender struct {
	API    *wxapi.Caller
	Tokens *wxapi.Source
}

// GroupMessage is a mass message: to people, or to the groups of its sender.
type GroupMessage struct {
	Groups   bool
	People   []bot.UserID  // external user ids, at most 10,000 (WeCom docs, 创建企业群发)
	Chats    []string      // of the sender's groups only these, at most 2000; empty: all
	Sender   string        // user id; empty: whoever has the customer
	Messages []bot.Message // what GroupFitter gives
}

// GroupFitter brings what is to be said to one mass message: a text and what is attached to it, as a welcome message is.
type GroupFitter struct{}

// Fit gives the messages that Create takes.
func (GroupFitter) Fit(messages []bot.Message) bot.Fitted { return welcomeFitter{}.Fit(messages) }

type groupSendCall struct {
	ChatType    string       `json:"chat_type"`
	People      []bot.UserID `json:"external_userid,omitempty"`
	Chats       []string     `json:"chat_id_list,omitempty"`
	Sender      string       `json:"sender,omitempty"`
	Text        *welcomeSaid `json:"text,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
}

// Create asks the staff. It tells what the platform calls the message, and how many people can't be reached.
func (s GroupSender) Create(ctx context.Context, m GroupMessage) (msgID string, unreachable int, err error) {
	said := newWelcome("", m.Messages)
	in := groupSendCall{ChatType: "single", People: m.People, Sender: m.Sender, Text: said.Text, Attachments: said.Attachments}
	if m.Groups {
		in.ChatType, in.People, in.Chats = "group", nil, m.Chats
	}
	var out struct {
		MsgID  wxapi.String `json:"msgid"`
		Failed []string     `json:"fail_list"`
	}
	err = s.API.Post(ctx, s.Tokens, pathGroupSend, in, &out)
	return string(out.MsgID), len(out.Failed), err
}

// GroupResult is what became of a mass message so far.
type GroupResult struct {
	Got, NoFriend, HadOne, Waiting int // receivers
	Members, Confirmed             int // staff who were asked
}

// Result asks what became of a mass message.
func (s GroupSender) Result(ctx context.Context, msgID string) (r GroupResult, err error) {
	members, err := s.tasks(ctx, msgID, &r)
	if err != nil {
		return r, err
	}
	for _, m := range members {
		if err := s.receivers(ctx, msgID, m, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

type groupSendAsk struct {
	MsgID  string `json:"msgid"`
	UserID string `json:"userid,omitempty"`
	Limit  int    `json:"limit"`
	Cursor string `json:"cursor,omitempty"`
}

// tasks lists the members who were asked.
func (s GroupSender) tasks(ctx context.Context, msgID string, r *GroupResult) (members []string, err error) {
	ask := groupSendAsk{MsgID: msgID, Limit: resultsPerPage}
	for range pagesMost {
		var out struct {
			Next string `json:"next_cursor"`
			List []struct {
				UserID wxapi.String `json:"userid"`
				Status wxapi.Int    `json:"status"`
			} `json:"task_list"`
		}
		if err := s.API.Post(ctx, s.Tokens, pathGroupSendTasks, ask, &out); err != nil {
			return nil, err
		}
		for _, t := range out.List {
			r.Members++
			if t.Status != 0 { // the docs' example has 1 for what their table calls 2
				r.Confirmed++
			}
			members = append(members, string(t.UserID))
		}
		if out.Next == "" || out.Next == ask.Cursor {
			break
		}
		ask.Cursor = out.Next
	}
	return members, nil
}

// receivers counts what became of the receivers of one member.
func (s GroupSender) receivers(ctx context.Context, msgID, member string, r *GroupResult) error {
	ask := groupSendAsk{MsgID: msgID, UserID: member, Limit: resultsPerPage}
	for range pagesMost {
		var out struct {
			Next string `json:"next_cursor"`
			List []struct {
				Status wxapi.Int `json:"status"`
			} `json:"send_list"`
		}
		if err := s.API.Post(ctx, s.Tokens, pathGroupSendResult, ask, &out); err != nil {
			return err
		}
		for _, one := range out.List {
			switch one.Status {
			case receiverWaits:
				r.Waiting++
			case receiverGot:
				r.Got++
			case receiverNoFriend:
				r.NoFriend++
			case receiverHadOne:
				r.HadOne++
			}
		}
		if out.Next == "" || out.Next == ask.Cursor {
			break
		}
		ask.Cursor = out.Next
	}
	return nil
}

// Cancel takes back what has not been confirmed. One that was cancelled before is no error.
func (s GroupSender) Cancel(ctx context.Context, msgID string) error {
	err := s.API.Post(ctx, s.Tokens, pathGroupSendCancel, struct {
		MsgID string `json:"msgid"`
	}{msgID}, nil)
	if wxapi.CodeOf(err) == codeSendCancelled {
		return nil
	}
	return err
}
