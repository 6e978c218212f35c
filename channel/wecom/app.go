package wecom

import (
	"guanjia/bot"
	"guanjia/channel/wxevent"
	"guanjia/channel/wxxml"
)

// decodeAppEvent fills in what a member did with the app. The names are spelt as the platform spells them, most unlike those of
// official accounts.
func decodeAppEvent(ev *bot.Event, es wxxml.Elements) {
	switch ev.Name {
	case "subscribe": // came into the app's visible range
		ev.Kind = bot.KindFollow
	case "unsubscribe":
		ev.Kind = bot.KindUnfollow
	case "enter_agent":
		ev.Kind = bot.KindEnter
		ev.ItemKey = es.Word("EventKey")
	case "LOCATION":
		ev.Kind = bot.KindPosition
		ev.Place = wxevent.Place(es, "Latitude", "Longitude")
	case "click":
		ev.Kind = bot.KindMenuClick
		ev.ItemKey = es.Word("EventKey")
	case "view":
		ev.Kind = bot.KindMenuView
		ev.ItemKey = es.Word("EventKey")
	case "view_miniprogram":
		ev.Kind = bot.KindMenuMiniProgram
		ev.ItemKey = es.Word("EventKey")
	case "template_card_event", "template_card_menu_event", "taskcard_click":
		ev.Kind = bot.KindCard
		ev.ItemKey = es.Word("EventKey")
		ev.Detail = card(ev.Name, es)
	default:
		if !wxevent.MenuAct(ev, es) {
			ev.Kind = bot.KindUnknown
			named(ev, es)
		}
	}
}

func card(name string, es wxxml.Elements) Card {
	c := Card{
		TaskID:       es.Word("TaskId"),
		Type:         es.Word("CardType"),
		ResponseCode: es.Word("ResponseCode"),
		Menu:         name == "template_card_menu_event",
	}
	for _, item := range es.In("SelectedItems").All("SelectedItem") {
		s := Selection{Question: item.Word("QuestionKey")}
		for option := range item.In("OptionIds").All("OptionId") {
			s.Options = append(s.Options, word(option))
		}
		c.Selected = append(c.Selected, s)
	}
	return c
}
