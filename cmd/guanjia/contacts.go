package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"guanjia/app"
	"guanjia/bot"
	"guanjia/contacts"
	"guanjia/store"
)

func (c *cli) contacts() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "contacts",
		Short: "Sync the customers of WeCom, and say how they stand",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.contactsSync(), c.contactsStatus())
	return cmd
}

func (c *cli) contactsSync() *cobra.Command {
	var account string
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Go through all customers, their members and tags",
		Long: `Asks WeCom for all customers of the staff who may have some (客户联系), and for the corp's tags, and writes them into the
records. 'guanjia serve' does it by itself, at the first start and once a day; while it runs, it is the one that does it, and
this command shows how far it is. What broke off goes on where it was.`,
		Example: "  guanjia contacts sync --account assistant",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, s app.Settings, _ *app.Content, st *store.Store) error {
				accounts, err := app.ContactAccounts(s, bot.AccountName(account))
				if err != nil {
					return err
				}
				for _, a := range accounts {
					if err := c.syncContacts(ctx, s, st, a); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&account, "account", "", "name of the account (default: every account of WeCom's that has a secret)")
	return cmd
}

func (c *cli) syncContacts(ctx context.Context, s app.Settings, st *store.Store, account bot.AccountName) error {
	began := time.Now()
	bar := newSteps(c.stderr, "customers of "+string(account), "members")
	p, err := app.SyncContacts(ctx, s, st, zap.NewNop(), account, func(p store.SyncProgress) {
		if p.Running() {
			bar.set(p.MembersDone, p.Members, fmt.Sprintf("%d customers", p.Contacts))
		}
	})
	bar.end()
	if err != nil {
		return err
	}
	c.say("%s: %d members, %d customers of theirs, %d that are gone, in %s", account, p.MembersDone, p.Contacts, p.Ended, time.Since(began).Round(time.Millisecond))
	return nil
}

func (c *cli) contactsStatus() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Say how far the sync is and what waits",
		Example: "  guanjia contacts status",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withRecords(cmd.Context(), func(ctx context.Context, s app.Settings, _ *app.Content, st *store.Store) error {
				for _, a := range s.Accounts.Accounts {
					status, err := app.ContactStatus(ctx, st, a)
					if err != nil {
						return err
					}
					c.showContacts(status, s.Account[a].Kind == "wecom")
				}
				return c.showLeftBehind(ctx, st)
			})
		},
	}
}

func (c *cli) showContacts(s contacts.Status, customers bool) {
	if customers {
		c.say("%s: %d customers, %d tags of the corp", s.Account, s.Contacts, s.Tags)
	} else {
		c.say("%s: an official account, whose followers are looked up as they come", s.Account)
	}
	switch p := s.Sync; {
	case p.Running():
		c.say("  sync under way since %s: %d of %d members, %d customers of theirs", p.StartedAt.Local().Format(time.DateTime), p.MembersDone, p.Members, p.Contacts)
	case !p.FinishedAt.IsZero():
		c.say("  synced at %s", p.FinishedAt.Local().Format(time.DateTime))
	case customers:
		c.say("  never synced: 'guanjia serve' begins by itself when the account has a secret")
	}
	if s.Sync.Problem != "" {
		c.say("  sync does not go on: %s", s.Sync.Problem)
	}
	what := map[store.DirtyKind]string{
		store.DirtyContact: "customers to look up", store.DirtyTags: "reading of the tags", store.DirtyPerson: "people to look up", store.DirtyPush: "customers with tags to set",
	}
	for _, w := range s.Waiting {
		c.say("  %d %s, %d of them tried in vain", w.Marks, what[w.Kind], w.Failing)
		if w.Problem != "" {
			c.say("    %s", w.Problem)
		}
	}
	for _, p := range s.Problems {
		c.say("  %d tags not set: %s", p.Tags, p.Note)
	}
}

// leftShown is how many things that stayed with their first holder are listed.
const leftShown = 20

// showLeftBehind lists what two channels had both when they turned out to be one person's.
func (c *cli) showLeftBehind(ctx context.Context, st *store.Store) error {
	left, err := st.LeftBehind(ctx, leftShown)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		c.say("had twice, on two accounts, before it was known that they are one person:")
	}
	for _, l := range left {
		c.say("  %s %s, on %s, found out at %s", l.What, l.Campaign, l.Person.Account, l.At.Local().Format(time.DateTime))
	}
	return nil
}
