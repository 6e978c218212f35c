package simulator

import (
	"encoding/json"
	"net/url"
	"slices"

	qrcode "github.com/skip2/go-qrcode"
	"go.uber.org/zap"

	"guanjia/simulator/official"
	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// openOfficial makes the part that serves official accounts.
func (s *Simulator) openOfficial() {
	known := make([]official.Account, 0, len(s.accounts))
	for _, a := range s.accounts {
		known = append(known, official.Account{AppID: a.AppID, Templates: a.Templates, Notices: a.Notices, Articles: a.Articles, Subscription: a.Subscription, Servicers: a.Servicers})
	}
	s.official = official.Register(s.api, world{s}, followers{s}, known)
}

// followers are the official accounts as that part sees them.
type followers struct{ s *Simulator }

var _ official.Accounts = followers{}

// byAppID finds an official account; nil when there is none.
func (s *Simulator) byAppID(appID string) *account {
	for _, a := range s.accounts {
		if a.AppID == appID {
			return a
		}
	}
	return nil
}

// userOf is the id of the person whom an account knows by an open id; s.mu is held.
func (s *Simulator) userOf(a *account, openID string) string {
	if u := s.byOpenID[chatKey(a.Name, openID)]; u != nil {
		return u.ID
	}
	return ""
}

func followerOf(u *User, a *account) official.Follower {
	f := u.Accounts[a.Name]
	return official.Follower{
		OpenID: f.OpenID, UnionID: u.UnionID, Met: !f.FollowedAt.IsZero(), Following: f.Following, At: f.FollowedAt, Scene: f.Scene,
	}
}

func (v followers) Followers(appID string) []official.Follower {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	a := v.s.byAppID(appID)
	var list []official.Follower
	for _, u := range v.s.state.Users {
		if f := followerOf(u, a); f.Following {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(x, y official.Follower) int { return x.At.Compare(y.At) })
	return list
}

func (v followers) Follower(appID, openID string) (official.Follower, bool) {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	a := v.s.byAppID(appID)
	if u := v.s.byOpenID[chatKey(a.Name, openID)]; u != nil {
		return followerOf(u, a), true
	}
	return official.Follower{}, false
}

// show puts a message that was no passive reply into a follower's chat.
func (v followers) show(appID, openID string, via Via, m screen.Message) {
	v.s.mu.Lock()
	a := v.s.byAppID(appID)
	v.s.bring(a.Name, v.s.userOf(a, openID), via, "", m)
	v.s.mu.Unlock()
	world(v).Changed()
}

func (v followers) Bring(appID, openID string, template bool, m screen.Message) {
	via := ViaAPI
	if template {
		via = ViaTemplate
	}
	v.show(appID, openID, via, m)
}

func (v followers) Wrote(appID, openID, servicer, text string) {
	v.show(appID, openID, ViaServicer, screen.Message{
		Kind: screen.Text, Text: text, Servicer: servicer, CreateTime: v.s.clock.Now().Unix(),
	})
}

func (v followers) Report(appID, openID, brief string, fields []platform.Field) {
	if err := v.s.report(v.s.byAppID(appID), openID, brief, fields); err != nil {
		v.s.log.Warn("event not reported", zap.String("event", brief), zap.Error(err)) // the simulator stops
	}
}

func (v followers) Ticket(appID, scene string) string { return v.s.byAppID(appID).ticket(scene) }

func (v followers) Code(appID, scene string) (string, []byte) {
	a := v.s.byAppID(appID)
	address := "http://weixin.qq.com/q/" + a.ticket(scene)[2:24]
	if v.s.cfg.BaseURL != "" { // a real phone that reaches the simulator can scan it
		address = v.s.cfg.BaseURL + "/?" + url.Values{"account": {a.Name}, "scan": {scene}}.Encode()
	}
	png, err := qrcode.Encode(address, qrcode.Medium, qrModule)
	if err != nil {
		v.s.log.Error("code not drawn", zap.Error(err))
	}
	return address, png
}

func (v followers) Original(ticket string) ([]byte, bool) {
	for _, a := range v.s.accounts {
		for _, scene := range a.Scenes {
			if a.ticket(scene.Key) == ticket {
				_, png := v.Code(a.AppID, scene.Key)
				return png, true
			}
		}
	}
	return nil, false
}

func (v followers) Menu(appID string) any {
	if a := v.s.byAppID(appID); len(a.Menu) > 0 {
		return a.Menu
	}
	return nil
}

// scenes are an account's codes: those from the start, and those that the API made and that have not expired.
func (s *Simulator) scenes(a *account) []Scene {
	list := slices.Clone(a.Scenes)
	for _, key := range s.official.Scenes(a.AppID, s.clock.Now()) {
		if !slices.ContainsFunc(list, func(o Scene) bool { return o.Key == key }) {
			list = append(list, Scene{Key: key})
		}
	}
	return list
}

// menu is an account's menu: the one that the API made, or the one from the start.
func (s *Simulator) menu(a *account) []Button {
	made, gone := s.official.Menu(a.AppID)
	var buttons []Button
	switch {
	case gone:
		return nil
	case made != nil && json.Unmarshal(made, &buttons) == nil:
		return buttons
	}
	return a.Menu
}

// opens is what an act lets the account send.
func (m *sent) opens() official.Act {
	switch m.act.Kind {
	case ActText, ActImage, ActVoice, ActLocation, ActLink:
		if m.act.MenuID != "" {
			return official.Tapped // an item of a menu message
		}
		return official.Said
	case ActClick:
		return official.Tapped
	case ActFollow:
		return official.Entered
	case ActScan:
		return official.Scanned
	case ActUnfollow:
		return official.Left
	case ActRaw:
		if m.act.isMessage() {
			return official.Said
		}
	}
	return official.Other
}

// handOver lets a person wait for a servicer when the answer says so; s.mu is not held.
func (s *Simulator) handOver(j *job) {
	a := s.account(j.to.name)
	if a == nil || j.entry == nil {
		return
	}
	for _, r := range j.exchange.Replies {
		if r.Kind == ReplyTransfer {
			s.official.Waits(a.AppID, j.openID, r.Servicer, s.clock.Now())
			s.publishTalks(a)
		}
	}
}

// toServicer brings what a person says to who serves them, and not to the account; s.mu is held.
func (s *Simulator) toServicer(m *sent, userID string) *job {
	j := &job{to: m.to, openID: m.openID, done: make(chan struct{})}
	close(j.done)
	s.state.LastExchange++
	j.exchange = Exchange{
		ID: s.state.LastExchange, Account: m.to.name, User: userID, OpenID: m.openID, Act: m.act, At: m.at, State: StateAcknowledged, Deliveries: []Delivery{},
	}
	shown := m.act
	j.entry = s.addEntry(&Entry{
		Account: m.to.name, User: userID, From: SideUser, Exchange: j.exchange.ID, Act: &shown, State: StateAcknowledged,
	})
	return j
}
