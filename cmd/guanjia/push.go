package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/bot"
	"guanjia/outbound"
	"guanjia/store"
)

func (c *cli) why() *cobra.Command {
	var account, user, campaign string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "why --user USER",
		Short: "Say why a message did or did not reach somebody",
		Long: `Lists what was to go to a person by itself (reminders, broadcasts, late answers), the newest first, on all accounts on which they are
known to be the same person, each with what became of it and why. It is kept for 90 days after the end of each.`,
		Example: `  guanjia why --user oABC123
  guanjia why --account brand --user oABC123 --campaign newgift`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, s app.Settings, _ *app.Content, st *store.Store) error {
				told, err := app.Why(ctx, s, st, bot.AccountName(account), bot.UserID(user), campaign)
				if err != nil {
					return err
				}
				if asJSON {
					return c.sayJSON(told)
				}
				if len(told) == 0 {
					c.say("nothing was ever to go to this person by itself%s; nobody chose them, or it is longer ago than 90 days", ofCampaign(campaign))
				}
				for _, t := range told {
					c.showTold(t)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&account, "account", "", "name of the account (may be left out when there is one)")
	cmd.Flags().StringVar(&user, "user", "", "the person's id on the account: openid, external user id or user id")
	cmd.Flags().StringVar(&campaign, "campaign", "", "only messages of this campaign")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func ofCampaign(campaign string) string {
	if campaign == "" {
		return ""
	}
	return fmt.Sprintf(" of campaign %q", campaign)
}

func (c *cli) showTold(t outbound.Told) {
	local := func(at time.Time) string { return at.Local().Format(time.DateTime) }
	c.say("%s  %s  %s%s (%s, %s)", local(t.CreatedAt), t.State, t.Cause, ofCampaign(t.Campaign), t.Budget, t.Priority)
	detail := ""
	if t.Detail != "" {
		detail = " [" + t.Detail + "]"
	}
	c.say("  %s%s", t.English, detail)
	if t.SentAt != nil {
		c.say("  went out at %s by %s", local(*t.SentAt), t.Way)
	}
	if t.Due != nil {
		c.say("  is looked at again at %s", local(*t.Due))
	}
	if !t.State.Settled() && t.Expires != nil {
		c.say("  makes sense until %s", local(*t.Expires))
	}
}

func (c *cli) quotas() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "quotas",
		Short:   "Say what the accounts sent today, and what is left",
		Long:    `Lists for each account and way what was sent today by the platform's clock, unasked and in answer, and whether the platform takes more.`,
		Example: "  guanjia quotas",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, _ app.Settings, _ *app.Content, st *store.Store) error {
				all, err := outbound.Quotas(ctx, st, time.Now())
				if err != nil {
					return err
				}
				if asJSON {
					return c.sayJSON(all)
				}
				if len(all) == 0 {
					c.say("nothing was sent today")
				}
				for _, l := range all {
					left := "no number is known"
					if l.Left != nil {
						left = fmt.Sprintf("%d left", *l.Left)
					}
					c.say("%s %s: %d pushed, %d replied, %s, resets at %s", l.Account, l.Way, l.Pushed, l.Replied, left, l.Resets.Local().Format(time.DateTime))
					if l.Closed != nil {
						c.say("  closed until %s: %s", l.Closed.Local().Format(time.DateTime), l.English)
					}
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *cli) push() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "push",
		Short: "Pause and resume what goes out by itself",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.pushPause(), c.pushResume(), c.pushStatus())
	return cmd
}

// pauseFlags say what is paused or resumed.
type pauseFlags struct {
	all      bool
	account  string
	campaign string
}

func (f *pauseFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.all, "all", false, "everything")
	cmd.Flags().StringVar(&f.account, "account", "", "what goes out by this account")
	cmd.Flags().StringVar(&f.campaign, "campaign", "", "what is of this campaign")
}

func (f *pauseFlags) scope(s app.Settings) (store.PauseScope, string, error) {
	return app.PauseScope(s.Accounts.Accounts, f.all, bot.AccountName(f.account), f.campaign)
}

func (c *cli) pushPause() *cobra.Command {
	var f pauseFlags
	cmd := &cobra.Command{
		Use:   "pause",
		Short: "Stop everything, an account, or a campaign",
		Long: `Stops what goes out by itself, on every replica within two seconds. What has not gone out waits until it is resumed, or until it makes
no sense any more. Answers to callbacks are not stopped.`,
		Example: "  guanjia push pause --all\n  guanjia push pause --campaign newgift",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withOutbox(cmd.Context(), func(ctx context.Context, s app.Settings, st *store.Store, o *outbound.Outbox) error {
				scope, name, err := f.scope(s)
				if err != nil {
					return err
				}
				if err := o.Pause(ctx, st, scope, name); err != nil {
					return err
				}
				c.say("paused: %s", named(scope, name))
				return nil
			})
		},
	}
	f.add(cmd)
	return cmd
}

func (c *cli) pushResume() *cobra.Command {
	var f pauseFlags
	cmd := &cobra.Command{
		Use:     "resume",
		Short:   "Let go on what was paused",
		Example: "  guanjia push resume --all",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withOutbox(cmd.Context(), func(ctx context.Context, s app.Settings, st *store.Store, o *outbound.Outbox) error {
				scope, name, err := f.scope(s)
				if err != nil {
					return err
				}
				was, err := o.Resume(ctx, st, scope, name)
				if err != nil {
					return err
				}
				if !was {
					c.say("it was not paused: %s", named(scope, name))
					return nil
				}
				c.say("resumed: %s", named(scope, name))
				return nil
			})
		},
	}
	f.add(cmd)
	return cmd
}

func (c *cli) pushStatus() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Say what is paused",
		Example: "  guanjia push status",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, _ app.Settings, _ *app.Content, st *store.Store) error {
				all, err := st.SendPauses(ctx)
				if err != nil {
					return err
				}
				if len(all) == 0 {
					c.say("nothing is paused")
				}
				for _, p := range all {
					c.say("paused since %s: %s", p.At.Local().Format(time.DateTime), named(p.Scope, p.Name))
				}
				return nil
			})
		},
	}
}

// named is what a pause stops.
func named(scope store.PauseScope, name string) string {
	if name == "" {
		return string(scope)
	}
	return string(scope) + " " + name
}

func (c *cli) withOutbox(ctx context.Context, f func(context.Context, app.Settings, *store.Store, *outbound.Outbox) error) error {
	return c.withRecords(ctx, func(ctx context.Context, s app.Settings, _ *app.Content, st *store.Store) error {
		o, closeQueue, err := app.Outbox(ctx, st)
		if err != nil {
			return err
		}
		defer closeQueue()
		return f(ctx, s, st, o)
	})
}

func (c *cli) sayJSON(v any) error {
	out := json.NewEncoder(c.stdout)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
