package main

import (
	"runtime"

	"github.com/spf13/cobra"

	"guanjia/internal/buildinfo"
)

func (c *cli) version() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which build this is",
		Example: "  guanjia version",
		Args:    noArgs,
		Run: func(*cobra.Command, []string) {
			c.say("guanjia %s %s/%s %s", buildinfo.Version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
		},
	}
}
