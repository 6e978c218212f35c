// Command guanjia answers for a company on WeChat. This package is flags, signals and exit codes; the work is in app.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/content"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// cli is what every subcommand gets from the process.
type cli struct {
	env    []string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// run is the program without the process around it. The first SIGINT or SIGTERM ends it in order, the second at once.
func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, cancel := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer cancel()
	context.AfterFunc(ctx, cancel)

	c := &cli{env: env, stdin: stdin, stdout: stdout, stderr: stderr}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return c.report(root.ExecuteContext(ctx))
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "guanjia",
		Short: "One bot that answers for a company on WeChat",
		Long: `Guanjia (管家) answers for a company on WeChat: welcome, coupons, prize quizzes, surveys.

Try it on this machine, with a simulated WeChat and nothing to set up:   guanjia demo
Run it for real accounts, set up by environment variables:               guanjia serve
Every setting is listed in docs/reference/settings.md and by:            guanjia settings`,
		SilenceUsage: true, SilenceErrors: true, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{cmd, err} })
	root.AddCommand(c.demo(), c.serve(), c.simulate(), c.check(), c.migrate(), c.coupons(), c.contacts(), c.segment(), c.broadcast(), c.push(), c.why(),
		c.quotas(), c.export(), c.quiz(), c.schedules(), c.moments(),
		c.loadtest(), c.settings(), c.health(), c.version())
	return root
}

// usageError is a command line that can't be understood.
type usageError struct {
	cmd *cobra.Command
	err error
}

func (e usageError) Error() string {
	return fmt.Sprintf("%v; see '%s --help'", e.err, e.cmd.CommandPath())
}

func (e usageError) Unwrap() error { return e.err }

// errReported ends the program with a failure of which everything has been said.
var errReported = errors.New("reported")

// report says what went wrong, one line for each thing, and gives the exit code.
func (c *cli) report(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errReported):
		return exitFailure
	case errors.As(err, &usage):
		c.complain(err.Error())
		return exitUsage
	}
	c.complain(strings.Split(err.Error(), "\n")...)
	return exitFailure
}

func (c *cli) complain(lines ...string) {
	for _, l := range lines {
		if l != "" {
			fmt.Fprintln(c.stderr, "guanjia: "+l)
		}
	}
}

// say prints what was asked for.
func (c *cli) say(format string, args ...any) {
	fmt.Fprintf(c.stdout, format+"\n", args...)
}

// source is the settings of the environment.
func (c *cli) source() app.Source { return app.Source{Environ: c.env} }

// read reads the settings and refuses those that can't be used. Unknown variables are mentioned.
func (c *cli) read(s app.Source) (app.Settings, error) {
	r := s.Read()
	if err := r.Problems.Err(); err != nil {
		return r.Settings, err
	}
	c.complainAbout(r.Unknown)
	return r.Settings, nil
}

func (c *cli) complainAbout(ps content.Problems) {
	for _, p := range ps {
		c.complain("warning: " + p.String())
	}
}

// noArgs refuses arguments. To a command that has others below it, they are slips in their names.
func noArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case !cmd.HasSubCommands():
		return usageError{cmd, fmt.Errorf("unknown argument %q", args[0])}
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usageError{cmd, fmt.Errorf("unknown command %q; did you mean %s?", args[0], strings.Join(near, " or "))}
	}
	return usageError{cmd, fmt.Errorf("unknown command %q", args[0])}
}

// atMostOne allows one argument.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{cmd, fmt.Errorf("unknown argument %q", args[1])}
	}
	return nil
}

// exactArgs wants as many arguments as names.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return usageError{cmd, fmt.Errorf("no %s is given", names[len(args)])}
		}
		if len(args) > len(names) {
			return usageError{cmd, fmt.Errorf("unknown argument %q", args[len(names)])}
		}
		return nil
	}
}
