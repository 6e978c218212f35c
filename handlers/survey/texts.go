package survey

import "guanjia/bot/ask"

// Texts are the sentences customers read. Content may replace each; an empty one means the default. What stands in braces is
// filled in.
type Texts struct {
	// Beginning and end.
	Intro         string `yaml:"intro,omitempty"`
	AnonymousNote string `yaml:"anonymous_note,omitempty"`
	Resumed       string `yaml:"resumed,omitempty"`
	Changed       string `yaml:"changed,omitempty"`
	Thanks        string `yaml:"thanks,omitempty"`
	Left          string `yaml:"left,omitempty"`
	LeftKept      string `yaml:"left_kept,omitempty"`
	Lapsed        string `yaml:"lapsed,omitempty"`
	Paused        string `yaml:"paused,omitempty"`
	Done          string `yaml:"done,omitempty"`
	DoneUntil     string `yaml:"done_until,omitempty"`
	NotStarted    string `yaml:"not_started,omitempty"`
	OutOfHours    string `yaml:"out_of_hours,omitempty"`
	Closed        string `yaml:"closed,omitempty"`

	// Questions.
	Head         string `yaml:"head,omitempty"`
	HintChoice   string `yaml:"hint_choice,omitempty"`
	HintMulti    string `yaml:"hint_multi,omitempty"`
	HintAtMost   string `yaml:"hint_at_most,omitempty"`
	HintRating   string `yaml:"hint_rating,omitempty"`
	HintText     string `yaml:"hint_text,omitempty"`
	HintPicture  string `yaml:"hint_picture,omitempty"`
	HintOptional string `yaml:"hint_optional,omitempty"`
	HintBack     string `yaml:"hint_back,omitempty"`

	// Answers.
	AskChoice    string `yaml:"ask_choice,omitempty"`
	AskMulti     string `yaml:"ask_multi,omitempty"`
	AskRating    string `yaml:"ask_rating,omitempty"`
	AskText      string `yaml:"ask_text,omitempty"`
	AskPicture   string `yaml:"ask_picture,omitempty"`
	AskOne       string `yaml:"ask_one,omitempty"`
	AskFewer     string `yaml:"ask_fewer,omitempty"`
	AskLetters   string `yaml:"ask_letters,omitempty"`
	MustAnswer   string `yaml:"must_answer,omitempty"`
	FirstAlready string `yaml:"first_already,omitempty"`
	Cut          string `yaml:"cut,omitempty"`
}

// DefaultTexts are the sentences used where the content says nothing else.
func DefaultTexts() Texts {
	return Texts{
		Intro:         "《{name}》，最多 {total} 题，回复“退出”随时可以离开。",
		AnonymousNote: "这是匿名问卷：只记下您填过，不记录哪一份是您填的。",
		Resumed:       "我们接着填《{name}》。",
		Changed:       "《{name}》刚刚有更新，我们从第一题重新开始。",
		Thanks:        "感谢您的反馈，我们会认真看每一条。",
		Left:          "已退出《{name}》，前面的回答没有保存。回复“{keyword}”可以重新填写。",
		LeftKept:      "已退出《{name}》，前面的 {answered} 个回答已经保存，谢谢您。",
		Lapsed:        "上次的《{name}》没有填完，前面的 {answered} 个回答已经保存，谢谢您。",
		Paused:        "《{name}》暂时关闭了，谢谢您的参与。",
		Done:          "您已经填过《{name}》了，谢谢您。",
		DoneUntil:     "您已经填过《{name}》了，谢谢您。{time} 之后可以再填一次。",
		NotStarted:    "《{name}》{time} 开始，到时回复“{keyword}”参加。",
		OutOfHours:    "《{name}》现在没有开放。开放时间：{hours}，到时回复“{keyword}”。",
		Closed:        "《{name}》已于 {time} 结束，谢谢您的关注。",

		Head:         "第 {n}/{total} 题（{type}）",
		HintChoice:   "请回复字母（{range}）。",
		HintMulti:    "可以多选，请回复字母，如 {example}。",
		HintAtMost:   "可以多选，最多 {most} 项，请回复字母，如 {example}。",
		HintRating:   "请回复 {low}-{high} 的数字，{high} 分最高。",
		HintText:     "请直接回复文字。",
		HintPicture:  "请发送一张图片。",
		HintOptional: "不想回答可以回复“跳过”。",
		HintBack:     "回复“上一题”可以修改。",

		AskChoice:    "没看懂您的回答。请回复一个字母（{range}），比如 A。",
		AskMulti:     "没看懂您的回答。请回复一个或几个字母（{range}），比如 {example}。",
		AskRating:    "没看懂您的回答。请回复 {low}-{high} 的整数。",
		AskText:      "这道题请用文字回答。",
		AskPicture:   "这道题请发送一张图片。",
		AskOne:       "这道题只选一项，请回复一个字母（{range}）。",
		AskFewer:     "这道题最多选 {most} 项，请重新选择。",
		AskLetters:   "您的回答有两种意思，请改用字母回复（{range}）。",
		MustAnswer:   "这道题需要回答后才能继续。",
		FirstAlready: "已经是第一题了。",
		Cut:          "您的回答比较长，已保存前 {limit} 个字。",
	}
}

// say fills a sentence in; {name} and {keyword} are known to all.
func (c *Campaign) say(sentence string, places ...string) string {
	return ask.Fill(sentence, append(places, "{name}", c.Name, "{keyword}", c.keyword())...)
}

// name is the type as people call it.
func (t Type) name() string {
	switch t {
	case MultiChoice:
		return "多选"
	case Rating:
		return "打分"
	case Text:
		return "问答"
	case Picture:
		return "图片"
	}
	return "单选"
}
