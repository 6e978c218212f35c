package simulator_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"guanjia/simulator"
)

// Another vendor's receiver verifies, decrypts and answers every act in every mode, and the person reads the answer.
func TestConversationInEveryMode(t *testing.T) {
	t.Parallel()
	for _, mode := range []simulator.Mode{simulator.ModeSecure, simulator.ModeCompatible, simulator.ModePlain} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			b := newBot(t, echo)
			sim := play(t, b, func(c *simulator.Config) { c.Accounts[0].Mode = mode })
			p := simulator.NewPhone(t, sim.Client(), "brand", "小王🌻")

			for _, step := range []struct{ got, want string }{
				{p.Follow("newgift").Text(), "subscribe qrscene_newgift"},
				{p.Scan("pharmacy-01").Text(), "SCAN pharmacy-01"},
				{p.Say("领券 <b> & ]]> 😀").Text(), "领券 <b> & ]]> 😀"},
				{p.Tap("领券").Text(), "CLICK COUPON"},
				{p.Tap("官网").Text(), "VIEW https://example.com/"},
				{p.Tap("商城").Text(), "view_miniprogram pages/index"},
				{p.SendLocation(31.2304, 121.4737, "人民广场").Text(), "location 人民广场"},
				{p.SendLink("标题", "说明", "https://example.com/a").Text(), "link 标题"},
				{p.Speak("我要领券").Text(), "voice "},
				{p.SendPicture(picture(t)).Text(), "image "},
			} {
				contains(t, step.got, step.want)
			}
			if x := p.Unfollow(); x.State != simulator.StateReplied {
				t.Errorf("unfollow: %s", x.State)
			}
			checkWire(t, mode, b.seen(), p.OpenID())
		})
	}
}

func checkWire(t *testing.T, mode simulator.Mode, seen []request, openID string) {
	t.Helper()
	for _, r := range seen {
		encrypted := mode != simulator.ModePlain
		if got := r.query.Get("encrypt_type") == "aes"; got != encrypted {
			t.Errorf("encrypt_type=aes: %v, want %v", got, encrypted)
		}
		if got := strings.Contains(r.body, "<Encrypt>"); got != encrypted {
			t.Errorf("Encrypt in the body: %v, want %v", got, encrypted)
		}
		if got := strings.Contains(r.body, "<FromUserName>"); got != (mode != simulator.ModeSecure) {
			t.Errorf("plain fields in the body: %v in mode %s", got, mode)
		}
		if r.query.Get("openid") != openID || string(r.msg.FromUserName) != openID {
			t.Errorf("openid %s in the query, %s in the document, want %s", r.query.Get("openid"), r.msg.FromUserName, openID)
		}
		for header, want := range map[string]string{"User-Agent": "Mozilla/4.0", "Content-Type": "text/xml", "Accept": "*/*", "Pragma": "no-cache"} {
			if got := r.header.Get(header); got != want {
				t.Errorf("header %s is %q, want %q", header, got, want)
			}
		}
	}
}

// The documents are those of the official examples, element for element.
func TestDocuments(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	sim := play(t, b, func(c *simulator.Config) { c.BaseURL = "http://127.0.0.1:8080/simulator" })
	p := simulator.NewPhone(t, sim.Client(), "brand", "")
	head := func(kind string) []string {
		return []string{"ToUserName", "FromUserName", "CreateTime", "MsgType=" + kind}
	}
	event := func(name string, more ...string) []string {
		return append(append(head("event"), "Event="+name), more...)
	}
	tests := []struct {
		name string
		do   func()
		want []string
	}{
		{"plain follow", func() { p.Follow() }, event("subscribe", "EventKey=")},
		{"unfollow", func() { p.Unfollow() }, event("unsubscribe", "EventKey=")},
		{"scan by a stranger", func() { p.Scan("newgift") }, event("subscribe", "EventKey=qrscene_newgift", "Ticket")},
		{"scan by a follower", func() { p.Scan("newgift") }, event("SCAN", "EventKey=newgift", "Ticket")},
		{"text", func() { p.Say("你好") }, append(head("text"), "Content=你好", "MsgId")},
		{"choice of a menu message", func() { p.Do(simulator.Act{Kind: simulator.ActText, Text: "满意", MenuID: "101"}) },
			append(head("text"), "Content=满意", "MsgId", "bizmsgmenuid=101")},
		{"picture", func() { p.SendPicture(picture(t)) }, append(head("image"), "PicUrl", "MediaId", "MsgId")},
		{"voice", func() { p.Speak("") }, append(head("voice"), "MediaId", "Format=amr", "MsgId")},
		{"recognised voice", func() { p.Speak("你好") }, append(head("voice"), "MediaId", "Format=amr", "Recognition=你好", "MsgId")},
		{"location", func() { p.SendLocation(23.134521, 113.358803, "位置") },
			append(head("location"), "Location_X=23.134521", "Location_Y=113.358803", "Scale=15", "Label=位置", "MsgId")},
		{"link", func() { p.SendLink("t", "d", "https://example.com/") },
			append(head("link"), "Title=t", "Description=d", "Url=https://example.com/", "MsgId")},
		{"menu click", func() { p.Tap("答题") }, event("CLICK", "EventKey=QUIZ")},
		{"menu view", func() { p.Tap("官网") }, event("VIEW", "EventKey=https://example.com/", "MenuId")},
		{"anything else", func() {
			p.Do(simulator.Act{Kind: simulator.ActRaw, Fields: []simulator.Field{
				{Name: "MsgType", Value: "event"}, {Name: "Event", Value: "LOCATION"}, {Name: "Latitude", Value: "23.1", Bare: true},
			}})
		}, event("LOCATION", "Latitude=23.1")},
	}
	for _, tt := range tests {
		before := len(b.seen())
		tt.do()
		got := elements(t, b.seen()[before].plain)
		if len(got) != len(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
			continue
		}
		for i, want := range tt.want {
			if got[i] != want && !strings.HasPrefix(got[i], want+"=") {
				t.Errorf("%s: element %d is %s, want %s", tt.name, i, got[i], want)
			}
		}
	}
}

