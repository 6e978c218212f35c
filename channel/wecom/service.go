package wecom

import (
	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// decodeServiceNews fills in that messages of a customer-service account wait. The platform names nobody who did it.
func decodeServiceNews(ev *bot.Event, es wxxml.Elements) {
	n := ServiceNews{Account: es.Word("OpenKfId"), Token: es.Word("Token")}
	ev.Kind, ev.Detail = bot.KindServiceNews, n
	if n.Account != "" {
		ev.User = bot.UserID(n.Account)
	}
}

func decodeServiceAccounts(ev *bot.Event, es wxxml.Elements) {
	var a ServiceAccounts
	for e := range es.All("AuthAddOpenKfId") { // one for each account
		a.Added = append(a.Added, word(e))
	}
	for e := range es.All("AuthDelOpenKfId") {
		a.Removed = append(a.Removed, word(e))
	}
	ev.Kind, ev.Detail = bot.KindServiceAccounts, a
}
