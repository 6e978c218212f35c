package wecom

import (
	"context"

	"guanjia/bot"
	"guanjia/channel/wxapi"
)

const pathRobot = "/cgi-bin/webhook/send"

// RobotPerMinute is how many messages a robot takes in a minute (WeCom docs, 群机器人配置说明).
const RobotPerMinute = 20

// Robot writes to the group that it is in (群机器人). Its key is all that it takes to write there.
type Robot struct {
	API *wxapi.Caller
	Key wxapi.Secret
}

// RobotFitter brings what is to be said to a robot's messages: texts and link cards; the rest becomes text.
type RobotFitter struct{}

// Fit gives the messages that Say takes.
func (RobotFitter) Fit(messages []bot.Message) bot.Fitted {
	var plain []bot.Message
	for _, m := range messages {
		switch m.Kind {
		case bot.MessageImage, bot.MessageVoice, bot.MessageVideo, bot.MessageFile:
			m.MediaID = "" // a robot has files of its own only
		}
		plain = append(plain, m)
	}
	return PushFitter{}.Fit(plain)
}

// Say says one message.
func (r Robot) Say(ctx context.Context, m bot.Message) error {
	in := struct {
		Type string   `json:"msgtype"`
		Text *appText `json:"text,omitempty"`
		News *appNews `json:"news,omitempty"`
	}{Type: "text"}
	if m.Kind == bot.MessageCards {
		in.Type, in.News = "news", &appNews{}
		for _, c := range m.Cards {
			in.News.Articles = append(in.News.Articles, appArticle{c.Title, c.Description, c.URL, c.PictureURL})
		}
	} else {
		in.Text = &appText{m.Text}
	}
	return r.API.PostKey(ctx, pathRobot, r.Key, in, nil)
}