// elements lists the top elements of a document as name=value.
func elements(t *testing.T, doc string) []string {
	t.Helper()
	var x struct {
		Elements []struct {
			XMLName xml.Name
			Value   string `xml:",chardata"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal([]byte(doc), &x); err != nil {
		t.Fatalf("%v in %s", err, doc)
	}
	var names []string
	for _, e := range x.Elements {
		names = append(names, e.XMLName.Local+"="+e.Value)
	}
	return names
}

// Noise makes documents that another vendor's receiver still understands: names count, not places.
func TestNoise(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	sim := play(t, b, func(c *simulator.Config) {
		c.Accounts[0].Faults = []simulator.Fault{{Kind: simulator.FaultNoise, Chance: 1}}
	})
	p := follower(t, sim)
	orders := map[string]bool{}
	for range 10 {
		contains(t, p.Say("领券").Text(), "领券")
		seen := b.seen()
		plain := seen[len(seen)-1].plain
		contains(t, plain, "<SimulatorNote>")
		contains(t, plain, "<MsgDataId>")
		orders[strings.Join(elements(t, plain)[:3], " ")] = true
	}
	if len(orders) < 2 {
		t.Errorf("the elements always came in the same order: %v", orders)
	}
}

// A picture gets a media id, is served back byte for byte, and may be shown in a reply for three days.
func TestPictureRoundTrip(t *testing.T) {
	t.Parallel()
	var first string
	b := newBot(t, func(m *message.MixMessage) *message.Reply {
		if m.MsgType == "event" {
			return nil
		}
		if first == "" {
			first = m.MediaID
		}
		return &message.Reply{MsgType: message.MsgTypeImage, MsgData: message.NewImage(first)}
	})
	sim := play(t, b)
	p := follower(t, sim)
	file := picture(t)
	x := p.SendPicture(file)
	if x.Failed() || len(x.Replies) != 1 || x.Replies[0].MediaID != x.Act.MediaID {
		t.Fatalf("the picture did not come back: %+v", x)
	}
	rec := httptest.NewRecorder()
	sim.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/media/"+x.Act.MediaID, nil))
	served, _ := io.ReadAll(rec.Body)
	if a, b := md5.Sum(served), md5.Sum(file); a != b || rec.Header().Get("Content-Type") != "image/png" {
		t.Errorf("served %s of MD5 %s", rec.Header().Get("Content-Type"), hex.EncodeToString(a[:]))
	}

	p.Wait(3 * 24 * time.Hour)
	if x := p.Say("再看看"); !x.Failed() || x.Why.Code != "media" {
		t.Errorf("a picture was shown after three days: %+v", x.Why)
	}
}

// Material of the account's own can be shown from the start and does not expire; that of another account can't.
func TestAccountsOwnMaterial(t *testing.T) {
	t.Parallel()
	b := newBot(t, func(m *message.MixMessage) *message.Reply {
		return &message.Reply{MsgType: message.MsgTypeImage, MsgData: message.NewImage("logo")}
	})
	sim := play(t, b, func(c *simulator.Config) {
		c.Accounts[0].Media = []simulator.MediaFile{{ID: "logo", Kind: simulator.MediaImage, ContentType: "image/png", Data: picture(t)}}
		other := brand(b.URL)
		other.Name, other.OriginalID = "doctor", "gh_other"
		c.Accounts = append(c.Accounts, other)
	})
	p := simulator.NewPhone(t, sim.Client(), "brand", "小王")
	p.Wait(30 * 24 * time.Hour)
	if x := p.Follow(); x.Failed() || x.Text() != "[image]" {
		t.Errorf("the account's own picture: %+v", x.Why)
	}
	if x := simulator.NewPhone(t, sim.Client(), "doctor", "小李").Follow(); !x.Failed() || x.Why.Code != "media" {
		t.Errorf("another account's picture was shown: %+v", x.Replies)
	}
}

// Saving the callback URL works with another vendor's receiver and names what is wrong with others.
func TestVerify(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	sim := play(t, b)
	verify := func() simulator.Verification {
		v, err := sim.Client().Verify(t.Context(), "brand")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := verify(); !v.OK {
		t.Errorf("refused: %+v", v.Problem)
	}
	answer := func(status int, change func(echo string) string) {
		b.interceptWith(func(_ int, w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, change(r.URL.Query().Get("echostr")))
			return true
		})
	}
	for name, change := range map[string]func(string) string{
		"quotes":  func(s string) string { return `"` + s + `"` },
		"BOM":     func(s string) string { return "\uFEFF" + s },
		"newline": func(s string) string { return s + "\n" },
		"nothing": func(string) string { return "" },
	} {
		if answer(200, change); verify().Problem == nil {
			t.Errorf("%s accepted", name)
		}
	}
	if answer(403, func(s string) string { return s }); verify().Problem.Code != "status" {
		t.Error("status 403 accepted")
	}
	b.interceptWith(func(_ int, _ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true })
	if v := verify(); v.Problem == nil || v.Problem.Code != "timeout" {
		t.Errorf("silence: %+v", v.Problem)
	}
}
