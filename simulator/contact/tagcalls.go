package contact

import "slices"

type tagSpec struct {
	Name  string `json:"name"`
	Order int64  `json:"order"`
}

type tagView struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	CreateTime int64  `json:"create_time"`
	Order      int64  `json:"order"`
	Deleted    bool   `json:"deleted"`
}

type tagGroupView struct {
	ID         string    `json:"group_id"`
	Name       string    `json:"group_name"`
	CreateTime int64     `json:"create_time"`
	Order      int64     `json:"order"`
	Deleted    bool      `json:"deleted"`
	Tags       []tagView `json:"tag"`
}

func viewTags(g *TagGroup, tags []*Tag) tagGroupView {
	v := tagGroupView{ID: g.ID, Name: g.Name, CreateTime: g.CreatedAt.Unix(), Order: g.Order, Tags: []tagView{}}
	for _, t := range tags {
		v.Tags = append(v.Tags, tagView{ID: t.ID, Name: t.Name, CreateTime: t.CreatedAt.Unix(), Order: t.Order})
	}
	return v
}

type tagQuery struct {
	TagIDs   []string `json:"tag_id"`
	GroupIDs []string `json:"group_id"`
}

// listTags obeys get_corp_tag_list: groups win over tags, nothing means all.
func (b *Book) listTags(_ *Request, in tagQuery) (any, error) {
	if err := b.knowTags(in); err != nil {
		return nil, err
	}
	groups := []tagGroupView{}
	for _, g := range b.Tags {
		tags := g.Tags
		switch {
		case len(in.GroupIDs) > 0:
			if !slices.Contains(in.GroupIDs, g.ID) {
				continue
			}
		case len(in.TagIDs) > 0:
			tags = slices.DeleteFunc(slices.Clone(tags), func(t *Tag) bool { return !slices.Contains(in.TagIDs, t.ID) })
			if len(tags) == 0 {
				continue
			}
		}
		groups = append(groups, viewTags(g, tags))
	}
	return map[string]any{"tag_group": groups}, nil
}

// knowTags refuses ids that nothing has.
func (b *Book) knowTags(in tagQuery) error {
	for _, id := range in.GroupIDs {
		if b.tagGroup(id) == nil {
			return fail(CodeTagID, "invalid group_id")
		}
	}
	for _, id := range in.TagIDs {
		if _, t := b.tag(id); t == nil {
			return fail(CodeTagID, "invalid tag_id")
		}
	}
	return nil
}

type newTags struct {
	GroupID   string    `json:"group_id"`
	GroupName string    `json:"group_name"`
	Order     int64     `json:"order"`
	Tags      []tagSpec `json:"tag"`
}

// addTags obeys add_corp_tag: into the group of that id, else into the one of that name, else into a new one. It answers with the
// tags that were made.
func (b *Book) addTags(q *Request, in newTags) (any, error) {
	g := b.tagGroup(in.GroupID)
	switch {
	case in.GroupID != "" && g == nil:
		return nil, fail(CodeTagID, "invalid group_id")
	case in.GroupID == "" && !isTagName(in.GroupName):
		return nil, fail(CodeTagName, "group_name must have 1 to %d characters", maxTagName)
	case in.GroupID == "":
		g = b.tagGroupNamed(in.GroupName)
	}
	if err := b.checkNewTags(g, in); err != nil {
		return nil, err
	}
	g, made := b.newTags(g, in.GroupName, in.Order, in.Tags, q.App, q.Now)
	return map[string]any{"tag_group": viewTags(g, made)}, nil
}

func (b *Book) checkNewTags(g *TagGroup, in newTags) error {
	if len(in.Tags) == 0 || !isOrder(in.Order) {
		return fail(CodeParameter, "a group needs a tag, and an order from 0 to 2^32-1")
	}
	fresh := map[string]bool{}
	for _, t := range in.Tags {
		switch {
		case !isTagName(t.Name):
			return fail(CodeTagName, "a tag name must have 1 to %d characters", maxTagName)
		case !isOrder(t.Order):
			return fail(CodeParameter, "order must be 0 to 2^32-1")
		case g != nil && g.named(t.Name) != nil:
			return fail(CodeTagName, "tag name already exists")
		}
		fresh[t.Name] = true
	}
	if b.countTags()+len(fresh) > maxTags {
		return fail(CodeParameter, "more than %d tags", maxTags)
	}
	return nil
}

