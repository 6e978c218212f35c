package kf

import (
	"encoding/json"
	"sort"
	"time"
)

// Limits of sync_msg; kf docs, 读取消息.
const (
	maxPage   = 1000             // items of a page, and what an absent limit means
	maxCursor = 64               // bytes
	maxToken  = 128              // bytes
	TokenLife = 10 * time.Minute // of a doorbell's token
	// TokenlessPerMinute is how often a desk may be read without a token. The docs say "strictly limited" and no number.
	TokenlessPerMinute = 20
)

// Faults is what goes wrong with the pages of a desk's log. Chances are 0 to 1.
type Faults struct {
	EmptyPages  float64 `json:"empty_pages"`  // an empty page that says there is more
	Repeats     float64 `json:"repeats"`      // a page that begins with the last item of the page before
	Mixed       float64 `json:"mixed"`        // a page with the users in another order; each one's items stay in order
	MixedWithin float64 `json:"mixed_within"` // a page in any order at all
	PageSize    int     `json:"page_size"`    // at most so many items in a page, whatever was asked for; 0: as asked
}

// DefaultFaults are what the platform does on a good day: an empty page now and then.
func DefaultFaults() Faults { return Faults{EmptyPages: 0.05} }

type syncRequest struct {
	Cursor      string `json:"cursor"`
	Token       string `json:"token"`
	Limit       int    `json:"limit"`
	VoiceFormat int    `json:"voice_format"`
	OpenKfID    string `json:"open_kfid"`
}

type syncAnswer struct {
	NextCursor string            `json:"next_cursor"`
	HasMore    int               `json:"has_more"`
	MsgList    []json.RawMessage `json:"msg_list"`
}

func (s *Service) syncMsg(now time.Time, in syncRequest) (syncAnswer, error) {
	_, st, err := s.desk(in.OpenKfID)
	if err != nil {
		return syncAnswer{}, err
	}
	from, err := s.checkSync(now, st, &in)
	if err != nil {
		return syncAnswer{}, err
	}
	page, last, more := s.page(now, st, from, in.Limit)
	out := syncAnswer{NextCursor: s.cursor(in.OpenKfID, last), MsgList: []json.RawMessage{}}
	if more {
		out.HasMore = 1
	}
	for _, it := range s.mixed(page, st.Faults) {
		out.MsgList = append(out.MsgList, it.wire(in.OpenKfID))
	}
	return out, nil
}

// page takes at most limit items after a place in the log, and tells where it ended and whether there is more.
func (s *Service) page(now time.Time, st *deskState, from int64, limit int) (page []*Item, last int64, more bool) {
	log := st.Log[sort.Search(len(st.Log), func(i int) bool { return now.Sub(st.Log[i].At) < Retention }):]
	rest := log[sort.Search(len(log), func(i int) bool { return log[i].N > from }):]
	f := st.Faults
	if len(rest) > 0 && s.strikes(f.EmptyPages) {
		return nil, from, true
	}
	if f.PageSize > 0 {
		limit = min(limit, f.PageSize)
	}
	before := len(log) - len(rest)
	again := before > 0 && limit > 1 && s.strikes(f.Repeats)
	if again {
		limit-- // for the item that comes again
	}
	page, last = rest[:min(limit, len(rest))], from
	if len(page) > 0 {
		last = page[len(page)-1].N
	}
	more = len(page) < len(rest)
	if again {
		page = log[before-1 : before+len(page)]
	}
	return page, last, more
}

// checkSync refuses what is wrong with a request and tells from where it reads.
func (s *Service) checkSync(now time.Time, st *deskState, in *syncRequest) (from int64, err error) {
	switch {
	case in.Limit < 0 || in.Limit > maxPage:
		return 0, refuse(codeJSON, "limit must be 1 to %d, got %d", maxPage, in.Limit)
	case in.VoiceFormat != 0 && in.VoiceFormat != 1:
		return 0, refuse(codeJSON, "voice_format must be 0 or 1, got %d", in.VoiceFormat)
	case len(in.Cursor) > maxCursor:
		return 0, refuse(codeJSON, "the cursor has more than %d bytes", maxCursor)
	case len(in.Token) > maxToken:
		return 0, refuse(codeToken, "the token has more than %d bytes", maxToken)
	}
	if in.Limit == 0 {
		in.Limit = maxPage
	}
	if in.Cursor != "" {
		var known bool
		if from, known = s.openCursor(in.OpenKfID, in.Cursor); !known || from > st.LastItem {
			return 0, refuse(codeParameter, "the cursor is not one of this account's")
		}
	}
	if in.Token != "" {
		at, ok := s.tokenTime(in.OpenKfID, in.Token)
		if age := now.Sub(at); !ok || age >= TokenLife {
			return 0, refuse(codeToken, "the token is invalid or older than %s", TokenLife)
		}
		return from, nil
	}
	for len(st.tokenless) > 0 && now.Sub(st.tokenless[0]) >= time.Minute {
		st.tokenless = st.tokenless[1:]
	}
	if len(st.tokenless) >= TokenlessPerMinute {
		return 0, refuse(codeFrequency, "api freq out of limit: without a token at most %d calls a minute", TokenlessPerMinute)
	}
	st.tokenless = append(st.tokenless, now)
	return from, nil
}

func (s *Service) strikes(chance float64) bool { return chance > 0 && s.lot() < chance }

// mixed puts a page out of order as the faults ask for.
func (s *Service) mixed(page []*Item, f Faults) []*Item {
	within := s.strikes(f.MixedWithin)
	if !within && !s.strikes(f.Mixed) {
		return page
	}
	out := append([]*Item(nil), page...)
	for i := len(out) - 1; i > 0; i-- {
		j := int(s.lot() * float64(i+1))
		out[i], out[j] = out[j], out[i]
	}
	if within {
		return out
	}
	// Each user's places stay where the lot put them; into them go the user's items in their order.
	next := map[string][]*Item{}
	for _, it := range page {
		next[it.Customer] = append(next[it.Customer], it)
	}
	for i, it := range out {
		mine := next[it.Customer]
		out[i], next[it.Customer] = mine[0], mine[1:]
	}
	return out
}
