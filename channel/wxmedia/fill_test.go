package wxmedia

import (
	"testing"

	"guanjia/bot"
	"guanjia/content"
)

// TestIDsAreFilledIntoACopy: what handlers say is their content, and must say the same to the next customer of another account.
func TestIDsAreFilledIntoACopy(t *testing.T) {
	t.Parallel()
	said := func() []bot.Message {
		return []bot.Message{
			bot.Text("您好"),
			{Kind: bot.MessageImage, File: "a.png"},
			{Kind: bot.MessageVideo, File: "gone.mp4", MediaID: "of another day"},
			{Kind: bot.MessageImage, MediaID: "operator's own"},
			{Kind: bot.MessageMusic, MusicURL: "https://a.cn/b.mp3", ThumbFile: "c.jpg"},
			{Kind: bot.MessageMiniProgram, MiniProgram: &bot.MiniProgramCard{Title: "甲", ThumbFile: "a.png"}},
			{Kind: bot.MessageCards, Cards: []bot.Card{{Title: "甲", PictureFile: "a.png"}, {Title: "乙", PictureURL: "https://a.cn/own.png"}, {Title: "丙", PictureFile: "gone.png"}}},
		}
	}
	given := said()
	got := fill(given, func(path string, form content.Form) string {
		if path == "gone.mp4" || path == "gone.png" {
			return ""
		}
		return string(form) + " of " + path
	})
	want := said()
	want[1].MediaID = "image of a.png"
	want[2].MediaID = ""
	want[4].ThumbID = "thumb of c.jpg"
	want[5].MiniProgram.ThumbID = "image of a.png"
	want[6].Cards[0].PictureURL, want[6].Cards[0].PictureID = "picture of a.png", "image of a.png"
	equal(t, "filled", got, want)
	equal(t, "given", given, said())
}
