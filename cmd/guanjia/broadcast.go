package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"guanjia/app"
	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/content"
	"guanjia/store"
)

func (c *cli) broadcast() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "broadcast",
		Short: "Write to many at once: draft, preview, dry run, start, pause, cancel, report",
		Long: `Writes to many at once. A broadcast is a draft first, which is looked at on one's own phone (preview) and for whose people the rules are
asked without sending anything (dry-run); then it is started, at once or at a time. The bot, 'guanjia serve', sends it.
See docs/how-to/broadcast.md.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.broadcastDraft(), c.broadcastList(), c.broadcastPreview(), c.broadcastDryRun(), c.broadcastStart(), c.broadcastReport(),
		c.broadcastMove("pause", "Let what has not gone out wait", (*broadcast.Service).Pause),
		c.broadcastMove("resume", "Let a paused one go on", (*broadcast.Service).Resume),
		c.broadcastMove("cancel", "Drop what has not gone out", (*broadcast.Service).Cancel))
	return cmd
}

// withBroadcasts opens the bot without starting it.
func (c *cli) withBroadcasts(ctx context.Context, f func(context.Context, *broadcast.Service, *time.Location) error) error {
	s, err := c.read(c.source())
	if err != nil {
		return err
	}
	a, err := app.New(ctx, app.Options{Source: c.source(), Log: zap.NewNop(), Beside: true})
	if err != nil {
		return err
	}
	err = f(ctx, a.Broadcasts(), s.Content.Timezone.Location)
	var refused *broadcast.Refusal
	if errors.As(err, &refused) {
		err = content.Problems{{What: refused.What, Remedy: refused.Remedy}}
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), app.StopBudget)
	defer cancel()
	return errors.Join(err, a.Stop(stop))
}

// operatorName names who runs the command, for the record of who did what.
func operatorName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "cli:" + u.Username
	}
	return "cli"
}

func (c *cli) broadcastDraft() *cobra.Command {
	return &cobra.Command{
		Use:     "draft FILE",
		Short:   "Check a draft and keep it, instead of the one with its id",
		Long:    "Checks a draft (YAML, see docs/reference/broadcast.md) and keeps it. FILE - is the standard input.",
		Example: "  guanjia broadcast draft live.yaml",
		Args:    exactArgs("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, _, err := c.open(args[0])
			if err != nil {
				return err
			}
			text, err := io.ReadAll(io.LimitReader(in, 1<<20))
			if err = errors.Join(err, in.Close()); err != nil {
				return fmt.Errorf("read %s: %w", args[0], err)
			}
			d, ps := broadcast.ParseDraft(args[0], text)
			if err := ps.Err(); err != nil {
				return err
			}
			return c.withBroadcasts(cmd.Context(), func(ctx context.Context, s *broadcast.Service, _ *time.Location) error {
				b, err := s.Save(ctx, d, operatorName())
				if err != nil {
					return err
				}
				c.say("%s is kept as a draft; look at it with 'guanjia broadcast preview %s --user ...' and 'guanjia broadcast dry-run %s'", b.ID, b.ID, b.ID)
				return nil
			})
		},
	}
}

func (c *cli) broadcastList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List broadcasts, the newest first", Example: "  guanjia broadcast list", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withBroadcasts(cmd.Context(), func(ctx context.Context, s *broadcast.Service, zone *time.Location) error {
				all, err := s.List(ctx)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "id\tname\taccount\tto\tstate\tpeople\tstart")
				for _, b := range all {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", b.ID, b.Name, b.Account, b.Kind, b.State, b.Audience, minute(b.StartAt, zone))
				}
				return w.Flush()
			})
		},
	}
}

func minute(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

func (c *cli) broadcastPreview() *cobra.Command {
	var to, account string
	cmd := &cobra.Command{
		Use: "preview ID", Short: "Send a draft to one's own phone", Args: exactArgs("ID"),
		Long:    "Sends a draft to one person, at once: caps and quiet hours do not apply, the platform's own rules do.",
		Example: "  guanjia broadcast preview live --user oABC...",
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return usageError{cmd, errors.New("no --user is given: the id of your own phone on the account")}
			}
			return c.withBroadcasts(cmd.Context(), func(ctx context.Context, s *broadcast.Service, _ *time.Location) error {
				if err := s.Preview(ctx, args[0], bot.Person{Account: bot.AccountName(account), User: bot.UserID(to)}, operatorName()); err != nil {
					return err
				}
				c.say("the bot sends it to %s now", to)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&to, "user", "", "openid, external user id or member's user id")
	cmd.Flags().StringVar(&account, "account", "", "account of the user (default: the broadcast's)")
	return cmd
}

func (c *cli) broadcastDryRun() *cobra.Command {
	return &cobra.Command{
		Use: "dry-run ID", Short: "Say what would become of it, for every person, without sending", Args: exactArgs("ID"),
		Example: "  guanjia broadcast dry-run live",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withBroadcasts(cmd.Context(), func(ctx context.Context, s *broadcast.Service, zone *time.Location) error {
				bar := newSteps(c.stderr, "asking the rules", "people")
				r, err := s.DryRun(ctx, args[0], operatorName(), func(done, all int) { bar.set(done, all, "nothing is sent") })
				bar.end()
				if err != nil {
					return err
				}
				c.say("%s", r.Tell(zone))
				return nil
			})
		},
	}
}

func (c *cli) broadcastStart() *cobra.Command {
	var at string
	var yes int
	var watch bool
	cmd := &cobra.Command{
		Use: "start ID", Short: "Start a draft, at once or at a time", Args: exactArgs("ID"),
		Long: `Starts a draft. Its segment is counted first: an empty one is refused, and one that matches everybody on the account asks for
