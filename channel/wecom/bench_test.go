package wecom

import (
	"context"
	"encoding/xml"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/callback/callbacktest"
	"guanjia/channel/wxxml"
)

func benchmarkDecode(b *testing.B, doc string) {
	b.Helper()
	d := decoder{account: "assistant", agent: testAgent, welcomes: true}
	var s wxxml.Scanner
	b.ReportAllocs()
	for b.Loop() {
		es, err := s.Scan(doc)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := d.decode(doc, es, sent); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeMessage(b *testing.B) { benchmarkDecode(b, hello) }
func BenchmarkDecodeContact(b *testing.B) { benchmarkDecode(b, added("C1")) }
func BenchmarkDecodeServiceNews(b *testing.B) {
	benchmarkDecode(b, readDocument(b, "events/kf_msg_or_event"))
}

// BenchmarkDecodeContactByEncodingXML is the same document read the way it is usually done, without a key made of it. Compare
// within one run.
func BenchmarkDecodeContactByEncodingXML(b *testing.B) {
	doc := []byte(added("C1"))
	b.ReportAllocs()
	for b.Loop() {
		var e struct {
			ToUserName, FromUserName, MsgType, Event, ChangeType, UserID, ExternalUserID, State, WelcomeCode string
			CreateTime                                                                                       int64
		}
		if err := xml.Unmarshal(doc, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	c, err := New(Config{Account: "assistant", CorpID: testCorp, Token: testToken, AESKey: testAESKey}, Deps{
		Engine: engineFunc(func(_ context.Context, ev *bot.Event, _ bot.Fitter, _ time.Time) (bot.Answer, error) {
			return bot.Answer{Messages: []bot.Message{bot.Text(ev.Text)}, At: ev.At}, nil
		}),
	})
	if err != nil {
		b.Fatal(err)
	}
	q, encrypted := sealed(b, hello, sent, testNonce)
	callbacktest.RoundTrip(b, c, q.Encode(), envelopeOf(encrypted))
}
