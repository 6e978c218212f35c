package e2e

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// The account that the tests of `guanjia serve` play. Nothing of the token and the key may ever be seen in a log.
const (
	brandToken = "canaryTokenOfTheBrand7"
	brandAppID = "wx0123456789abcdef"
	brandName  = "gh_0123456789ab"
)

// brandKey is an EncodingAESKey: 32 bytes in base64 without the padding.
var brandKey = strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("canary key: exactly 32 bytes !!!")), "=")

// brandEnv sets the account up.
func brandEnv(more ...string) []string {
	return append([]string{
		"BOT_ACCOUNTS=brand", "BOT_ACCOUNT_BRAND_KIND=official", "BOT_ACCOUNT_BRAND_APP_ID=" + brandAppID,
		"BOT_ACCOUNT_BRAND_TOKEN=" + brandToken, "BOT_ACCOUNT_BRAND_AES_KEY=" + brandKey, "BOT_INBOUND_PER_MINUTE=0",
	}, more...)
}

// platform signs and encrypts as the platform does, with the functions of the Go SDK and nothing of ours.
type platform struct {
	client *http.Client
}

func newPlatform(t *testing.T) *platform {
	transport := &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute}
	t.Cleanup(transport.CloseIdleConnections)
	// The real platform gives up after 5 s (official account docs, 被动回复用户消息); a busy machine gets a little longer to
	// tell an answer that comes too late from one that does not come.
	return &platform{client: &http.Client{Transport: transport, Timeout: 5500 * time.Millisecond, CheckRedirect: followNone}}
}

func followNone(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// delivery is one request, ready to be sent, or to be spoiled before.
type delivery struct {
	method string
	query  url.Values
	body   string
	header http.Header
}

// now is the timestamp of a delivery sent now.
func now() string { return strconv.FormatInt(time.Now().Unix(), 10) }

func nonce() string { return strconv.FormatUint(uint64(rand.Uint32())+1, 10) }

// seal encrypts a document for an app id.
func seal(doc, appID, key string) string {
	sealed, err := util.EncryptMsg([]byte(fmt.Sprintf("%016x", rand.Uint64())), []byte(doc), appID, key)
	if err != nil {
		panic(err)
	}
	return string(sealed)
}

func envelope(sealed string) string {
	return "<xml><ToUserName><![CDATA[" + brandName + "]]></ToUserName><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
}

// secured is the delivery of an encrypted text.
func secured(sealed, timestamp string) delivery {
	n := nonce()
	return delivery{
		method: http.MethodPost, body: envelope(sealed), header: http.Header{"Content-Type": {"text/xml"}, "User-Agent": {"Mozilla/4.0"}},
		query: url.Values{
			"signature": {util.Signature(brandToken, timestamp, n)}, "timestamp": {timestamp}, "nonce": {n}, "openid": {"unsigned"},
			"encrypt_type": {"aes"}, "msg_signature": {util.Signature(brandToken, timestamp, n, sealed)},
		},
	}
}

// plain is an unencrypted delivery.
func plain(doc, timestamp string) delivery {
	d := secured("", timestamp)
	d.query.Del("encrypt_type")
	d.query.Del("msg_signature")
	d.body = doc
	return d
}

// deliver sends a document as the platform sends it, each time encrypted and signed anew.
func (p *platform) deliver(ctx context.Context, callback, doc string) (status int, answer string, err error) {
	status, body, err := p.send(ctx, callback, secured(seal(doc, brandAppID, brandKey), now()))
	if err == nil && status == http.StatusOK {
		answer, err = opened(body)
	}
	return status, answer, err
}

// send sends a delivery and gives what came back, as it came.
func (p *platform) send(ctx context.Context, callback string, d delivery) (status int, body string, err error) {
	if len(d.query) > 0 {
		callback += "?" + d.query.Encode()
	}
	return p.sendRaw(ctx, d.method, callback, d.header, strings.NewReader(d.body))
}

func (p *platform) sendRaw(ctx context.Context, method, url string, header http.Header, body io.Reader) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return 0, "", err
	}
	req.Header = header.Clone()
	res, err := p.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

// opened checks and decrypts an answer; one that only acknowledges is empty.
func opened(body string) (string, error) {
	if body == "" || body == "success" {
		return "", nil
	}
	var e struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal([]byte(body), &e); err != nil {
		return "", err
	}
	if e.MsgSignature != util.Signature(brandToken, e.TimeStamp, e.Nonce, e.Encrypt) {
		return "", errors.New("the answer is not signed")
	}
	_, doc, err := util.DecryptMsg(brandAppID, e.Encrypt, brandKey)
	return string(doc), err
}

// reply is a passive reply.
type reply struct{ ToUserName, FromUserName, MsgType, Content string }

// read reads a passive reply's document.
func read(doc string) (r reply, err error) {
	err = xml.Unmarshal([]byte(doc), &r)
	return r, err
}

// head begins the document of a message or an event.
func head(user string, at time.Time, kind string) string {
	return "<xml><ToUserName><![CDATA[" + brandName + "]]></ToUserName><FromUserName><![CDATA[" + user + "]]></FromUserName><CreateTime>" +
		strconv.FormatInt(at.Unix(), 10) + "</CreateTime><MsgType><![CDATA[" + kind + "]]></MsgType>"
}

// text is the document of a text message.
func text(user string, id int64, say string) string {
	return head(user, time.Now(), "text") + "<Content><![CDATA[" + strings.ReplaceAll(say, "]]>", "]]]]><![CDATA[>") + "]]></Content><MsgId>" +
		strconv.FormatInt(id, 10) + "</MsgId></xml>"
}

// event is the document of an event.
func event(user string, at time.Time, name, key string) string {
	return head(user, at, "event") + "<Event><![CDATA[" + name + "]]></Event><EventKey><![CDATA[" + key + "]]></EventKey></xml>"
}
