package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/bot"
	"guanjia/doctor"
)

// online are the flags of 'guanjia check' that ask the platform.
type online struct {
	wanted   bool
	accounts []string
	callback string
}

func (o *online) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.wanted, "online", false, "ask the platform, and call the callback addresses as it does")
	f.StringSliceVar(&o.accounts, "account", nil, "with --online: only these accounts")
	f.StringVar(&o.callback, "callback", "", "with --online: callback address of the one account (default BOT_PUBLIC_URL/callback/NAME)")
}

// check finds what is wrong with the flags.
func (o *online) check(cmd *cobra.Command, s app.Settings) error {
	for _, name := range o.accounts {
		if !slices.Contains(s.Accounts.Accounts, bot.AccountName(name)) {
			return usageError{cmd, fmt.Errorf("--account %s is not one of BOT_ACCOUNTS %v", name, s.Accounts.Accounts)}
		}
	}
	examined := len(s.Accounts.Accounts)
	if len(o.accounts) > 0 {
		examined = len(o.accounts)
	}
	switch {
	case !o.wanted && (o.callback != "" || len(o.accounts) > 0):
		return usageError{cmd, errors.New("--account and --callback are for --online")}
	case o.callback != "" && examined != 1:
		return usageError{cmd, errors.New("--callback is for one account: name it with --account")}
	}
	return nil
}

// examine asks the platform and prints each finding as it comes: all of it takes seconds.
func (c *cli) examine(ctx context.Context, s app.Settings, o online) error {
	if len(s.Accounts.Accounts) == 0 {
		c.complain("BOT_ACCOUNTS is not set: there is nobody to ask about")
		return errReported
	}
	var names []bot.AccountName
	for _, n := range o.accounts {
		names = append(names, bot.AccountName(n))
	}
	problems := 0
	app.Examine(ctx, app.Examination{
		Settings: s, Accounts: names, Callback: o.callback,
		Begin: func(name bot.AccountName, kind, id string) { c.say("\n%s (%s %s)", name, kind, id) },
		Tell: func(f doctor.Finding) {
			c.say("  %-8s %s", f.Level, f.What)
			if f.Remedy != "" {
				c.say("           -> %s", f.Remedy)
			}
			if f.Level == doctor.Problem {
				problems++
			}
		},
	})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("interrupted: %w", err)
	}
	if problems > 0 {
		fmt.Fprintf(c.stderr, "guanjia: %d problems\n", problems)
		return errReported
	}
	return nil
}
