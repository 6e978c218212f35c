package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/joho/godotenv"

	"guanjia/simulator"
)

// china is the time of the demo's people.
func china() *time.Location { return time.FixedZone("CST", 8*60*60) }

// TestWhatTheDemoSaysByItselfArrivesAtItsHour watches two phones through a month: a broadcast arrives at once; one that is started at night
// and the tip of the morning wait for their hour; the coupon is reminded of before it expires. Nothing comes twice, to whom it is not
// meant for, or in quiet hours.
func TestWhatTheDemoSaysByItselfArrivesAtItsHour(t *testing.T) {
	t.Parallel()
	d := newDemo(t, "SQLite")
	d.until(t, 11, 0)
	wang, li := d.phone("小王"), d.phone("小李")
	wang.does(simulator.Act{Kind: simulator.ActFollow, Scene: "newgift"}, "券码：")
	wang.says("你好")
	li.does(simulator.Act{Kind: simulator.ActFollow})
	li.says("你好")

	d.draft("noon", "followed<30d and tag:领过券", "周五会员日，免费量血压")
	if out := d.command("broadcast", "dry-run", "noon"); !strings.HasPrefix(out, "1 people: ") {
		t.Errorf("the dry run says %q", out)
	}
	d.command("broadcast", "start", "noon")
	wang.hears("周五会员日")

	d.until(t, 22, 0)
	d.draft("night", "followed<30d and not tag:领过券", "新到一批加湿器")
	d.command("broadcast", "start", "night")
	d.waitUntil("the night's broadcast to wait", func() bool { return d.waits("night", "quiet_hours") == 1 })
	d.until(t, 8, 20)
	d.waitUntil("the night's broadcast to wait", func() bool { return d.waits("night", "quiet_hours") == 1 })
	d.until(t, 8, 35)
	li.hears("新到一批加湿器")
	d.waitUntil("the tip to wait, for there was a message yesterday", func() bool { return d.open("morning-tip", "cap_day") == 1 })
	d.until(t, 11, 10)
	wang.hears("早上好")

	// The platform lets an account write for two days after somebody wrote.
	expiring := d.soonest("coupon-expiring")
	d.moveTo(expiring.Add(-24 * time.Hour))
	wang.says("菜单")
	d.moveTo(expiring)
	d.waitUntil("the reminder to wait", func() bool { return d.open("coupon-expiring", "quiet_hours") == 1 })
	d.until(t, 8, 35)
	wang.hears("将在") // and not the tip, which yields to it
	wang.heardInTime("周五会员日", "早上好", "将在")
	li.heardInTime("新到一批加湿器")
	d.stop()
}

// command runs guanjia beside the demo, on its records.
func (d *demo) command(args ...string) string {
	d.t.Helper()
	env := []string{"BOT_ENV_FILE=" + filepath.Join(d.dir, "demo.env"), "BOT_DATABASE_URL=sqlite:" + filepath.Join(d.dir, "guanjia.db")}
	return run(d.t, d.dir, env, args...)
}

// draft drafts a broadcast.
func (d *demo) draft(id, segment, text string) {
	d.t.Helper()
	file := filepath.Join(d.dir, id+".yaml")
	yaml := fmt.Sprintf("kind: broadcast\nid: %s\nname: %s\naccount: %s\nsegment: %s\nways: [custom]\nexpires: 48h\nmessages: [{text: %s}]\n", id, id, account, segment, text)
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.command("broadcast", "draft", file)
}

// ask reads what the bot's API says.
func (d *demo) ask(path string, into any) {
	d.t.Helper()
	env, err := godotenv.Read(filepath.Join(d.dir, "demo.env"))
	if err != nil {
		d.t.Fatal(err)
	}
	_, key, _ := strings.Cut(env["BOT_API_KEYS"], ":")
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, "http://"+d.addr+"/api/v1/"+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		d.t.Fatalf("%s: %s %v\n%s", path, resp.Status, err, body)
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(into); err != nil {
		d.t.Fatalf("%s: %v\n%s", path, err, body)
	}
}

// waits counts for how many a broadcast waits, when it is for this reason.
func (d *demo) waits(id, reason string) int {
	d.t.Helper()
	var b struct {
		Progress struct {
			Waiting int            `json:"waiting"`
			Sent    int            `json:"sent"`
			Reasons map[string]int `json:"reasons"`
		} `json:"progress"`
	}
	d.ask("broadcasts/"+id, &b)
	if b.Progress.Sent > 0 {
		d.t.Fatalf("%s was sent", id)
	}
	return b.Progress.Reasons[reason]
}

// open counts the messages of a campaign that wait for this reason.
func (d *demo) open(campaign, reason string) (n int) {
	d.t.Helper()
	var all struct {
		Open []struct {
			Campaign string `json:"campaign"`
			Reason   string `json:"reason"`
			Count    int    `json:"count"`
		} `json:"open"`
	}
	d.ask("push", &all)
	for _, o := range all.Open {
		if o.Campaign == campaign && o.Reason == reason {
			n += o.Count
		}
	}
	return n
}

// soonest is when a reminder finds the first person.
func (d *demo) soonest(name string) time.Time {
	d.t.Helper()
	var all struct {
		Schedules []struct {
			Name    string    `json:"name"`
			Soonest time.Time `json:"soonest"`
		} `json:"schedules"`
	}
	d.ask("schedules", &all)
	for _, s := range all.Schedules {
		if s.Name == name && !s.Soonest.IsZero() {
			return s.Soonest
		}
	}
	d.t.Fatalf("%s finds nobody: %+v", name, all)
	return time.Time{}
}

// moveTo moves the clock to a moment that is to come.
func (d *demo) moveTo(to time.Time) {
	d.t.Helper()
	s, err := d.client.State(d.t.Context())
	if err == nil {
		_, err = d.client.Advance(d.t.Context(), to.Sub(s.Clock.Now))
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// waitUntil waits for something to become true.
func (d *demo) waitUntil(what string, ok func() bool) {
	d.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("waited in vain for %s\n%s", what, d.log)
		}
	}
}

// hears waits for something that comes by itself.
func (p *phone) hears(text string) {
	p.d.t.Helper()
	p.d.waitUntil(text, func() bool { return p.heard(text) > 0 })
}

// heardInTime checks everything that came by itself: that, each once, and none in the demo's quiet hours.
func (p *phone) heardInTime(want ...string) {
	p.d.t.Helper()
	entries, err := p.d.client.Chat(p.d.t.Context(), account, p.User.ID)
	if err != nil {
		p.d.t.Fatal(err)
	}
	var came []string
	for _, e := range entries {
		if e.Via != simulator.ViaAPI || e.Reply == nil {
			continue
		}
		came = append(came, e.Reply.Text)
		if at := e.At.In(china()).Format("15:04"); at >= "21:30" || at < "08:30" {
			p.d.t.Errorf("%q arrived at %s, in quiet hours", e.Reply.Text, at)
		}
	}
	if len(came) != len(want) {
		p.d.t.Errorf("%s heard %q", p.User.Nickname, came)
	}
	for _, text := range want {
		if n := p.heard(text); n != 1 {
			p.d.t.Errorf("%q arrived %d times", text, n)
		}
	}
}
