package official

import (
	"slices"
	"time"

	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// Draft is what lies in the drafts (草稿箱) of an account under one media id: the articles that its editors have written there.
type Draft struct {
	MediaID  string
	Articles []screen.Article
}

// articles are those of a draft, as followers see them.
func (s *Service) articles(c *platform.Call, mediaID string) (found []screen.Article, err error) {
	if mediaID == "" {
		return nil, platform.Refuse(41006, "media_id missing")
	}
	err = platform.Refuse(platform.CodeBadMedia, "invalid media_id")
	s.with(c.Official.AppID, func(a *account) {
		for _, d := range a.Account.Articles {
			if d.MediaID == mediaID {
				found, err = slices.Clone(d.Articles), nil
			}
		}
	})
	return found, err
}

// massesOn counts the mass messages of an account on a day in China.
func (a *account) massesOn(now time.Time) (n int) {
	day := func(t time.Time) string { return t.In(time.FixedZone("Asia/Shanghai", 8*60*60)).Format(time.DateOnly) }
	for _, m := range a.Masses {
		if day(m.At) == day(now) {
			n++
		}
	}
	return n
}
