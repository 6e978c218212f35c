package contact

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Limits of a remark (WeCom docs, 修改客户备注信息).
const (
	maxRemark      = 20  // characters
	maxDescription = 150 // characters
	maxCompany     = 20  // characters
	maxMobiles     = 5   // of one customer; the client's, from memory
	maxMobile      = 32  // characters; ours
)

// remark is the body of remark. What is absent stays.
type remark struct {
	UserID         string    `json:"userid"`
	ExternalUserID string    `json:"external_userid"`
	Remark         *string   `json:"remark"`
	Description    *string   `json:"description"`
	Company        *string   `json:"remark_company"`
	Mobiles        *[]string `json:"remark_mobiles"` // replaces; [""] clears
	Picture        *string   `json:"remark_pic_mediaid"`
}

func (m *remark) empty() bool {
	return m.Remark == nil && m.Description == nil && m.Company == nil && m.Mobiles == nil && m.Picture == nil
}

func (m *remark) tooLong() bool {
	over := func(s *string, most int) bool { return s != nil && utf8.RuneCountInString(*s) > most }
	if over(m.Remark, maxRemark) || over(m.Description, maxDescription) || over(m.Company, maxCompany) {
		return true
	}
	return m.Mobiles != nil && (len(*m.Mobiles) > maxMobiles ||
		slices.ContainsFunc(*m.Mobiles, func(n string) bool { return utf8.RuneCountInString(n) > maxMobile }))
}

// remark obeys remark.
func (b *Book) remark(q *Request, in remark) (any, error) {
	r, err := b.friend(q, in.UserID, in.ExternalUserID)
	switch {
	case err != nil:
		return nil, err
	case in.empty():
		return nil, fail(CodeParameter, "nothing to change")
	case in.tooLong():
		return nil, fail(CodeParameter, "a field is too long: remark and remark_company up to %d characters, description up to %d", maxRemark, maxDescription)
	}
	if in.Picture != nil && *in.Picture != "" {
		if _, err := b.file(KindImage, *in.Picture, q.Now); err != nil {
			return nil, err
		}
	}
	r.note(&in)
	b.echo(r, q.Now)
	return nil, nil
}

// note takes over what a remark says.
func (r *Relation) note(m *remark) {
	for to, from := range map[*string]*string{&r.Remark: m.Remark, &r.Description: m.Description, &r.Company: m.Company} {
		if from != nil {
			*to = *from
		}
	}
	if m.Mobiles != nil {
		r.Mobiles = slices.DeleteFunc(slices.Clone(*m.Mobiles), func(n string) bool { return n == "" })
	}
}

// edit is a member who changes what they noted about a customer, in the client. A change of the numbers alone causes no event
// (WeCom docs, 编辑企业客户事件).
func (b *Book) edit(a Act, now time.Time) ([]Event, error) {
	r := b.relation(a.UserID, a.ExternalUserID)
	if !r.linked() {
		return nil, refuse("对方不在通讯录里")
	}
	m := remark{Remark: a.Remark, Description: a.Description, Company: a.Company, Mobiles: a.Mobiles}
	switch {
	case m.empty() && len(a.AddTags)+len(a.RemoveTags)+len(a.Personal) == 0:
		return nil, refuse("没有要修改的内容")
	case m.tooLong():
		return nil, refuse("备注和公司最多 %d 个字，描述最多 %d 个字", maxRemark, maxDescription)
	}
	for _, id := range a.AddTags {
		if _, t := b.tag(id); t == nil {
			return nil, refuse("没有标签 %q", id)
		}
	}
	r.note(&m)
	r.mark(a.AddTags, a.RemoveTags)
	if a.Personal != nil {
		r.Personal = slices.Clone(a.Personal)
	}
	if m.Remark == nil && m.Description == nil && m.Company == nil && len(a.AddTags)+len(a.RemoveTags) == 0 && a.Personal == nil {
		return nil, nil
	}
	return []Event{contactEvent("edit_external_contact", r, now)}, nil
}

// mark puts tags on and takes tags off, in this order.
func (r *Relation) mark(add, remove []string) {
	for _, id := range add {
		if !slices.Contains(r.Tags, id) {
			r.Tags = append(r.Tags, id)
		}
	}
	r.Tags = slices.DeleteFunc(r.Tags, func(id string) bool { return slices.Contains(remove, id) })
}
