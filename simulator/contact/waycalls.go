package contact

import (
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"
)

// wayFields are what add_contact_way and update_contact_way set. What an update leaves out stays.
type wayFields struct {
	ConfigID   string          `json:"config_id"`
	Type       int             `json:"type"`
	Scene      int             `json:"scene"`
	Style      *int            `json:"style"`
	Remark     *string         `json:"remark"`
	SkipVerify *bool           `json:"skip_verify"`
	State      *string         `json:"state"`
	Users      []string        `json:"user"`
	Parties    []int64         `json:"party"`
	Temporary  bool            `json:"is_temp"`
	ExpiresIn  int64           `json:"expires_in"`
	ChatIn     int64           `json:"chat_expires_in"`
	UnionID    string          `json:"unionid"`
	Endings    json.RawMessage `json:"conclusions"`
}

// wayView is contact_way.
type wayView struct {
	ConfigID   string   `json:"config_id"`
	Type       int      `json:"type"`
	Scene      int      `json:"scene"`
	Style      int      `json:"style,omitempty"`
	Remark     string   `json:"remark"`
	SkipVerify bool     `json:"skip_verify"`
	State      string   `json:"state"`
	QRCode     string   `json:"qr_code,omitempty"`
	Users      []string `json:"user"`
	Parties    []int64  `json:"party"`
	Temporary  bool     `json:"is_temp"`
	ExpiresIn  int64    `json:"expires_in,omitempty"`
	ChatIn     int64    `json:"chat_expires_in,omitempty"`
	UnionID    string   `json:"unionid,omitempty"`
	Endings    any      `json:"conclusions,omitempty"`
}

type configID struct {
	ConfigID string `json:"config_id"`
}

// addWay obeys add_contact_way.
func (b *Book) addWay(q *Request, in wayFields) (any, error) {
	switch {
	case in.Type != waySingle && in.Type != wayMulti:
		return nil, fail(CodeWayType, "type must be 1 or 2")
	case in.Scene != sceneProgram && in.Scene != sceneQR:
		return nil, fail(CodeWayScene, "scene must be 1 or 2")
	case in.Temporary && in.Type != waySingle:
		return nil, fail(CodeWayType, "a temporary chat has one member")
	case len(b.Ways) >= maxWays:
		return nil, fail(CodeWayCount, "more than %d contact ways", maxWays)
	}
	w := &Way{Type: in.Type, Scene: in.Scene, SkipVerify: true, Temporary: in.Temporary, At: q.Now}
	if in.Temporary {
		w.ExpiresIn, w.ChatIn = defaultTempQR, defaultTempIn
	}
	if err := b.setWay(q, w, in); err != nil {
		return nil, err
	}
	b.Last++
	w.Seq, w.ConfigID = b.Last, b.hexName(q.Now)
	b.Ways = append(b.Ways, w)
	return struct {
		ConfigID string `json:"config_id"`
		QRCode   string `json:"qr_code,omitempty"`
	}{w.ConfigID, b.qrCode(w)}, nil
}

// setWay checks all fields and then sets them.
func (b *Book) setWay(q *Request, w *Way, in wayFields) error {
	over := func(s *string, most int) bool { return s != nil && utf8.RuneCountInString(*s) > most }
	switch {
	case over(in.Remark, maxWayRemark) || over(in.State, maxWayState):
		return fail(CodeParameter, "remark and state have up to %d characters", maxWayState)
	case in.Style != nil && (*in.Style < 0 || *in.Style > maxWayStyle) && w.Scene == sceneProgram: // 0 is none
		return fail(CodeWayStyle, "style must be 1 to %d", maxWayStyle)
	case in.ExpiresIn < 0 || in.ExpiresIn > maxTempSeconds || in.ChatIn < 0 || in.ChatIn > maxTempSeconds:
		return fail(CodeParameter, "expires_in and chat_expires_in are up to %d seconds", maxTempSeconds)
	case len(in.Parties) > 0:
		return fail(CodeParty, "department not found") // the corps that are played have none
	}
	if w.ConfigID == "" || in.Users != nil {
		users, err := b.receivers(q, w.Type, in.Users)
		if err != nil {
			return err
		}
		w.Users = users
	}
	assign(&w.Style, in.Style)
	assign(&w.Remark, in.Remark)
	assign(&w.SkipVerify, in.SkipVerify)
	assign(&w.State, in.State)
	if w.Temporary {
		w.setTemporary(in)
	}
	return nil
}

