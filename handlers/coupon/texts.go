package coupon

// Texts are the sentences that people read. {name} is the campaign's name, {how_to} its how_to, {code} the code and
// {expires} until when it counts, as a phrase of its own: 有效期至2026年12月31日 or 长期有效.
type Texts struct {
	Given           string `yaml:"given"`
	Already         string `yaml:"already"`
	AlreadyRedeemed string `yaml:"already_redeemed"`
	AlreadyVoid     string `yaml:"already_void"`
	AlreadyExpired  string `yaml:"already_expired"`
	SoldOut         string `yaml:"sold_out"`
	NotStarted      string `yaml:"not_started"` // {start}
	Over            string `yaml:"over"`
	OutsideHours    string `yaml:"outside_hours"` // {hours}
}

// DefaultTexts are the sentences used where the content says nothing else.
func DefaultTexts() Texts {
	return Texts{
		Given:           "送您《{name}》一张，请收好。\n券码：{code}\n{how_to}\n{expires}",
		Already:         "您已经领过《{name}》，每人一张，还可以用：\n券码：{code}\n{how_to}\n{expires}",
		AlreadyRedeemed: "您领过的《{name}》（券码 {code}）已使用。每人限领一张，谢谢您的支持。",
		AlreadyVoid:     "您领过的《{name}》（券码 {code}）已作废。每人限领一张，不能再领了。",
		AlreadyExpired:  "您领过的《{name}》（券码 {code}）已过期（{expires}）。每人限领一张，不能再领了。",
		SoldOut:         "《{name}》已经领完了，谢谢您的支持。下次有活动，我们早点告诉您。",
		NotStarted:      "《{name}》还没开始，{start} 开始领取，到时候再来吧。",
		Over:            "《{name}》已经结束了，谢谢您的支持。",
		OutsideHours:    "现在不是《{name}》的领取时间。领取时间：{hours}。",
	}
}

// known are the placeholders of each sentence.
func known(key string) []string {
	switch key {
	case "given", "already", "already_redeemed", "already_void", "already_expired":
		return []string{"{name}", "{how_to}", "{code}", "{expires}"}
	case "not_started":
		return []string{"{name}", "{how_to}", "{start}"}
	case "outside_hours":
		return []string{"{name}", "{how_to}", "{hours}"}
	}
	return []string{"{name}", "{how_to}"}
}

// required are the placeholders without which a sentence leaves out what the person needs.
func required(key string) []string {
	switch key {
	case "given", "already":
		return []string{"{code}"}
	case "not_started":
		return []string{"{start}"}
	}
	return nil
}
