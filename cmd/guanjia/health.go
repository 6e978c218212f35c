package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guanjia/app"
)

// healthTimeout is how long the bot may take to answer.
const healthTimeout = 3 * time.Second

func (c *cli) health() *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Ask the bot on this machine whether it is ready",
		Long: `Asks /readyz on the port of BOT_ADDR and exits with 0 when the bot is ready, else with 1. It is for containers, which have no
other program to ask with.`,
		Example: "  guanjia health",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := c.read(c.source())
			if err != nil {
				return err
			}
			return c.askReady(cmd.Context(), s)
		},
	}
}

func (c *cli) askReady(ctx context.Context, s app.Settings) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+reachable(s.Listening.Addr)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask the bot: %w", err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("nobody answers at %s; is the bot running?", s.Listening.Addr)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if err != nil {
		return fmt.Errorf("read the bot's answer: %w", err)
	}
	c.say("%s", strings.TrimSpace(string(body)))
	if resp.StatusCode != http.StatusOK {
		return errReported
	}
	return nil
}

// reachable is an address at which a listener on addr can be reached from this machine.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
