package reception

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/channel/wxxml"
)

const pathSend = "/cgi-bin/message/send"

const (
	// maxText is the longest text of an app message, in bytes (WeCom docs, 发送应用消息).
	maxText = 2048
	// sameWithin is for how long the platform leaves the same message out, in seconds (WeCom docs, 发送应用消息: at most four hours).
	sameWithin = 1800
)

// App is what writes to members: one app of a corp.
type App struct {
	Agent  int
	Tokens *wxapi.Source
}

// Apps write to members by the apps of accounts.
type Apps struct {
	API  *wxapi.Caller
	List map[bot.AccountName]App
	Log  *zap.Logger
}

var _ Messenger = Apps{}

// ErrNoApp says that an account has no app that could write.
var ErrNoApp = errors.New("the account has no app that may write to members: it needs an agent id and an app secret")

// Tell sends a text. Members that the app can't reach are left out, unless that is all of them.
func (a Apps) Tell(ctx context.Context, from bot.AccountName, members []string, text string) error {
	app, ok := a.List[from]
	if !ok {
		return fmt.Errorf("account %s: %w", from, ErrNoApp)
	}
	in := appMessage{To: strings.Join(members, "|"), Type: "text", Agent: app.Agent, Check: 1, Within: sameWithin}
	in.Text.Content = wxxml.Shorten(text, maxText)
	var out struct {
		Invalid    wxapi.String `json:"invaliduser"`
		Unlicensed wxapi.String `json:"unlicenseduser"`
	}
	if err := a.API.Post(ctx, app.Tokens, pathSend, in, &out); err != nil {
		return fmt.Errorf("write to members by the app of %s: %w", from, err)
	}
	if out.Invalid != "" || out.Unlicensed != "" {
		a.Log.Warn("some of the staff can't be told: they left, are not in the app's visible range, or have no licence",
			zap.String("account", string(from)), zap.String("members", string(out.Invalid)), zap.String("unlicensed", string(out.Unlicensed)))
	}
	return nil
}

// appMessage is the body of message/send.
type appMessage struct {
	To    string `json:"touser"`
	Type  string `json:"msgtype"`
	Agent int    `json:"agentid"`
	Text  struct {
		Content string `json:"content"`
	} `json:"text"`
	Check  int `json:"enable_duplicate_check"`
	Within int `json:"duplicate_check_interval"`
}
