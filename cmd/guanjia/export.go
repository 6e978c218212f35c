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
	"guanjia/bot"
	"guanjia/content"
	"guanjia/export"
	"guanjia/store"
)

func (c *cli) export() *cobra.Command {
	var out string
	names := strings.Join(exportNames(), ", ")
	cmd := &cobra.Command{
		Use:   "export WHAT CAMPAIGN|ACCOUNT",
		Short: "Write the results of a campaign, or of an account, as CSV",
		Long: `Writes results as CSV that spreadsheets open: UTF-8 with a mark, and no cell that could be a formula.
WHAT is one of ` + names + `.
Those of conversations are of an account, all others of a campaign.`,
		Example: `  guanjia export quiz-ranking health-quiz -o ranking.csv
  guanjia export conversations brand -o conversations.csv`,
		Args: exactArgs("WHAT", "CAMPAIGN or ACCOUNT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			i := slices.IndexFunc(app.Exports(), func(e app.Export) bool { return e.Name == args[0] })
			if i < 0 {
				return usageError{cmd, fmt.Errorf("%q can't be exported: use one of %s", args[0], names)}
			}
			return c.withRecords(cmd.Context(), func(ctx context.Context, s app.Settings, found *app.Content, st *store.Store) error {
				if err := checkAccount(app.Exports()[i], s, args[1]); err != nil {
					return err
				}
				t, err := app.Exports()[i].Table(ctx, found, st, args[1], s.Content.Timezone.Location)
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

// checkAccount tells whether the account is there of which something is asked.
func checkAccount(e app.Export, s app.Settings, name string) error {
	if !e.OfAccount || slices.Contains(s.Accounts.Accounts, bot.AccountName(name)) {
		return nil
	}
	known := make([]string, len(s.Accounts.Accounts))
	for i, a := range s.Accounts.Accounts {
		known[i] = string(a)
	}
	return content.Problems{{What: fmt.Sprintf("there is no account %q", name), Remedy: "use one of BOT_ACCOUNTS: " + strings.Join(known, ", ")}}
}

func exportNames() []string {
	var names []string
	for _, e := range app.Exports() {
		names = append(names, e.Name)
	}
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
	counted := &countedFile{w: temp}
	err = errors.Join(t.WriteCSV(counted), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", file, err), os.Remove(temp.Name()))
	}
	c.say("%s: %d bytes", file, counted.n)
	return nil
}

// countedFile counts what is written.
type countedFile struct {
	w io.Writer
	n int64
}

func (c *countedFile) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
