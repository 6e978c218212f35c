package fallback

import "guanjia/bot"

// Texts are the sentences that people read.
type Texts struct {
	Hint        string `yaml:"hint"`        // to a text nobody understands, above the menu
	Acknowledge string `yaml:"acknowledge"` // to the next ones
	Picture     string `yaml:"picture"`
	Voice       string `yaml:"voice"`
	Video       string `yaml:"video"`
	Place       string `yaml:"place"`
	Other       string `yaml:"other"`
	More        string `yaml:"more"`   // after a line without the menu; {menu} is the word that shows it
	Choose      string `yaml:"choose"` // above the choices, where the menu has no head
}

// DefaultTexts are the sentences used where the content says nothing else. They promise nothing that only a person could
// keep.
func DefaultTexts() Texts {
	return Texts{
		Hint:        "抱歉，这句话我还没看懂。",
		Acknowledge: "收到，不过这句我也没看懂。",
		Picture:     "图片收到了，不过我还看不懂图片，请打字告诉我。",
		Voice:       "语音收到了，不过我没能听清，请打字告诉我。",
		Video:       "视频收到了，不过我还看不懂视频，请打字告诉我。",
		Place:       "位置收到了，不过我还用不上它。",
		Other:       "收到了，不过这类消息我还看不懂，请打字告诉我。",
		More:        "回复“{menu}”看看我能做什么。",
		Choose:      "您可以直接选择：",
	}
}

// lines are what to say to an event of a kind, and what to say when another follows soon.
func (t Texts) lines(k bot.Kind) (line, again string) {
	switch k {
	case bot.KindText, bot.KindMenuClick:
		return t.Hint, t.Acknowledge
	case bot.KindImage, bot.KindMenuPictures:
		return t.Picture, t.Picture
	case bot.KindVoice:
		return t.Voice, t.Voice
	case bot.KindVideo, bot.KindShortVideo:
		return t.Video, t.Video
	case bot.KindLocation, bot.KindMenuLocation:
		return t.Place, t.Place
	}
	return t.Other, t.Other
}
