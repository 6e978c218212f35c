package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/content"
	"guanjia/handlers/coupon"
	"guanjia/store"
)

func (c *cli) coupons() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "coupons",
		Short: "Import coupon codes and see how many are left",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.couponsImport(), c.couponsStock())
	return cmd
}

func (c *cli) couponsImport() *cobra.Command {
	var campaign string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import the codes of a campaign from a CSV file",
		Long: `Imports codes from a CSV file (UTF-8, UTF-16 or GBK): one column of codes, or a first line that names the column 'code' or '券码'.
FILE - is the standard input. Codes that are there already are counted and left alone, so a file may be imported again after
it broke off. Lines that hold no usable code are listed; the others are imported all the same.`,
		Example: "  guanjia coupons import codes.csv --campaign pharmacy-02",
		Args:    exactArgs("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if campaign == "" {
				return usageError{cmd, fmt.Errorf("no --campaign is given")}
			}
			return c.withRecords(cmd.Context(), func(ctx context.Context, _ app.Settings, found *app.Content, st *store.Store) error {
				if err := found.Batch(campaign); err != nil {
					return err
				}
				return c.importCodes(ctx, st, campaign, args[0])
			})
		},
	}
	cmd.Flags().StringVar(&campaign, "campaign", "", "id of the coupon campaign in the content")
	return cmd
}

func (c *cli) importCodes(ctx context.Context, st *store.Store, campaign, file string) error {
	in, size, err := c.open(file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	p := newProgress(c.stderr, "importing", size)
	began := time.Now()
	sum, err := coupon.Import(ctx, st, campaign, in, began, p.set)
	p.end()
	c.listBad(sum)
	if sum.GBK {
		c.say("the file was read as GBK")
	}
	c.say("%s: %d new, %d there already, %d bad lines, in %s", campaign, sum.Added, sum.Existing, sum.Bad, time.Since(began).Round(time.Millisecond))
	if err != nil {
		return content.Problems{{What: err.Error(), Remedy: "run it again: what is imported counts as there already"}}
	}
	if sum.Bad > 0 {
		return errReported
	}
	return nil
}

func (c *cli) listBad(sum coupon.ImportSummary) {
	for _, l := range sum.BadLines {
		fmt.Fprintf(c.stderr, "line %d %s; %s\n", l.Line, l.What, l.Remedy)
	}
	if more := sum.Bad - len(sum.BadLines); more > 0 {
		fmt.Fprintf(c.stderr, "and %d bad lines more\n", more)
	}
}

// open opens a file to read, or the standard input for "-". The size is 0 when it is not known.
func (c *cli) open(name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(c.stdin), 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, content.Problems{{What: err.Error(), Remedy: "check the name of the file"}}
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, 0, fmt.Errorf("look at %s: %w", name, err)
	}
	return f, info.Size(), nil
}

func (c *cli) couponsStock() *cobra.Command {
	return &cobra.Command{
		Use:     "stock",
		Short:   "Say how many codes of each campaign are left, claimed, redeemed",
		Example: "  guanjia coupons stock",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, _ app.Settings, found *app.Content, st *store.Store) error {
				w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "campaign\tcodes\tclaimed\tredeemed\tvoid\tleft")
				for _, campaign := range found.Coupons() {
					s, err := st.CouponStock(ctx, campaign.ID)
					if err != nil {
						return err
					}
					fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%s\n", campaign.ID, s.Total, s.Claimed, s.Redeemed, s.Void, left(campaign, s))
				}
				return w.Flush()
			})
		},
	}
}

// left is how many codes can still be claimed. A generated code exists when it is claimed.
func left(c coupon.Campaign, s store.Stock) string {
	switch {
	case c.Generate == nil:
		return strconv.Itoa(s.Total - s.Claimed)
	case c.Generate.Limit == nil:
		return "no limit"
	}
	return strconv.Itoa(*c.Generate.Limit - s.Claimed)
}
