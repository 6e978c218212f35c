package simulator

import (
	"path"
	"slices"
	"time"

	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
)

// contactTown is what customer contact of one corp sees of the world.
type contactTown struct {
	world   platform.World
	corp    *platform.Corp
	unbound bool
	base    string // of the page
}

var _ contact.World = (*contactTown)(nil)

// Members implements contact.World: here everybody has the right, and an active account.
func (t *contactTown) Members() []contact.Member {
	members := make([]contact.Member, 0, len(t.corp.Members))
	for _, m := range t.corp.Members {
		members = append(members, contact.Member{UserID: m.UserID, Name: m.Name, Contact: true, Active: true})
	}
	return members
}

// Person implements contact.World.
func (t *contactTown) Person(externalUserID string) (contact.Person, bool) {
	p, ok := t.world.PersonOf(t.corp.ID, externalUserID)
	if !ok {
		return contact.Person{}, false
	}
	return contact.Person{Name: p.Nickname, Type: contact.TypeWeChat, UnionID: p.UnionID}, true
}

// Bound implements contact.World.
func (t *contactTown) Bound() bool { return !t.unbound }

// Media implements contact.World.
func (t *contactTown) Media(id string, _ time.Time) (contact.Media, bool) {
	m, ok := t.world.Media(t.corp.ID, id)
	if !ok || m.Expired {
		return contact.Media{}, false
	}
	return contact.Media{Kind: m.Kind, Attachment: m.Scene != "", Name: m.Name}, true
}

// Uploaded implements contact.World: the address of a picture ends in its id.
func (t *contactTown) Uploaded(url string) bool {
	m, ok := t.world.Media(t.corp.ID, path.Base(url))
	return ok && m.Scene == "picture" && m.URL == url
}

// Linked implements contact.World.
func (t *contactTown) Linked(appID string) bool { return slices.Contains(t.corp.MiniPrograms, appID) }

// CodeURL implements contact.World.
func (t *contactTown) CodeURL(configID string) string {
	base := t.base
	if base == "" {
		base = "http://simulator.invalid"
	}
	return base + "/" + wayCodePath(t.corp.ID, configID)
}

// wayCodePath is where the picture of a contact way's code is.
func wayCodePath(corpID, configID string) string {
	return "api/corps/" + corpID + "/ways/" + configID + "/qr.png"
}
