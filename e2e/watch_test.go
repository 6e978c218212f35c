package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guanjia/outbound/policy"
	"guanjia/simulator"
)

// TestABroadcastOfTheNightArrivesInTheMorning is an operator at the command line beside the demo, at ten in the evening: a draft, its dry run, its
// start. It waits for the end of quiet hours, also when the demo is killed, and arrives once.
func TestABroadcastOfTheNightArrivesInTheMorning(t *testing.T) {
	t.Parallel()
	d := newDemo(t, "SQLite")
	desk := d.operator()
	d.until(t, 22, 0)
	li := d.phone("小李")
	li.does(simulator.Act{Kind: simulator.ActFollow})
	li.says("你好") // opens the window of 48 hours

	file := filepath.Join(d.dir, "night.yaml")
	draft := "kind: broadcast\nid: night\nname: 上新\naccount: " + account + "\nsegment: followed<30d\nways: [custom]\nexpires: 48h\nmessages: [{text: 新到一批加湿器}]\n"
	if err := os.WriteFile(file, []byte(draft), 0o600); err != nil {
		t.Fatal(err)
	}
	d.command("broadcast", "draft", file)
	if out := d.command("broadcast", "dry-run", "night"); !strings.HasPrefix(out, "1 people: ") {
		t.Errorf("the dry run says %q", out)
	}
	d.command("broadcast", "start", "night", "--yes=1")
	desk.waits("broadcast:night", policy.QuietHours)
	d.again()
	d.until(t, 8, 20)
	desk.waits("broadcast:night", policy.QuietHours)
	if li.heard("加湿器") != 0 {
		t.Error("it arrived in quiet hours")
	}
	d.until(t, 8, 35)
	eventually(t, "the broadcast arrives", func() bool { return li.heard("加湿器") > 0 })
	if n := li.heard("加湿器"); n != 1 {
		t.Errorf("it arrived %d times", n)
	}
	li.sleepsWell(t)
	d.stop()
}

// command runs guanjia beside the demo, on its records.
func (d *demo) command(args ...string) string {
	d.t.Helper()
	env := []string{"BOT_ENV_FILE=" + filepath.Join(d.dir, "demo.env"), "BOT_DATABASE_URL=sqlite:" + filepath.Join(d.dir, "guanjia.db")}
	return run(d.t, d.dir, env, args...)
}
