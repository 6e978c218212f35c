package wecom

import (
	"os"
	"strings"
	"testing"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

const (
	sampleMember   = "zhangsan"
	sampleCustomer = "woAJ2GCAAAXtWyujaWJHDDGi0mACH71w"
)

// decodeString scans and decodes a document as the channel does.
func decodeString(doc string) (*bot.Event, error) {
	return decodeBy(decoder{account: "assistant", welcomes: true}, doc)
}

func decodeBy(d decoder, doc string) (*bot.Event, error) {
	var s wxxml.Scanner
	es, err := s.Scan(doc)
	if err != nil {
		return nil, err
	}
	return d.decode(doc, es, sent)
}

func mustDecode(t testing.TB, doc string) *bot.Event {
	t.Helper()
	ev, err := decodeString(doc)
	if err != nil {
		t.Fatalf("decode: %v\n%s", err, doc)
	}
	return ev
}

func readDocument(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/documents/" + name + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// said is a message of a member to the app.
func said(msgType string, elements ...string) string {
	return "<xml><ToUserName><![CDATA[" + testCorp + "]]></ToUserName><FromUserName><![CDATA[" + sampleMember +
		"]]></FromUserName><CreateTime>1348831860</CreateTime><MsgType><![CDATA[" + msgType + "]]></MsgType>" + strings.Join(elements, "") +
		"<MsgId>1234567890123456</MsgId><AgentID>" + testAgent + "</AgentID></xml>"
}

var hello = said("text", "<Content><![CDATA[hello]]></Content>")

// did is an event of a member in the app.
func did(name string, elements ...string) string {
	return "<xml><ToUserName>" + testCorp + "</ToUserName><FromUserName>" + sampleMember + "</FromUserName><CreateTime>1348831860</CreateTime>" +
		"<MsgType>event</MsgType><Event>" + name + "</Event>" + strings.Join(elements, "") + "<AgentID>" + testAgent + "</AgentID></xml>"
}

// happened is an event that the platform reports.
func happened(name, change string, elements ...string) string {
	return "<xml><ToUserName>" + testCorp + "</ToUserName><FromUserName>sys</FromUserName><CreateTime>" + sent + "</CreateTime>" +
		"<MsgType>event</MsgType><Event>" + name + "</Event><ChangeType>" + change + "</ChangeType>" + strings.Join(elements, "") + "</xml>"
}

// contact is a change between a customer and the sample member.
func contact(change, customer string, elements ...string) string {
	return happened("change_external_contact", change,
		"<UserID>"+sampleMember+"</UserID><ExternalUserID>"+customer+"</ExternalUserID>", strings.Join(elements, ""))
}

// added is a customer who can be welcomed.
func added(code string) string {
	return contact("add_external_contact", sampleCustomer, "<State>pharmacy-01</State><WelcomeCode>"+code+"</WelcomeCode>")
}
