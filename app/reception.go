package app

import (
	"fmt"
	"strconv"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/handlers/handoff"
	"guanjia/reception"
	"guanjia/store"
)

// newReception looks after the conversations with staff, by the content in use.
func (a *App) newReception(s Settings) *reception.Reception {
	log := a.log.Named("reception")
	apps := reception.Apps{API: a.platform.wecom, List: map[bot.AccountName]reception.App{}, Log: log}
	for name, account := range s.Account {
		if agent, ok := writesToMembers(account); ok {
			apps.List[name] = reception.App{Agent: agent, Tokens: a.platform.members(account)}
		}
	}
	return reception.New(reception.Config{
		Records: a.store, Notice: a.notice, Messenger: apps, Observer: a.observer, Log: log, Now: a.opts.Now,
	})
}

// notice is what staff are to be told; nothing while the feature is off.
func (a *App) notice(c store.StaffConversation, now time.Time) (reception.Notice, bool) {
	if !a.toggles.On(c.Person.Account, handoff.Name) {
		return reception.Notice{}, false
	}
	n, due := BookOf[handoff.Book](a.content.Load()).Notice(c, now)
	return reception.Notice(n), due
}

// writesToMembers tells whether an account is an app that may write to members, and its agent id.
func writesToMembers(a Account) (agent int, ok bool) {
	agent, err := strconv.Atoi(a.AgentID)
	return agent, a.Kind == kindWecom && a.AppSecret != "" && err == nil
}

// checkStaff finds staff that nobody could tell anything.
func checkStaff(b *handoff.Book, s Settings) content.Problems {
	var ps content.Problems
	for _, account := range s.Accounts.Accounts {
		from, told := b.Teller(account)
		if !told {
			continue
		}
		if _, ok := writesToMembers(s.Account[from]); !ok {
			ps = append(ps, content.Problem{
				What:   fmt.Sprintf("handoff: the staff of account %s can't be told of anybody: account %q is no app of WeCom with an agent id and an app secret", account, from),
				Remedy: fmt.Sprintf("name one under staff.account, or set %[1]s_KIND, %[1]s_AGENT_ID and %[1]s_APP_SECRET", accountPrefix(from)),
			})
		}
	}
	return ps
}
