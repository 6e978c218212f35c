package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"guanjia/app"
)

func (c *cli) check() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FOLDER]",
		Short: "Check settings and content, and name file, line and remedy of each problem",
		Long: `Checks the settings in the environment (and in BOT_ENV_FILE) and the content in FOLDER, else BOT_CONTENT_DIR, else the
sample. It connects to nothing. Exits with 1 when there is a problem, variables that nobody reads included.`,
		Example: `  guanjia check
  guanjia check ./content`,
		Args: atMostOne,
		RunE: func(_ *cobra.Command, args []string) error {
			s := c.source()
			if len(args) == 1 {
				s.Overrides = map[string]string{"BOT_CONTENT_DIR": args[0]}
			}
			return c.checkAll(s)
		},
	}
}

func (c *cli) checkAll(s app.Source) error {
	r := s.Read()
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
