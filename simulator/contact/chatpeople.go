package contact

import (
	"slices"
	"time"
)

// people makes members of a group out of user ids and external user ids.
func (b *Book) people(ids []string, invitor string, now time.Time) ([]ChatPerson, error) {
	var all []ChatPerson
	for _, id := range ids {
		p := ChatPerson{ID: id, Type: chatMember, JoinAt: now, Scene: joinedInvited, Invitor: invitor}
		if m, ok := b.staff(id); ok {
			p.ID = m.UserID
		} else {
			if _, ok := b.world.Person(id); !ok {
				return nil, refuse("没有成员或客户 %q", id)
			}
			if r := b.relation(invitor, id); !r.linked() {
				return nil, refuse("%s 不是 %s 的客户，不能拉进群", id, invitor)
			}
			p.Type = chatCustomer
		}
		if !slices.ContainsFunc(all, func(o ChatPerson) bool { return o.ID == p.ID }) {
			all = append(all, p)
		}
	}
	return all, nil
}

// invite is a member who brings people into a group.
func (b *Book) invite(a Act, now time.Time) ([]Event, error) {
	c, err := b.chat(a.ChatID)
	if err != nil {
		return nil, err
	}
	if c.find(a.UserID) == nil {
		return nil, refuse("%s 不在群里", a.UserID)
	}
	people, err := b.people(a.Names, a.UserID, now)
	if err != nil {
		return nil, err
	}
	return b.join(c, people, sceneInvited, now)
}

// joinChat is a customer who scans a group's code.
func (b *Book) joinChat(a Act, now time.Time) ([]Event, error) {
	c, err := b.chat(a.ChatID)
	if err != nil {
		return nil, err
	}
	if _, ok := b.world.Person(a.ExternalUserID); !ok {
		return nil, refuse("没有客户 %q", a.ExternalUserID)
	}
	p := ChatPerson{ID: a.ExternalUserID, Type: chatCustomer, JoinAt: now, Scene: joinedByCode, State: a.State}
	return b.join(c, []ChatPerson{p}, sceneScanned, now)
}

func (b *Book) join(c *Chat, people []ChatPerson, scene int, now time.Time) ([]Event, error) {
	people = slices.DeleteFunc(people, func(p ChatPerson) bool { return c.find(p.ID) != nil })
	switch {
	case len(people) == 0:
		return nil, refuse("已经在群里了")
	case len(c.People)+len(people) > maxChatPeople:
		return nil, refuse("群里最多 %d 人", maxChatPeople)
	}
	c.change(now)
	c.People = append(c.People, people...)
	return []Event{b.membersEvent("add_member", c, people, scene, now)}, nil
}

// membersEvent tells who came or went, and gives the list of members a new version.
func (b *Book) membersEvent(detail string, c *Chat, people []ChatPerson, scene int, now time.Time) Event {
	e := updateEvent(detail, c, now)
	e.Scene, e.LastVersion = scene, c.Version
	for _, p := range people {
		e.Members = append(e.Members, p.ID)
	}
	c.Version = b.hexName(now)
	e.Version = c.Version
	return e
}

// leaveChat is a customer, or a member, who leaves a group.
func (b *Book) leaveChat(a Act, now time.Time) ([]Event, error) {
	id := a.ExternalUserID
	if id == "" {
		id = a.UserID
	}
	return b.part(a.ChatID, []string{id}, sceneLeft, now)
}

// remove is the owner of a group who puts people out.
func (b *Book) remove(a Act, now time.Time) ([]Event, error) {
	if _, err := b.owned(a); err != nil {
		return nil, err
	}
	return b.part(a.ChatID, a.Names, sceneRemoved, now)
}

func (b *Book) part(chatID string, ids []string, scene int, now time.Time) ([]Event, error) {
	c, err := b.chat(chatID)
	if err != nil {
		return nil, err
	}
	var gone []ChatPerson
	for _, id := range ids {
		p := c.find(id)
		switch {
		case p == nil:
			return nil, refuse("%s 不在群里", id)
		case id == c.Owner:
			return nil, refuse("群主要先转让群，或解散群")
		}
		gone = append(gone, *p)
	}
	if len(gone) == 0 {
		return nil, refuse("没有说是谁")
	}
	c.change(now)
	c.People = slices.DeleteFunc(slices.Clone(c.People), func(p ChatPerson) bool { return slices.Contains(ids, p.ID) })
	return []Event{b.membersEvent("del_member", c, gone, scene, now)}, nil
}
