package otherclients

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"guanjia/simulator"
	"guanjia/simulator/kf"
	"guanjia/simulator/platform"
)

// What both sides are told.
const (
	appID    = "wx0123456789abcdef"
	secret   = "0123456789abcdef0123456789abcdef"
	corpID   = "ww0123456789abcdef"
	agentID  = 1000002
	token    = "tokenOfAnotherBot"
	aesKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	openKfID = "wkReception0000000000000000001"
)

// TestABotOfNpmPackages talks with the platforms for itself: it follows no line of ours, and nothing of it was written for them.
func TestABotOfNpmPackages(t *testing.T) {
	t.Parallel()
	api := httptest.NewUnstartedServer(nil)
	t.Cleanup(api.Close)
	bot := startBot(t, "http://"+api.Listener.Addr().String())
	sim, err := simulator.New(simulator.Config{
		Accounts: []simulator.Account{{
			Name: "brand", OriginalID: "gh_brand", AppID: appID, Secret: secret, Certified: true, Token: token, AESKey: aesKey, Callback: bot + "/official",
			Servicers: []simulator.KfAccount{{Account: "kf2001@brand", Nick: "小林"}},
		}},
		Corps: []simulator.Corp{{
			ID: corpID, Title: "测试企业", Members: []platform.Member{{UserID: "xiaolin", Name: "小林"}},
			Apps: []platform.App{{
				Name: "assistant", AgentID: agentID, Secret: secret, Token: token, AESKey: aesKey, Callback: bot + "/corp",
				Rights: []platform.Right{platform.RightContact, platform.RightService},
			}},
			Desks: []platform.Desk{{OpenKfID: openKfID, Name: "健康顾问", Servicers: []string{"xiaolin"}}},
			Ways:  []platform.Way{{State: "shop", Title: "门店", Members: []string{"xiaolin"}, SkipVerify: true}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close(context.WithoutCancel(t.Context())) })
	api.Config.Handler = sim.Platform()
	api.Start()
	for _, name := range []string{"brand", "assistant"} {
		if v, err := sim.Client().Verify(t.Context(), name); err != nil || !v.OK {
			t.Errorf("the address of %s: %+v, %v", name, v, err)
		}
	}
	t.Run("official account", func(t *testing.T) { followAnother(t, sim) })
	t.Run("app", func(t *testing.T) { useAnother(t, sim) })
	t.Run("customer contact", func(t *testing.T) { addThroughAnother(t, sim) })
	t.Run("customer service", func(t *testing.T) { askAnother(t, sim) })
}

// followAnother: passive replies of three kinds, a user looked up, a code made, a customer-service message over a token that the
// platform takes back, a transfer to a person.
func followAnother(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	p := simulator.NewPhone(t, sim.Client(), "brand", "小王")
	hears := func(x simulator.Exchange, want string) {
		t.Helper()
		if x.Failed() || !strings.Contains(x.Text(), want) {
			t.Errorf("to %q the bot said %q without %q: %s", x.Act.Text, x.Text(), want, x.Note)
		}
	}
	hears(p.Follow(), "欢迎 "+p.User.UnionID)
	hears(p.Say("你好 & <再见>"), "收到：你好 & <再见>")
	hears(p.Say("二维码"), "券 ")
	hears(p.Say("图文"), "夏季养生")
	if _, err := sim.SetCallFaults([]platform.Fault{{Kind: platform.FaultExpired, Path: "/cgi-bin/message/custom/send", Times: 1}}); err != nil {
		t.Fatal(err)
	}
	if x := p.Say("稍后"); x.Failed() {
		t.Errorf("nothing said at once: %s", x.Note)
	}
	chat := p.Chat()
	if e := chat[len(chat)-1]; e.Reply == nil || e.Via != simulator.ViaAPI || !strings.Contains(e.Reply.Text, "a=1&b=2") {
		t.Errorf("the phone shows %+v", e)
	}
	if x := p.Say("人工"); len(x.Replies) != 1 || x.Replies[0].Kind != simulator.ReplyTransfer {
		t.Errorf("the follower is not handed over: %+v", x)
	}
}

// useAnother: an encrypted passive reply and a message by the API.
func useAnother(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	m := simulator.NewMember(t, sim.Client(), "assistant", "xiaolin")
	if x := m.Say("报销"); x.Failed() || x.Text() != "收到：报销" {
		t.Errorf("the app answers %q: %s", x.Text(), x.Note)
	}
	sent := false
	for _, e := range m.Chat() {
		sent = sent || e.Via == simulator.ViaAPI && e.Reply != nil && e.Reply.Text == "另外：报销"
	}
	if !sent {
		t.Error("the message by the API did not arrive")
	}
}

// addThroughAnother: a welcome message by its code.
func addThroughAnother(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	wang := simulator.NewCustomer(t, sim.Client(), corpID, "小王")
	wang.Add("shop")
	if read := wang.Read("xiaolin"); len(read) != 1 || read[0] != "欢迎，我是xiaolin" {
		t.Errorf("the customer reads %q", read)
	}
}

// askAnother: the bell, sync_msg, a welcome, a menu that is tapped, the way to a person.
func askAnother(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	wang := simulator.NewCustomer(t, sim.Client(), corpID, "小李")
	talk := wang.Open(openKfID)
	talk.Hears("您好，这里是客服")
	talk.Say("你好").Hears("收到：你好")
	talk.Tap("人工")
	xiaolin := simulator.NewServicer(t, sim.Client(), corpID, "xiaolin")
	xiaolin.Take(wang)
	xiaolin.Say(wang, "我来了")
	talk.Until(kf.StateHuman)
	if refused := talk.Ledger().Refused; len(refused) > 0 {
		t.Errorf("the platform refused %+v", refused)
	}
}

// startBot installs the packages of the lock file, starts the bot and gives its address.
func startBot(t *testing.T, api string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc", "bot.mjs"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("no node found: run 'make test-deps'")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Fatal("no npm found: run 'make test-deps'")
	}
	install := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}

	bot := exec.Command(node, "bot.mjs") //nolint:noctx // it ends with its input, after everybody who asks it
	bot.Dir = dir
	bot.Env = append(os.Environ(), "API="+api, "OFFICIAL_ID="+appID, "OFFICIAL_SECRET="+secret, "CORP_ID="+corpID, "CORP_SECRET="+secret,
		"AGENT_ID="+strconv.Itoa(agentID), "TOKEN="+token, "AES_KEY="+aesKey)
	complaints := &book{}
	bot.Stderr = complaints
	input, err := bot.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := bot.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(output)
	t.Cleanup(func() {
		_ = input.Close()
		_, _ = io.Copy(io.Discard, lines)
		if err := bot.Wait(); err != nil {
			t.Errorf("the bot ended: %v", err)
		}
		if said := complaints.String(); said != "" {
			t.Errorf("the bot complains:\n%s", said)
		}
	})
	port, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("the bot does not start: %v\n%s", err, complaints)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}

// book keeps what is written while others read.
type book struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
