package doctor

import (
	"context"
	"net/url"

	"guanjia/channel/wxapi"
)

const (
	pathAgent      = "/cgi-bin/agent/get"
	pathFollowUser = "/cgi-bin/externalcontact/get_follow_user_list"
	pathDesks      = "/cgi-bin/kf/account/list"
	pathServicers  = "/cgi-bin/kf/servicer/list"
	pathFollowers  = "/cgi-bin/user/get"
	pathKfList     = "/cgi-bin/customservice/getkflist"
)

const (
	// desksPage is how many desks are asked for at a time (WeCom docs, 获取客服账号列表: 100 at most).
	desksPage = 100
	// desksMost bounds how many are looked at one by one.
	desksMost = 20
)

// asker asks what one secret may do. Its calls only read.
type asker struct {
	Doctor
	account Account
	key     key
	api     *wxapi.Caller
	tokens  *wxapi.Source
}

func (k asker) get(ctx context.Context, path string, query url.Values, out any) error {
	return k.api.Get(ctx, k.tokens, path, query, out)
}

// rights asks for each use of the secret.
func (k asker) rights(ctx context.Context) {
	for _, u := range k.key.uses {
		switch u {
		case useMembers:
			k.agent(ctx)
		case useContact:
			k.contact(ctx)
		case useService:
			k.service(ctx)
		case useFollowers:
			k.followers(ctx)
		}
	}
}

// agentAnswer is what the platform says about an app.
type agentAnswer struct {
	Name   wxapi.String `json:"name"`
	Closed wxapi.Int    `json:"close"`
}

// agent asks about the app itself.
func (k asker) agent(ctx context.Context) {
	if k.account.AgentID == "" {
		k.Tell(note("copy 应用管理 → the app → AgentId into "+k.account.Settings+"_AGENT_ID", "it is not set which app of the corp this is: what members say to any app is answered"))
		return
	}
	var answer agentAnswer
	err := k.get(ctx, pathAgent, url.Values{"agentid": {k.account.AgentID}}, &answer)
	k.Tell(judgeAgent(k.account, answer, err))
}

// contact asks who of the staff may have customers.
func (k asker) contact(ctx context.Context) {
	var answer struct {
		Members []wxapi.String `json:"follow_user"`
	}
	err := k.get(ctx, pathFollowUser, nil, &answer)
	k.Tell(judgeContact(k.account, len(answer.Members), err))
}

// desk is one customer-service account.
type desk struct {
	ID      wxapi.String `json:"open_kfid"`
	Name    wxapi.String `json:"name"`
	Managed *bool        `json:"manage_privilege"`
}

// service asks for the desks of customer service, and who serves there.
func (k asker) service(ctx context.Context) {
	var desks []desk
	for {
		var page struct {
			Desks []desk `json:"account_list"`
		}
		err := k.api.Post(ctx, k.tokens, pathDesks, map[string]int{"offset": len(desks), "limit": desksPage}, &page)
		if err != nil {
			k.Tell(judgeService(k.account, nil, err))
			return
		}
		desks = append(desks, page.Desks...)
		if len(page.Desks) < desksPage || len(desks) >= 10*desksPage {
			break
		}
	}
	k.Tell(judgeService(k.account, desks, nil))
	for _, d := range desks[:min(len(desks), desksMost)] {
		k.desk(ctx, d)
	}
}

// servicer is somebody, or a department, who serves at a desk.
type servicer struct {
	Member     wxapi.String `json:"userid"`
	Department wxapi.Int    `json:"department_id"`
	Status     wxapi.Int    `json:"status"` // 0: receives customers
}

func (k asker) desk(ctx context.Context, d desk) {
	var answer struct {
		Servicers []servicer `json:"servicer_list"`
	}
	var err error
	if d.Managed == nil || *d.Managed {
		err = k.get(ctx, pathServicers, url.Values{"open_kfid": {string(d.ID)}}, &answer)
	}
	k.Tell(judgeDesk(d, answer.Servicers, err))
}

// followers asks what the certification of an official account lets the bot do.
func (k asker) followers(ctx context.Context) {
	err := k.get(ctx, pathFollowers, nil, nil)
	k.Tell(judgeFollowers(k.account, err))
	if err == nil {
		k.Tell(judgeServicers(k.account, k.get(ctx, pathKfList, nil, nil)))
	}
}