func (w *Way) setTemporary(in wayFields) {
	if in.ExpiresIn > 0 {
		w.ExpiresIn = in.ExpiresIn
	}
	if in.ChatIn > 0 {
		w.ChatIn = in.ChatIn
	}
	if in.UnionID != "" {
		w.UnionID = in.UnionID
	}
	if in.Endings != nil {
		w.Endings = in.Endings
	}
}

func assign[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// receivers are the members that a way leads to.
func (b *Book) receivers(q *Request, kind int, users []string) ([]string, error) {
	switch {
	case len(users) > maxWayPeople:
		return nil, fail(CodeWayPeople, "more than %d people", maxWayPeople)
	case len(users) == 0, kind == waySingle && len(users) != 1:
		return nil, fail(CodeUserList, "user: exactly one for type 1, at least one for type 2")
	}
	var ids []string
	for _, id := range users {
		m, err := b.member(q, id)
		switch {
		case err != nil:
			return nil, err
		case !m.Active:
			return nil, fail(CodeNotActivated, "the member is not activated")
		}
		ids = append(ids, m.UserID)
	}
	return ids, nil
}

// knownWay finds the way that a call names.
func (b *Book) knownWay(id string) (*Way, error) {
	if id == "" {
		return nil, fail(CodeNoConfigID, "missing config_id")
	}
	w := b.Way(id)
	if w == nil {
		return nil, fail(CodeConfigID, "invalid config_id")
	}
	return w, nil
}

// getWay obeys get_contact_way.
func (b *Book) getWay(_ *Request, in configID) (any, error) {
	w, err := b.knownWay(in.ConfigID)
	if err != nil {
		return nil, err
	}
	return map[string]any{"contact_way": wayView{
		ConfigID: w.ConfigID, Type: w.Type, Scene: w.Scene, Style: w.Style, Remark: w.Remark, SkipVerify: w.SkipVerify, State: w.State,
		QRCode: b.qrCode(w), Users: some(w.Users), Parties: []int64{}, Temporary: w.Temporary, ExpiresIn: w.ExpiresIn, ChatIn: w.ChatIn,
		UnionID: w.UnionID, Endings: w.Endings,
	}}, nil
}

func (b *Book) qrCode(w *Way) string {
	if w.Scene != sceneQR {
		return ""
	}
	return b.world.CodeURL(w.ConfigID)
}

// updateWay obeys update_contact_way.
func (b *Book) updateWay(q *Request, in wayFields) (any, error) {
	w, err := b.knownWay(in.ConfigID)
	if err != nil {
		return nil, err
	}
	return nil, b.setWay(q, w, in)
}

// deleteWay obeys del_contact_way.
func (b *Book) deleteWay(_ *Request, in configID) (any, error) {
	w, err := b.knownWay(in.ConfigID)
	if err != nil {
		return nil, err
	}
	b.Ways = slices.DeleteFunc(b.Ways, func(o *Way) bool { return o == w })
	return nil, nil
}

type wayQuery struct {
	Start  int64  `json:"start_time"`
	End    int64  `json:"end_time"`
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

// listWays obeys list_contact_way: by default the last 90 days (WeCom docs, 获取企业已配置的「联系我」列表).
func (b *Book) listWays(q *Request, in wayQuery) (any, error) {
	if in.Limit < 0 || in.Limit > maxWaysPerPage {
		return nil, fail(CodeParameter, "limit is up to %d", maxWaysPerPage)
	}
	from, to := q.Now.Add(-90*24*time.Hour), q.Now
	if in.Start > 0 {
		from = time.Unix(in.Start, 0)
	}
	if in.End > 0 {
		to = time.Unix(in.End, 0)
	}
	var all []*Way
	for _, w := range b.Ways {
		if !w.Temporary && !w.At.Before(from) && !w.At.After(to) {
			all = append(all, w)
		}
	}
	limit := in.Limit
	if limit == 0 {
		limit = 100
	}
	part, next, err := page(all, func(w *Way) int64 { return w.Seq }, in.Cursor, limit)
	if err != nil {
		return nil, err
	}
	ids := []configID{}
	for _, w := range part {
		ids = append(ids, configID{w.ConfigID})
	}
	return struct {
		Ways []configID `json:"contact_way"`
		Next string     `json:"next_cursor,omitempty"`
	}{ids, next}, nil
}
