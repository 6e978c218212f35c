package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/content"
	"guanjia/simulator"
)

// Limits of the simulator's own server.
const (
	simulatorHeaderTimeout = 5 * time.Second
	simulatorStop          = 20 * time.Second
)

func (c *cli) simulate() *cobra.Command {
	var access access
	var addr, callback, stateFile, secret string
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Play the WeChat platform alone, against any bot",
		Long: `Plays the platform: a page with a phone, from which people follow, write and tap. What they do is signed, encrypted and
posted to the callback of a bot, this one or another, and its answers are judged as the platform judges them.`,
		Example: `  guanjia simulate --callback http://127.0.0.1:8080/callback/brand --token T --aes-key K --app-id wx...
  guanjia simulate --account brand --state data/platform.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if access.account == "" && callback == "" {
				return usageError{cmd, errors.New("no --callback is given, nor an --account")}
			}
			own, err := c.fill(&access)
			if err != nil {
				return err
			}
			orElse(&callback, own)
			if access.account == "" {
				access.account = "brand"
			}
			return c.runSimulator(cmd.Context(), addr, simulated(access, callback, secret), stateFile)
		},
	}
	access.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&addr, "addr", "127.0.0.1:8081", "address of the page; ':8081' lets other machines and phones in")
	f.StringVar(&callback, "callback", "", "URL of the bot's callback")
	f.StringVar(&access.mode, "mode", "", "secure, compatible or plain (default secure)")
	f.StringVar(&secret, "app-secret", "", "AppSecret with which the bot fetches tokens for the API; empty: it uses no API")
	f.StringVar(&stateFile, "state", "", "file in which people and chats are kept; empty: they are forgotten")
	return cmd
}

func (c *cli) runSimulator(ctx context.Context, addr string, cfg simulator.Config, stateFile string) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return content.Problems{{What: err.Error(), Remedy: "choose another --addr"}}
	}
	log, _ := c.log(app.LogSettings{LogFormat: "console", LogLevel: "info"})
	page := "http://" + reachable(l.Addr().String()) + "/simulator"
	cfg.Log, cfg.StateFile, cfg.BaseURL = log, stateFile, page
	sim, err := newSimulator(cfg)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	mux := http.NewServeMux()
	mountSimulator(mux.Handle, sim)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: simulatorHeaderTimeout}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	c.say("The phone is at %s/", page)
	c.say("The platforms' API is at http://%s: set BOT_WECHAT_API_URL and BOT_WECOM_API_URL to it", reachable(l.Addr().String()))
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), simulatorStop)
	defer cancel()
	return errors.Join(err, sim.Close(stop), srv.Shutdown(stop))
}

// newSimulator makes the platform.
func newSimulator(cfg simulator.Config) (*simulator.Simulator, error) {
	if cfg.StateFile != "" {
		if err := os.MkdirAll(filepath.Dir(cfg.StateFile), 0o700); err != nil {
			return nil, content.Problems{{What: err.Error(), Remedy: "choose a folder that can be written"}}
		}
	}
	cfg.Log = cfg.Log.Named("simulator")
	sim, err := simulator.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	return sim, nil
}

// mountSimulator puts the simulator under /simulator/, leads there from the root, and puts the platforms' API beside it.
func mountSimulator(handle func(string, http.Handler), sim *simulator.Simulator) {
	handle("/simulator/", http.StripPrefix("/simulator", sim))
	for _, path := range []string{"/cgi-bin/", "/customservice/", "/wxaapi/"} {
		handle(path, sim.Platform())
	}
	handle("GET /{$}", http.RedirectHandler("/simulator/", http.StatusFound))
}

// simulated is the platform around the account that is named or described.
func simulated(a access, callback, secret string) simulator.Config {
	if a.settings.Kind == "wecom" {
		corp := demoCorp(a.settings, "wk"+random(alphabet, deskIDSize), "", "")
		corp.Apps[0].Name, corp.Apps[0].Callback = a.account, callback
		if id, err := strconv.ParseInt(a.settings.AgentID, 10, 64); err == nil {
			corp.Apps[0].AgentID = id
		}
		return simulator.Config{Corps: []simulator.Corp{corp}}
	}
	account := simulatedAccount(a, callback)
	account.Secret = cmp.Or(secret, a.settings.AppSecret.Reveal())
	account.Certified = account.Secret != ""
	return simulator.Config{Accounts: []simulator.Account{account}}
}

// simulatedAccount is the account that the sample content is written for: its QR codes and its menu.
func simulatedAccount(a access, callback string) simulator.Account {
	if a.mode == "" {
		a.mode = string(simulator.ModeSecure)
	}
	return simulator.Account{
		Name: a.account, Title: "健康管家", OriginalID: "gh_guanjiademo", AppID: a.appID, Token: a.token, AESKey: a.aesKey,
		Mode: simulator.Mode(a.mode), Callback: callback,
		Servicers: []simulator.KfAccount{{Account: "kf2001@guanjia", Nick: "小林"}, {Account: "kf2002@guanjia", Nick: "小周"}},
		Scenes: []simulator.Scene{
			{Key: "newgift", Title: "关注有礼"},
			{Key: "pharmacy-01", Title: "药房一店"},
			{Key: "pharmacy-02", Title: "药房二店"},
			{Key: "live-doctor", Title: "医生直播间"},
		},
		Menu: []simulator.Button{
			{Name: "领券", Type: simulator.ButtonClick, Key: "COUPON"},
			{Name: "答题", Type: simulator.ButtonClick, Key: "QUIZ"},
			{Name: "更多", Sub: []simulator.Button{
				{Name: "直播问卷", Type: simulator.ButtonClick, Key: "SURVEY"},
				{Name: "意见反馈", Type: simulator.ButtonClick, Key: "FEEDBACK"},
				{Name: "能做什么", Type: simulator.ButtonClick, Key: "MENU"},
				{Name: "人工客服", Type: simulator.ButtonClick, Key: "HUMAN"},
			}},
		},
	}
}
