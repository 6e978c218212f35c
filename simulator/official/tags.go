package official

import (
	"slices"

	"guanjia/simulator/platform"
)

// Limits of tags; official account docs, 用户标签管理. Ids 0 to 2 are the platform's own (2 is the star).
const (
	firstTag   = 100
	maxTags    = 100
	maxTagsOf  = 20
	maxTagName = 30 // bytes
	maxTagged  = 50 // open ids in a call
	lastSystem = 2
)

// tag is one tag of an account, and whoever has it, in the order they got it.
type tag struct {
	ID      int      `json:"id"`
	Name    string   `json:"name"`
	OpenIDs []string `json:"openids"`
}

func (s *Service) registerTags(api *platform.API) {
	api.Handle("POST /cgi-bin/tags/create", platform.ByCertified().At(platform.Limit{PerMinute: 10_000, PerDay: 1000}), s.createTag)
	api.Handle("GET /cgi-bin/tags/get", platform.ByCertified(), s.listTags)
	api.Handle("POST /cgi-bin/tags/update", platform.ByCertified(), s.updateTag)
	api.Handle("POST /cgi-bin/tags/delete", platform.ByCertified(), s.deleteTag)
	api.Handle("POST /cgi-bin/user/tag/get", platform.ByCertified(), s.taggedWith)
	api.Handle("POST /cgi-bin/tags/members/batchtagging", platform.ByCertified(), s.addTag)
	api.Handle("POST /cgi-bin/tags/members/batchuntagging", platform.ByCertified(), s.takeTag)
	api.Handle("POST /cgi-bin/tags/getidlist", platform.ByCertified(), s.tagIDs)
}

// tagBody is the body of the calls about one tag.
type tagBody struct {
	Tag struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	} `json:"tag"`
}

