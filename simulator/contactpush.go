package simulator

import (
	"strconv"
	"strings"

	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
)

// pushOf is the callback that tells of an event. Lists of members come as a list or, as they did of old, as one text with commas.
func pushOf(corpID string, e contact.Event, commas bool) platform.Push {
	fields := []platform.Field{word("MsgType", "event"), word("Event", e.Event)}
	switch e.Event {
	case contact.EventChat:
		fields = append(fields, chatFields(e, commas)...)
	case contact.EventTag:
		fields = appendWords(fields, "Id", e.ID)
		fields = append(fields, word("TagType", e.TagType), word("ChangeType", e.ChangeType))
	default:
		fields = append(fields, word("ChangeType", e.ChangeType), word("UserID", e.UserID), word("ExternalUserID", e.ExternalUserID))
		fields = appendWords(fields, "State", e.State, "WelcomeCode", e.WelcomeCode, "Source", e.Source, "FailReason", e.FailReason)
	}
	brief := strings.TrimSpace(strings.Join([]string{e.ChangeType, e.UpdateDetail, e.TagType, e.State}, " "))
	return platform.Push{CorpID: corpID, Right: platform.RightContact, Brief: strings.Join(strings.Fields(brief), " "), FromUser: "sys", Fields: fields}
}

func chatFields(e contact.Event, commas bool) []platform.Field {
	fields := []platform.Field{word("ChatId", e.ChatID), word("ChangeType", e.ChangeType)}
	fields = appendWords(fields, "UpdateDetail", e.UpdateDetail)
	switch e.UpdateDetail {
	case "add_member":
		fields = append(fields, digits("JoinScene", e.Scene))
	case "del_member":
		fields = append(fields, digits("QuitScene", e.Scene))
	default:
		return fields
	}
	list := platform.Field{Name: "MemChangeList"}
	if commas {
		list.Value = strings.Join(e.Members, ",")
	} else {
		for _, id := range e.Members {
			list.Fields = append(list.Fields, word("Item", id))
		}
	}
	return append(fields, digits("MemChangeCnt", len(e.Members)), list, word("LastMemVer", e.LastVersion), word("CurMemVer", e.Version))
}

func word(name, value string) platform.Field { return platform.Field{Name: name, Value: value} }

func digits(name string, n int) platform.Field {
	return platform.Field{Name: name, Value: strconv.Itoa(n), Bare: true}
}

// appendWords adds the elements that have a value: names and values in turn.
func appendWords(fields []platform.Field, pairs ...string) []platform.Field {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fields = append(fields, word(pairs[i], pairs[i+1]))
		}
	}
	return fields
}
