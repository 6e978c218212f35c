package kf_test

import (
	"testing"
	"time"

	"guanjia/simulator/kf"
	"guanjia/simulator/platform"
)

// The API may answer 5 times and for 48 hours, and every message of the customer gives both anew.
func TestFiveMessagesIn48Hours(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.want("before the customer has written", p.sends(wang, "在吗"), 95018)
	p.says(wang, "你好")
	for n := range 5 {
		p.want("message within the five", p.sends(wang, "答"), 0)
		p.want("state after it", p.state(wang), "1")
		_ = n
	}
	p.want("the sixth", p.sends(wang, "再答"), 95001)
	p.says(wang, "还在吗")
	p.want("after a new message", p.sends(wang, "在"), 0)
	p.now = p.now.Add(48*time.Hour - time.Second)
	p.want("in the last second", p.sends(wang, "在"), 0)
	p.now = p.now.Add(time.Second)
	p.want("after 48 hours", p.sends(wang, "在"), 95002)
	p.want("the session has ended by itself", p.state(wang), "4")
	p.says(wang, "我回来了")
	p.want("it begins anew", p.state(wang), "0")
	p.want("and can be answered", p.sends(wang, "欢迎回来"), 0)
}

// Which changes the API may make, from every state.
func TestTransitions(t *testing.T) {
	reach := map[string]func(p *play){
		"0": func(*play) {},
		"1": func(p *play) { p.sends(wang, "答") },
		"2": func(p *play) { p.trans(wang, 2, "") },
		"3": func(p *play) { p.trans(wang, 3, "zhang") },
		"4": func(p *play) { p.trans(wang, 4, "") },
	}
	for _, tt := range []struct {
		from     string
		to       int
		servicer string
		want     int
		code     bool
	}{
		{"0", 0, "", 95016, false}, {"0", 1, "", 0, false}, {"0", 2, "", 0, true}, {"0", 3, "zhang", 0, true}, {"0", 4, "", 0, true},
		{"1", 0, "", 95016, false}, {"1", 1, "", 95016, false}, {"1", 2, "", 0, true}, {"1", 3, "zhang", 0, true}, {"1", 4, "", 0, true},
		{"2", 1, "", 95016, false}, {"2", 2, "", 95016, false}, {"2", 3, "chen", 0, true}, {"2", 4, "", 0, true},
		{"3", 1, "", 95016, false}, {"3", 2, "", 95016, false}, {"3", 3, "zhang", 95016, false}, {"3", 3, "chen", 0, false}, {"3", 4, "", 0, true},
		{"4", 0, "", 95013, false}, {"4", 1, "", 95013, false}, {"4", 2, "", 95013, false}, {"4", 3, "zhang", 95013, false}, {"4", 4, "", 95013, false},
		{"1", 3, "", 95014, false}, {"1", 3, "new", 95014, false}, {"1", 3, "nobody", 95014, false}, {"1", 5, "", 40058, false},
	} {
		p := newPlay(t)
		p.opens(wang)
		p.says(wang, "你好")
		reach[tt.from](p)
		code, got := p.trans(wang, tt.to, tt.servicer)
		if got != tt.want || (code != "") != tt.code {
			t.Errorf("%s to %d %s: errcode %d, a code %t, want %d and %t", tt.from, tt.to, tt.servicer, got, code != "", tt.want, tt.code)
		}
		if items, _ := p.news(""); words(items) != "enter_session 你好" {
			t.Errorf("%s to %d: what the API does is in the log: %s", tt.from, tt.to, words(items))
		}
	}
}

// A servicer who does not receive can't be given a session.
func TestAStoppedServicerGetsNoSession(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.says(wang, "转人工")
	p.staff("zhang", kf.Act{Kind: kf.ActSuspend})
	p.want("event", p.lastEvent("servicer_status_change")["stop_type"], 1.0)
	_, code := p.trans(wang, 3, "zhang")
	p.want("errcode", code, 95019)
	p.staff("zhang", kf.Act{Kind: kf.ActReceive})
	e := p.lastEvent("servicer_status_change")
	p.want("status", e["status"], 1.0)
	p.want("stop_type of one who receives", e["stop_type"], nil)
	_, code = p.trans(wang, 3, "zhang")
	p.want("errcode", code, 0)
}

// While a person serves, or nobody has the session, the API is mute.
func TestTheAPIIsMuteWhilePeopleServe(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.says(wang, "转人工")
	p.trans(wang, 2, "")
	p.want("in the pool", p.sends(wang, "x"), 95018)
	p.staff("zhang", kf.Act{Kind: kf.ActTake, Customer: wang})
	p.want("with a person", p.sends(wang, "x"), 95018)
	p.want("who it is", p.state(wang), "3zhang")
	p.staff("zhang", kf.Act{Kind: kf.ActText, Customer: wang, Text: "我是张医生"})
	p.staff("zhang", kf.Act{Kind: kf.ActTransfer, Customer: wang, To: "chen"})
	p.want("who it is then", p.state(wang), "3chen")
	if _, err := p.StaffDoes(p.now, desk, "zhang", kf.Act{Kind: kf.ActText, Customer: wang, Text: "还有"}); err == nil {
		t.Error("zhang still speaks after the transfer")
	}
	p.staff("chen", kf.Act{Kind: kf.ActEnd, Customer: wang})
	p.want("after the end", p.sends(wang, "x"), 95018)
	p.staff("chen", kf.Act{Kind: kf.ActText, Customer: wang, Text: "补充一句"})
	p.want("a person who writes has it again", p.state(wang), "3chen")
	p.staff("chen", kf.Act{Kind: kf.ActEnd, Customer: wang})
	p.says(wang, "再问一下")
	p.want("a customer who writes", p.sends(wang, "请说"), 0)

	items, _ := p.news("")
	var changes []any
	for _, it := range items {
		if e, ok := it["event"].(map[string]any); ok && e["event_type"] == "session_status_change" {
			changes = append(changes, e["change_type"])
			_, hasCode := e["msg_code"]
			_, hasOld := e["old_servicer_userid"]
			_, hasNew := e["new_servicer_userid"]
			n := e["change_type"].(float64)
			if hasCode != (n == 1 || n == 3) || hasOld != (n != 1) || hasNew != (n != 3) {
				t.Errorf("change %v has other fields than documented: %v", n, e)
			}
		}
		if it["origin"] == 5.0 && it["servicer_userid"] == nil {
			t.Errorf("a servicer's message without the servicer: %v", it)
		}
	}
	if len(changes) != 5 {
		t.Errorf("changes of the session: %v, want 1 2 3 4 3", changes)
	}
}

// A desk with automatic assignment gives new sessions to people: the API never gets a word in.
func TestAutomaticAssignment(t *testing.T) {
	p := newPlay(t, func(c *platform.Corp) { c.Desks[0].AutoAssign = true })
	p.opens(wang)
	p.says(wang, "你好")
	p.opens(li)
	p.says(li, "你好")
	p.want("the first", p.state(wang), "3zhang")
	p.want("the second goes to who has less to do", p.state(li), "3chen")
	p.want("the API", p.sends(wang, "x"), 95018)
	for _, who := range []string{"zhang", "chen"} {
		p.staff(who, kf.Act{Kind: kf.ActStop})
	}
	p.staff("zhang", kf.Act{Kind: kf.ActEnd, Customer: wang})
	p.says(wang, "又来了")
	p.want("nobody receives", p.state(wang), "0")
}
