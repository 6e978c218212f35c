package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/simulator/kf"
	simplatform "guanjia/simulator/platform"
)

// app is the name of the demo's app on WeCom.
const app = "assistant"

// codeUsed is how the platform refuses a second message by one code of a desk.
const codeUsed = 95013

// hearing is how long a customer waits for words: a replica that was killed keeps the desk for 15 s, and a quota that is used up
// keeps it quiet for a minute.
const hearing = 3 * time.Minute

// TestACustomerOfTheDemosCorp is the story of the corp on each pair of engines: a customer adds the assistant and is welcomed,
// goes through quiz and survey at the desk, asks for a person, is answered by one and handed back. Meanwhile callbacks come twice,
// late, in another order or not at all, the API is busy, silent, cut off and without quota, tokens end early, and everything is
// killed four times. Every question is heard once and in order, and the platform refuses nothing of what is said.
func TestACustomerOfTheDemosCorp(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]func(*testing.T) []string{
		"SQLite":               func(*testing.T) []string { return nil },
		"Redis and PostgreSQL": onServers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, name, append(env(t), "BOT_INBOUND_PER_MINUTE=0")...) // people do not write this fast
			c := d.meet("小王")
			c.isWelcomed()
			c.suffers()
			d.meetCorp(c.corp, "小李").isWelcomed()
			c.comes()
			c.takesTheQuiz()
			c.answersTheSurvey()
			c.isServed()
			c.checks()
			// What the customer has heard may be on its way still for the bot, when the platform's answer was lost.
			d.eventually("every message to be settled", "SELECT count(*) WHERE NOT EXISTS (SELECT 1 FROM kf_send WHERE state = 'planned')")
			d.stop()
			d.keepsTheRecords(c)
		})
	}
}

// isWelcomed: one welcome message, by the scene of the code, with the coupon of the scene. How long it took is told, not judged.
func (g *guest) isWelcomed() {
	t := g.d.t
	t.Helper()
	g.Add("newgift")
	var welcome []contact.Line
	for _, l := range g.Lines("xiaolin") {
		if l.From == contact.FromApp && l.Kind == contact.KindText {
			welcome = append(welcome, l)
		}
	}
	if len(welcome) != 1 || !strings.Contains(welcome[0].Text, "《关注有礼》") || !strings.Contains(welcome[0].Text, "券码：") {
		t.Fatalf("%s: %s is welcomed with %+v\n%s", g.d.engines, g.User.Nickname, welcome, g.d.log)
	}
	t.Logf("%s: welcomed %d ms after the add", g.d.engines, welcome[0].AfterMS)
}

// suffers says what goes wrong from now on, also after a restart.
func (g *guest) suffers() {
	t := g.d.t
	t.Helper()
	_, err := g.d.client.SetFaults(t.Context(), app,
		simulator.Fault{Kind: simulator.FaultDuplicate, Chance: 0.3}, simulator.Fault{Kind: simulator.FaultDropRequest, Chance: 0.1},
		simulator.Fault{Kind: simulator.FaultDropAnswer, Chance: 0.1}, simulator.Fault{Kind: simulator.FaultSlow, Chance: 0.2, Delay: 400},
		simulator.Fault{Kind: simulator.FaultReorder, Chance: 0.1, Delay: 400}, simulator.Fault{Kind: simulator.FaultNoise, Chance: 0.2})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.d.client.SetDeskFaults(t.Context(), g.desk, kf.Faults{EmptyPages: 0.2, Repeats: 0.3, Mixed: 0.3, PageSize: 3}); err != nil {
		t.Fatal(err)
	}
	g.calls()
}

func (g *guest) calls(more ...simplatform.Fault) {
	t := g.d.t
	t.Helper()
	_, err := g.d.client.SetCallFaults(t.Context(), append(more,
		simplatform.Fault{Kind: simplatform.FaultBusy, Chance: 0.05}, simplatform.Fault{Kind: simplatform.FaultExpired, Chance: 0.05},
		simplatform.Fault{Kind: simplatform.FaultReset, Chance: 0.05}, simplatform.Fault{Kind: simplatform.FaultLost, Chance: 0.03, Delay: 200},
		simplatform.Fault{Kind: simplatform.FaultNoAnswer, Chance: 0.03, Delay: 200}, simplatform.Fault{Kind: simplatform.FaultBadGateway, Chance: 0.02},
		simplatform.Fault{Kind: simplatform.FaultHalf, Chance: 0.02}, simplatform.Fault{Kind: simplatform.FaultSlow, Chance: 0.1, Delay: 200})...)
	if err != nil {
		t.Fatal(err)
	}
}

// comes opens the desk and is welcomed there.
func (g *guest) comes() {
	g.does(kf.Act{Kind: kf.ActOpen, Scene: "menu"})
	g.hears("健康管家")
}

