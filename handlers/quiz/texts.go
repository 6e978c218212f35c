package quiz

import "guanjia/bot/ask"

// Texts are the sentences customers read. Content may replace each; an empty one means the default. What stands in braces is
// filled in.
type Texts struct {
	// Beginning.
	Intro          string `yaml:"intro,omitempty"`
	TimeQuestion   string `yaml:"time_question,omitempty"`
	TimeAttempt    string `yaml:"time_attempt,omitempty"`
	LeavingFinish  string `yaml:"leaving_finish,omitempty"`
	LeavingRestart string `yaml:"leaving_restart,omitempty"`
	PrizeOffer     string `yaml:"prize_offer,omitempty"`
	PrizeTier      string `yaml:"prize_tier,omitempty"`
	Resumed        string `yaml:"resumed,omitempty"`
	Restarted      string `yaml:"restarted,omitempty"`

	// Questions.
	Head         string `yaml:"head,omitempty"`
	HeadLimit    string `yaml:"head_limit,omitempty"`
	Right        string `yaml:"right,omitempty"`
	Partly       string `yaml:"partly,omitempty"`
	Wrong        string `yaml:"wrong,omitempty"`
	Late         string `yaml:"late,omitempty"`
	LateNext     string `yaml:"late_next,omitempty"`
	Explanation  string `yaml:"explanation,omitempty"`
	AskSingle    string `yaml:"ask_single,omitempty"`
	AskMultiple  string `yaml:"ask_multiple,omitempty"`
	AskTrueFalse string `yaml:"ask_true_false,omitempty"`
	AskText      string `yaml:"ask_text,omitempty"`
	AskOne       string `yaml:"ask_one,omitempty"`
	AskLetters   string `yaml:"ask_letters,omitempty"`

	// End.
	Result    string `yaml:"result,omitempty"`
	TimeUp    string `yaml:"time_up,omitempty"`
	Review    string `yaml:"review,omitempty"`
	Best      string `yaml:"best,omitempty"`
	Rank      string `yaml:"rank,omitempty"`
	PoolFirst string `yaml:"pool_first,omitempty"`
	PoolNow   string `yaml:"pool_now,omitempty"`
	PoolLeast string `yaml:"pool_least,omitempty"`
	PoolNext  string `yaml:"pool_next,omitempty"`
	Closes    string `yaml:"closes,omitempty"`
	Retry     string `yaml:"retry,omitempty"`
	Left      string `yaml:"left,omitempty"`
	LeftOpen  string `yaml:"left_open,omitempty"`
	Lapsed    string `yaml:"lapsed,omitempty"`
	Paused    string `yaml:"paused,omitempty"`
	Uncounted string `yaml:"uncounted,omitempty"`

	// Outside an attempt.
	NotStarted string `yaml:"not_started,omitempty"`
	OutOfHours string `yaml:"out_of_hours,omitempty"`
	Closed     string `yaml:"closed,omitempty"`
	Counting   string `yaml:"counting,omitempty"`
	Settled    string `yaml:"settled,omitempty"`
	Won        string `yaml:"won,omitempty"`
	NotWon     string `yaml:"not_won,omitempty"`
	NoPool     string `yaml:"no_pool,omitempty"`
	Done       string `yaml:"done,omitempty"`
	NotYet     string `yaml:"not_yet,omitempty"`
	Missed     string `yaml:"missed,omitempty"`
}

