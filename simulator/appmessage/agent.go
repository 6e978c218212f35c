package appmessage

import (
	"cmp"
	"strconv"

	"guanjia/simulator/platform"
)

// agent is what the platform tells of an app; WeCom docs, 获取应用详情. Every member sees every app here.
type agent struct {
	AgentID     int64     `json:"agentid"`
	Name        string    `json:"name"`
	Logo        string    `json:"square_logo_url"`
	Description string    `json:"description"`
	Seen        sightedBy `json:"allow_userinfos"`
	Closed      int       `json:"close"`
	Domain      string    `json:"redirect_domain"`
	Location    int       `json:"report_location_flag"`
	Enter       int       `json:"isreportenter"`
	Home        string    `json:"home_url"`
	Published   int       `json:"customized_publish_status"`
}

type sightedBy struct {
	User []sighted `json:"user"`
}

type sighted struct {
	UserID string `json:"userid"`
}

// agent tells of the app whose token is used; of another one it refuses to.
func (s *Service) agent(c *platform.Call) (any, error) {
	id, err := strconv.ParseInt(c.Query.Get("agentid"), 10, 64)
	if err != nil || id <= 0 {
		return nil, platform.Refuse(40056, "invalid agentid")
	}
	if err := c.OwnAgent(id); err != nil {
		return nil, err
	}
	a := agent{AgentID: id, Name: cmp.Or(c.App.Title, c.App.Name), Enter: 1, Seen: sightedBy{User: []sighted{}}}
	for _, m := range c.Corp.Members {
		a.Seen.User = append(a.Seen.User, sighted{m.UserID})
	}
	return a, nil
}
