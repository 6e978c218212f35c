package outbound

import (
	"context"
	"time"

	"go.uber.org/zap"

	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// Follower is a Sender whose messages arrive when somebody of the staff has confirmed them: what becomes of one that the platform has
// taken is asked for until that is clear, or its time is over.
type Follower interface {
	Sender
	// Follow asks. With neither, nothing has become of it yet; why is the reason when it will never arrive.
	Follow(ctx context.Context, msgID string) (arrived bool, why policy.Reason, err error)
	// Withdraw takes back what has not arrived. One that was taken back before is no error.
	Withdraw(ctx context.Context, msgID string) error
}

const (
	// followFirst and followLast bound how long one waits before asking: half as long as it has been there, since staff confirm at once or
	// much later.
	followFirst = 3 * time.Second
	followLast  = 10 * time.Minute
)

// asked tells whether a push waits for somebody of the staff.
func asked(s store.Send) bool {
	return s.State == store.SendSent && s.Reason == string(policy.AskedStaff)
}

// follow does the job of a push that waits for somebody of the staff.
func (s *Service) follow(ctx context.Context, sent store.Send) error {
	way := policy.Way(sent.Way)
	sender, ok := s.cfg.Senders[sent.Person.Account][way].(Follower)
	if !ok {
		return nil // the account can't do that any more
	}
	arrived, why, err := sender.Follow(ctx, sent.MsgID)
	now := s.now()
	late := !sent.Expires.IsZero() && !now.Before(sent.Expires)
	switch {
	case err != nil:
		s.log.Info("what became of a push could not be asked, it is tried again", zap.String("id", sent.ID), zap.Error(err))
		return jobs.Later(time.Minute)
	case arrived:
		err = s.store.ConfirmSend(ctx, sent.ID, string(policy.AskedStaff), string(policy.Arrived))
		s.cfg.Observer.Pushed(sent.Person.Account, policy.Budget(sent.Budget), way, store.SendSent, policy.Arrived)
		return err
	case why == "" && !late:
		return jobs.Later(min(followLast, max(followFirst, now.Sub(sent.SendingAt)/2)))
	case why == "":
		if err := sender.Withdraw(ctx, sent.MsgID); err != nil {
			return err
		}
		why = policy.Unconfirmed
	}
	_, err = s.store.FailSend(ctx, sent.Person.Account, sent.ID, string(why), sent.Detail, now)
	s.cfg.Observer.Pushed(sent.Person.Account, policy.Budget(sent.Budget), way, store.SendFailed, why)
	return err
}
