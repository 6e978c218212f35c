package app

import (
	"context"
	"errors"
	"fmt"

	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/channel/official"
	"guanjia/channel/wecom"
	"guanjia/channel/wxapi"
	"guanjia/channel/wxmedia"
)

// broadcastCallers are the calls of the platform that each account and robot may make.
func (a *App) broadcastCallers(s Settings) (broadcast.Callers, error) {
	all := broadcast.Callers{}
	for _, name := range s.Accounts.Accounts {
		account := s.Account[name]
		if account.Kind != kindWecom {
			if tokens := a.platform.followers(account); tokens != nil {
				all[broadcast.CallerKey{Account: name, Kind: broadcast.Mass}] = massCaller{name, official.Pusher{API: a.platform.official, Tokens: tokens}, a.media}
			}
			continue
		}
		if tokens := a.platform.contacts(account); tokens != nil {
			c := groupCaller{name, wecom.GroupSender{API: a.platform.wecom, Tokens: tokens}, a.media}
			all[broadcast.CallerKey{Account: name, Kind: broadcast.GroupSend}] = c
			all[broadcast.CallerKey{Account: name, Kind: broadcast.ToGroups}] = c
		}
	}
	robots, err := s.Robot.robots()
	if err != nil {
		return nil, fmt.Errorf("BOT_ROBOTS %w", err)
	}
	for _, r := range robots {
		all[broadcast.CallerKey{Kind: broadcast.Robot, Robot: r.Name}] = robotCaller{wecom.Robot{API: a.platform.wecom, Key: wxapi.Secret(r.Key.Reveal())}}
	}
	return all, nil
}

// groupCaller asks the staff to send to their customers and groups.
type groupCaller struct {
	account bot.AccountName
	sender  wecom.GroupSender
	media   *wxmedia.Keeper
}

var errNothingToSay = errors.New("nothing of it can be shown there")

func (c groupCaller) fit(d broadcast.Draft) []bot.Message {
	return c.media.Fitter(c.account, wecom.GroupFitter{}).Fit(d.Messages).Now
}

// Fit implements broadcast.Caller.
func (c groupCaller) Fit(d broadcast.Draft) error {
	if len(c.fit(d)) == 0 {
		return errNothingToSay
	}
	return nil
}

// Notes implements broadcast.Caller.
func (c groupCaller) Notes(_ context.Context, d broadcast.Draft, people int) ([]string, error) {
	if d.To == broadcast.ToGroups {
		return []string{
			fmt.Sprintf("the owners %v are asked to send it to their groups", d.Senders),
			"a group gets as many such messages in a month as the month has days",
		}, nil
	}
	return []string{
		fmt.Sprintf("%d people: the members of the staff who have them are asked to send it, in %d calls", people, (people+broadcast.MaxUsers-1)/broadcast.MaxUsers),
		"nothing arrives before they confirm",
		"a customer gets as many such messages in a month as the month has days, and whoever had them gets none",
	}, nil
}

// Preview implements broadcast.Caller.
func (groupCaller) Preview(context.Context, broadcast.Draft, bot.UserID) error {
	return broadcast.ErrNoPreview
}

// KnowsAgain implements broadcast.Caller.
func (groupCaller) KnowsAgain() bool { return false }

// Call implements broadcast.Caller.
func (c groupCaller) Call(ctx context.Context, l broadcast.Letter) (broadcast.Taken, error) {
	id, unreachable, err := c.sender.Create(ctx, wecom.GroupMessage{
		Groups: l.Draft.To == broadcast.ToGroups, People: l.Users, Chats: l.Draft.Chats, Sender: l.Sender, Messages: c.fit(l.Draft),
	})
	return broadcast.Taken{MsgID: id, Refused: unreachable}, err
}

// Poll implements broadcast.Caller.
func (c groupCaller) Poll(ctx context.Context, _ broadcast.Draft, msgID string) (broadcast.Outcome, error) {
	r, err := c.sender.Result(ctx, msgID)
	if err != nil {
		return broadcast.Outcome{}, err
	}
	return broadcast.Outcome{
		Sent: r.Got, Failed: r.NoFriend + r.HadOne, Waiting: r.Waiting, Done: r.Members > 0 && r.Confirmed == r.Members,
		By: map[string]int{"arrived": r.Got, "no friend any more": r.NoFriend, "had another one": r.HadOne, "waiting": r.Waiting, "members asked": r.Members, "members confirmed": r.Confirmed},
	}, nil
}

// Cancel implements broadcast.Caller.
func (c groupCaller) Cancel(ctx context.Context, msgID string) error {
	return c.sender.Cancel(ctx, msgID)
}

// robotCaller writes to the group that a robot is in.
type robotCaller struct{ robot wecom.Robot }

// Fit implements broadcast.Caller.
func (robotCaller) Fit(d broadcast.Draft) error {
	switch n := len(wecom.RobotFitter{}.Fit(d.Messages).Now); {
	case n == 0:
		return errNothingToSay
	case n > wecom.RobotPerMinute:
		return fmt.Errorf("a robot takes %d messages in a minute", wecom.RobotPerMinute)
	}
	return nil
}

// Notes implements broadcast.Caller.
func (robotCaller) Notes(_ context.Context, d broadcast.Draft, _ int) ([]string, error) {
	return []string{fmt.Sprintf("%d messages to the group of the robot %s, of the %d that it takes in a minute", len(wecom.RobotFitter{}.Fit(d.Messages).Now), d.Robot, wecom.RobotPerMinute)}, nil
}

// Preview implements broadcast.Caller.
func (robotCaller) Preview(context.Context, broadcast.Draft, bot.UserID) error {
	return broadcast.ErrNoPreview
}

// KnowsAgain implements broadcast.Caller.
func (robotCaller) KnowsAgain() bool { return false }

// Call implements broadcast.Caller. When only the first messages were taken, it is over all the same: said again, they would be there twice.
func (c robotCaller) Call(ctx context.Context, l broadcast.Letter) (broadcast.Taken, error) {
	said := 0
	messages := wecom.RobotFitter{}.Fit(l.Draft.Messages).Now
	for _, m := range messages {
		err := c.robot.Say(ctx, m)
		if err != nil && said == 0 {
			return broadcast.Taken{}, err
		}
		if err != nil {
			break
		}
		said++
	}
	return broadcast.Taken{Outcome: &broadcast.Outcome{Sent: said, Failed: len(messages) - said, By: map[string]int{"messages": said}, Done: true}}, nil
}

// Poll implements broadcast.Caller.
func (robotCaller) Poll(context.Context, broadcast.Draft, string) (broadcast.Outcome, error) {
	return broadcast.Outcome{Done: true}, nil
}

// Cancel implements broadcast.Caller.
func (robotCaller) Cancel(context.Context, string) error { return nil }
