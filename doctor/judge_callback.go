package doctor

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"guanjia/channel/wxapi"
)

// What the platform waits for (WeCom docs, 接收消息与事件: the check of the address within 1 s; both: a callback within 5 s).
const (
	echoWithin  = time.Second
	eventWithin = 5 * time.Second
	// slowEvent leaves little for the network's bad days.
	slowEvent = 2 * time.Second
)

// judgeAddressOf looks at the address itself and where it leads.
func judgeAddressOf(a Account, target *url.URL, addresses []net.IP) []Finding {
	real := strings.HasSuffix(hostOf(a.API), ".weixin.qq.com")
	var found []Finding
	if target.Scheme == "http" && real {
		found = append(found, warning("put a proxy with a certificate in front of the bot, and enter the https:// address in "+a.serverInConsole(), "the callback address is not protected by TLS"))
	}
	if port := target.Port(); a.Kind == wxapi.Official && real && port != "" && port != "80" && port != "443" {
		found = append(found, problem("put a proxy in front of the bot", "the callback address has the port %s: official accounts call 80 and 443 only", port))
	}
	if len(addresses) > 0 && real && !slices.ContainsFunc(addresses, func(ip net.IP) bool { return !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() }) {
		found = append(found, problem("give the bot an address that the internet reaches, and write it into BOT_PUBLIC_URL", "the callback address leads to %s: the platform does not reach it", addresses[0]))
	}
	return found
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// judgeEcho judges the answer to the console's own check, byte for byte.
func judgeEcho(a Account, target *url.URL, want, sent string, got answer) Finding {
	where := target.Redacted()
	switch {
	case got.err != nil:
		return judgeUnreached("the callback address "+where, got.err, false)
	case got.status >= 300 && got.status < 400:
		return judgeRedirect(a, target, got)
	case got.status != http.StatusOK:
		return judgeStatus(a, where, got)
	case got.body != want:
		return judgeBody(want, sent, got.body)
	case got.took > echoWithin && a.Kind == wxapi.WeCom:
		return problem("look at the bot and at what is in front of it: it should answer in milliseconds", "the callback address %s passes the console's check, but takes %s: the console waits for 1s", where, round(got.took))
	}
	return ok("the callback address %s passes the console's check, in %s", where, round(got.took))
}

// judgeRedirect: the platform follows none.
func judgeRedirect(a Account, target *url.URL, got answer) Finding {
	to, err := target.Parse(got.location)
	if err != nil || got.location == "" {
		return problem("let it answer itself", "the callback address answers with a redirect (%d): the platform follows none", got.status)
	}
	to.RawQuery = ""
	remedy := "enter " + to.String() + " in " + a.serverInConsole() + ", or remove the redirect"
	switch {
	case to.Path == target.Path+"/" || to.Path+"/" == target.Path:
		return problem(remedy, "the callback address is redirected (%d) for a slash at its end: the platform follows no redirect", got.status)
	case to.Scheme != target.Scheme && to.Host == target.Host:
		return problem(remedy, "the callback address is redirected (%d) from %s to %s: the platform follows no redirect", got.status, target.Scheme, to.Scheme)
	}
	return problem(remedy, "the callback address is redirected (%d) to %s: the platform follows no redirect", got.status, to)
}

// judgeStatus says what a status means that is neither 200 nor a redirect.
func judgeStatus(a Account, where string, got answer) Finding {
	switch got.status {
	case http.StatusNotFound:
		return problem("the bot answers at /callback/"+string(a.Name)+": compare the path, what the proxy makes of it, and BOT_ACCOUNTS of the running bot", "nothing is at %s (404)", where)
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		return problem("let the callback address pass without a login: the bot checks who calls by itself", "somebody in front of %s wants a login (%d)", where, got.status)
	case http.StatusForbidden:
		return problem("look into the bot's log for 'callback refused'", "%s refuses the console's check (403)", where)
	case http.StatusMethodNotAllowed:
		return problem("let GET and POST pass", "somebody in front of %s takes no GET (405)", where)
	case http.StatusBadRequest:
		return problem("compare "+a.Settings+"_AES_KEY of the running bot with "+a.keyInConsole()+", and see that no proxy changes the query", "%s can't read the console's check (400)", where)
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return problem("start the bot, and look at how the proxy reaches it", "what is in front of %s does not reach the bot, or the bot is not ready (%d)", where, got.status)
	}
	return problem("look into the bot's log, and into that of what is in front of it", "%s answers the console's check with status %d", where, got.status)
}

// judgeForbidden tells whether it is the token, the clock or the id that a bot refuses. garbled is its answer to what is rightly
// signed and can't be decrypted.
func judgeForbidden(a Account, got answer, now time.Time, garbled answer) Finding {
	if theirs, err := http.ParseTime(got.date); err == nil && a.MaxSkew > 0 && now.Sub(theirs).Abs() > a.MaxSkew {
		return problem("set the clocks of both machines by NTP", "the callback address refuses the console's check (403): its clock is %s off this machine's", now.Sub(theirs).Abs().Round(time.Second))
	}
	if a.Kind == wxapi.WeCom && garbled.err == nil && garbled.status == http.StatusBadRequest {
		return problem("compare "+a.Settings+"_CORP_ID of the running bot with 我的企业 → 企业信息 → 企业ID", "the callback address refuses the console's check (403): its token is right, and it answers for another corp than %s", a.ID)
	}
	return problem("compare "+a.Settings+"_TOKEN of the running bot with "+a.serverInConsole()+" → Token, and restart the bot if it was changed; its log says which under 'callback refused'", "the callback address refuses the console's check (403): its token differs from the one set here")
}

var pageTitle = regexp.MustCompile(`(?is)<title[^>]*>\s*(.{1,80}?)\s*</title>`)

// judgeBody says what is wrong with an answer that is not the echo.
func judgeBody(want, sent, body string) Finding {
	const (
		only = "answer the echo and nothing else"
		head = "the callback address answers the console's check with "
	)
	bare := strings.TrimPrefix(body, "\xef\xbb\xbf")
	switch {
	case body == "":
		return problem("see that the callback address leads to the bot", head+"nothing")
	case body == "\xef\xbb\xbf"+want:
		return problem("remove the byte order mark (BOM): "+only, head+"a byte order mark before the echo")
	case strings.Trim(bare, `"'`) == want:
		return problem("remove the quotes: "+only, head+"the echo in quotes, as JSON")
	case strings.TrimSpace(bare) == want:
		return problem("remove the white space: "+only, head+"white space or a line break around the echo")
	case sent != want && strings.TrimSpace(bare) == sent:
		return problem("decrypt it first: WeCom's echostr is encrypted", head+"the echo as it was sent, not decrypted")
	case strings.Contains(bare, want):
		return problem("see what is added to the answer: "+only, head+"the echo and something else")
	case strings.HasPrefix(strings.ToLower(strings.TrimSpace(bare)), "<!doctype html"), strings.HasPrefix(strings.ToLower(strings.TrimSpace(bare)), "<html"):
		title := "without a title"
		if m := pageTitle.FindStringSubmatch(bare); m != nil {
			title = fmt.Sprintf("%q", m[1])
		}
		return problem("see that the callback address leads to the bot, and not to a web site or the page of a tunnel", head+"a web page, %s", title)
	}
	return problem("see that the callback address leads to the bot", head+"something else, %d bytes", len(body))
}

// expiresSoon is when a certificate is worth a word: who renews by hand needs the time.
const expiresSoon = 14 * 24 * time.Hour

func judgeCertificate(until, now time.Time) Finding {
	if left := until.Sub(now); left < expiresSoon {
		return warning("renew it", "the certificate of the callback address ends on %s", until.Format(time.DateOnly))
	}
	return ok("the certificate of the callback address is good until %s", until.Format(time.DateOnly))
}

// judgeStrictness judges the answers to what must be refused.
func judgeStrictness(forged, elsewhere answer) Finding {
	switch {
	case forged.err == nil && forged.status == http.StatusOK:
		return problem("see that the callback address leads to this bot: it refuses such requests", "the callback address answers a request with a wrong signature: anybody can speak as the platform")
	case elsewhere.err == nil && elsewhere.status == http.StatusOK:
		return problem("see that the callback address leads to this bot: it refuses such requests", "the callback address takes what is addressed to another corp")
	}
	return ok("the callback address refuses wrong signatures")
}

// judgeEvent judges the answer to an event that nobody acts on.
func judgeEvent(a Account, got answer) Finding {
	what := "an encrypted event"
	if a.Plain && a.AESKey == "" {
		what = "an event"
	}
	switch {
	case got.err != nil:
		return judgeUnreached("the callback address, sent "+what+",", got.err, false)
	case got.status == http.StatusForbidden:
		return problem("compare the id and the mode of the running bot with the console's (消息加解密方式); its log says which under 'callback refused'", "the callback address refuses %s (403)", what)
	case got.status == http.StatusBadRequest:
		return problem("compare "+a.Settings+"_AES_KEY of the running bot with "+a.keyInConsole(), "the callback address can't read %s (400)", what)
	case got.status == http.StatusMethodNotAllowed:
		return problem("let POST pass in what is in front of the bot", "the callback address takes no POST (405)")
	case got.status != http.StatusOK:
		return problem("look into the bot's log, and at /readyz", "the callback address answers %s with status %d: the platform takes that for a failure", what, got.status)
	case got.took > eventWithin:
		return problem("look at guanjia_callback_seconds, guanjia_hot_seconds and guanjia_journal_seconds", "the callback address takes %s for %s: the platform waits for 5s", round(got.took), what)
	case got.body != "" && got.body != "success":
		return warning("see that the callback address leads to this bot", "the callback address answers %s, to which nothing is to be said, with %d bytes", what, len(got.body))
	case got.took > slowEvent:
		return warning("look at guanjia_callback_seconds, guanjia_hot_seconds and guanjia_journal_seconds", "the callback address acknowledges %s, but takes %s: the platform waits for 5s", what, round(got.took))
	}
	return ok("the callback address acknowledges %s, in %s", what, round(got.took))
}
