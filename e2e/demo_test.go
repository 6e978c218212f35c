package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guanjia/internal/testproc"
	"guanjia/simulator"
)

// account is the demo's.
const account = "demo"

// demo is a running `guanjia demo` that can be killed and started again on the same data and engines.
type demo struct {
	*process
	t       *testing.T
	dir     string
	addr    string
	env     []string
	engines string
	client  *simulator.Client
}

func newDemo(t *testing.T, engines string, env ...string) *demo {
	t.Helper()
	d := &demo{t: t, dir: t.TempDir(), addr: freeAddr(t), env: append(env, "BOT_INTERNAL_ADDR=off"), engines: engines}
	d.start()
	return d
}

func (d *demo) start() {
	d.t.Helper()
	page := "http://" + d.addr + "/simulator/"
	d.process = start(d.t, d.dir, page, d.env, "demo", "--addr", d.addr, "--data", d.dir)
	d.waitFor("http://" + d.addr + "/readyz")
	d.client = simulator.NewClient(page, nil)
}

// again is kill -9 and another start.
func (d *demo) again() {
	d.t.Helper()
	d.kill()
	d.start()
}

func (d *demo) phone(name string) *phone {
	d.t.Helper()
	return &phone{d: d, Phone: simulator.NewPhone(d.t, d.client, account, name)}
}

// phone survives a restart of the demo.
type phone struct {
	*simulator.Phone
	d *demo
}

// does acts through the demo that runs now and checks what is heard.
func (p *phone) does(act simulator.Act, want ...string) string {
	p.d.t.Helper()
	x, err := p.d.client.Act(p.d.t.Context(), account, p.User.ID, act)
	if err != nil {
		p.d.t.Fatalf("%s %s: %v\n%s", act.Kind, act.Text, err, p.d.log)
	}
	for _, w := range want {
		if !strings.Contains(x.Text(), w) {
			p.d.t.Fatalf("%s: to %s %q the bot said\n%s\nwithout %q (%+v)", p.d.engines, act.Kind, act.Text, x.Text(), w, x.Why)
		}
	}
	return x.Text()
}

func (p *phone) says(text string, want ...string) string {
	p.d.t.Helper()
	return p.does(simulator.Act{Kind: simulator.ActText, Text: text}, want...)
}

// TestTheStoryGoesOnAfterKill is the demo as a new user would try it, on each pair of engines: follow by the sample's scene,
// one coupon, the quiz with a kill -9 in the middle, rank and prize pool, the survey with another, opting out.
func TestTheStoryGoesOnAfterKill(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]func(*testing.T) []string{
		"SQLite":               func(*testing.T) []string { return nil },
		"Redis and PostgreSQL": onServers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, name, append(env(t), "BOT_INBOUND_PER_MINUTE=0")...) // people do not write this fast
			tellTheStory(t, d)
			d.stop()
			d.keepsTheWhisper()
		})
	}
}

func onServers(t *testing.T) []string {
	return []string{"BOT_REDIS_URL=" + testproc.Redis(t), "BOT_DATABASE_URL=" + testproc.Postgres(t)}
}

// healthQuiz are the right answers to the sample's ten questions.
var healthQuiz = []string{"B", "对", "２", "acd", "120", "错", "至少 20 秒", "ACD", "维生素d", "b"}

func tellTheStory(t *testing.T, d *demo) {
	t.Helper()
	p := d.phone("试用者😀")
	code := between(p.does(simulator.Act{Kind: simulator.ActFollow, Scene: "newgift"}, "券码："), "券码：", "\n")
	p.says("领券", "已经领过", "券码："+code) // the same one is shown again

	p.says("答题", "第 1/10 题")
	for n, answer := range healthQuiz[:9] {
		if n == 5 {
			d.again()
			p.says("答题", "第 6/10 题") // where it was
		}
		p.says(answer, "✅", fmt.Sprintf("第 %d/10 题", n+2))
	}
	p.says(healthQuiz[9], "得分 100/100", "排名第 1", "还差 19 人", "50 元") // rank and prize pool
	d.again()
	p.says("成绩", "最好成绩：100 分", "排名第 1", "还差 19 人")
	p.says("答题", "已经答过")

	p.says("问卷", "第 1/7 题")
	p.says("1", "不满意") // a low mark is asked about
	d.again()
	p.says("领券", "医生直播反馈", "离开")
	p.says("2", "不满意")
	p.says("上一题", "第 1/7 题")
	p.says("5", "星期几")
	for _, answer := range []string{"哪天都可以", "D", "AC", "跳过"} {
		p.says(answer, "题")
	}
	p.says("跳过", "感谢您的反馈")
	p.says("问卷", "已经填过")

	p.says("反馈", "匿名")
	p.says(whisper, "推荐给朋友")
	d.again()
	p.says("9", "谢谢您的意见")

	p.says("退订", "已为您退订", "恢复")
	d.again()
	p.says("TD", "之前已经退订")
	p.says("恢复", "已恢复")
	p.says("天气怎么样？", "还没看懂")
	p.does(simulator.Act{Kind: simulator.ActUnfollow})
	if _, err := d.client.Advance(t.Context(), time.Hour); err != nil { // two follows in one second would be one
		t.Fatal(err)
	}
	p.does(simulator.Act{Kind: simulator.ActFollow, Scene: "newgift"}, "已经领过", code)
}

// whisper is said where people were promised that nobody will know it was them.
const whisper = "排队太久了"

// keepsTheWhisper checks that what was said anonymously is kept, and nowhere beside the name of who said it.
func (d *demo) keepsTheWhisper() {
	d.t.Helper()
	db := openDatabase(d.t, databaseURL(d.env, filepath.Join(d.dir, "guanjia.db")))
	if n := count(d.t, db, "SELECT count(*) FROM survey_response WHERE anonymous AND user_id = '' AND event_key = '' AND finished_at % 3600000 = 0"); n != 1 {
		d.t.Errorf("%d anonymous responses, not 1", n)
	}
	if n := count(d.t, db, "SELECT count(*) FROM survey_response WHERE NOT anonymous AND user_id <> ''"); n != 1 {
		d.t.Errorf("%d responses with a name, not 1", n)
	}
	if n := count(d.t, db, "SELECT count(*) FROM journal WHERE said LIKE '%"+whisper+"%'"); n != 0 {
		d.t.Error("the journal knows who whispered")
	}
}

// TestAVisitorOfTheDemoNeverMeetsSilence says things that nobody planned for.
func TestAVisitorOfTheDemoNeverMeetsSilence(t *testing.T) {
	t.Parallel()
	d := newDemo(t, "SQLite")
	p := d.phone("a\x00<script>alert(1)</script>")
	p.does(simulator.Act{Kind: simulator.ActFollow})
	for _, say := range []string{"你好", "??", "１", "😀", strings.Repeat("长", 2000), "领券 ", "</xml>", "]]>"} {
		if p.says(say) == "" {
			t.Errorf("%q was met with silence", say)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	state, err := d.client.State(ctx)
	if err != nil || len(state.Accounts) == 0 {
		t.Errorf("state: %+v, %v", state, err)
	}
}
