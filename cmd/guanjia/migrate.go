package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"guanjia/app"
	"guanjia/store"
)

func (c *cli) migrate() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema up to date",
		Long: `Brings the schema of BOT_DATABASE_URL to this version. It does nothing when it is there, and several may run at once.
Replicas of the version before keep working while it runs and stop being able to start after it.`,
		Example: `  BOT_DATABASE_URL=postgres://bot@db/guanjia guanjia migrate`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withStore(cmd.Context(), func(ctx context.Context, _ app.Settings, st *store.Store) error {
				began := time.Now()
				from, to, err := app.Migrate(ctx, st)
				if err != nil {
					return err
				}
				if from == to {
					c.say("schema: version %d, up to date", to)
					return nil
				}
				c.say("schema: version %d -> %d in %s", from, to, time.Since(began).Round(time.Millisecond))
				return nil
			})
		},
	}
}

// withStore opens the records of the settings for f. It does not look at the schema.
func (c *cli) withStore(ctx context.Context, f func(context.Context, app.Settings, *store.Store) error) error {
	s, err := c.read(c.source())
	if err != nil {
		return err
	}
	st, err := app.OpenStore(ctx, s.State, zap.NewNop(), true)
	if err != nil {
		return err
	}
	err = f(ctx, s, st)
	if cerr := st.Close(); err == nil {
		err = cerr
	}
	return err
}

// withRecords is withStore for records that can be used: the schema must be this version's.
func (c *cli) withRecords(ctx context.Context, f func(context.Context, app.Settings, *app.Content, *store.Store) error) error {
	return c.withStore(ctx, func(ctx context.Context, s app.Settings, st *store.Store) error {
		if err := app.CheckSchema(ctx, st); err != nil {
			return err
		}
		found, problems := app.ReadContent(s)
		if err := problems.Err(); err != nil {
			return err
		}
		return f(ctx, s, found, st)
	})
}
