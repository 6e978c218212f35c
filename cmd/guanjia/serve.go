package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"guanjia/app"
)

func (c *cli) serve() *cobra.Command {
	var migrate bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer for the accounts named in BOT_ACCOUNTS",
		Long: `Answers for the accounts named in BOT_ACCOUNTS until SIGTERM or SIGINT; then it finishes what is in flight, within 20 seconds.

The callback URL of the account 'brand' is https://your.host/callback/brand. The database must have the schema of this version:
run 'guanjia migrate' before, or add --migrate. SIGHUP reads settings and content again; they are watched anyway.`,
		Example: `  export BOT_ACCOUNTS=brand BOT_ACCOUNT_BRAND_APP_ID=wx... BOT_ACCOUNT_BRAND_TOKEN=... BOT_ACCOUNT_BRAND_AES_KEY=...
  guanjia serve --migrate`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := app.Options{Source: c.source(), Migrate: migrate}
			o.Log, o.Level = c.log(o.Source.Read().Settings.Log)
			return c.runApp(cmd.Context(), o, func() {})
		},
	}
	cmd.Flags().BoolVar(&migrate, "migrate", false, "bring the database's schema up to date first")
	return cmd
}

// log makes the log of the process.
func (c *cli) log(s app.LogSettings) (*zap.Logger, zap.AtomicLevel) {
	log, level := app.NewLog(s, c.stderr)
	app.RedirectLibraries(log)
	return log, level
}

// runApp runs a bot until ctx ends. started is called when it answers.
func (c *cli) runApp(ctx context.Context, o app.Options, started func()) error {
	a, err := app.New(ctx, o)
	if err != nil {
		return err
	}
	defer reloadOnHangup(a, o.Log)()
	return a.Run(ctx, started)
}

// reloadOnHangup reloads at every SIGHUP, until the function that it gives is called.
func reloadOnHangup(a *app.App, log *zap.Logger) (stop func()) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range hangup {
			log.Info("SIGHUP: reading settings and content again")
			_ = a.Reload() // it logs what can't be used
		}
	}()
	return func() {
		signal.Stop(hangup)
		close(hangup)
		<-done
	}
}
