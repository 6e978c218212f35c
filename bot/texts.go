package bot

import (
	"cmp"
	"strings"
)

// Texts are the engine's own sentences. {title} is the open conversation, {want} what the person asked for instead.
type Texts struct {
	Exit      []string `yaml:"exit,omitempty"` // the words that leave a conversation
	Left      string   `yaml:"left,omitempty"` // said when a handler has no goodbye of its own
	Nothing   string   `yaml:"nothing_to_leave,omitempty"`
	AskSwitch string   `yaml:"ask_switch,omitempty"`
	Stay      string   `yaml:"stay,omitempty"`
	Paused    string   `yaml:"paused,omitempty"`
	Gone      string   `yaml:"gone,omitempty"` // the open conversation's campaign no longer exists
	Sorry     string   `yaml:"sorry,omitempty"`
	TooFast   string   `yaml:"too_fast,omitempty"`
}

// DefaultTexts are the sentences used where the content says nothing else.
func DefaultTexts() Texts {
	return Texts{
		Exit:      []string{"退出", "结束", "exit", "quit"},
		Left:      "好的，已退出。回复“菜单”看看还能做什么。",
		Nothing:   "现在没有进行中的活动。回复“菜单”看看能做什么。",
		AskSwitch: "您正在{title}。要先离开，去“{want}”吗？\n1. 离开\n2. 继续当前内容\n回复数字即可。",
		Stay:      "好的，我们继续。",
		Paused:    "这个活动暂时关闭了，晚些时候再来看看吧。回复“菜单”看看其他内容。",
		Gone:      "刚才的活动已经下线，感谢您的参与。回复“菜单”看看其他内容。",
		Sorry:     "抱歉，刚才出了点小问题，没能处理您的消息。请稍后再发一次。",
		TooFast:   "您发得有点快，请歇一会儿再发，我会继续为您服务。",
	}
}

// Or fills what t leaves empty from d.
func (t Texts) Or(d Texts) Texts {
	if len(t.Exit) == 0 {
		t.Exit = d.Exit
	}
	for _, f := range []struct{ have, otherwise *string }{
		{&t.Left, &d.Left}, {&t.Nothing, &d.Nothing}, {&t.AskSwitch, &d.AskSwitch}, {&t.Stay, &d.Stay},
		{&t.Paused, &d.Paused}, {&t.Gone, &d.Gone}, {&t.Sorry, &d.Sorry}, {&t.TooFast, &d.TooFast},
	} {
		if *f.have == "" {
			*f.have = *f.otherwise
		}
	}
	return t
}

func (t Texts) isExit(normalized string) bool {
	for _, w := range t.Exit {
		if Normalize(w) == normalized {
			return true
		}
	}
	return false
}

func (t Texts) askSwitch(title, want string) string {
	return strings.NewReplacer("{title}", title, "{want}", cmp.Or(want, "其他内容")).Replace(t.AskSwitch)
}