type tagEdit struct {
	ID    string  `json:"id"`
	Name  *string `json:"name"`
	Order *int64  `json:"order"`
}

// editTag obeys edit_corp_tag, for a tag or a group.
func (b *Book) editTag(q *Request, in tagEdit) (any, error) {
	switch {
	case in.ID == "":
		return nil, fail(CodeEmptyParameter, "id is empty")
	case in.Name != nil && !isTagName(*in.Name):
		return nil, fail(CodeTagName, "a name must have 1 to %d characters", maxTagName)
	case in.Order != nil && !isOrder(*in.Order):
		return nil, fail(CodeParameter, "order must be 0 to 2^32-1")
	}
	var name *string
	var order *int64
	var by string
	if g, t := b.tag(in.ID); t != nil {
		if in.Name != nil && *in.Name != t.Name && g.named(*in.Name) != nil {
			return nil, fail(CodeTagName, "tag name already exists")
		}
		name, order, by = &t.Name, &t.Order, t.By
	} else if g := b.tagGroup(in.ID); g != nil {
		if in.Name != nil && *in.Name != g.Name && b.tagGroupNamed(*in.Name) != nil {
			return nil, fail(CodeTagName, "group name already exists")
		}
		name, order, by = &g.Name, &g.Order, g.By
	} else {
		return nil, fail(CodeTagID, "invalid id")
	}
	if err := mayEdit(q, by); err != nil {
		return nil, err
	}
	if in.Name != nil {
		*name = *in.Name
	}
	if in.Order != nil {
		*order = *in.Order
		b.sortTags()
	}
	return nil, nil
}

// mayEdit keeps apps to the tags that they made themselves.
func mayEdit(q *Request, by string) error {
	if q.App != "" && by != q.App {
		return fail(CodeTagRight, "no privilege to edit the tag of another app or of the console")
	}
	return nil
}

// deleteTags obeys del_corp_tag: all of it or nothing.
func (b *Book) deleteTags(q *Request, in tagQuery) (any, error) {
	if len(in.TagIDs)+len(in.GroupIDs) == 0 {
		return nil, fail(CodeParameter, "tag_id and group_id are both empty")
	}
	if err := b.knowTags(in); err != nil {
		return nil, err
	}
	for _, id := range in.TagIDs {
		if _, t := b.tag(id); mayEdit(q, t.By) != nil {
			return nil, mayEdit(q, t.By)
		}
	}
	for _, id := range in.GroupIDs {
		if g := b.tagGroup(id); mayEdit(q, g.By) != nil {
			return nil, mayEdit(q, g.By)
		}
	}
	for _, id := range in.TagIDs {
		if g, t := b.tag(id); t != nil { // may be named twice
			b.dropTag(g, t)
		}
	}
	for _, id := range in.GroupIDs {
		if g := b.tagGroup(id); g != nil {
			b.dropTagGroup(g)
		}
	}
	return nil, nil
}

type marks struct {
	UserID         string   `json:"userid"`
	ExternalUserID string   `json:"external_userid"`
	Add            []string `json:"add_tag"`
	Remove         []string `json:"remove_tag"`
}

// markTags obeys mark_tag: all of it or nothing.
func (b *Book) markTags(q *Request, in marks) (any, error) {
	r, err := b.friend(q, in.UserID, in.ExternalUserID)
	switch {
	case err != nil:
		return nil, err
	case len(in.Add)+len(in.Remove) == 0:
		return nil, fail(CodeParameter, "add_tag and remove_tag are both empty")
	case len(in.Add) > maxMarks || len(in.Remove) > maxMarks:
		return nil, fail(CodeParameter, "more than %d tags", maxMarks)
	}
	if err := b.knowTags(tagQuery{TagIDs: slices.Concat(in.Add, in.Remove)}); err != nil {
		return nil, err
	}
	r.mark(in.Add, in.Remove)
	b.echo(r, q.Now)
	return nil, nil
}
