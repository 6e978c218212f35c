package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/content"
	"guanjia/export"
	"guanjia/handlers/quiz"
	"guanjia/store"
)

// table makes one kind of export of one campaign.
type table func(ctx context.Context, found *app.Content, st *store.Store, campaign string) (export.Table, error)

// tables lists what can be exported.
func tables() map[string]table {
	return map[string]table{
		"quiz-ranking": func(ctx context.Context, found *app.Content, st *store.Store, campaign string) (export.Table, error) {
			c, err := quizOf(found, campaign)
			if err != nil {
				return export.Table{}, err
			}
			return quiz.Ranking(ctx, st, c), nil
		},
		"quiz-payouts": func(ctx context.Context, found *app.Content, st *store.Store, campaign string) (export.Table, error) {
			c, err := quizOf(found, campaign)
			if err != nil {
				return export.Table{}, err
			}
			return quiz.Payouts(ctx, st, c), nil
		},
	}
}

func (c *cli) export() *cobra.Command {
	var out string
	names := strings.Join(tableNames(), ", ")
	cmd := &cobra.Command{
		Use:   "export WHAT CAMPAIGN",
		Short: "Write the results of a campaign as CSV",
		Long: `Writes the results of a campaign as CSV that spreadsheets open: UTF-8 with a mark, and no cell that could be a formula.
WHAT is one of ` + names + `.`,
		Example: `  guanjia export quiz-ranking health-quiz -o ranking.csv`,
		Args:    exactArgs("WHAT", "CAMPAIGN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			make, ok := tables()[args[0]]
			if !ok {
				return usageError{cmd, fmt.Errorf("%q can't be exported: use one of %s", args[0], names)}
			}
			return c.withRecords(cmd.Context(), func(ctx context.Context, _ app.Settings, found *app.Content, st *store.Store) error {
				t, err := make(ctx, found, st, args[1])
				if err != nil {
					return err
				}
				return c.writeTable(t, out)
			})
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write (default: the standard output)")
	return cmd
}

func tableNames() []string {
	var names []string
	for name := range tables() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// writeTable writes a table to a file or to the standard output. A file is there whole or not at all, and for its owner only:
// it holds personal data.
func (c *cli) writeTable(t export.Table, file string) error {
	if file == "" {
		return t.WriteCSV(c.stdout)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.tmp") // made with 0600
	if err != nil {
		return content.Problems{{What: err.Error(), Remedy: "choose a folder that can be written"}}
	}
	rows := &countRows{w: temp}
	err = errors.Join(t.WriteCSV(rows), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", file, err), os.Remove(temp.Name()))
	}
	c.say("%s: %d bytes", file, rows.n)
	return nil
}

// countRows counts what is written.
type countRows struct {
	w io.Writer
	n int64
}

func (c *countRows) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
