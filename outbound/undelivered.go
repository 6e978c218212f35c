package outbound

import (
	"context"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// idLength is how long the id of a push is, in characters: what the platform is told of a part begins with it.
const idLength = 24

// Undelivered writes down that a push did not arrive although the platform had taken it. msgID is what the platform calls it, or was told
// to call it; detail is its reason. What is not known is no push.
func (s *Service) Undelivered(ctx context.Context, account bot.AccountName, msgID, detail string) error {
	known, err := s.store.FailSend(ctx, account, msgID, string(policy.Undeliverable), detail, s.now())
	if err == nil && !known && len(msgID) > idLength {
		known, err = s.store.FailSend(ctx, account, msgID[:idLength], string(policy.Undeliverable), detail, s.now())
	}
	if known {
		s.log.Warn("a push did not arrive although the platform had taken it", zap.String("account", string(account)), zap.String("detail", detail))
		s.cfg.Observer.Pushed(account, policy.ForPush, "", store.SendFailed, policy.Undeliverable)
	}
	return err
}
