package kf_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"guanjia/bot"
	"guanjia/simulator"
	simkf "guanjia/simulator/kf"
)

// comes is a message of a customer's, by the platform's name of its type, and what the clerk answers.
type comes struct {
	msgType string
	send    func(*simulator.DeskTalk) *simulator.Said
	answer  string
}

func raw(msgType, body string) func(*simulator.DeskTalk) *simulator.Said {
	return func(talk *simulator.DeskTalk) *simulator.Said {
		return talk.Do(simkf.Act{Kind: simkf.ActRaw, MsgType: msgType, Body: json.RawMessage(body)})
	}
}

// everyKindIn are the types that the platform hands on (WeCom docs, 读取消息), and one that it may have tomorrow.
func everyKindIn(t *testing.T) []comes {
	return []comes{
		{"text", func(talk *simulator.DeskTalk) *simulator.Said { return talk.Say("你好") }, "收到：你好"},
		{"image", func(talk *simulator.DeskTalk) *simulator.Said { return talk.SendPicture(photo(t)) }, "收到一个 image"},
		{"voice", func(talk *simulator.DeskTalk) *simulator.Said { return talk.SendVoice(nil) }, "收到一个 voice"},
		{"video", func(talk *simulator.DeskTalk) *simulator.Said {
			return talk.SendVideo([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"))
		}, "收到一个 video"},
		{"file", func(talk *simulator.DeskTalk) *simulator.Said { return talk.SendFile("a.pdf", []byte("%PDF-1.4")) }, "收到一个 file"},
		{"location", func(talk *simulator.DeskTalk) *simulator.Said {
			return talk.SendLocation(31.2, 121.5, "药房", "人民路")
		}, "收到一个 location"},
		{"link", func(talk *simulator.DeskTalk) *simulator.Said {
			return talk.SendLink("文章", "", "https://example.com")
		}, "收到一个 link"},
		{"business_card", func(talk *simulator.DeskTalk) *simulator.Said {
			return talk.Do(simkf.Act{Kind: "business_card", UserID: "xiaolin"})
		}, "收到一个 name_card"},
		{"miniprogram", func(talk *simulator.DeskTalk) *simulator.Said {
			return talk.Do(simkf.Act{Kind: "miniprogram", AppID: "wx1", Title: "商城", PagePath: "index.html"})
		}, "收到一个 mini_program"},
		{"channels_shop_product", raw("channels_shop_product", `{"product_id":"1","title":"维生素"}`), "收到一个 link"},
		{"channels_shop_order", raw("channels_shop_order", `{"order_id":"1","product_titles":"维生素"}`), "收到一个 link"},
		{"merged_msg", raw("merged_msg", `{"title":"聊天记录","item":[]}`), "收到一个 other_message"},
		{"channels", raw("channels", `{"nickname":"药房","title":"视频"}`), "收到一个 other_message"},
		{"note", raw("note", `{}`), "收到一个 other_message"},
		{"hologram", raw("hologram", `{"beam":[1]}`), "收到一个 other_message"},
	}
}

// goes is a message of the bot's, and how the platform gets it.
type goes struct {
	say     bot.Message
	msgType string
	holds   string
}

// everyKindOut has a message of each kind. A desk has no music: people get the link.
func everyKindOut(media map[bot.Kind]string) map[bot.MessageKind]goes {
	return map[bot.MessageKind]goes{
		bot.MessageText:  {bot.Text("您好"), "text", "您好"},
		bot.MessageImage: {bot.Message{Kind: bot.MessageImage, MediaID: media[bot.KindImage]}, "image", media[bot.KindImage]},
		bot.MessageVoice: {bot.Message{Kind: bot.MessageVoice, MediaID: media[bot.KindVoice]}, "voice", media[bot.KindVoice]},
		bot.MessageVideo: {bot.Message{Kind: bot.MessageVideo, MediaID: media[bot.KindVideo]}, "video", media[bot.KindVideo]},
		bot.MessageFile:  {bot.Message{Kind: bot.MessageFile, MediaID: media[bot.KindFile]}, "file", media[bot.KindFile]},
		bot.MessageMusic: {bot.Message{Kind: bot.MessageMusic, Title: "晨曲", MusicURL: "https://x.cn/a.mp3"}, "text", "https://x.cn/a.mp3"},
		bot.MessageCards: {
			bot.Message{Kind: bot.MessageCards, Cards: []bot.Card{{Title: "指南", URL: "https://x.cn/a", PictureID: media[bot.KindImage]}}}, "link", "https://x.cn/a",
		},
		bot.MessageMiniProgram: {
			bot.Message{Kind: bot.MessageMiniProgram, MiniProgram: &bot.MiniProgramCard{Title: "商城", AppID: "wx1", Page: "pages/index", ThumbID: media[bot.KindImage]}},
			"miniprogram", "pages/index.html",
		},
		bot.MessageMenu: {bot.Message{Kind: bot.MessageMenu, Menu: &bot.Menu{Head: "请选", Choices: []bot.Choice{{Label: "领券"}}}}, "msgmenu", "领券"},
		bot.MessageLocation: {
			bot.Message{Kind: bot.MessageLocation, Location: &bot.Location{Name: "人民路店", Address: "人民路 1 号", Latitude: 31.2, Longitude: 121.5}},
			"location", `"latitude":31.2,"longitude":121.5`,
		},
		bot.MessageAcquisition: {bot.Message{Kind: bot.MessageAcquisition, Acquisition: "https://work.weixin.qq.com/ca/cawcde1"}, "ca_link", "https://work.weixin.qq.com/ca/cawcde1"},
	}
}

// TestEveryKindOfMessageGoesInAndOut: whatever a customer sends is answered, and whatever a handler says arrives as what it is.
func TestEveryKindOfMessageGoesInAndOut(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, h *house) {
		r := h.start()
		talk := h.customer("小王").Open(reception, "menu")
		talk.Hears("欢迎")
		for _, in := range everyKindIn(t) {
			if heard := in.send(talk).Replies(1)[0]; !strings.Contains(string(heard.Body), in.answer) {
				t.Errorf("%s is answered with %s", in.msgType, heard.Body)
			}
		}
		out := everyKindOut(r.handler.media())
		for _, kind := range bot.MessageKinds() {
			if kind == bot.MessageTransfer || kind == bot.MessageReturn {
				continue // they say nothing: TestNobodyCanTakeOver tries both
			}
			want, there := out[kind]
			if !there {
				t.Errorf("a message of kind %s is not tried", kind)
				continue
			}
			r.handler.next(want.say)
			if got := talk.Say("发").Replies(1)[0]; got.Type != want.msgType || !strings.Contains(string(got.Body), want.holds) {
				t.Errorf("%s arrives as %s %s", kind, got.Type, got.Body)
			}
		}
		if refused := talk.Ledger().Refused; len(refused) != 0 {
			t.Errorf("refused: %+v", refused)
		}
	})
}

// media is what customers have sent, by kind.
func (c *clerk) media() map[bot.Kind]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent
}

// next is what "发" is answered with.
func (c *clerk) next(m bot.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.says = []bot.Message{m}
}

func (c *clerk) said() []bot.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.says)
}

func (c *clerk) takes(kind bot.Kind, m *bot.Media) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sent == nil {
		c.sent = map[bot.Kind]string{}
	}
	c.sent[kind] = m.MediaID
}
