package contact

import (
	"slices"
	"time"
)

// createTags is an admin who makes tags: in the group of that id, or in a new one.
func (b *Book) createTags(a Act, now time.Time) ([]Event, error) {
	g := b.tagGroup(a.ID)
	in := newTags{GroupName: a.Name, Order: a.Order}
	for _, name := range a.Names {
		in.Tags = append(in.Tags, tagSpec{Name: name})
	}
	switch {
	case a.ID != "" && g == nil:
		return nil, refuse("没有标签组 %q", a.ID)
	case g == nil && !isTagName(a.Name):
		return nil, refuse("标签组的名字应有 1 到 %d 个字", maxTagName)
	case g == nil && b.tagGroupNamed(a.Name) != nil:
		return nil, refuse("已有标签组 %q", a.Name)
	}
	if err := b.checkNewTags(g, in); err != nil {
		return nil, refuse("标签不能新建：至少一个，名字 1 到 %d 个字且不重复，总数最多 %d", maxTagName, maxTags)
	}
	fresh := g == nil
	g, made := b.newTags(g, a.Name, a.Order, in.Tags, "", now)
	var events []Event
	if fresh {
		events = append(events, tagEvent("create", "tag_group", g.ID, now))
	}
	for _, t := range made {
		events = append(events, tagEvent("create", "tag", t.ID, now))
	}
	return events, nil
}

// renameTag is an admin who gives a tag or a group another name.
func (b *Book) renameTag(a Act, now time.Time) ([]Event, error) {
	if !isTagName(a.Name) {
		return nil, refuse("名字应有 1 到 %d 个字", maxTagName)
	}
	if g, t := b.tag(a.ID); t != nil {
		if o := g.named(a.Name); o != nil && o != t {
			return nil, refuse("这一组里已有标签 %q", a.Name)
		}
		t.Name = a.Name
		return []Event{tagEvent("update", "tag", t.ID, now)}, nil
	}
	g := b.tagGroup(a.ID)
	if g == nil {
		return nil, refuse("没有标签或标签组 %q", a.ID)
	}
	if o := b.tagGroupNamed(a.Name); o != nil && o != g {
		return nil, refuse("已有标签组 %q", a.Name)
	}
	g.Name = a.Name
	return []Event{tagEvent("update", "tag_group", g.ID, now)}, nil
}

// deleteTag is an admin who deletes a tag or a group; a group's end is one event.
func (b *Book) deleteTag(a Act, now time.Time) ([]Event, error) {
	if g, t := b.tag(a.ID); t != nil {
		b.dropTag(g, t)
		events := []Event{tagEvent("delete", "tag", t.ID, now)}
		if len(g.Tags) == 0 {
			events = append(events, tagEvent("delete", "tag_group", g.ID, now))
		}
		return events, nil
	}
	g := b.tagGroup(a.ID)
	if g == nil {
		return nil, refuse("没有标签或标签组 %q", a.ID)
	}
	b.dropTagGroup(g)
	return []Event{tagEvent("delete", "tag_group", g.ID, now)}, nil
}

// orderTags is an admin who puts the tags of a group, or without an id the groups, into the order of the names.
func (b *Book) orderTags(a Act, now time.Time) ([]Event, error) {
	place := func(name string) int64 {
		if i := slices.Index(a.Names, name); i >= 0 {
			return int64(len(a.Names) - i)
		}
		return 0
	}
	if a.ID == "" {
		for _, g := range b.Tags {
			g.Order = place(g.Name)
		}
		b.sortTags()
		return []Event{tagEvent("shuffle", "tag_group", "", now)}, nil
	}
	g := b.tagGroup(a.ID)
	if g == nil {
		return nil, refuse("没有标签组 %q", a.ID)
	}
	for _, t := range g.Tags {
		t.Order = place(t.Name)
	}
	b.sortTags()
	return []Event{tagEvent("shuffle", "tag", g.ID, now)}, nil
}

// setWelcome is an admin who gives a member a welcome message, or takes it away: then codes are made again.
func (b *Book) setWelcome(a Act, _ time.Time) ([]Event, error) {
	if _, err := b.theirs(a.UserID); err != nil {
		return nil, err
	}
	if len(a.Text) > maxWelcomeText {
		return nil, refuse("欢迎语最多 %d 字节", maxWelcomeText)
	}
	if a.Text == "" {
		delete(b.Console.Welcomes, a.UserID)
	} else {
		b.Console.Welcomes[a.UserID] = a.Text
	}
	return nil, nil
}

// setVerify says whether a member is asked before a customer is let in by the member's own code.
func (b *Book) setVerify(a Act, _ time.Time) ([]Event, error) {
	m, err := b.theirs(a.UserID)
	if err != nil {
		return nil, err
	}
	b.Console.SkipVerify[m.UserID] = a.On
	return nil, nil
}

// setRival puts another app of the corp there, or takes it away.
func (b *Book) setRival(a Act, _ time.Time) ([]Event, error) {
	if a.Rival != nil && (a.Rival.TakesMS < 0 || a.Rival.TakesMS > codeLife.Milliseconds()) {
		return nil, refuse("另一个应用用时应在 0 到 %d 毫秒之间", codeLife.Milliseconds())
	}
	b.Console.Rival = a.Rival
	return nil, nil
}

// leave is a member who leaves the corp. Customers stay where they are until an admin gives them to somebody else; the API no
// longer knows the member.
func (b *Book) leave(a Act, _ time.Time) ([]Event, error) {
	m, ok := b.staff(a.UserID)
	if !ok {
		return nil, refuse("没有成员 %q", a.UserID)
	}
	b.Console.Left[m.UserID] = true
	return nil, nil
}

// come is a member who is back.
func (b *Book) come(a Act, _ time.Time) ([]Event, error) {
	if !b.Console.Left[a.UserID] {
		return nil, refuse("成员 %q 没有离职", a.UserID)
	}
	delete(b.Console.Left, a.UserID)
	return nil, nil
}
