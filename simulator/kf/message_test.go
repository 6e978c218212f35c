package kf_test

import (
	"fmt"
	"strings"
	"testing"

	"guanjia/simulator/kf"
)

// Every type of message with its limits, as send_msg takes and refuses it.
func TestMessageTypes(t *testing.T) {
	click := func(n int) string {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprintf(`{"type":"click","click":{"id":"%d","content":"第%d项"}}`, i, i)
		}
		return `"msgmenu","msgmenu":{"head_content":"选一个","list":[` + strings.Join(items, ",") + `],"tail_content":"谢谢"}`
	}
	item := func(s string) string { return `"msgmenu","msgmenu":{"list":[` + s + `]}` }
	long := func(n int) string { return strings.Repeat("a", n) }
	for _, tt := range []struct {
		name, message string
		want          int
	}{
		{"text", `"text","text":{"content":"好"}`, 0},
		{"text of 2048 bytes", `"text","text":{"content":"` + long(2048) + `"}`, 0},
		{"text of 2049 bytes", `"text","text":{"content":"` + long(2049) + `"}`, 45002},
		{"text of 683 characters of 3 bytes", `"text","text":{"content":"` + strings.Repeat("好", 683) + `"}`, 45002},
		{"empty text", `"text","text":{"content":""}`, 44004},
		{"blank text", `"text","text":{"content":" \n"}`, 44004},
		{"no text", `"text"`, 40058},
		{"text as a number", `"text","text":{"content":5}`, 40058},
		{"image", `"image","image":{"media_id":"pic"}`, 0},
		{"image that is not there", `"image","image":{"media_id":"none"}`, 40007},
		{"image without an id", `"image","image":{}`, 40007},
		{"a voice as an image", `"image","image":{"media_id":"amr"}`, 40007},
		{"voice", `"voice","voice":{"media_id":"amr"}`, 0},
		{"video that is a file", `"video","video":{"media_id":"pdf"}`, 40007},
		{"file", `"file","file":{"media_id":"pdf"}`, 0},
		{"link", `"link","link":{"title":"t","desc":"d","url":"https://example.com","thumb_media_id":"pic"}`, 0},
		{"link without a picture", `"link","link":{"title":"t","url":"https://example.com"}`, 40007},
		{"link without a scheme", `"link","link":{"title":"t","url":"example.com","thumb_media_id":"pic"}`, 40058},
		{"link without a title", `"link","link":{"url":"https://example.com","thumb_media_id":"pic"}`, 40058},
		{"link with a long title is cut", `"link","link":{"title":"` + long(500) + `","url":"https://example.com","thumb_media_id":"pic"}`, 0},
		{"mini program", `"miniprogram","miniprogram":{"appid":"wx1","title":"t","thumb_media_id":"pic","pagepath":"pages/a.html?b=1"}`, 0},
		{"mini program, other path", `"miniprogram","miniprogram":{"appid":"wx1","title":"t","thumb_media_id":"pic","pagepath":"pages/a"}`, 40058},
		{"mini program, no app id", `"miniprogram","miniprogram":{"thumb_media_id":"pic","pagepath":"a.html"}`, 40058},
		{"location", `"location","location":{"name":"n","address":"a","latitude":31.2,"longitude":121.5}`, 0},
		{"location beside the earth", `"location","location":{"latitude":91,"longitude":121.5}`, 40058},
		{"acquisition link", `"ca_link","ca_link":{"link_url":"https://work.weixin.qq.com/ca/x"}`, 0},
		{"menu of 10", click(10), 0},
		{"menu of 11", click(11), 95008},
		{"menu of words alone", `"msgmenu","msgmenu":{"head_content":"您好"}`, 0},
		{"menu of nothing", `"msgmenu","msgmenu":{"list":[]}`, 44004},
		{"menu with a long head", `"msgmenu","msgmenu":{"head_content":"` + long(1025) + `"}`, 45002},
		{"menu with a long tail", `"msgmenu","msgmenu":{"tail_content":"` + long(1025) + `"}`, 45002},
		{"menu item of no type", item(`{"click":{"id":"1","content":"c"}}`), 95009},
		{"menu item of another type", item(`{"type":"view","click":{"id":"1","content":"c"}}`), 95009},
		{"click with an id of 64 bytes", item(`{"type":"click","click":{"id":"` + long(64) + `","content":"c"}}`), 0},
		{"click with an id of 65 bytes", item(`{"type":"click","click":{"id":"` + long(65) + `","content":"c"}}`), 40058},
		{"click without words", item(`{"type":"click","click":{"id":"1","content":""}}`), 40058},
		{"click with 129 bytes of words", item(`{"type":"click","click":{"id":"1","content":"` + long(129) + `"}}`), 45002},
		{"view", item(`{"type":"view","view":{"url":"https://example.com","content":"c"}}`), 0},
		{"view of no address", item(`{"type":"view","view":{"url":"","content":"c"}}`), 40058},
		{"mini program item", item(`{"type":"miniprogram","miniprogram":{"appid":"wx1","pagepath":"p","content":"c"}}`), 0},
		{"mini program item, long app id", item(`{"type":"miniprogram","miniprogram":{"appid":"` + long(33) + `","pagepath":"p","content":"c"}}`), 40058},
		{"text item", item(`{"type":"text","text":{"content":"c","no_newline":1}}`), 0},
		{"a type of the customer's", `"business_card","business_card":{"userid":"zhang"}`, 40008},
		{"no type", `""`, 40008},
	} {
		p := newPlay(t)
		p.opens(wang)
		p.says(wang, "你好")
		_, got := p.calls("kf/send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":%s}`, wang, desk, tt.message))
		p.want(tt.name, got, tt.want)
		heard, refused := len(p.Chat(p.now, desk, wang, 0).Bubbles), len(p.Ledger(desk, wang).Refused)
		if tt.want == 0 && (heard != 3 || refused != 0) {
			t.Errorf("%s: %d lines in the chat and %d refusals", tt.name, heard, refused)
		}
		if tt.want != 0 && heard != 2 {
			t.Errorf("%s was shown", tt.name)
		}
		p.want(tt.name+": state", p.state(wang), map[bool]string{true: "1", false: "0"}[tt.want == 0])
	}
}

// To whom, from which account and under which msgid.
func TestWhereMessagesGo(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.says(wang, "你好")
	for _, tt := range []struct {
		name, head string
		want       int
	}{
		{"a customer of the account", fmt.Sprintf(`"touser":%q,"open_kfid":%q`, wang, desk), 0},
		{"one who was never here", fmt.Sprintf(`"touser":%q,"open_kfid":%q`, li, desk), 40096},
		{"nobody", fmt.Sprintf(`"open_kfid":%q`, desk), 40096},
		{"from another account", fmt.Sprintf(`"touser":%q,"open_kfid":%q`, wang, other), 40096},
		{"from no account", fmt.Sprintf(`"touser":%q`, wang), 95000},
		{"from an account that is not there", fmt.Sprintf(`"touser":%q,"open_kfid":"wkX"`, wang), 95004},
		{"with a msgid", fmt.Sprintf(`"touser":%q,"open_kfid":%q,"msgid":"A-b_9"`, wang, desk), 0},
		{"with an empty msgid", fmt.Sprintf(`"touser":%q,"open_kfid":%q,"msgid":""`, wang, desk), 40058},
		{"with a msgid of 33 characters", fmt.Sprintf(`"touser":%q,"open_kfid":%q,"msgid":"%s"`, wang, desk, strings.Repeat("a", 33)), 40058},
		{"with a msgid of other characters", fmt.Sprintf(`"touser":%q,"open_kfid":%q,"msgid":"a:b"`, wang, desk), 40058},
	} {
		_, got := p.calls("kf/send_msg", `{`+tt.head+`,"msgtype":"text","text":{"content":"好"}}`)
		p.want(tt.name, got, tt.want)
	}
}

// The same msgid again is answered with the same words and neither shown nor counted, also when the window has closed.
func TestTheSameMsgidAgain(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.says(wang, "你好")
	send := fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgid":"once","msgtype":"text","text":{"content":"好"}}`, wang, desk)
	for range 10 {
		out, code := p.calls("kf/send_msg", send)
		p.want("errcode", code, 0)
		p.want("msgid", out["msgid"], "once")
	}
	p.trans(wang, 4, "")
	_, code := p.calls("kf/send_msg", send)
	p.want("after the end", code, 0)
	chat := p.Chat(p.now, desk, wang, 0)
	p.want("sends", chat.Sends, 1)
	var words []string
	for _, b := range chat.Bubbles {
		if b.Spoken() {
			words = append(words, b.Text())
		}
	}
	p.want("shown", strings.Join(words, ","), "好")
}

