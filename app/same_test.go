package app

import (
	"testing"

	"guanjia/simulator"
)

// line is something a person says, and words that the bot must answer with.
type line struct {
	says string
	want []string
}

// Whoever arrives is welcomed with these words of the sample's content; what follows goes through its other handlers, and is the
// same wherever it is said.
var (
	welcomed     = []string{"健康管家", "领一张优惠券"}
	conversation = []line{
		{"菜单", []string{"领一张优惠券"}},
		{"1", []string{"券码：NEW"}}, // a choice of the menu, by its number
		{"领券", []string{"已经领过", "券码：NEW"}},
		{"答题", []string{"第 1/10 题", "2 克"}},
		{"没听懂", []string{"第 1/10 题"}},
		{"B", []string{"✅", "第 2/10 题"}},
		{"对", []string{"✅", "第 3/10 题"}},
		{"问卷", []string{"健康知识有奖问答", "离开"}},
		{"2", []string{"第 3/10 题"}},
		{"２", []string{"✅", "第 4/10 题"}},
		{"acd", []string{"✅", "第 5/10 题"}},
		{"120", []string{"✅", "第 6/10 题"}},
		{"错", []string{"✅", "第 7/10 题"}},
		{"至少 20 秒", []string{"✅", "第 8/10 题"}},
		{"ACD", []string{"✅", "第 9/10 题"}},
		{"维生素d", []string{"✅", "第 10/10 题"}},
		{"b", []string{"得分 100/100", "排名第", "还差"}},
		{"成绩", []string{"最好成绩：100 分"}},
		{"答题", []string{"已经答过"}},
		{"问卷", []string{"第 1/7 题"}},
		{"1", []string{"不满意"}},
		{"上一题", []string{"第 1/7 题"}},
		{"5", []string{"星期几"}},
		{"周六", []string{"几点"}},
		{"D", []string{"想听什么"}},
		{"AC", []string{"解决什么问题"}},
		{"跳过", []string{"照片"}},
		{"跳过", []string{"感谢您的反馈"}},
		{"问卷", []string{"已经填过"}},
		{"反馈", []string{"意见栏", "匿名"}},
		{"排队太久了", []string{"推荐给朋友"}},
		{"9", []string{"谢谢您的意见"}},
		{"今天天气怎么样", []string{"没看懂", "菜单"}},
		{"退订", []string{"已为您退订", "恢复"}},
		{"TD", []string{"之前已经退订"}},
		{"恢复", []string{"已恢复"}},
		{"菜单", []string{"领一张优惠券"}},
	}
)

// talker is a person at one of the channels.
type talker interface {
	arrives() string
	says(text string, want []string) string
}

type follower struct{ *simulator.Phone }

func (f follower) arrives() string                     { return f.Follow().Text() }
func (f follower) says(text string, _ []string) string { return f.Say(text).Text() }

type colleague struct{ *simulator.Member }

func (c colleague) arrives() string {
	return c.Do(simulator.Act{Kind: simulator.ActRaw, Fields: []simulator.Field{{Name: "MsgType", Value: "event"}, {Name: "Event", Value: "subscribe"}}}).Text()
}
func (c colleague) says(text string, _ []string) string { return c.Say(text).Text() }

// visitor is somebody at a desk, where answers come later: the words are waited for, and whatever else came with them is given.
type visitor struct {
	*simulator.Customer
	talk *simulator.DeskTalk
}

func (v *visitor) arrives() string {
	v.talk = v.Open(officeDesk)
	return v.talk.Hears(welcomed...).Heard()
}
func (v *visitor) says(text string, want []string) string {
	return v.talk.Say(text).Hears(want...).Heard()
}

// TestTheSameConversationOnEveryChannel: one script, read to the bot by a follower of the official account, a customer at a desk
// of customer service and a member in the app. The same things are written down of each.
func TestTheSameConversationOnEveryChannel(t *testing.T) {
	t.Parallel()
	h := openOffice(t, "BOT_INBOUND_PER_MINUTE=0") // people do not write this fast
	for name, who := range map[string]talker{
		"official account": follower{simulator.NewPhone(t, h.sim.Client(), "brand", "小王")},
		"customer service": &visitor{Customer: simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小李")},
		"app":              colleague{simulator.NewMember(t, h.sim.Client(), "assistant", "xiaosun")},
	} {
		t.Run(name, func(t *testing.T) {
			has(t, who.arrives(), welcomed...)
			for _, l := range conversation {
				has(t, who.says(l.says, l.want), l.want...)
			}
		})
	}
	for what, query := range map[string]string{
		"coupons":                    "SELECT count(*) FROM coupon_claim",
		"quizzes":                    "SELECT count(*) FROM quiz_attempt WHERE score = 100",
		"surveys with a name":        "SELECT count(*) FROM survey_response WHERE NOT anonymous AND user_id <> ''",
		"opinions without a name":    "SELECT count(*) FROM survey_response WHERE anonymous AND user_id = ''",
		"people who take part again": "SELECT count(DISTINCT account || user_id) FROM consent_history WHERE granted",
	} {
		if n := h.count(query); n != 3 {
			t.Errorf("%d %s, not one for each channel", n, what)
		}
	}
}
