package consent

// Texts are the sentences that people read. {out} and {in} are the words that opt out and in.
type Texts struct {
	OptedOut   string `yaml:"opted_out"`
	OptedIn    string `yaml:"opted_in"`
	AlreadyOut string `yaml:"already_out"`
	AlreadyIn  string `yaml:"already_in"`
}

// DefaultTexts are the sentences used where the content says nothing else.
func DefaultTexts() Texts {
	return Texts{
		OptedOut:   "已为您退订，今后不会再主动给您发消息；您发来的消息，我们照常回复。\n想重新接收，回复“{in}”即可。",
		OptedIn:    "已恢复，活动和提醒会照常发给您。\n不想再收，回复“{out}”即可。",
		AlreadyOut: "您之前已经退订，我们不会主动给您发消息。\n想重新接收，回复“{in}”即可。",
		AlreadyIn:  "您没有退订，活动和提醒一直会发给您。\n不想再收，回复“{out}”即可。",
	}
}

// undo is what a confirmation must hold: how to take the word back.
func undo() map[string][]string {
	return map[string][]string{"opted_out": {"{in}"}, "opted_in": {"{out}"}}
}
