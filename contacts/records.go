package contacts

import (
	"context"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// Records are what a Worker keeps in step.
type Records interface {
	TakeDirty(ctx context.Context, a bot.AccountName, now time.Time, limit int) ([]store.Dirty, error)
	DirtyDone(ctx context.Context, done ...store.Dirty) error
	DirtyLater(ctx context.Context, d store.Dirty, due time.Time, problem string) error
	DirtyCounts(ctx context.Context, a bot.AccountName) ([]store.Waiting, error)
	MarkDirty(ctx context.Context, a bot.AccountName, kind store.DirtyKind, subject string, at time.Time) error

	SaveContact(ctx context.Context, c store.Contact) (store.Linked, error)
	EndRelations(ctx context.Context, p bot.Person, member string, at time.Time) error
	ContactCount(ctx context.Context, a bot.AccountName) (int, error)

	FindStrangers(ctx context.Context, a bot.AccountName, who func(bot.UserID) bool, now, again time.Time, behind time.Duration) (int, bool, error)
	Link(ctx context.Context, told []store.Identity) (store.Linked, error)

	Pushes(ctx context.Context, p bot.Person) ([]store.Push, error)
	RecordPush(ctx context.Context, t store.PushedTag) error
	PushProblems(ctx context.Context, a bot.AccountName) ([]store.PushProblem, error)
	SaveCorpTags(ctx context.Context, a bot.AccountName, groups []store.TagGroup, at time.Time) error
	AddCorpTags(ctx context.Context, a bot.AccountName, g store.TagGroup) error
	FindCorpTag(ctx context.Context, a bot.AccountName, group, name string) (string, bool, error)
	CorpTagCount(ctx context.Context, a bot.AccountName) (int, error)

	ContactSync(ctx context.Context, a bot.AccountName) (store.SyncProgress, error)
	WantSync(ctx context.Context, a bot.AccountName, at time.Time) error
	BeginSync(ctx context.Context, a bot.AccountName, members []string, at time.Time) (store.SyncProgress, error)
	SyncBatch(ctx context.Context, p store.SyncProgress, limit int) ([]string, error)
	SaveSyncPage(ctx context.Context, p store.SyncProgress, page store.SyncPage, at time.Time) (store.SyncProgress, store.Linked, error)
	RestartSyncBatch(ctx context.Context, p store.SyncProgress, at time.Time) (store.SyncProgress, error)
	FinishSync(ctx context.Context, p store.SyncProgress, at time.Time) (store.SyncProgress, error)
	SyncProblem(ctx context.Context, a bot.AccountName, problem string) error
}