func (a *account) tag(id int) *tag {
	i := slices.IndexFunc(a.Tags, func(t *tag) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return a.Tags[i]
}

// tagsOf lists the ids of a follower's tags.
func (a *account) tagsOf(openID string) []int {
	ids := []int{}
	for _, t := range a.Tags {
		if slices.Contains(t.OpenIDs, openID) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// named refuses names that a tag can't have.
func (a *account) named(name string, but int) error {
	switch {
	case name == "" || slices.ContainsFunc(a.Tags, func(t *tag) bool { return t.Name == name && t.ID != but }):
		return platform.Refuse(45157, "invalid tag name, empty or there already")
	case len(name) > maxTagName:
		return platform.Refuse(45158, "tag name length exceed, at most %d bytes", maxTagName)
	}
	return nil
}

func (s *Service) createTag(c *platform.Call) (any, error) {
	var in tagBody
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	var made *tag
	err := s.kept(c, func(a *account) error {
		if err := a.named(in.Tag.Name, 0); err != nil {
			return err
		}
		if len(a.Tags) >= maxTags {
			return platform.Refuse(45056, "too many tags, at most %d", maxTags)
		}
		a.LastTag++
		made = &tag{ID: a.LastTag, Name: in.Tag.Name, OpenIDs: []string{}}
		a.Tags = append(a.Tags, made)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"tag": map[string]any{"id": made.ID, "name": in.Tag.Name}}, nil
}

func (s *Service) listTags(c *platform.Call) (any, error) {
	type row struct {
		ID    int    `json:"id"`
		Name  string `json:"name"`
		Count int    `json:"count"`
	}
	rows := []row{}
	s.with(c.Official.AppID, func(a *account) {
		for _, t := range a.Tags {
			rows = append(rows, row{t.ID, t.Name, len(t.OpenIDs)})
		}
	})
	return map[string]any{"tags": rows}, nil
}

// own finds a tag that the account may change.
func (a *account) own(id int) (*tag, error) {
	if id >= 0 && id <= lastSystem {
		return nil, platform.Refuse(45058, "can't modify sys tag")
	}
	t := a.tag(id)
	if t == nil {
		return nil, platform.Refuse(45159, "invalid tag id")
	}
	return t, nil
}

func (s *Service) updateTag(c *platform.Call) (any, error) {
	var in tagBody
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	return nil, s.kept(c, func(a *account) error {
		t, err := a.own(in.Tag.ID)
		if err == nil {
			err = a.named(in.Tag.Name, t.ID)
		}
		if err == nil {
			t.Name = in.Tag.Name
		}
		return err
	})
}

func (s *Service) deleteTag(c *platform.Call) (any, error) {
	var in tagBody
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	return nil, s.kept(c, func(a *account) error {
		if _, err := a.own(in.Tag.ID); err != nil {
			return err
		}
		a.Tags = slices.DeleteFunc(a.Tags, func(t *tag) bool { return t.ID == in.Tag.ID })
		return nil
	})
}

func (s *Service) taggedWith(c *platform.Call) (any, error) {
	var in struct {
		ID    int    `json:"tagid"`
		After string `json:"next_openid"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	var ids []string
	var err error
	s.with(c.Official.AppID, func(a *account) {
		t := a.tag(in.ID)
		if t == nil {
			err = platform.Refuse(45159, "invalid tag id")
			return
		}
		ids = slices.Clone(t.OpenIDs)
	})
	if err != nil {
		return nil, err
	}
	return page(ids, in.After, map[string]any{})
}

// tagging is the body of the calls that give and take a tag.
type tagging struct {
	OpenIDs []string `json:"openid_list"`
	TagID   int      `json:"tagid"`
}

// taggees reads whom a tag is given to or taken from: all of them, or nobody.
func (s *Service) taggees(c *platform.Call) (in tagging, err error) {
	if err := c.Decode(&in); err != nil {
		return in, err
	}
	if len(in.OpenIDs) == 0 || len(in.OpenIDs) > maxTagged {
		return in, platform.Refuse(codeTooMany, "invalid openid list size, 1 to %d", maxTagged)
	}
	for _, id := range in.OpenIDs {
		f, ok := s.accounts.Follower(c.Official.AppID, id)
		switch {
		case !ok:
			return in, platform.Refuse(codeOpenID, "invalid openid")
		case !f.Following:
			return in, platform.Refuse(49003, "not match openid and appid")
		}
	}
	return in, nil
}

func (s *Service) addTag(c *platform.Call) (any, error) {
	in, err := s.taggees(c)
	if err != nil {
		return nil, err
	}
	return nil, s.kept(c, func(a *account) error {
		t := a.tag(in.TagID)
		if t == nil {
			return platform.Refuse(45159, "invalid tag id")
		}
		for _, id := range in.OpenIDs {
			if !slices.Contains(t.OpenIDs, id) && len(a.tagsOf(id)) >= maxTagsOf {
				return platform.Refuse(45059, "user has too many tags, at most %d", maxTagsOf)
			}
		}
		for _, id := range in.OpenIDs {
			if !slices.Contains(t.OpenIDs, id) {
				t.OpenIDs = append(t.OpenIDs, id)
			}
		}
		return nil
	})
}

func (s *Service) takeTag(c *platform.Call) (any, error) {
	in, err := s.taggees(c)
	if err != nil {
		return nil, err
	}
	return nil, s.kept(c, func(a *account) error {
		t := a.tag(in.TagID)
		if t == nil {
			return platform.Refuse(45159, "invalid tag id")
		}
		t.OpenIDs = slices.DeleteFunc(t.OpenIDs, func(id string) bool { return slices.Contains(in.OpenIDs, id) })
		return nil
	})
}

func (s *Service) tagIDs(c *platform.Call) (any, error) {
	var in struct {
		OpenID string `json:"openid"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := s.follower(c, in.OpenID, false); err != nil {
		return nil, err
	}
	ids := []int{}
	s.with(c.Official.AppID, func(a *account) { ids = a.tagsOf(in.OpenID) })
	return map[string]any{"tagid_list": ids}, nil
}
