package simulator

import (
	"encoding/json"
	"slices"
)

// templateCard is what of a card matters when it is tapped; WeCom docs, 模板卡片消息.
type templateCard struct {
	CardType  string `json:"card_type"`
	TaskID    string `json:"task_id"`
	MainTitle struct {
		Title string `json:"title"`
	} `json:"main_title"`
	Buttons []struct {
		Key string `json:"key"`
	} `json:"button_list"`
	Submit struct {
		Key string `json:"key"`
	} `json:"submit_button"`
	ActionMenu struct {
		Actions []struct {
			Key string `json:"key"`
		} `json:"action_list"`
	} `json:"action_menu"`
}

func readTemplateCard(data []byte) (templateCard, bool) {
	var c templateCard
	return c, len(data) > 0 && json.Unmarshal(data, &c) == nil
}

// has tells whether something on the card has the key.
func (c *templateCard) has(key string) bool {
	keys := []string{c.Submit.Key}
	for _, b := range c.Buttons {
		keys = append(keys, b.Key)
	}
	for _, a := range c.ActionMenu.Actions {
		keys = append(keys, a.Key)
	}
	return slices.Contains(keys, key)
}