// DefaultTexts are the sentences used where the content says nothing else.
func DefaultTexts() Texts {
	return Texts{
		Intro:          "《{name}》共 {total} 题，满分 {max} 分。选择题回复字母就行，多选连着写，如 ABD。",
		TimeQuestion:   "每题限时 {limit}，超时按答错计。",
		TimeAttempt:    "全部题目限时 {limit}，到时自动交卷。",
		LeavingFinish:  "中途回复“退出”，会按已答的题交卷。",
		LeavingRestart: "中途回复“退出”可以离开，下次从第一题重新开始。",
		PrizeOffer:     "{tiers}。",
		PrizeTier:      "满 {people} 人瓜分 {pool} 元",
		Resumed:        "我们接着答《{name}》。",
		Restarted:      "上次没有答完，这次从第一题重新开始，用时仍从上次开始答题算起。",

		Head:         "第 {n}/{total} 题（{type}，{points} 分{limit}）",
		HeadLimit:    "，限时 {limit}",
		Right:        "✅ 答对了，得 {points} 分。",
		Partly:       "🔸 答对一部分，得 {points} 分。正确答案：{answer}",
		Wrong:        "❌ 答错了。正确答案：{answer}",
		Late:         "⏰ 超过 {limit}，第 {n} 题按答错计。正确答案：{answer}",
		LateNext:     "⏰ 超过 {limit}，第 {n} 题按答错计。",
		Explanation:  "解析：{explanation}",
		AskSingle:    "没看懂您的回答。请回复一个字母（{range}），比如 {example}。",
		AskMultiple:  "没看懂您的回答。请回复一个或几个字母（{range}），比如 {example}。",
		AskTrueFalse: "没看懂您的回答。请回复“对”或“错”。",
		AskText:      "请直接用文字回复答案。",
		AskOne:       "这道题只有一个答案，请只回复一个字母（{range}）。",
		AskLetters:   "您的回答有两种意思，请改用字母回复（{range}）。",

		Result:    "🎉 《{name}》答完了！\n得分 {score}/{max}，答对 {correct}/{total} 题，用时 {took}。",
		TimeUp:    "⏰ 超过了 {limit}的限时，已自动交卷，没答的题不得分。",
		Review:    "{n}. {mark} {question}\n答案：{answer}",
		Best:      "您的最好成绩：{score} 分，用时 {took}。",
		Rank:      "目前排名第 {rank}，已有 {people} 人完成。",
		PoolFirst: "还差 {more} 人，开启 {pool} 元奖池。",
		PoolNow:   "奖池 {pool} 元，现在每人可分 {share} 元。",
		PoolLeast: "奖池 {pool} 元，{score} 分及以上瓜分，现在每人至少可分 {share} 元。",
		PoolNext:  "还差 {more} 人，奖池升到 {pool} 元。",
		Closes:    "{time} 截止，回复“{keyword}”随时查看。",
		Retry:     "还可以再答 {left} 次，回复“{keyword}”再来一次，取最好成绩。",
		Left:      "已退出《{name}》，按已答的 {answered} 题交卷。",
		LeftOpen:  "已退出《{name}》。回复“{keyword}”可从第一题重新开始。",
		Lapsed:    "上次的《{name}》超过 {limit}没有作答，已按答过的 {answered} 题交卷。",
		Paused:    "《{name}》暂时关闭了，您的参与机会还在，重新开放后回复“{keyword}”从第一题开始。",
		Uncounted: "《{name}》已于 {time} 截止，这次没有答完，成绩不计入排名。",

		NotStarted: "《{name}》{time} 开始，到时回复“{keyword}”参加。",
		OutOfHours: "《{name}》现在没有开放。开放时间：{hours}，到时回复“{keyword}”参加。",
		Closed:     "《{name}》已于 {time} 截止。",
		Counting:   "奖金正在结算，稍后回复“{keyword}”查看。",
		Settled:    "共 {people} 人完成，瓜分奖池 {pool} 元。",
		Won:        "您的得分 {score} 分，排名第 {rank}，分得 {prize} 元。",
		NotWon:     "您的得分 {score} 分，排名第 {rank}，没有达到分奖条件。",
		NoPool:     "共 {people} 人完成，没有达到 {first} 人，奖池未开启，本次没有奖金。",
		Done:       "您已经答过《{name}》了。",
		NotYet:     "您还没有答完《{name}》，回复“{keyword}”开始答题。",
		Missed:     "您没有完成这次答题，下次早点来哦。",
	}
}

// say fills a sentence in; {name} and {keyword} are known to all.
func (c *Campaign) say(sentence string, places ...string) string {
	return ask.Fill(sentence, append(places, "{name}", c.Name, "{keyword}", c.keyword())...)
}

// typeNames are the types as people call them.
func (t Type) name() string {
	switch t {
	case Multiple:
		return "多选"
	case TrueFalse:
		return "判断"
	case Text:
		return "填空"
	}
	return "单选"
}
