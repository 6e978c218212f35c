package official

import (
	"slices"
	"time"

	"guanjia/simulator/platform"
)

// Act is something a follower does that lets the account write to them.
type Act string

// The acts.
const (
	Said    Act = "said"    // a message
	Tapped  Act = "tapped"  // a menu button that is reported, or an item of a menu message
	Entered Act = "entered" // a follow
	Scanned Act = "scanned" // a parametric QR code
	Left    Act = "left"    // an unfollow: nothing may be sent any more
	Other   Act = "other"   // gives nothing
)

// Windows and their messages; official account docs, 客服消息: in force since 2023.
const (
	windowSaid  = 48 * time.Hour
	countSaid   = 5
	windowOther = time.Minute
	countOther  = 3
)

// grant is the right to send some messages until a moment.
type grant struct {
	Until time.Time `json:"until"`
	Left  int       `json:"left"`
}

// next are the grants after an act at now.
func next(grants []grant, act Act, now time.Time) []grant {
	grants = slices.DeleteFunc(slices.Clone(grants), func(g grant) bool { return !now.Before(g.Until) })
	switch act {
	case Said:
		return append(grants, grant{now.Add(windowSaid), countSaid})
	case Tapped, Entered, Scanned:
		return append(grants, grant{now.Add(windowOther), countOther})
	case Left:
		return nil
	}
	return grants
}

// use takes one message from the live grant that ends first. How several grants add up is not documented; each counts here.
func use(grants []grant, now time.Time) ([]grant, error) {
	grants = next(grants, Other, now)
	best := -1
	for i, g := range grants {
		if g.Left > 0 && (best < 0 || g.Until.Before(grants[best].Until)) {
			best = i
		}
	}
	switch {
	case len(grants) == 0:
		return grants, platform.Refuse(45015, "response out of time limit or subscription is canceled")
	case best < 0:
		return grants, platform.Refuse(45047, "out of response count limit")
	}
	grants[best].Left--
	return grants, nil
}

// Acted notes what a follower did.
func (s *Service) Acted(appID, openID string, act Act, now time.Time) {
	s.with(appID, func(a *account) {
		a.Grants[openID] = next(a.Grants[openID], act, now)
		if act == Said {
			a.Exchanged[openID] = now
		}
		if act == Left {
			delete(a.Sessions, openID)
		}
	})
}

// Window is what may still be sent to a follower.
type Window struct {
	Left  int       `json:"left"`
	Until time.Time `json:"until,omitzero"` // when the last of it ends
}

// Window tells what an account may still send to a follower.
func (s *Service) Window(appID, openID string, now time.Time) (w Window) {
	s.with(appID, func(a *account) {
		for _, g := range next(a.Grants[openID], Other, now) {
			w.Left += g.Left
			if g.Left > 0 && g.Until.After(w.Until) {
				w.Until = g.Until
			}
		}
	})
	return w
}

// Typing; official account docs, 客服输入状态. That it ends by itself after 15 s is common knowledge only.
const (
	typingWithin = 30 * time.Second
	typingLasts  = 15 * time.Second
)

func (s *Service) typing(c *platform.Call) (any, error) {
	var in struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := s.follower(c, in.ToUser, true); err != nil {
		return nil, err
	}
	return nil, s.kept(c, func(a *account) error {
		since, on := a.Typing[in.ToUser]
		last, ok := a.Exchanged[in.ToUser]
		switch {
		case in.Command == "CancelTyping":
			delete(a.Typing, in.ToUser)
			return nil
		case in.Command != "Typing":
			return platform.Refuse(45072, "invalid command")
		case !ok || c.Now.Sub(last) > typingWithin:
			return platform.Refuse(45080, "need recent exchange with the user")
		case on && c.Now.Sub(since) < typingLasts:
			return platform.Refuse(45081, "already typing")
		}
		a.Typing[in.ToUser] = c.Now
		return nil
	})
}
