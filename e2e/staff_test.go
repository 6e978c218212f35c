package e2e

import (
	"testing"
	"time"

	"guanjia/simulator"
)

// TestATalkWithStaffOutlivesTheBot: who waits for a person when the bot is killed waits afterwards, on each pair of engines: what
// they say goes to staff, asking again opens nothing new, and both ways back to the bot work.
func TestATalkWithStaffOutlivesTheBot(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]func(*testing.T) []string{
		"SQLite":               func(*testing.T) []string { return nil },
		"Redis and PostgreSQL": onServers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, name, env(t)...)
			p := d.phone("小王")
			p.does(simulator.Act{Kind: simulator.ActFollow}, "健康管家")
			p.says("答题", "第 1/10 题")
			p.isPassedOn("人工")
			d.again()
			p.isPassedOn("我的券用不了")
			p.isPassedOn("菜单")
			p.says("人工", "已在等候人工客服")
			d.again()
			p.says("返回机器人", "接下来由我为您服务")
			p.says("菜单", "找人工客服")
			p.isPassedOn("转人工")
			d.again()
			if _, err := d.client.Advance(t.Context(), 31*time.Minute); err != nil {
				t.Fatal(err)
			}
			p.says("菜单", "忙不过来", "找人工客服")
		})
	}
}

// isPassedOn says something that must go to staff and nowhere else.
func (p *phone) isPassedOn(text string) {
	p.d.t.Helper()
	x, err := p.d.client.Act(p.d.t.Context(), account, p.User.ID, simulator.Act{Kind: simulator.ActText, Text: text})
	if err != nil || len(x.Replies) != 1 || x.Replies[0].Kind != simulator.ReplyTransfer {
		p.d.t.Fatalf("%s: %q is answered with %+v %s, %v", p.d.engines, text, x.Replies, x.Note, err)
	}
}
