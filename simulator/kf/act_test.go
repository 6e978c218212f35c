package kf_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"guanjia/simulator/kf"
)

// What customers can't do, and what nobody hears of then.
func TestWhatCustomersCannotDo(t *testing.T) {
	raw := func(msgType, body string) kf.Act {
		return kf.Act{Kind: kf.ActRaw, MsgType: msgType, Body: json.RawMessage(body)}
	}
	p := newPlay(t)
	p.opens(wang)
	p.says(wang, "你好")
	p.does(wang, raw("msgmenu", `{"list":[{"type":"click"}]}`))
	_, cursor := p.news("")
	for _, tt := range []struct {
		name    string
		who     string
		a       kf.Act
		missing bool
	}{
		{"dance", wang, kf.Act{Kind: "dance"}, false},
		{"speak without having come in", li, kf.Act{Kind: kf.ActText, Text: "在吗"}, false},
		{"come in as nobody", "wmNobody", kf.Act{Kind: kf.ActOpen}, true},
		{"come in by another desk's link", wang, kf.Act{Kind: kf.ActOpen, Link: p.Way(other, "x")}, false},
		{"come in by a link of somebody else", wang, kf.Act{Kind: kf.ActOpen, Link: "https://example.com/" + desk}, false},
		{"come in with a scene in Chinese", wang, kf.Act{Kind: kf.ActOpen, Scene: "海报"}, false},
		{"come in with a parameter and no scene", wang, kf.Act{Kind: kf.ActOpen, SceneParam: "a"}, false},
		{"come in with a long parameter", wang, kf.Act{Kind: kf.ActOpen, Scene: "a", SceneParam: strings.Repeat("a", 129)}, false},
		{"say nothing", wang, kf.Act{Kind: kf.ActText, Text: " "}, false},
		{"say what is no UTF-8", wang, kf.Act{Kind: kf.ActText, Text: "\xff"}, false},
		{"say too much", wang, kf.Act{Kind: kf.ActText, Text: strings.Repeat("好", 4001)}, false},
		{"send a picture that is not there", wang, kf.Act{Kind: "image", MediaID: "none"}, true},
		{"be beside the earth", wang, kf.Act{Kind: "location", Latitude: 91}, false},
		{"share no address", wang, kf.Act{Kind: "link", URL: "javascript:alert(1)"}, false},
		{"hand over the card of nobody", wang, kf.Act{Kind: "business_card", UserID: "nobody"}, true},
		{"recall what somebody else said", wang, kf.Act{Kind: kf.ActRecall, MsgID: "x"}, true},
		{"send a message called as a field of every message", wang, raw("msgid", `{}`), false},
		{"send a raw list", wang, raw("note", `[]`), false},
		{"send an event without a type", wang, raw("event", `{}`), false},
		{"tap their own menu", wang, kf.Act{Kind: kf.ActTap, Bubble: 3}, true},
	} {
		_, err := p.CustomerDoes(p.now, desk, tt.who, tt.a)
		p.refuses(tt.name, err, tt.missing)
	}
	_, err := p.CustomerDoes(p.now, "wkNobody", wang, kf.Act{Kind: kf.ActOpen})
	p.refuses("come to a desk that is not there", err, true)
	items, _ := p.news(cursor)
	p.want("items", words(items), "")
}

// What servicers can't do.
func TestWhatServicersCannotDo(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.says(wang, "转人工")
	about := func(kind kf.ActKind) kf.Act { return kf.Act{Kind: kind, Customer: wang, Text: "好", To: "chen"} }
	may := func(when, who string, a kf.Act, missing bool) {
		t.Helper()
		_, err := p.StaffDoes(p.now, desk, who, a)
		p.refuses(when+": "+who+" "+string(a.Kind), err, missing)
	}
	may("before", "new", about(kf.ActTake), true)
	may("before", "zhang", kf.Act{Kind: kf.ActTake, Customer: li}, true)
	for _, kind := range []kf.ActKind{kf.ActTake, kf.ActText, kf.ActTransfer, kf.ActEnd} {
		may("with the bot", "zhang", about(kind), false)
	}
	p.trans(wang, 2, "")
	may("in the pool", "zhang", about(kf.ActText), false)
	p.staff("zhang", kf.Act{Kind: kf.ActStop})
	may("stopped", "zhang", about(kf.ActTake), false)
	p.staff("zhang", kf.Act{Kind: kf.ActReceive})
	p.staff("zhang", about(kf.ActTake))
	for _, kind := range []kf.ActKind{kf.ActTake, kf.ActText, kf.ActEnd} {
		may("with somebody else", "chen", about(kind), false)
	}
	for _, to := range []string{"", "zhang", "new"} {
		may("transfer to "+to, "zhang", kf.Act{Kind: kf.ActTransfer, Customer: wang, To: to}, false)
	}
	may("serving", "zhang", about("dance"), false)
	may("serving", "zhang", kf.Act{Kind: "msgmenu", Customer: wang, Body: json.RawMessage(`{"list":[]}`)}, false)
	p.staff("zhang", kf.Act{Kind: "msgmenu", Customer: wang, Body: json.RawMessage(`{"list":[{"type":"click","click":{"id":"1","content":"好"}}]}`)})
	p.staff("zhang", about(kf.ActEnd))
	p.now = p.now.Add(48 * time.Hour)
	may("two days later", "zhang", about(kf.ActText), false)
}

func (p *play) refuses(what string, err error, missing bool) {
	p.Helper()
	refusal, ok := err.(*kf.NotAllowed) //nolint:errorlint // the type itself is promised
	if !ok || refusal.Missing != missing {
		p.Errorf("%s: got %#v, want a refusal, missing %t", what, err, missing)
	}
}
