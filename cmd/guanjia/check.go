package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"guanjia/app"
)

func (c *cli) check() *cobra.Command {
	var o online
	cmd := &cobra.Command{
		Use:   "check [FOLDER]",
		Short: "Check settings and content, and name file, line and remedy of each problem",
		Long: `Checks the settings in the environment (and in BOT_ENV_FILE) and the content in FOLDER, else BOT_CONTENT_DIR, else the
sample. It connects to nothing. Exits with 1 when there is a problem, variables that nobody reads included.

With --online it then asks the platform about each account: whether its API is reached, takes the secrets and this machine's address, and
which rights are missing; and it calls each callback address as the platform does: the console's check, a wrong signature, an event that
nobody acts on. It changes nothing on the platform. The running bot logs what it refuses, and writes the event into its journal.`,
		Example: `  guanjia check
  guanjia check ./content
  BOT_PUBLIC_URL=https://bot.example.com guanjia check --online
  guanjia check --online --account brand --callback https://bot.example.com/callback/brand`,
		Args: atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			s := c.source()
			if len(args) == 1 {
				s.Overrides = map[string]string{"BOT_CONTENT_DIR": args[0]}
			}
			r := s.Read()
			if err := o.check(cmd, r.Settings); err != nil {
				return err
			}
			if err := c.checkAll(r); err != nil || !o.wanted {
				return err
			}
			return c.examine(cmd.Context(), r.Settings, o)
		},
	}
	o.flags(cmd)
	return cmd
}

func (c *cli) checkAll(r app.Reading) error {
	found, problems := app.ReadContent(r.Settings)
	all := append(append(r.Problems, r.Unknown...), problems...)
	for _, p := range all {
		fmt.Fprintln(c.stdout, p)
	}
	if len(all) > 0 {
		fmt.Fprintf(c.stderr, "guanjia: %d problems\n", len(all))
		return errReported
	}
	dir := r.Settings.Content.ContentDir
	if dir == "" {
		dir = "the sample content"
	}
	c.say("settings: fine, accounts: %s", accountsOf(r.Settings))
	c.say("%s: fine, %d files", dir, found.Files)
	return nil
}

func accountsOf(s app.Settings) string {
	if len(s.Accounts.Accounts) == 0 {
		return "none ('guanjia serve' needs BOT_ACCOUNTS)"
	}
	return fmt.Sprint(s.Accounts.Accounts)
}
