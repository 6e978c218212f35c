package wecom

import (
	"strings"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// decodeContact fills in a change between a customer and a member. It happened to the customer. An add that can be welcomed is
// a follow, the end of the relation an unfollow; the rest is for the journal.
func decodeContact(ev *bot.Event, es wxxml.Elements, welcomes bool) {
	c := Contact{
		Change:      named(ev, es),
		Member:      es.Word("UserID"),
		Customer:    es.Word("ExternalUserID"),
		State:       es.Word("State"),
		WelcomeCode: es.Word("WelcomeCode"),
		Source:      es.Word("Source"),
		FailReason:  es.Word("FailReason"),
		Corp:        es.Word("AuthCorpId"),
	}
	ev.Kind, ev.Detail = bot.KindContact, c
	if c.Customer == "" {
		return // nobody to greet or to forget
	}
	ev.User = bot.UserID(c.Customer)
	switch c.Change {
	case "add_external_contact", "add_half_external_contact":
		ev.Scene = bot.Scene(c.State)
		if c.WelcomeCode != "" && welcomes {
			ev.Kind = bot.KindFollow
		}
	case "del_follow_user", "del_external_contact":
		if c.Source != DeletedByTransfer {
			ev.Kind = bot.KindUnfollow
		}
	}
}

// decodeGroupChat fills in a change in a customers' group. It happened to the group.
func decodeGroupChat(ev *bot.Event, es wxxml.Elements) {
	g := GroupChat{
		ID:         es.Word("ChatId"),
		Change:     named(ev, es),
		Update:     es.Word("UpdateDetail"),
		JoinScene:  es.Word("JoinScene"),
		QuitScene:  es.Word("QuitScene"),
		Count:      es.Number("MemChangeCnt"),
		Members:    members(es),
		OldVersion: es.Word("LastMemVer"),
		NewVersion: es.Word("CurMemVer"),
	}
	ev.Kind, ev.Detail = bot.KindGroupChat, g
	if g.ID != "" {
		ev.User = bot.UserID(g.ID)
	}
}

// members reads a MemChangeList, which is a list of items or, of old, one text with commas.
func members(es wxxml.Elements) []string {
	var ids []string
	for item := range es.In("MemChangeList").All("Item") {
		ids = append(ids, word(item))
	}
	if text := es.Text("MemChangeList"); text != "" {
		ids = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	}
	return ids
}

func decodeTag(ev *bot.Event, es wxxml.Elements) {
	ev.Kind = bot.KindTag
	ev.Detail = Tag{ID: es.Word("Id"), Type: es.Word("TagType"), Change: named(ev, es), Strategy: es.Word("StrategyId")}
}

// word is the text of an element without the white space around it.
func word(e wxxml.Element) string { return strings.TrimSpace(e.Text) }
