package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"guanjia/app"
	"guanjia/content"
	"guanjia/simulator"
)

// demoAddr is this machine only: whoever reaches the page may play anybody.
const demoAddr = "127.0.0.1:8080"

// The accounts of the demo: an official account, and an app of a corp on WeCom.
const (
	demoAccount  = "demo"
	demoApp      = "assistant"
	demoAccounts = demoAccount + "," + demoApp
)

func (c *cli) demo() *cobra.Command {
	var addr, data string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the bot with a simulated WeChat on this machine, nothing else needed",
		Long: `Runs the bot and a simulated platform, WeChat and WeCom, on one port and prints the link to a page with a phone: follow the
account, write to it, tap its menu. The two talk over real HTTP, signed and encrypted, in both directions. Everything is kept in the data folder and goes on
where it was, also after a crash; remove the folder to begin anew.

The settings of 'guanjia serve' count here too: BOT_REDIS_URL and BOT_DATABASE_URL let the demo run on Redis and PostgreSQL,
BOT_CONTENT_DIR on your own content. Toggles can be changed while it runs, in demo.env in the data folder.`,
		Example: `  guanjia demo
  guanjia demo --addr :8080      # also for phones in the same network`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runDemo(cmd.Context(), addr, data)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "", "address of the page and the bot (default BOT_ADDR, else "+demoAddr+" or a free port)")
	cmd.Flags().StringVar(&data, "data", "data", "folder in which everything is kept")
	return cmd
}

func (c *cli) runDemo(ctx context.Context, addr, data string) error {
	unlock, err := lockFolder(data)
	if err != nil {
		return err
	}
	defer unlock()
	keys, err := demoKeys(filepath.Join(data, "demo.env"))
	if err != nil {
		return err
	}
	src := c.demoSource(data, keys)
	s := src.Read()
	if err := s.Problems.Err(); err != nil {
		return err
	}
	l, err := c.listenDemo(ctx, addr, s.Settings.Listening.Addr)
	if err != nil {
		return err
	}
	base := "http://" + reachable(l.Addr().String())
	log, level := c.log(s.Settings.Log)
	src.Defaults["BOT_WECHAT_API_URL"], src.Defaults["BOT_WECOM_API_URL"] = base, base
	sim, err := newSimulator(simulator.Config{
		Accounts: []simulator.Account{demoOfficial(s.Settings.Account[demoAccount], base)},
		Corps:    []simulator.Corp{demoCorp(s.Settings.Account[demoApp], keys[demoDesk], keys[demoRobot], base)},
		Log:      log, StateFile: filepath.Join(data, "simulator.json"), BaseURL: base + "/simulator",
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	mounts := map[string]http.Handler{}
	mountSimulator(func(pattern string, h http.Handler) { mounts[pattern] = h }, sim)
	desk, err := demoOperator(s.Settings, base, sim)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	mounts[operatorPath] = http.StripPrefix(strings.TrimSuffix(operatorPath, "/"), desk)
	o := app.Options{
		Source: src, Log: log, Level: level, Migrate: true, Listener: l, Now: sim.Clock().Now, Mounts: mounts, Stopping: sim.Close,
	}
	return c.runApp(ctx, o, func() {
		if err := giveDrafts(ctx, s.Settings, base); err != nil {
			log.Warn("the demo's broadcasts are not there", zap.Error(err))
		}
		c.welcome(base, data, s.Settings)
	})
}

// welcome says where to go.
func (c *cli) welcome(base, data string, s app.Settings) {
	c.say("")
	c.say("  Guanjia is ready.  The phone is at   %s/simulator/", base)
	c.say("  What it says by itself is at          %s%s", base, operatorPath)
	c.say("")
	c.say("  records   %s", s.State.DatabaseURL.Location())
	if s.State.RedisURL != "" {
		c.say("  sessions  %s", s.State.RedisURL.Location())
	}
	c.say("  toggles   %s   (BOT_QUIZ=off counts at once)", filepath.Join(data, "demo.env"))
	c.say("  stop      Ctrl+C; start again and everything goes on where it was")
	c.say("")
}

// demoSource is the environment with what the demo needs below and above it.
func (c *cli) demoSource(data string, keys map[string]string) app.Source {
	s := app.Source{
		Environ: c.env,
		Defaults: map[string]string{
			"BOT_ADDR": demoAddr, "BOT_INTERNAL_ADDR": "off", "BOT_LOG_FORMAT": "console",
			"BOT_DATABASE_URL": "sqlite:" + filepath.Join(data, "guanjia.db"), "BOT_ENV_FILE": filepath.Join(data, "demo.env"),
		},
		Overrides: map[string]string{"BOT_ACCOUNTS": demoAccounts},
	}
	for k, v := range keys {
		if k != demoDesk && k != demoRobot {
			s.Overrides[k] = v
		}
	}
	s.Defaults["BOT_ROBOTS"] = demoRobotName + ":" + keys[demoRobot]
	return s
}

// listenDemo opens the port: the one asked for, or the usual one, or any that is free.
func (c *cli) listenDemo(ctx context.Context, asked, usual string) (net.Listener, error) {
	var lc net.ListenConfig
	addr := asked
	if addr == "" {
		addr = usual
	}
	l, err := lc.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) && asked == "" && usual == demoAddr {
		c.complain(demoAddr + " is in use, so another port is taken")
		l, err = lc.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, content.Problems{{What: fmt.Sprintf("%s can't be opened: %v", addr, err), Remedy: "choose another --addr"}}
	}
	return l, nil
}

// lockFolder makes the data folder and keeps a second demo out of it. A crash leaves no lock behind.
func lockFolder(data string) (unlock func(), err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, content.Problems{{What: err.Error(), Remedy: "choose another folder with --data"}}
	}
	f, err := os.OpenFile(filepath.Join(data, "demo.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, content.Problems{{What: err.Error(), Remedy: "choose another folder with --data"}}
	}
	if err := lockFile(f); err != nil {
		_ = f.Close()
		return nil, content.Problems{{What: "another demo uses the folder " + data, Remedy: "stop it, or choose another folder with --data"}}
	}
	return func() { _ = f.Close() }, nil
}
