package outbound

import (
	"context"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// idLength is how long the id of a push is, in characters: what the platform is told of a part begins with it.
const idLength = 24

// What the platform reports may come before its answer to the call is written down, so that the message is not known yet.
const (
	reportAgain = 2 * time.Second
	reportFor   = 2 * time.Minute // longer than any call takes
)

// reportJob takes a report once more.
type reportJob struct {
	Account bot.AccountName `json:"account"`
	MsgID   string          `json:"msg_id"`
	Detail  string          `json:"detail"`
	Until   int64           `json:"until"` // Unix milliseconds
}

// Kind names it.
func (reportJob) Kind() string { return "push_report" }

// Undelivered writes down that a push did not arrive although the platform had taken it. msgID is what the platform calls it, or was told
// to call it; detail is its reason. What is not known is looked for again for a while; then it is no push.
func (s *Service) Undelivered(ctx context.Context, account bot.AccountName, msgID, detail string) error {
	now := s.now()
	r := reportJob{account, msgID, detail, now.Add(reportFor).UnixMilli()}
	known, err := s.fails(ctx, r)
	if err != nil || known {
		return err
	}
	_, err = store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (bool, error) {
		return true, s.outbox.queue.Insert(ctx, tx, jobs.New(r).On(Queue).At(now.Add(reportAgain)))
	})
	return err
}

// report looks once more for the push that a report is about.
func (s *Service) report(ctx context.Context, r reportJob) error {
	known, err := s.fails(ctx, r)
	if err == nil && !known && s.now().UnixMilli() < r.Until {
		return jobs.Later(reportAgain)
	}
	return err
}

// fails writes a report down, and tells whether its push is known.
func (s *Service) fails(ctx context.Context, r reportJob) (known bool, err error) {
	known, err = s.store.FailSend(ctx, r.Account, r.MsgID, string(policy.Undeliverable), r.Detail, s.now())
	if err == nil && !known && len(r.MsgID) > idLength {
		known, err = s.store.FailSend(ctx, r.Account, r.MsgID[:idLength], string(policy.Undeliverable), r.Detail, s.now())
	}
	if known {
		s.log.Warn("a push did not arrive although the platform had taken it", zap.String("account", string(r.Account)), zap.String("detail", r.Detail))
		s.cfg.Observer.Pushed(r.Account, policy.ForPush, "", store.SendFailed, policy.Undeliverable)
	}
	return known, err
}
