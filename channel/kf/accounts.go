package kf

import (
	"context"
	"encoding/json"
	"time"

	"go.uber.org/zap"
)

// accountsPage is how many desks are asked for at once (WeCom docs, 获取客服账号列表: at most 100).
const accountsPage = 100

// keepAccounts learns which desks there are, at the start and from time to time: the event that says so may be lost, or have
// come to another replica.
func (s *Service) keepAccounts() {
	for failures := 0; ; {
		desks, err := s.list(s.ctx)
		pause := about(s.rhythm.List)
		switch {
		case err == nil:
			failures = 0
			s.adopt(desks)
		case s.ctx.Err() == nil:
			failures++
			pause = min(pause, pauseAfter(failures, err))
			s.log.Warn("the customer-service accounts could not be listed; is the app allowed to use 微信客服?", zap.Int("failures", failures), zap.Error(err))
		}
		if !wait(s.ctx, pause) {
			return
		}
	}
}

// adopt looks after the desks that there are, and no longer after those that are gone.
func (s *Service) adopt(ids []string) {
	listed := make(map[string]bool, len(ids))
	for _, id := range ids {
		listed[id] = true
		s.open(id)
	}
	for _, d := range s.all() {
		if !listed[d.id] && d.settled() {
			s.log.Info("a customer-service account is gone, or withdrawn from the app", zap.String("desk", d.id))
			s.close(d.id)
		}
	}
}

// list asks for the desks that the app may use.
func (s *Service) list(ctx context.Context) ([]string, error) {
	var ids []string
	for offset := 0; ; offset += accountsPage {
		var answer struct {
			Accounts []json.RawMessage `json:"account_list"`
		}
		ask := struct {
			Offset int `json:"offset"`
			Limit  int `json:"limit"`
		}{offset, accountsPage}
		if err := s.api.Post(ctx, s.tokens, pathAccounts, ask, &answer); err != nil {
			return nil, err
		}
		for _, raw := range answer.Accounts {
			account := readFields(raw)
			if id := account.word("open_kfid"); validDesk(id) && account.word("manage_privilege") != "false" {
				ids = append(ids, id)
			}
		}
		if len(answer.Accounts) < accountsPage {
			return ids, nil
		}
	}
}

// validDesk tells whether id can be a desk's: it becomes part of keys.
func validDesk(id string) bool { return id != "" && len(id) <= maxDesk }

const maxDesk = 64 // bytes

// newDeskFor is how long a desk that a bell has named need not be on the list.
const newDeskFor = time.Minute
