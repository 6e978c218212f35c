package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/segment"
	"guanjia/store"
)

func (c *cli) segment() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "segment",
		Short: "Count the people that an expression means",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "count EXPRESSION",
		Short: "Say how many people are meant",
		Long: `Counts the people whom an expression means, among all who are known on any account. What can be asked is in docs/reference/segments.md:
tags, followed and active since when, scenes, quizzes, coupons, surveys, consent; combined with and, or, not and parentheses.`,
		Example: `  guanjia segment count 'tag:孕期 and followed<30d and not coupon:newgift'`,
		Args:    exactArgs("EXPRESSION"),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := segment.Parse(args[0])
			if err != nil {
				return c.complainAboutSegment(args[0], err)
			}
			return c.withRecords(cmd.Context(), func(ctx context.Context, _ app.Settings, _ *app.Content, st *store.Store) error {
				began := time.Now()
				n, err := segment.CountIn(ctx, st, e, began)
				if err != nil {
					return err
				}
				c.say("%d people, in %s", n, time.Since(began).Round(time.Millisecond))
				return nil
			})
		},
	})
	return cmd
}

// complainAboutSegment shows where an expression is wrong.
func (c *cli) complainAboutSegment(expression string, err error) error {
	c.complain(err.Error())
	if p, ok := errors.AsType[*segment.Problem](err); ok {
		fmt.Fprintln(c.stderr, p.Mark(expression))
	}
	return errReported
}
