package simulator

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Exchange is one act and everything that came of it.
type Exchange struct {
	ID         int64      `json:"id"`
	Account    string     `json:"account"`
	User       string     `json:"user"`
	OpenID     string     `json:"openid"`
	Act        Act        `json:"act"`
	At         time.Time  `json:"at"` // the CreateTime of the callback, by the simulated clock
	MsgID      int64      `json:"msg_id,omitempty"`
	State      EntryState `json:"state"`
	Why        *Problem   `json:"why,omitempty"`     // when State is failed
	Note       string     `json:"note,omitempty"`    // what the platform itself shows when State is failed
	Replies    []Reply    `json:"replies,omitempty"` // different ones only; more than one says that duplicates were answered differently
	Tries      int        `json:"tries"`
	TookMS     int64      `json:"took_ms"`
	Deliveries []Delivery `json:"deliveries"`
}

// Text is what the person reads: the texts and titles of all replies, or the platform's words when it failed.
func (x Exchange) Text() string {
	if x.State == StateFailed {
		return x.Note
	}
	var parts []string
	for _, r := range x.Replies {
		switch r.Kind {
		case ReplyNews:
			for _, a := range r.Articles {
				parts = append(parts, a.Title)
			}
		case ReplyText:
			parts = append(parts, r.Text)
		default:
			parts = append(parts, "["+string(r.Kind)+"]")
		}
	}
	return strings.Join(parts, "\n")
}

// Failed tells whether nothing came back that could be shown; an official account's followers read the platform's excuse then.
func (x Exchange) Failed() bool { return x.State == StateFailed }

// add takes a reply that says something new.
func (x *Exchange) add(r *Reply) {
	if !slices.ContainsFunc(x.Replies, func(o Reply) bool { return o.Equal(r) }) {
		x.Replies = append(x.Replies, *r)
	}
}

// Act does something as a person and returns when it is over: answered, acknowledged or given up. The delivery goes on when
// ctx ends before.
func (s *Simulator) Act(ctx context.Context, accountName, userID string, act Act) (Exchange, error) {
	act.clean()
	if err := act.check(); err != nil {
		return Exchange{}, err
	}
	return s.perform(ctx, accountName, userID, act, nil)
}

// SendPicture uploads a picture and sends it.
func (s *Simulator) SendPicture(ctx context.Context, accountName, userID string, data []byte) (Exchange, error) {
	contentType, err := pictureType(data)
	if err != nil {
		return Exchange{}, err
	}
	return s.perform(ctx, accountName, userID, Act{Kind: ActImage}, &Media{Kind: MediaImage, ContentType: contentType, data: data})
}

// perform begins an act and waits for its end.
func (s *Simulator) perform(ctx context.Context, accountName, userID string, act Act, upload *Media) (Exchange, error) {
	j, err := s.begin(accountName, userID, act, upload)
	if err != nil {
		return Exchange{}, err
	}
	select {
	case <-j.done:
		return j.exchange, nil
	case <-ctx.Done():
		return Exchange{}, ctx.Err()
	}
}

// begin changes what the platform knows and sends the callback on its way.
func (s *Simulator) begin(accountName, userID string, act Act, upload *Media) (*job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if app := s.app(accountName); app != nil {
		m := sent{to: &app.endpoint, openID: userID, act: act, at: s.clock.Now()}
		if err := s.allowMember(&m, app, upload); err != nil {
			return nil, err
		}
		return s.send(&m, userID)
	}
	a := s.account(accountName)
	if a == nil {
		return nil, refuse(codeNotFound, "没有公众号或应用 %q", accountName)
	}
	u, err := s.user(userID)
	if err != nil {
		return nil, err
	}
	m := sent{to: &a.endpoint, menuID: a.menuID, openID: u.Accounts[a.Name].OpenID, act: act, at: s.clock.Now()}
	if err := s.allow(&m, a, u, upload); err != nil {
		return nil, err
	}
	s.official.Acted(a.AppID, m.openID, m.opens(), m.at)
	switch m.act.Kind {
	case ActAcceptNotice, ActRefuseNotice:
		s.official.Answered(a.AppID, m.openID, m.act.Key, m.act.Kind == ActAcceptNotice)
	case ActStopNotices:
		s.official.SwitchedOff(a.AppID, m.openID, m.act.Key)
	}
	m.served = m.act.isMessage() && s.official.Serves(a.AppID, m.openID) != ""
	if m.served && a.StaffOnly {
		return s.toServicer(&m, u.ID), nil
	}
	return s.send(&m, u.ID)
}

