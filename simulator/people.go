package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits on people. The nickname's is the platform's; the number keeps a runaway script from filling the memory.
const (
	maxNickname     = 32 // characters
	DefaultMaxUsers = 5000
)

// avatarColors are the grounds of the drawn avatars, all dark enough for white letters.
var avatarColors = [...]string{
	"#4c7df0", "#d9534f", "#2f9e6e", "#b8711f", "#7a5cd6", "#0f8fa8", "#c2447f", "#5b7a1f", "#a0522d", "#3f5f8a",
}

// User is a person with a phone. Each account knows them by an openid of its own.
type User struct {
	ID        string              `json:"id"`
	Nickname  string              `json:"nickname"`
	Color     string              `json:"color"`             // of the drawn avatar, #rrggbb
	UnionID   string              `json:"unionid,omitempty"` // the same for all accounts and corps; empty: they are not bound to an open platform
	CreatedAt time.Time           `json:"created_at"`
	Accounts  map[string]Follower `json:"accounts"` // by account name
	Corps     map[string]string   `json:"corps"`    // external user ids by corp id
}

// Follower is what an account knows of a person.
type Follower struct {
	OpenID     string    `json:"openid"`
	Following  bool      `json:"following"`
	FollowedAt time.Time `json:"followed_at,omitzero"` // the latest follow
	Scene      string    `json:"scene,omitempty"`      // through which the latest follow came
}

// NewUser makes a person. An empty nickname becomes "用户 N".
func (s *Simulator) NewUser(nickname string) (User, error) {
	nickname = cleanNickname(nickname)
	if utf8.RuneCountInString(nickname) > maxNickname {
		return User{}, refuse(codeBadRequest, "昵称最多 %d 个字", maxNickname)
	}
	s.mu.Lock()
	if len(s.state.Users) >= s.cfg.MaxUsers {
		s.mu.Unlock()
		return User{}, refuse(codeConflict, "最多 %d 个用户", s.cfg.MaxUsers)
	}
	s.state.LastUser++
	n := s.state.LastUser
	u := &User{
		ID:        fmt.Sprintf("u%d", n),
		Nickname:  nickname,
		Color:     avatarColors[n%int64(len(avatarColors))],
		UnionID:   s.unionID(fmt.Sprintf("u%d", n)),
		CreatedAt: s.clock.Now(),
		Accounts:  map[string]Follower{},
		Corps:     s.externalUserIDs(fmt.Sprintf("u%d", n)),
	}
	if u.Nickname == "" {
		u.Nickname = fmt.Sprintf("用户 %d", n)
	}
	for _, a := range s.accounts {
		u.Accounts[a.Name] = Follower{OpenID: openID(s.state.Seed, a.OriginalID, u.ID)}
	}
	s.state.Users = append(s.state.Users, u)
	s.list(u)
	made := u.clone()
	s.publish("user", made)
	s.mu.Unlock()
	s.saved()
	return made, nil
}

// Users lists everybody, oldest first.
func (s *Simulator) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	users := make([]User, 0, len(s.state.Users))
	for _, u := range s.state.Users {
		users = append(users, u.clone())
	}
	return users
}

// clone is a copy that may leave the lock.
func (u *User) clone() User {
	c := *u
	c.Accounts = make(map[string]Follower, len(u.Accounts))
	for name, f := range u.Accounts {
		c.Accounts[name] = f
	}
	c.Corps = maps.Clone(u.Corps)
	return c
}

// externalUserIDs are the names that the corps know a person by.
func (s *Simulator) externalUserIDs(userID string) map[string]string {
	ids := make(map[string]string, len(s.corps))
	for _, c := range s.corps {
		ids[c.ID] = externalUserID(s.state.Seed, c.ID, userID)
	}
	return ids
}

// user finds a person; s.mu is held.
func (s *Simulator) user(id string) (*User, error) {
	if u := s.byID[id]; u != nil {
		return u, nil
	}
	return nil, refuse(codeNotFound, "没有用户 %q", id)
}

// list makes a person found by their names; s.mu is held.
func (s *Simulator) list(u *User) {
	s.byID[u.ID] = u
	for name, f := range u.Accounts {
		s.byOpenID[chatKey(name, f.OpenID)] = u
	}
}

// openID is the name an account knows a person by: 28 characters that start with o, different on each account.
func openID(seed uint64, originalID, userID string) string {
	return "o" + drawnID(seed, originalID, userID)[:27]
}

// cleanNickname drops what a phone keyboard can't type.
func cleanNickname(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// externalUserID is the name a corp knows a WeChat user by, in customer contact and in WeChat customer service alike: wm and 30
// characters, different in each corp.
func externalUserID(seed uint64, corpID, userID string) string {
	return "wm" + drawnID(seed, corpID, userID)[:30]
}

// unionID is the one name under which a person is known to every account and corp that is bound to the same open-platform account;
// here all are.
func unionID(seed uint64, userID string) string {
	return "o" + drawnID(seed, "unionid", userID)[:27]
}

// unionID is that of a person, empty when nothing is bound to an open platform.
func (s *Simulator) unionID(userID string) string {
	if s.cfg.Unbound {
		return ""
	}
	return unionID(s.state.Seed, userID)
}

// drawnID is 43 characters that follow from the seed and the words, and from nothing else.
func drawnID(seed uint64, scope, id string) string {
	b := binary.BigEndian.AppendUint64(nil, seed)
	sum := sha256.Sum256(append(b, scope+"\x00"+id...))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
