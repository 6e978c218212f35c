package official

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/callback/callbacktest"
	"guanjia/channel/passive"
	"guanjia/channel/wxcrypt"
	"guanjia/channel/wxxml"
)

// The benchmarks come in pairs: ours, and the same steps with encoding/xml and url.ParseQuery over the same crypto. Compare
// within one run.

var benchEngine = engineFunc(func(_ context.Context, ev *bot.Event, _ bot.Fitter, _ time.Time) (bot.Answer, error) {
	return bot.Answer{Messages: []bot.Message{bot.Text(ev.Text)}, At: ev.At}, nil
})

func benchChannel(b *testing.B) *Channel {
	b.Helper()
	c, err := New(Config{Account: "brand", AppID: testAppID, Token: testToken, AESKey: testAESKey}, Deps{Engine: benchEngine})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func BenchmarkDecode(b *testing.B) {
	var s wxxml.Scanner
	b.ReportAllocs()
	for b.Loop() {
		es, err := s.Scan(hello)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := decode("brand", hello, es); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeByEncodingXML(b *testing.B) {
	doc := []byte(hello)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := unmarshalEvent(doc); err != nil {
			b.Fatal(err)
		}
	}
}

// openable is a delivery with its query, and its encrypted body.
func openable(b *testing.B) (*callback.Delivery, string) {
	b.Helper()
	req := secureRequest(b)
	q, err := callback.ParseQuery(req.query)
	if err != nil {
		b.Fatal(err)
	}
	return &callback.Delivery{Query: q}, req.body
}

func BenchmarkOpenAndDecode(b *testing.B) {
	c := benchChannel(b)
	d, body := openable(b)
	b.ReportAllocs()
	for b.Loop() {
		doc, err := d.Open(c.codec, body)
		if err != nil {
			b.Fatal(err)
		}
		es, err := d.Scan(doc)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := decode("brand", doc, es); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenAndDecodeByEncodingXML(b *testing.B) {
	c := benchChannel(b)
	d, text := openable(b)
	q, body := d.Query, []byte(text)
	b.ReportAllocs()
	for b.Loop() {
		var e sealedXML
		if err := xml.Unmarshal(body, &e); err != nil {
			b.Fatal(err)
		}
		doc, err := c.codec.Open(q.MsgSignature.Text, q.Timestamp.Text, q.Nonce.Text, e.Encrypt)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := unmarshalEvent(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	c := benchChannel(b)
	ev := mustDecode(b, hello)
	var reply, sealed []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if reply, err = passive.Append(reply[:0], ev, 1760000000, bot.Text("你好，hello")); err != nil {
			b.Fatal(err)
		}
		sealed = c.codec.Seal(sealed[:0], reply, testNow)
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	benchmarkHandler(b, benchChannel(b))
}

func BenchmarkRoundTripByEncodingXML(b *testing.B) {
	key, err := wxcrypt.ParseKey(testAESKey)
	if err != nil {
		b.Fatal(err)
	}
	benchmarkHandler(b, &twin{key: key})
}

func benchmarkHandler(b *testing.B, h http.Handler) {
	b.Helper()
	req := secureRequest(b)
	callbacktest.RoundTrip(b, h, req.query, req.body)
}

// twin does what Channel does for a text message, the way it is usually written.
type twin struct{ key *wxcrypt.Key }

type sealedXML struct {
	XMLName xml.Name `xml:"xml"`
	Encrypt string
}

type eventXML struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
	MsgID        string `xml:"MsgId"`
	Event        string
	EventKey     string
	Ticket       string
	PicURL       string `xml:"PicUrl"`
	MediaID      string `xml:"MediaId"`
}

type cdata struct {
	Text string `xml:",cdata"`
}

type replyXML struct {
	XMLName                  xml.Name `xml:"xml"`
	ToUserName, FromUserName cdata
	CreateTime               int64
	MsgType, Content         cdata
}

type envelopeXML struct {
	XMLName               xml.Name `xml:"xml"`
	Encrypt, MsgSignature cdata
	TimeStamp             string
	Nonce                 cdata
}

func unmarshalEvent(doc []byte) (*bot.Event, error) {
	var e eventXML
	if err := xml.Unmarshal(doc, &e); err != nil {
		return nil, err
	}
	return &bot.Event{
		Account: "brand", User: bot.UserID(e.FromUserName), OriginalID: e.ToUserName, MsgID: e.MsgID, Name: e.MsgType,
		Kind: bot.KindText, Text: e.Content, At: time.Unix(e.CreateTime, 0).UTC(),
		Key: bot.EventKey("m:brand:" + e.FromUserName + ":" + e.MsgID),
	}, nil
}

func (t *twin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := t.serve(w, r); err != nil {
		w.WriteHeader(http.StatusBadRequest)
	}
}

func (t *twin) serve(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, callback.MaxBody))
	if err != nil {
		return err
	}
	var sealed sealedXML
	if err := xml.Unmarshal(body, &sealed); err != nil {
		return err
	}
	timestamp, nonce := q.Get("timestamp"), q.Get("nonce")
	if err := wxcrypt.Verify(q.Get("msg_signature"), testToken, timestamp, nonce, sealed.Encrypt); err != nil {
		return err
	}
	doc, err := t.key.Decrypt(sealed.Encrypt, testAppID)
	if err != nil {
		return err
	}
	ev, err := unmarshalEvent(doc)
	if err != nil {
		return err
	}
	answer, err := benchEngine(r.Context(), ev, nil, time.Now())
	if err != nil {
		return err
	}
	reply, err := xml.Marshal(replyXML{
		ToUserName: cdata{string(ev.User)}, FromUserName: cdata{ev.OriginalID}, CreateTime: answer.At.Unix(),
		MsgType: cdata{"text"}, Content: cdata{answer.Messages[0].Text},
	})
	if err != nil {
		return err
	}
	encrypted := t.key.Encrypt(reply, testAppID)
	timestamp = strconv.FormatInt(testNow.Unix(), 10)
	var out bytes.Buffer
	err = xml.NewEncoder(&out).Encode(envelopeXML{
		Encrypt: cdata{encrypted}, MsgSignature: cdata{wxcrypt.Sign(testToken, timestamp, nonce, encrypted)},
		TimeStamp: timestamp, Nonce: cdata{nonce},
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	_, err = w.Write(out.Bytes())
	return err
}