// send puts an act that was allowed into the chat and sends its callback on its way; s.mu is held.
func (s *Simulator) send(m *sent, userID string) (*job, error) {
	if m.act.isMessage() {
		m.msgID = s.newMsgID()
	}
	j := &job{to: m.to, openID: m.openID, passive: true, served: m.served, done: make(chan struct{})}
	j.exchange = Exchange{Account: m.to.name, User: userID, OpenID: m.openID, Act: m.act, At: m.at, MsgID: m.msgID}
	if err := s.address(j, m.elements()); err != nil {
		return nil, err
	}
	shown := m.act
	j.entry = s.addEntry(&Entry{
		Account: m.to.name, User: userID, From: SideUser, Exchange: j.exchange.ID, Act: &shown, State: StateSending,
	})
	s.work.Go(func() { s.run(j) })
	return j, nil
}

// msgIDsPerMicrosecond spaces message ids: they grow with the real time, so that a restart never gives one out again.
const msgIDsPerMicrosecond = 16

// newMsgID gives out a message id; s.mu is held.
func (s *Simulator) newMsgID() int64 {
	s.state.LastMsgID = max(s.state.LastMsgID+1, time.Now().UnixMicro()*msgIDsPerMicrosecond)
	return s.state.LastMsgID
}

// allow holds an act against what the platform knows, completes it and takes note of it; s.mu is held.
func (s *Simulator) allow(m *sent, a *account, u *User, upload *Media) error {
	act := &m.act
	f := u.Accounts[a.Name]
	if act.needsFollow() && !f.Following {
		return refuse(codeConflict, "%s 还没有关注 %s：先扫码关注", u.Nickname, a.Title)
	}
	switch act.Kind {
	case ActFollow, ActScan:
		return s.arrive(m, a, u)
	case ActUnfollow:
		f.Following = false
		u.Accounts[a.Name] = f
		s.publish("user", u)
	case ActImage, ActVoice:
		return s.attach(m, upload)
	case ActEnter, ActCard:
		return refuse(codeBadRequest, "公众号没有 %q 这种操作", act.Kind)
	case ActAcceptNotice, ActRefuseNotice, ActStopNotices:
		if !s.official.HasNotice(a.AppID, act.Key) {
			return refuse(codeNotFound, "公众号 %s 没有订阅通知模板 %q", a.Name, act.Key)
		}
	case ActClick, ActView, ActOpenMiniProgram:
		act.Title = nameOf(s.menu(a), *act)
	}
	return nil
}

// attach keeps the picture or the voice of an act; s.mu is held.
func (s *Simulator) attach(m *sent, upload *Media) error {
	act := &m.act
	switch {
	case act.Kind == ActVoice:
		m.media = s.addMedia(m.to.owner, MediaVoice, "audio/amr", silence())
	case upload != nil:
		m.media = s.addMedia(m.to.owner, upload.Kind, upload.ContentType, upload.data)
	default:
		if m.media = s.findMedia(act.MediaID); m.media == nil || m.media.Kind != MediaImage {
			return refuse(codeNotFound, "没有图片 %q：先用 pictures 上传", act.MediaID)
		}
	}
	act.MediaID = m.media.ID
	m.picURL = s.pictureURL(m.media.ID)
	return nil
}

// arrive is a follow, or a scan that may be one.
func (s *Simulator) arrive(m *sent, a *account, u *User) error {
	act := &m.act
	f := u.Accounts[a.Name]
	if act.Scene != "" {
		scene, ok := s.scene(a, act.Scene)
		if !ok {
			return refuse(codeNotFound, "公众号 %s 没有场景 %q，或二维码已过期，现有：%s", a.Name, act.Scene, s.sceneKeys(a))
		}
		act.Title = scene.Title
		m.ticket = a.ticket(act.Scene)
	}
	if f.Following {
		if act.Kind == ActFollow {
			return refuse(codeConflict, "%s 已经关注了 %s：再次扫码请用 scan", u.Nickname, a.Title)
		}
		return nil
	}
	m.entered = true
	f.Following, f.FollowedAt, f.Scene = true, m.at, act.Scene
	u.Accounts[a.Name] = f
	s.publish("user", u)
	return nil
}

func (s *Simulator) sceneKeys(a *account) string {
	var keys []string
	for _, scene := range s.scenes(a) {
		keys = append(keys, scene.Key)
	}
	return strings.Join(keys, "、")
}
