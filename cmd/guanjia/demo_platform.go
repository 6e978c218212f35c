package main

import (
	"guanjia/app"
	"guanjia/simulator"
	"guanjia/simulator/platform"
)

// demoOfficial is the demo's official account.
func demoOfficial(a app.Account, base string) simulator.Account {
	account := simulatedAccount(access{
		account: demoAccount, token: a.Token.Reveal(), aesKey: a.AESKey.Reveal(), appID: a.AppID, mode: a.Mode,
	}, base+"/callback/"+demoAccount)
	account.Secret, account.Certified = a.AppSecret.Reveal(), bool(a.Certified)
	return account
}

// demoCorp is the demo's corp on WeCom: two members of staff, the app through which the bot works, a desk for people on WeChat,
// codes by which they add a member, and a robot in the group of the shops; without a key there is none.
func demoCorp(a app.Account, openKfID, robotKey, base string) simulator.Corp {
	var robots []platform.Robot
	if robotKey != "" {
		robots = append(robots, platform.Robot{Key: robotKey, Title: "门店店长群"})
	}
	return simulator.Corp{
		Robots: robots,
		ID:     a.CorpID, Title: "健康管家",
		Members: []platform.Member{{UserID: "xiaolin", Name: "小林"}, {UserID: "xiaozhou", Name: "小周"}},
		Apps: []platform.App{{
			Name: demoApp, Title: "健康助手", AgentID: demoAgentID, Secret: a.AppSecret.Reveal(), Token: a.Token.Reveal(), AESKey: a.AESKey.Reveal(),
			Callback: base + "/callback/" + demoApp, Rights: []platform.Right{platform.RightContact, platform.RightService},
		}},
		Desks: []platform.Desk{{OpenKfID: openKfID, Name: "健康顾问", Servicers: []string{"xiaolin", "xiaozhou"}}},
		Ways: []platform.Way{
			{State: "newgift", Title: "关注有礼", Members: []string{"xiaolin"}, SkipVerify: true},
			{State: "pharmacy-01", Title: "药房一店", Members: []string{"xiaolin", "xiaozhou"}, SkipVerify: true},
			{State: "consult", Title: "添加健康顾问", Members: []string{"xiaozhou"}},
		},
	}
}
