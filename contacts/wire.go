package contacts

import (
	"context"
	"net/url"
	"time"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

// The platform's calls.
const (
	pathMembers   = "/cgi-bin/externalcontact/get_follow_user_list"
	pathContact   = "/cgi-bin/externalcontact/get"
	pathBatch     = "/cgi-bin/externalcontact/batch/get_by_user"
	pathTags      = "/cgi-bin/externalcontact/get_corp_tag_list"
	pathAddTag    = "/cgi-bin/externalcontact/add_corp_tag"
	pathMarkTag   = "/cgi-bin/externalcontact/mark_tag"
	pathCustomers = "/cgi-bin/kf/customer/batchget"
	pathFollower  = "/cgi-bin/user/info"
)

const (
	// batchMembers is for how many members customers are asked for at once, batchContacts how many come in a page (WeCom docs,
	// 批量获取客户详情).
	batchMembers  = 100
	batchContacts = 100
	// batchCustomers is how many customers of customer service are looked up at once (WeCom docs, 获取客户基础信息).
	batchCustomers = 100
	// pagesMost bounds the pages of one contact: 500 members each (WeCom docs, 获取客户详情). No corp has more staff.
	pagesMost = 1000
)

// wireContact is external_contact.
type wireContact struct {
	ID      wxapi.String `json:"external_userid"`
	Name    wxapi.String `json:"name"`
	Type    wxapi.Int    `json:"type"`
	Corp    wxapi.String `json:"corp_name"`
	UnionID wxapi.String `json:"unionid"`
}

func (w wireContact) contact(a bot.AccountName, at time.Time) store.Contact {
	return store.Contact{
		Person: bot.Person{Account: a, User: bot.UserID(w.ID)}, Name: string(w.Name), Type: int(w.Type), Corp: string(w.Corp),
		UnionID: string(w.UnionID), FetchedAt: at,
	}
}

// wireRelation is follow_user of one call and follow_info of the other, which has the ids of tags alone.
type wireRelation struct {
	Member      wxapi.String   `json:"userid"`
	Remark      wxapi.String   `json:"remark"`
	Description wxapi.String   `json:"description"`
	Since       wxapi.Int      `json:"createtime"`
	State       wxapi.String   `json:"state"`
	AddWay      wxapi.Int      `json:"add_way"`
	Tags        []wireTag      `json:"tags"`
	TagIDs      []wxapi.String `json:"tag_id"`
}

type wireTag struct {
	ID   wxapi.String `json:"tag_id"`
	Name wxapi.String `json:"tag_name"`
	Kind wxapi.Int    `json:"type"`
}

// Kinds of tag (WeCom docs, 获取客户详情).
const kindCorp = 1

func (w wireRelation) relation() store.Relation {
	r := store.Relation{
		Member: string(w.Member), Remark: string(w.Remark), Description: string(w.Description), State: string(w.State), AddWay: int(w.AddWay),
	}
	if w.Since > 0 && w.Since < maxUnix {
		r.Since = time.Unix(int64(w.Since), 0).UTC()
	}
	for _, t := range w.Tags {
		if t.ID != "" || t.Name != "" {
			r.Tags = append(r.Tags, store.ContactTag{ID: string(t.ID), Name: string(t.Name), Kind: int(t.Kind)})
		}
	}
	for _, id := range w.TagIDs {
		if id != "" {
			r.Tags = append(r.Tags, store.ContactTag{ID: string(id), Kind: kindCorp})
		}
	}
	return r
}

// maxUnix bounds what the platform may claim of times, in seconds: the year 9999.
const maxUnix = 253402300800

// fetchContact asks for a customer with all who have them. An answer that leaves out either is errHalf.
func (w *Worker) fetchContact(ctx context.Context, id string) (store.Contact, error) {
	began := w.now()
	var c store.Contact
	query := url.Values{"external_userid": {id}}
	for range pagesMost {
		var answer struct {
			Contact *wireContact    `json:"external_contact"`
			Members *[]wireRelation `json:"follow_user"`
			Next    wxapi.String    `json:"next_cursor"`
		}
		if err := w.get(ctx, w.account.Contacts, pathContact, query, &answer); err != nil {
			return c, err
		}
		if answer.Contact == nil || string(answer.Contact.ID) != id || answer.Members == nil {
			return c, errHalf
		}
		relations := c.Relations
		c = answer.Contact.contact(w.account.Name, began)
		for _, m := range *answer.Members {
			if m.Member == "" {
				return c, errHalf
			}
			relations = append(relations, m.relation())
		}
		c.Relations = relations
		if answer.Next == "" || string(answer.Next) == query.Get("cursor") {
			return c, nil
		}
		query.Set("cursor", string(answer.Next))
	}
	return c, errHalf
}

// wireGroup is a group of tags.
type wireGroup struct {
	ID      wxapi.String `json:"group_id"`
	Name    wxapi.String `json:"group_name"`
	Order   wxapi.Int    `json:"order"`
	Deleted bool         `json:"deleted"`
	Tags    []struct {
		ID      wxapi.String `json:"id"`
		Name    wxapi.String `json:"name"`
		Order   wxapi.Int    `json:"order"`
		Deleted bool         `json:"deleted"`
	} `json:"tag"`
}

func (w wireGroup) group() store.TagGroup {
	g := store.TagGroup{ID: string(w.ID), Name: string(w.Name), Order: int64(w.Order)}
	for _, t := range w.Tags {
		if !t.Deleted && t.ID != "" {
			g.Tags = append(g.Tags, store.CorpTag{ID: string(t.ID), Name: string(t.Name), Order: int64(t.Order)})
		}
	}
	return g
}

// fetchTags asks for all tags of the corp.
func (w *Worker) fetchTags(ctx context.Context) ([]store.TagGroup, error) {
	var answer struct {
		Groups *[]wireGroup `json:"tag_group"`
	}
	if err := w.post(ctx, w.account.Contacts, pathTags, struct{}{}, &answer); err != nil {
		return nil, err
	}
	if answer.Groups == nil {
		return nil, errHalf
	}
	var groups []store.TagGroup
	for _, g := range *answer.Groups {
		if !g.Deleted && g.ID != "" {
			groups = append(groups, g.group())
		}
	}
	return groups, nil
}

// page is an answer to pathBatch.
type page struct {
	Contacts *[]struct {
		Contact  wireContact  `json:"external_contact"`
		Relation wireRelation `json:"follow_info"`
	} `json:"external_contact_list"`
	Next wxapi.String `json:"next_cursor"`
	Fail struct {
		Unlicensed []wxapi.String `json:"unlicensed_userid_list"`
	} `json:"fail_info"`
}

// fetchPage asks for one page of the customers of some members.
func (w *Worker) fetchPage(ctx context.Context, members []string, cursor string) (page, error) {
	in := struct {
		Members []string `json:"userid_list"`
		Cursor  string   `json:"cursor"`
		Limit   int      `json:"limit"`
	}{members, cursor, batchContacts}
	var p page
	if err := w.post(ctx, w.account.Contacts, pathBatch, in, &p); err != nil {
		return page{}, err
	}
	if p.Contacts == nil && len(p.Fail.Unlicensed) == 0 || p.Next != "" && string(p.Next) == cursor {
		return page{}, errHalf
	}
	return p, nil
}
