package passive

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guanjia/bot"
)

// TestWhatAChannelCanNotShowIsSaid: a channel that plays no music, opens no mini programs and hands nobody over still says all
// there is to read.
func TestWhatAChannelCanNotShowIsSaid(t *testing.T) {
	t.Parallel()
	say := func(s string) []bot.Message { return []bot.Message{bot.Text(s)} }
	linked := bot.MiniProgramCard{Title: "预约", AppID: "wx1", Page: "pages/book", URL: "https://x.cn/book"}
	for _, tc := range []struct {
		name string
		said []bot.Message
		now  []bot.Message
	}{
		{"a mini program with a page for others", []bot.Message{{Kind: bot.MessageMiniProgram, MiniProgram: &linked}}, say(`<a href="https://x.cn/book">预约</a>`)},
		{"a mini program without", []bot.Message{mini}, say("预约")},
		{
			"music", []bot.Message{{Kind: bot.MessageMusic, Title: "晨曲", Description: "钢琴", MusicURL: "https://x.cn/a.mp3"}},
			say(`<a href="https://x.cn/a.mp3">晨曲</a>` + "\n钢琴"),
		},
		{"music without a link", []bot.Message{{Kind: bot.MessageMusic, Title: "晨曲", ThumbID: "m"}}, nil},
		{"a file", []bot.Message{{Kind: bot.MessageFile, MediaID: "m", Title: "说明书.pdf"}}, say("［文件］说明书.pdf")},
		{"a file without a name", []bot.Message{{Kind: bot.MessageFile, MediaID: "m"}}, nil},
		{
			"a place", []bot.Message{{Kind: bot.MessageLocation, Location: &bot.Location{Name: "人民路店", Address: "人民路 1 号", Latitude: 31.2, Longitude: 121.5}}},
			say("［位置］人民路店\n人民路 1 号"),
		},
		{"no place", []bot.Message{{Kind: bot.MessageLocation}, {Kind: bot.MessageAcquisition}}, nil},
		{
			"a customer-acquisition link", []bot.Message{{Kind: bot.MessageAcquisition, Title: "加小林为好友", Acquisition: "https://x.cn/ca"}},
			say(`<a href="https://x.cn/ca">加小林为好友</a>`),
		},
		{"a servicer", []bot.Message{transfer, bot.Text("稍等")}, say("稍等")},
		{"a card", []bot.Message{cards(1)}, say(link(1))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(bot.Fitted{Now: tc.now}, Fitter{}.Fit(tc.said), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("fitted (-want +got):\n%s", diff)
			}
		})
	}
	if got := toMessage.Fit([]bot.Message{{Kind: bot.MessageFile, Title: strings.Repeat("长", 900)}}); len(got.Now) != 1 || len(got.Later) != 1 {
		t.Errorf("a long name: %d now, %d later", len(got.Now), len(got.Later))
	}
}