func (g *guest) takesTheQuiz() {
	g.says("答题", "第 1/10 题")
	for n, answer := range healthQuiz[:9] {
		if n == 4 {
			g.saysAndIsKilled(answer, "✅", fmt.Sprintf("第 %d/10 题", n+2))
			continue
		}
		if n == 6 {
			g.calls(simplatform.Fault{Kind: simplatform.FaultCode, Code: 45009, Path: "/cgi-bin/kf/send_msg", Times: 1})
		}
		g.says(answer, "✅", fmt.Sprintf("第 %d/10 题", n+2))
	}
	g.says(healthQuiz[9], "得分 100/100", "排名第 1", "还差 19 人")
	g.says("成绩", "最好成绩：100 分")
}

func (g *guest) answersTheSurvey() {
	g.says("问卷", "第 1/7 题")
	g.saysAndIsKilled("5", "星期几")
	for _, l := range [][2]string{{"哪天都可以", "几点"}, {"D", "想听什么"}, {"AC", "解决什么问题"}, {"跳过", "照片"}, {"跳过", "感谢您的反馈"}, {"问卷", "已经填过"}} {
		g.says(l[0], l[1])
	}
}

// isServed: the bot hands over and keeps quiet, also after it was killed, until the member of the staff has ended.
func (g *guest) isServed() {
	t := g.d.t
	t.Helper()
	g.saysAndIsKilled("人工", "转接人工客服")
	g.until("the waiting pool", func(c simulator.DeskChat) bool { return c.State == kf.StatePool })
	xiaolin := simulator.NewServicer(t, g.d.client, g.corp, "xiaolin")
	xiaolin.Take(g.Customer)
	asked := g.does(kf.Act{Kind: kf.ActText, Text: "我的券用不了"})
	g.isKilled()
	g.does(kf.Act{Kind: kf.ActText, Text: "菜单"})
	xiaolin.Say(g.Customer, "您好，我是小林")
	g.d.eventually("the bot to have seen the first response", "SELECT count(*) FROM staff_conversation WHERE first_response_at > 0")
	xiaolin.End(g.Customer)
	g.hears("人工服务已结束")
	for _, b := range g.chat().Bubbles {
		if b.ID > asked.ID && b.Spoken() && strings.Contains(b.Text(), "我能帮您") {
			t.Errorf("%s: the bot spoke into the talk: %s", g.d.engines, b.Text())
		}
	}
	g.says("领券", "已经领过", "券码：")
}

// checks that each question was heard once, in order, and that the platform refused nothing of what was said.
func (g *guest) checks() {
	t := g.d.t
	t.Helper()
	for of, want := range map[int][]int{
		10: {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		7:  {1},
		6:  {2, 3, 4, 5, 6}, // a good mark makes the survey one question shorter
	} {
		var heard []int
		for _, b := range g.chat().Bubbles {
			for n := 1; n <= of && b.Spoken(); n++ {
				if strings.Contains(b.Text(), fmt.Sprintf("第 %d/%d 题", n, of)) {
					heard = append(heard, n)
				}
			}
		}
		if !slices.Equal(heard, want) {
			t.Errorf("%s: of %d questions these were heard: %v", g.d.engines, of, heard)
		}
	}
	ledger, err := g.d.client.DeskLedger(t.Context(), g.desk, g.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range ledger.Refused {
		if r.ErrCode != codeUsed { // a welcome whose answer was lost is sent again
			t.Errorf("%s: the platform refused %+v", g.d.engines, r)
		}
	}
}

// keepsTheRecords: one of each, whatever was delivered how often.
func (d *demo) keepsTheRecords(g *guest) {
	d.t.Helper()
	db := openDatabase(d.t, databaseURL(d.env, filepath.Join(d.dir, "guanjia.db")))
	user := g.ExternalUserID()
	for query, want := range map[string]int{
		"SELECT count(*) FROM coupon_claim WHERE user_id = '" + user + "'":                               1,
		"SELECT count(*) FROM quiz_attempt WHERE score = 100 AND user_id = '" + user + "'":               1,
		"SELECT count(*) FROM survey_response WHERE user_id = '" + user + "'":                            1,
		"SELECT count(*) FROM staff_conversation WHERE user_id = '" + user + "' AND closed_by = 'staff'": 1,
		"SELECT count(*) FROM staff_conversation WHERE user_id = '" + user + "'":                         1,
		"SELECT count(*) FROM kf_send WHERE state <> 'sent'":                                             0,
		"SELECT count(*) FROM journal WHERE user_id = '" + user + "' AND kind = 'follow'":                1,
	} {
		if n := count(d.t, db, query); n != want {
			d.t.Errorf("%s: %s: %d, not %d\n%s", d.engines, query, n, want, d.log)
		}
	}
}
