package main

import (
	"github.com/spf13/cobra"

	"guanjia/app"
)

func (c *cli) settings() *cobra.Command {
	return &cobra.Command{
		Use:     "settings",
		Short:   "List every setting, as docs/reference/settings.md",
		Example: "  guanjia settings | less",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return app.WriteReference(c.stdout) },
	}
}
