package kf_test

import (
	"testing"
	"time"

	"guanjia/simulator/kf"
)

// A welcome code is good for one message within 20 seconds, whatever becomes of the session.
func TestWelcomeCode(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before func(p *play, code string)
		kind   string
		want   int
	}{
		{"at once", func(*play, string) {}, "text", 0},
		{"as a menu", func(*play, string) {}, "msgmenu", 0},
		{"as a picture", func(*play, string) {}, "image", 40008},
		{"in the last second", func(p *play, _ string) { p.now = p.now.Add(19 * time.Second) }, "text", 0},
		{"too late", func(p *play, _ string) { p.now = p.now.Add(20 * time.Second) }, "text", 95013},
		{"twice", func(p *play, code string) { p.onEvent(code, "text", "欢迎") }, "text", 95013},
		{"after a message refused for its content", func(p *play, code string) { p.onEvent(code, "text", " ") }, "text", 0},
		{"when the customer has written already", func(p *play, _ string) { p.says(wang, "你好") }, "text", 0},
	} {
		p := newPlay(t)
		p.opens(wang)
		code := p.lastEvent("enter_session")["welcome_code"].(string)
		tt.before(p, code)
		p.want(tt.name, p.onEvent(code, tt.kind, "欢迎"), tt.want)
	}
	p := newPlay(t)
	p.want("a code that nobody gave out", p.onEvent("abc", "text", "欢迎"), 40029)
	p.want("no code", p.onEvent("", "text", "欢迎"), 40058)
}

// Who was welcomed or wrote within 48 hours gets no other welcome code.
func TestWelcomeCodesAreSeldom(t *testing.T) {
	has := func(p *play) bool { return p.lastEvent("enter_session")["welcome_code"] != nil }
	p := newPlay(t)
	p.opens(wang)
	p.opens(wang)
	p.want("not welcomed yet", has(p), true)
	p.onEvent(p.lastEvent("enter_session")["welcome_code"].(string), "text", "欢迎")
	p.now = p.now.Add(time.Hour)
	p.opens(wang)
	p.want("welcomed an hour ago", has(p), false)
	p.now = p.now.Add(47 * time.Hour)
	p.says(wang, "你好")
	p.opens(wang)
	p.want("has written", has(p), false)
	p.now = p.now.Add(48 * time.Hour)
	p.opens(wang)
	p.want("two days later", has(p), true)
}

// The other codes live as long as documented and die with the state they belong to.
func TestCodesDieWithTheirState(t *testing.T) {
	pool := func(p *play) string { code, _ := p.trans(wang, 2, ""); return code }
	taken := func(p *play) string {
		pool(p)
		p.staff("zhang", kf.Act{Kind: kf.ActTake, Customer: wang})
		return p.lastEvent("session_status_change")["msg_code"].(string)
	}
	end := func(p *play) string {
		taken(p)
		p.staff("zhang", kf.Act{Kind: kf.ActEnd, Customer: wang})
		return p.lastEvent("session_status_change")["msg_code"].(string)
	}
	byAPI := func(p *play) string { code, _ := p.trans(wang, 4, ""); return code }
	given := func(p *play) string { code, _ := p.trans(wang, 3, "zhang"); return code }
	nothing := func(*play) {}
	after := func(d time.Duration) func(*play) { return func(p *play) { p.now = p.now.Add(d) } }
	for _, tt := range []struct {
		name string
		code func(*play) string
		then func(*play)
		kind string
		want int
	}{
		{"pool", pool, nothing, "text", 0},
		{"pool, a menu", pool, nothing, "msgmenu", 40008},
		{"pool, an hour later", pool, after(47 * time.Hour), "text", 0},
		{"pool, two days later", pool, after(48 * time.Hour), "text", 95013},
		{"pool, taken", pool, func(p *play) { p.staff("zhang", kf.Act{Kind: kf.ActTake, Customer: wang}) }, "text", 95013},
		{"taken", taken, nothing, "text", 0},
		{"taken, transferred", taken, func(p *play) { p.staff("zhang", kf.Act{Kind: kf.ActTransfer, Customer: wang, To: "chen"}) }, "text", 0},
		{"taken, ended", taken, func(p *play) { p.staff("zhang", kf.Act{Kind: kf.ActEnd, Customer: wang}) }, "text", 95013},
		{"given by the API", given, nothing, "text", 0},
		{"end", end, nothing, "text", 0},
		{"end, a menu", end, nothing, "msgmenu", 0},
		{"end, too late", end, after(20 * time.Second), "text", 95013},
		{"end, begun again", end, func(p *play) { p.says(wang, "等等") }, "text", 95013},
		{"end by the API", byAPI, nothing, "msgmenu", 0},
	} {
		p := newPlay(t)
		p.opens(wang)
		p.says(wang, "转人工")
		code := tt.code(p)
		tt.then(p)
		p.want(tt.name, p.onEvent(code, tt.kind, "好的"), tt.want)
	}
}
