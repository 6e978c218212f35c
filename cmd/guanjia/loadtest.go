package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/bot"
	"guanjia/content"
	"guanjia/loadtest"
)

func (c *cli) loadtest() *cobra.Command {
	var cfg loadtest.Config
	var access access
	var asJSON bool
	var say string
	cmd := &cobra.Command{
		Use:   "loadtest [URL...]",
		Short: "Send many messages to a bot and check every answer",
		Long: `Plays many people who write to one official account in secure mode, and decrypts and checks every answer. URL is the callback
of any bot, with its token, AES key and app id; or name an account of these settings with --account. With several URLs, those
of replicas, messages and their copies go to one after the other.

Without --rate it keeps --concurrency messages under way and shows the most that the bot can do. With --rate it sends that
many a second whatever the answers do, and a message that could not be sent when it was due counts from then.
It stops after --duration or --messages, and exits with 1 when any answer was wrong or missing. Only this machine is a
target unless --allow-remote is given. The bot's limit of messages a person (BOT_INBOUND_PER_MINUTE) counts: use many users.`,
		Example: `  guanjia loadtest --account demo --env-file data/demo.env
  guanjia loadtest http://127.0.0.1:8080/callback/brand --token T --aes-key K --app-id wx... --rate 500 --duration 30s
  guanjia loadtest --account brand --messages 10000 --copies 3 --say 菜单`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && access.account == "" {
				return usageError{cmd, errors.New("no target is given: write the URL of the callback, or --account NAME")}
			}
			own, err := c.fill(&access)
			if err != nil {
				return err
			}
			if cfg.URLs = args; len(args) == 0 {
				cfg.URLs = []string{own}
			}
			cfg.Token, cfg.AESKey, cfg.AppID = access.token, access.aesKey, access.appID
			if say != "" {
				cfg.Say = strings.Split(say, ",")
			}
			return c.runLoadtest(cmd.Context(), cfg, asJSON)
		},
	}
	access.flags(cmd)
	f := cmd.Flags()
	f.Float64Var(&cfg.Rate, "rate", 0, "messages a second (open loop); 0: as many as the bot answers (closed loop)")
	f.IntVar(&cfg.Concurrency, "concurrency", 0, fmt.Sprintf("messages under way at once (default %d, with --rate at most %d)", loadtest.DefaultConcurrency, loadtest.DefaultOpenConcurrency))
	f.IntVar(&cfg.Users, "users", loadtest.DefaultUsers, "people who write")
	f.IntVar(&cfg.Copies, "copies", 1, "concurrent deliveries of each message; their answers must be equal")
	f.DurationVar(&cfg.Duration, "duration", 0, fmt.Sprintf("stop after this long (default %s, with --messages %s)", loadtest.DefaultDuration, loadtest.MaxDuration))
	f.Int64Var(&cfg.Messages, "messages", 0, "stop after so many messages")
	f.DurationVar(&cfg.Timeout, "timeout", loadtest.PlatformTimeout, "how long an answer may take")
	f.StringVar(&say, "say", "", "what each person says, one after the other, separated by commas (default "+strings.Join(loadtest.DefaultSay(), ",")+")")
	f.StringVar(&cfg.Expect, "expect", "", "text that every answer must hold")
	f.BoolVar(&cfg.AllowEmpty, "allow-empty", false, "an acknowledgement without a message is fine too")
	f.BoolVar(&cfg.AllowRemote, "allow-remote", false, "the target may be another machine")
	f.BoolVar(&asJSON, "json", false, "print the summary as JSON")
	return cmd
}

// access is what signs and encrypts for an account.
type access struct {
	account, envFile     string
	token, aesKey, appID string
	mode                 string
	settings             app.Account // of the account; empty when none is named
}

func (a *access) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&a.account, "account", "", "take URL, token, AES key and app id from this account's settings")
	f.StringVar(&a.envFile, "env-file", "", "file of the settings (default BOT_ENV_FILE)")
	f.StringVar(&a.token, "token", "", "token of the account")
	f.StringVar(&a.aesKey, "aes-key", "", "EncodingAESKey of the account")
	f.StringVar(&a.appID, "app-id", "", "AppID of the account")
}

// fill takes what is not given from the settings of the account, and gives the URL of its callback on this machine.
func (c *cli) fill(a *access) (callback string, err error) {
	if a.account == "" {
		return "", nil
	}
	src := c.source()
	if a.envFile != "" {
		src.Environ = append(src.Environ, "BOT_ENV_FILE="+a.envFile)
	}
	s := src.Read().Settings // problems elsewhere do not matter here
	account, ok := s.Account[bot.AccountName(a.account)]
	if !ok {
		return "", content.Problems{{What: fmt.Sprintf("the settings have no account %q", a.account), Remedy: "name it in BOT_ACCOUNTS, or give --env-file"}}
	}
	orElse(&a.token, account.Token.Reveal())
	orElse(&a.aesKey, account.AESKey.Reveal())
	orElse(&a.appID, account.AppID)
	orElse(&a.mode, account.Mode)
	a.settings = account
	return "http://" + reachable(s.Listening.Addr) + "/callback/" + a.account, nil
}

func orElse(s *string, otherwise string) {
	if *s == "" {
		*s = otherwise
	}
}

func (c *cli) runLoadtest(ctx context.Context, cfg loadtest.Config, asJSON bool) error {
	watched := isTerminal(c.stderr)
	last := time.Now()
	sum, err := loadtest.Run(ctx, cfg, func(p loadtest.Progress) {
		switch {
		case watched:
			fmt.Fprintf(c.stderr, "\r\033[K%s", p)
		case time.Since(last) >= progressEvery:
			last = time.Now()
			fmt.Fprintln(c.stderr, p)
		}
	})
	if watched {
		fmt.Fprint(c.stderr, "\r\033[K")
	}
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(c.stdout)
		e.SetIndent("", "  ")
		err = e.Encode(sum)
	} else {
		err = sum.Print(c.stdout)
	}
	if err == nil && sum.Failed() {
		err = errReported
	}
	return err
}
