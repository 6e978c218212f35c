package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/moments"
	"guanjia/schedule"
	"guanjia/store"
)

func (c *cli) schedules() *cobra.Command {
	var asJSON bool
	var last int
	cmd := &cobra.Command{
		Use:   "schedules",
		Short: "List what is said by itself: when it is next, and what became of it",
		Long: `Lists the schedules of the content (docs/reference/content/schedule.md): what is said by the clock, around a moment, or because of something,
with the next time and the outcomes of the last ones. Who was written to, and what became of each message, is told by
'guanjia why'; 'guanjia push pause --campaign ID' stops one of them.`,
		Example: "  guanjia schedules\n  guanjia schedules --last 20 --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, s app.Settings, found *app.Content, st *store.Store) error {
				list, err := schedule.List(ctx, st, found.Plans(s), time.Now(), last)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(c.stdout).Encode(map[string]any{"schedules": list})
				}
				c.showSchedules(list, s.Content.Timezone.Location)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, as the API gives it")
	cmd.Flags().IntVar(&last, "last", 3, "how many of the last times are told of")
	return cmd
}

func (c *cli) showSchedules(list []schedule.Status, zone *time.Location) {
	if len(list) == 0 {
		c.say("the content says nothing by itself; see docs/how-to/schedules.md")
	}
	for _, s := range list {
		next := "never again"
		switch {
		case s.Looks:
			next = "looks every few minutes"
		case !s.Next.IsZero():
			next = "next " + s.Next.In(zone).Format("2006-01-02 15:04 MST")
		}
		if s.Waiting {
			next += " (not taken up yet: start 'guanjia serve', or wait for it to reload)"
		}
		c.say("%-28s %s  %s", s.Name, next, s.Title)
		for _, o := range s.Last {
			c.say("    %s  %s%s", o.At.In(zone).Format("2006-01-02 15:04"), o.State, outcome(o))
		}
	}
}

// outcome says in words what became of a time.
func outcome(o schedule.Outcome) string {
	switch {
	case o.State == store.SlotDone && o.Reason == "cap":
		return fmt.Sprintf(": held, the day had its %d posts", moments.MaxPerDay)
	case o.State == store.SlotDone || o.State == store.SlotRunning:
		return fmt.Sprintf(": %d people, %d messages", o.People, o.Queued)
	case o.Reason == schedule.ReasonLate:
		return ": nobody was there to do it before its grace was over"
	case o.Reason == schedule.ReasonOvertaken:
		return ": the next time had come as well"
	case o.Reason == schedule.ReasonRemoved:
		return ": it was taken out of the content"
	}
	return ""
}

func (c *cli) moments() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "moments",
		Short: "Show the calendar of moments (朋友圈), and its mix against the target",
		Long: `Shows the posts of the last 30 days and of those to come (docs/reference/content/moments.md), how many members have published each, and how
the mix of categories stands against the target.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, s app.Settings, found *app.Content, st *store.Store) error {
				calendar, err := moments.List(ctx, st, found.Calendar(), time.Now().Add(-app.MomentsBack))
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(c.stdout).Encode(calendar)
				}
				c.showMoments(calendar, s.Content.Timezone.Location)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, as the API gives it")
	return cmd
}

func (c *cli) showMoments(calendar moments.Calendar, zone *time.Location) {
	for _, p := range calendar.Posts {
		what := string(p.State)
		if p.Members > 0 {
			what = fmt.Sprintf("%s, published by %d of %d", what, p.Published, p.Members)
		}
		if p.Reason != "" {
			what += " (" + p.Reason + ")"
		}
		c.say("%s  %-10s %-28s %s", p.At.In(zone).Format("2006-01-02 15:04"), p.Category, p.ID, what)
	}
	c.say("")
	c.say("%-10s %5s %8s %8s", "category", "posts", "share", "target")
	for _, s := range calendar.Mix {
		c.say("%-10s %5d %7.1f%% %7.0f%%", s.Category, s.Posts, s.Percent, s.Target)
	}
}
