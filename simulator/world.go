package simulator

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"guanjia/simulator/platform"
)

// world is the simulator as the parts of the platform see it.
type world struct{ s *Simulator }

var _ platform.World = world{}

func (w world) Now() time.Time { return w.s.clock.Now() }

func (w world) Lot(n int64) int64 {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return w.s.lot.Int64N(n)
}

// idCharacters are those of the platform's ids; 64 of them, so that a random byte chooses one fairly.
const idCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func (w world) NewID(prefix string, n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	for i := range b {
		b[i] = idCharacters[int(b[i])%len(idCharacters)]
	}
	return prefix + string(b)
}

func (w world) Person(id string) (platform.Person, bool) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	u, err := w.s.user(id)
	if err != nil {
		return platform.Person{}, false
	}
	return platform.Person{ID: u.ID, Nickname: u.Nickname, UnionID: u.UnionID}, true
}

func (w world) ExternalUserID(corpID, personID string) string {
	return externalUserID(w.s.state.Seed, corpID, personID)
}

func (w world) PersonOf(corpID, external string) (platform.Person, bool) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	for _, u := range w.s.state.Users {
		if u.Corps[corpID] == external {
			return platform.Person{ID: u.ID, Nickname: u.Nickname, UnionID: u.UnionID}, true
		}
	}
	return platform.Person{}, false
}

// mediaOwner is the name under which material of a corp or an official account is kept.
func (s *Simulator) mediaOwner(owner string) string {
	for _, a := range s.accounts {
		if a.AppID == owner {
			return a.Name
		}
	}
	return owner
}

func (w world) Media(owner, id string) (platform.Media, bool) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	m := w.s.findMedia(id)
	if m == nil || m.Account != w.s.mediaOwner(owner) {
		return platform.Media{}, false
	}
	return w.s.shared(m, owner), true
}

func (w world) AddMedia(owner string, n platform.NewMedia) platform.Media {
	w.s.mu.Lock()
	m := w.s.addMedia(w.s.mediaOwner(owner), MediaKind(n.Kind), n.ContentType, n.Data)
	m.Scene, m.Name, m.Permanent = n.Scene, n.Name, n.Permanent
	shared := w.s.shared(m, owner)
	w.s.mu.Unlock()
	w.Changed()
	return shared
}

// shared is the material as the parts see it.
func (s *Simulator) shared(m *Media, owner string) platform.Media {
	return platform.Media{
		ID: m.ID, Owner: owner, Kind: string(m.Kind), Scene: m.Scene, Name: m.Name, ContentType: m.ContentType, Size: m.Size,
		At: m.At, Expired: m.expired(s.clock.Now()), URL: s.pictureURL(m.ID), Data: m.data,
	}
}

func (w world) Push(p platform.Push) error {
	_, err := w.s.push(p)
	return err
}

func (w world) Tell(ctx context.Context, p platform.Push) (platform.Told, error) {
	jobs, err := w.s.push(p)
	if err != nil {
		return platform.Told{}, err
	}
	var told platform.Told
	for _, j := range jobs {
		select {
		case <-j.done:
		case <-ctx.Done():
			return told, ctx.Err()
		}
		told.Tries = max(told.Tries, j.exchange.Tries)
		switch {
		case !j.exchange.Failed():
			told.Accepted = true
		case j.exchange.Why != nil:
			told.Why = j.exchange.Why.Text
		}
	}
	return told, nil
}

func (w world) Show(kind string, v any) { w.s.publish(kind, v) }

func (w world) Changed() {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if w.s.closed {
		return // Close saves
	}
	select {
	case w.s.changed <- struct{}{}:
	default: // it will be saved anyway
	}
}

// errNoApp says that a callback has nowhere to go.
var errNoApp = errors.New("no app of the corp gets this callback")
