package official

import (
	"fmt"
	"strings"
	"testing"

	"guanjia/bot"
	"guanjia/channel/wxevent"
	"guanjia/channel/wxxml"
)

func keyOf(t testing.TB, doc string) bot.EventKey {
	t.Helper()
	return mustDecode(t, doc).Key
}

func TestKeysAreEqualForDeliveriesOfOneEvent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, one, other string }{
		{"the same document", event("CLICK", "<EventKey>A</EventKey>"), event("CLICK", "<EventKey>A</EventKey>")},
		{"elements in another order",
			event("SCAN", "<EventKey>A</EventKey>", "<Ticket>T</Ticket>"), event("SCAN", "<Ticket>T</Ticket>", "<EventKey>A</EventKey>")},
		{"an element nobody knows", event("CLICK", "<EventKey>A</EventKey>"), event("CLICK", "<EventKey>A</EventKey><TraceId>7</TraceId>")},
		{"escaped instead of CDATA", event("CLICK", "<EventKey><![CDATA[A&B]]></EventKey>"), event("CLICK", "<EventKey>A&amp;B</EventKey>")},
		{"an empty element instead of none", event("subscribe", "<EventKey></EventKey>"), event("subscribe")},
		{"an encrypted copy beside it", message("text", "<Content>a</Content>"), message("text", "<Content>a</Content><Encrypt>x</Encrypt>")},
		{"a message with another time", message("text"), strings.Replace(message("text"), "1348831860", "1348831865", 1)},
	} {
		if one, other := keyOf(t, tc.one), keyOf(t, tc.other); one != other {
			t.Errorf("%s: %q and %q", tc.name, one, other)
		}
	}
}

func TestKeysDifferBetweenEvents(t *testing.T) {
	t.Parallel()
	click := event("CLICK", "<EventKey>A</EventKey>")
	other := func(doc, old, new string) string { return strings.Replace(doc, old, new, 1) }
	sent := func(template, id string) string {
		return event("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>"+template+"</TemplateId><MsgID>"+id+"</MsgID></List></SubscribeMsgSentEvent>")
	}
	position := func(latitude string) string {
		return event("LOCATION", "<Latitude>"+latitude+"</Latitude><Longitude>113</Longitude><Precision>1</Precision>")
	}
	scanned := func(result string) string {
		return event("scancode_push", "<EventKey>6</EventKey><ScanCodeInfo><ScanResult>"+result+"</ScanResult></ScanCodeInfo>")
	}
	docs := map[string]string{
		"a click":                         click,
		"of another item":                 event("CLICK", "<EventKey>B</EventKey>"),
		"a second later":                  other(click, "1348831860", "1348831861"),
		"by somebody else":                other(click, sampleUser, "oSomebodyElse"),
		"another event on the same key":   event("VIEW", "<EventKey>A</EventKey>"),
		"the same of another menu":        event("VIEW", "<EventKey>A</EventKey><MenuId>1</MenuId>"),
		"and another":                     event("VIEW", "<EventKey>A</EventKey><MenuId>2</MenuId>"),
		"a scan":                          event("SCAN", "<EventKey>A</EventKey><Ticket>T</Ticket>"),
		"by another ticket":               event("SCAN", "<EventKey>A</EventKey><Ticket>U</Ticket>"),
		"with the parts shifted":          event("SCAN", "<EventKey>AT</EventKey><Ticket></Ticket>"),
		"a follow":                        event("subscribe"),
		"an unfollow":                     event("unsubscribe"),
		"a report":                        event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>success</Status>"),
		"of another message":              event("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID><Status>success</Status>"),
		"with another end":                event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>failed:user block</Status>"),
		"a subscription message":          sent("T1", "1"),
		"of another template":             sent("T2", "1"),
		"with the next id":                sent("T1", "2"),
		"a position":                      position("23"),
		"elsewhere in the same second":    position("24"),
		"a scanned code":                  scanned("1"),
		"another scanned code":            scanned("2"),
		"a message":                       message("text", "<Content>a</Content>"),
		"with the next id as well":        other(message("text", "<Content>a</Content>"), "1234567890123456", "1234567890123457"),
		"with the same id, other person":  other(message("text", "<Content>a</Content>"), sampleUser, "oSomebodyElse"),
		"a message without an id":         document("<MsgType>text</MsgType><Content>a</Content>"),
		"that says something else":        document("<MsgType>text</MsgType><Content>b</Content>"),
		"something nobody knows":          event("teleported"),
		"and something else nobody knows": event("beamed"),
	}
	seen := map[bot.EventKey]string{}
	for name, doc := range docs {
		key := keyOf(t, doc)
		if before, ok := seen[key]; ok {
			t.Errorf("%q and %q share the key %s", name, before, key)
		}
		seen[key] = name
	}
}

func TestTheSameIDOnAnotherAccountIsAnotherMessage(t *testing.T) {
	t.Parallel()
	var s wxxml.Scanner
	doc := message("text")
	var keys []bot.EventKey
	for _, account := range []bot.AccountName{"brand", "pharmacy"} {
		es, err := s.Scan(doc)
		if err != nil {
			t.Fatal(err)
		}
		ev, err := decode(account, doc, es)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, ev.Key)
	}
	if keys[0] == keys[1] {
		t.Errorf("both are %s", keys[0])
	}
}

func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("很长", 2000)
	seen := map[bot.EventKey]bool{}
	for i := range 3 {
		for _, doc := range []string{
			event("CLICK", fmt.Sprintf("<EventKey>%s%d</EventKey>", long, i)),
			event(fmt.Sprintf("%s%d", long, i)),
			strings.Replace(message("text"), sampleUser, fmt.Sprintf("%s%d", strings.Repeat("o", wxevent.MaxIDLen-1), i), 1),
			strings.Replace(event("teleported"+long), sampleUser, fmt.Sprintf("%s%d", strings.Repeat("o", wxevent.MaxIDLen-1), i), 1),
		} {
			key := keyOf(t, doc)
			if len(key) > wxevent.MaxKeyLen {
				t.Errorf("key of %d bytes", len(key))
			}
			seen[key] = true
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d different keys, want 12", len(seen))
	}
}
