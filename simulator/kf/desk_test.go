package kf_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"guanjia/simulator/kf"
	"guanjia/simulator/platform"
)

const (
	desk  = "wkReception"
	other = "wkAfterSales"
	wang  = "wmWang"
	li    = "wmLi"
)

// play is a service with its clock and a program that calls it.
type play struct {
	*testing.T
	*kf.Service
	now   time.Time
	media map[string]string
}

func newPlay(t *testing.T, change ...func(*platform.Corp)) *play {
	t.Helper()
	p := &play{T: t, now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), media: map[string]string{"pic": "image", "amr": "voice", "pdf": "file"}}
	corp := platform.Corp{
		ID: "ww1", Members: []platform.Member{{UserID: "zhang"}, {UserID: "chen"}, {UserID: "new"}},
		Desks: []platform.Desk{{OpenKfID: desk, Name: "客服", Servicers: []string{"zhang", "chen"}}, {OpenKfID: other, Name: "售后"}},
	}
	for _, f := range change {
		f(&corp)
	}
	lot := rand.New(rand.NewPCG(1, 2))
	p.Service = kf.New(kf.Options{
		Corp: corp, Secret: "s", Lot: lot.Float64, Media: func(id string) kf.Media {
			return kf.Media{Kind: p.media[id], Size: map[bool]int{true: 3 << 20}[id == "huge"]}
		},
	}, nil)
	for _, d := range corp.Desks {
		p.must(p.SetFaults(d.OpenKfID, kf.Faults{}))
	}
	p.Meet(kf.Customer{ExternalUserID: wang, Nickname: "小王", UnionID: "oWang"})
	p.Meet(kf.Customer{ExternalUserID: li, Nickname: "小李"})
	return p
}

func (p *play) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// body is JSON as a program sends it.
type body string

func (b body) Decode(v any) error {
	if err := json.Unmarshal([]byte(b), v); err != nil {
		return platform.Refuse(40058, "%v", err)
	}
	return nil
}

// calls asks the API and returns the answer, and the errcode when there is none.
func (p *play) calls(path, in string) (map[string]any, int) {
	p.Helper()
	out, err := p.Call(p.now, path, body(in))
	if refusal, ok := errors.AsType[*platform.Error](err); ok {
		return nil, refusal.Code
	}
	p.must(err)
	data, err := json.Marshal(out)
	p.must(err)
	var answer map[string]any
	p.must(json.Unmarshal(data, &answer))
	return answer, 0
}

// does is a customer at the desk.
func (p *play) does(who string, a kf.Act) kf.Bubble {
	p.Helper()
	b, err := p.CustomerDoes(p.now, desk, who, a)
	p.must(err)
	return b
}

func (p *play) opens(who string) {
	p.Helper()
	p.does(who, kf.Act{Kind: kf.ActOpen, Scene: "menu"})
}

func (p *play) says(who, text string) kf.Bubble {
	p.Helper()
	return p.does(who, kf.Act{Kind: kf.ActText, Text: text})
}

// staff is a servicer at the desk.
func (p *play) staff(who string, a kf.Act) kf.Bubble {
	p.Helper()
	b, err := p.StaffDoes(p.now, desk, who, a)
	p.must(err)
	return b
}

// sends says something by the API and returns the errcode.
func (p *play) sends(who, text string) int {
	p.Helper()
	_, code := p.calls("kf/send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"text","text":{"content":%q}}`, who, desk, text))
	return code
}

func (p *play) trans(who string, state int, servicer string) (code string, errcode int) {
	p.Helper()
	out, errcode := p.calls("kf/service_state/trans",
		fmt.Sprintf(`{"open_kfid":%q,"external_userid":%q,"service_state":%d,"servicer_userid":%q}`, desk, who, state, servicer))
	code, _ = out["msg_code"].(string)
	return code, errcode
}

func (p *play) state(who string) string {
	p.Helper()
	out, code := p.calls("kf/service_state/get", fmt.Sprintf(`{"open_kfid":%q,"external_userid":%q}`, desk, who))
	if code != 0 {
		p.Fatalf("service_state/get: errcode %d", code)
	}
	return fmt.Sprintf("%v%v", out["service_state"], out["servicer_userid"])
}

func (p *play) onEvent(code, msgType, content string) int {
	p.Helper()
	_, errcode := p.calls("kf/send_msg_on_event", fmt.Sprintf(`{"code":%q,"msgtype":%q,%q:{"content":%q,"head_content":%q}}`,
		code, msgType, msgType, content, content))
	return errcode
}

// page is one answer of sync_msg.
type page struct {
	cursor string
	more   bool
	items  []map[string]any
}

func (p *play) syncs(openKfID, cursor, token string, limit int) (page, int) {
	p.Helper()
	out, code := p.calls("kf/sync_msg",
		fmt.Sprintf(`{"open_kfid":%q,"cursor":%q,"token":%q,"limit":%d}`, openKfID, cursor, token, limit))
	if code != 0 {
		return page{}, code
	}
	got := page{cursor: out["next_cursor"].(string), more: out["has_more"].(float64) == 1}
	for _, item := range out["msg_list"].([]any) {
		got.items = append(got.items, item.(map[string]any))
	}
	return got, 0
}

// news reads everything after a cursor.
func (p *play) news(cursor string) ([]map[string]any, string) {
	p.Helper()
	var items []map[string]any
	for {
		got, code := p.syncs(desk, cursor, p.Ring(p.now, desk), 0)
		if code != 0 {
			p.Fatalf("sync_msg: errcode %d", code)
		}
		items, cursor = append(items, got.items...), got.cursor
		if !got.more {
			return items, cursor
		}
	}
}

// lastEvent is the latest event of a type in the log.
func (p *play) lastEvent(kind string) map[string]any {
	p.Helper()
	items, _ := p.news("")
	for i := len(items) - 1; i >= 0; i-- {
		if e, ok := items[i]["event"].(map[string]any); ok && e["event_type"] == kind {
			return e
		}
	}
	p.Fatalf("no event %s in the log", kind)
	return nil
}

// words lists the texts of items, and the types of the others.
func words(items []map[string]any) string {
	var list []string
	for _, it := range items {
		switch v := it[it["msgtype"].(string)].(map[string]any); {
		case v["content"] != nil:
			list = append(list, v["content"].(string))
		case v["event_type"] != nil:
			list = append(list, v["event_type"].(string))
		default:
			list = append(list, it["msgtype"].(string))
		}
	}
	return strings.Join(list, " ")
}

func (p *play) want(what string, got, want any) {
	p.Helper()
	if got != want {
		p.Errorf("%s: got %v, want %v", what, got, want)
	}
}