// Tapping a menu: a click says its words with the item's id; the others say nothing to the corp.
func TestTappingAMenu(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.says(wang, "菜单")
	p.calls("kf/send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"msgmenu","msgmenu":{"list":[
		{"type":"click","click":{"id":"101","content":"满意"}},{"type":"view","view":{"url":"https://example.com","content":"官网"}}]}}`, wang, desk))
	_, cursor := p.news("")
	menu := p.Chat(p.now, desk, wang, 0).Bubbles[2]
	p.want("the item of an id", menu.Offers("101"), 0)
	p.want("the item of words", menu.Offers("官网"), 1)
	p.want("an item there is not", menu.Offers("不满意"), -1)
	p.does(wang, kf.Act{Kind: kf.ActTap, Bubble: menu.ID, Item: 1})
	p.does(wang, kf.Act{Kind: kf.ActTap, Bubble: menu.ID})
	items, _ := p.news(cursor)
	if len(items) != 1 || fmt.Sprint(items[0]["text"]) != "map[content:满意 menu_id:101]" {
		t.Errorf("items after the taps: %v", items)
	}
	for _, a := range []kf.Act{{Kind: kf.ActTap, Bubble: menu.ID, Item: 2}, {Kind: kf.ActTap, Bubble: menu.ID, Item: -1}, {Kind: kf.ActTap, Bubble: 2}} {
		if _, err := p.CustomerDoes(p.now, desk, wang, a); err == nil {
			t.Errorf("tapped what is not there: %+v", a)
		}
	}
}

// Files that are too large to be passed on come as a text.
func TestLargeFilesComeAsText(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.media["huge"] = "image"
	p.does(wang, kf.Act{Kind: "image", MediaID: "huge"})
	items, _ := p.news("")
	p.want("msgtype", items[1]["msgtype"], "text")
}
