package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guanjia/app"
	"guanjia/content"
	"guanjia/handlers/quiz"
	"guanjia/store"
)

func (c *cli) quiz() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "quiz",
		Short: "Settle a prize quiz",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.quizSettle())
	return cmd
}

func (c *cli) quizSettle() *cobra.Command {
	var dry, yes bool
	cmd := &cobra.Command{
		Use:   "settle CAMPAIGN",
		Short: "Split the prize pool of a quiz that is over, once",
		Long: `Splits the prize pool of a quiz among those who take part in it, by the rules in the content. It can be done once, after the
end of the quiz; 'guanjia serve' does it by itself a minute after the end. What is settled is exported with
'guanjia export quiz-payouts CAMPAIGN'.`,
		Example: `  guanjia quiz settle health-quiz --dry-run
  guanjia quiz settle health-quiz --yes`,
		Args: exactArgs("CAMPAIGN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, _ app.Settings, found *app.Content, st *store.Store) error {
				campaign, err := found.Quiz(args[0])
				if err != nil {
					return err
				}
				return c.settle(ctx, st, campaign, dry, yes)
			})
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what it would be and write nothing")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (c *cli) settle(ctx context.Context, st *store.Store, campaign *quiz.Campaign, dry, yes bool) error {
	s, err := st.QuizSettlement(ctx, campaign.ID)
	if err == nil {
		c.say("settled before, at %s", s.SettledAt.Local().Format(time.DateTime))
		c.showSettlement(s)
		return nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	preview, payouts, err := quiz.Preview(ctx, st, campaign)
	if err != nil {
		return settleProblem(err)
	}
	c.showSettlement(preview)
	c.say("payouts: %d", len(payouts))
	if dry {
		return nil
	}
	if !yes && !c.confirm("Settle now? It can't be undone.") {
		return content.Problems{{What: "nothing was settled", Remedy: "answer y, or add --yes"}}
	}
	s, _, err = quiz.Settle(ctx, st, campaign, time.Now())
	if err != nil {
		return settleProblem(err)
	}
	c.say("settled:")
	c.showSettlement(s)
	return nil
}

func settleProblem(err error) error {
	switch {
	case errors.Is(err, quiz.ErrOpen):
		return content.Problems{{What: "the quiz is still open", Remedy: "wait for its end (active.until in the content), or use --dry-run"}}
	case errors.Is(err, quiz.ErrNoPrize):
		return content.Problems{{What: "the quiz has no prize", Remedy: "there is nothing to settle"}}
	}
	return err
}

func (c *cli) showSettlement(s store.Settlement) {
	c.say("participants: %d\npool: %s\nshare of each: %s\nkept: %s\nrule: %s", s.Participants, yuan(s.PoolFen), yuan(s.ShareFen), yuan(s.RemainderFen), s.Rule)
}

// yuan writes fen with both decimals.
func yuan(fen int64) string { return fmt.Sprintf("%d.%02d yuan", fen/100, fen%100) }

// confirm asks the person at the terminal. Nobody there means no.
func (c *cli) confirm(question string) bool {
	fmt.Fprintf(c.stderr, "%s [y/N] ", question)
	line, _ := bufio.NewReader(c.stdin).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}