--yes with the number.`,
		Example: "  guanjia broadcast start live --at '2026-12-24 19:00'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withBroadcasts(cmd.Context(), func(ctx context.Context, s *broadcast.Service, zone *time.Location) error {
				r := broadcast.Start{Yes: yes, Who: operatorName()}
				if at != "" {
					m, err := content.ParseMoment(at)
					if err != nil {
						return usageError{cmd, err}
					}
					r.At = m.In(zone)
				}
				b, err := s.Start(ctx, args[0], r)
				if err != nil {
					return err
				}
				c.say("%s is %s: %d people", b.ID, b.State, b.Audience)
				if watch {
					return c.watchBroadcast(ctx, s, b.ID, zone)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "when, in BOT_TIMEZONE: '2026-12-24 19:00' (default: at once)")
	cmd.Flags().IntVar(&yes, "yes", 0, "the number of people, for a segment that matches everybody")
	cmd.Flags().BoolVar(&watch, "watch", false, "show how far it is until it is out; to stop watching does not stop it")
	return cmd
}

func (c *cli) broadcastMove(name, short string, move func(*broadcast.Service, context.Context, string, string) (store.Broadcast, error)) *cobra.Command {
	return &cobra.Command{
		Use: name + " ID", Short: short, Example: "  guanjia broadcast " + name + " live", Args: exactArgs("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withBroadcasts(cmd.Context(), func(ctx context.Context, s *broadcast.Service, _ *time.Location) error {
				b, err := move(s, ctx, args[0], operatorName())
				if err != nil {
					return err
				}
				c.say("%s is %s", b.ID, b.State)
				return nil
			})
		},
	}
}

func (c *cli) broadcastReport() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use: "report ID", Short: "Say how far it is and what became of it", Example: "  guanjia broadcast report live --watch", Args: exactArgs("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withBroadcasts(cmd.Context(), func(ctx context.Context, s *broadcast.Service, zone *time.Location) error {
				if watch {
					return c.watchBroadcast(ctx, s, args[0], zone)
				}
				r, err := s.Report(ctx, args[0])
				if err != nil {
					return err
				}
				return c.showBroadcast(r, zone)
			})
		},
	}
	cmd.Flags().BoolVar(&watch, "watch", false, "show how far it is until it is out")
	return cmd
}

// watchEvery is how often a terminal is told how far a broadcast is.
const watchEvery = time.Second

func (c *cli) watchBroadcast(ctx context.Context, s *broadcast.Service, id string, zone *time.Location) error {
	bar := newSteps(c.stderr, id, "people")
	defer bar.end()
	for {
		r, err := s.Report(ctx, id)
		if err != nil {
			return err
		}
		p := r.Progress
		bar.set(p.Sent+p.Unknown+p.Failed+p.Dropped+p.Held, max(p.Audience, 1), fmt.Sprintf("%s, %d sent, %d waiting", r.Broadcast.State, p.Sent, p.Waiting))
		if r.Broadcast.State == store.BroadcastSent || r.Broadcast.State == store.BroadcastCancelled && p.Open() == 0 {
			bar.end()
			return c.showBroadcast(r, zone)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
	}
}
