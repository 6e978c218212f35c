package simulator

import (
	"errors"
	"net/http"
	"strings"

	"guanjia/simulator/official"
	"guanjia/simulator/platform"
)

// ServicerDo is what a servicer (客服) of an official account does with a person.
type ServicerDo string

// What servicers do.
const (
	ServicerTake ServicerDo = "take" // serves a person who waits, or takes one over from a colleague
	ServicerSay  ServicerDo = "say"
	ServicerEnd  ServicerDo = "end" // gives the person back
)

// ServicerAct is one thing a servicer does.
type ServicerAct struct {
	Do       ServicerDo `json:"do"`
	Servicer string     `json:"servicer,omitempty"` // take: the kf_account
	Text     string     `json:"text,omitempty"`     // say
}

// TalksView are the conversations with servicers of an account.
type TalksView struct {
	Account string          `json:"account"`
	Talks   []official.Talk `json:"talks"`
}

func (s *Simulator) publishTalks(a *account) TalksView {
	v := TalksView{Account: a.Name, Talks: s.official.Talks(a.AppID)}
	s.publish("talks", v)
	return v
}

// Serve does something as a servicer of an official account with a person. The events that follow are on their way when it
// returns.
func (s *Simulator) Serve(accountName, userID string, act ServicerAct) (TalksView, error) {
	a := s.account(accountName)
	if a == nil {
		return TalksView{}, refuse(codeNotFound, "没有公众号 %q", accountName)
	}
	s.mu.Lock()
	u, err := s.user(userID)
	if err != nil {
		s.mu.Unlock()
		return TalksView{}, err
	}
	f := u.Accounts[a.Name]
	s.mu.Unlock()
	if !f.Following {
		return TalksView{}, refuse(codeConflict, "%s 没有关注 %s", u.Nickname, a.Title)
	}
	switch act.Do {
	case ServicerTake:
		err = s.official.Take(a.AppID, f.OpenID, act.Servicer)
	case ServicerSay:
		if act.Text = xmlText(act.Text); strings.TrimSpace(act.Text) == "" {
			return TalksView{}, refuse(codeBadRequest, "不能发送空白消息")
		}
		err = s.official.Write(a.AppID, f.OpenID, act.Text)
	case ServicerEnd:
		err = s.official.End(a.AppID, f.OpenID)
	default:
		return TalksView{}, refuse(codeBadRequest, "没有 %q 这种操作", act.Do)
	}
	if refusal, ok := errors.AsType[*platform.Error](err); ok {
		return TalksView{}, refuse(codeConflict, "%s（%d）", refusal.Msg, refusal.Code)
	}
	if err != nil {
		return TalksView{}, err
	}
	return s.publishTalks(a), nil
}

func (s *Simulator) postServicer(r *http.Request) (any, error) {
	act, err := decode[ServicerAct](r)
	if err != nil {
		return nil, err
	}
	return s.Serve(r.PathValue("account"), r.PathValue("user"), act)
}
