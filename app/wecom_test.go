package app

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

const (
	wecomCorp   = "ww12345678910"
	wecomSecret = "hunter2hunter2hunter2app"
)

// corp is a running bot with one account on WeCom, and the platform around it: its API, and callbacks made with another
// program's crypto.
type corp struct {
	t   *testing.T
	app *App
	url string

	mu     sync.Mutex
	sent   []string        // welcome messages
	files  []string        // that were uploaded: type and name
	dead   map[string]bool // media ids that the platform has forgotten
	used   map[string]bool
	serial int
}

func openCorp(t *testing.T, env ...string) *corp {
	t.Helper()
	c := &corp{t: t, used: map[string]bool{}}
	api := http.NewServeMux()
	api.HandleFunc("GET /cgi-bin/gettoken", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("corpsecret") != wecomSecret {
			_, _ = io.WriteString(w, `{"errcode":40001,"errmsg":"invalid credential"}`)
			return
		}
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","access_token":"accesstoken000001","expires_in":7200}`)
	})
	api.HandleFunc("POST /cgi-bin/externalcontact/send_welcome_msg", c.sendWelcome)
	api.HandleFunc("POST /cgi-bin/media/upload", c.upload)
	api.HandleFunc("POST /cgi-bin/media/uploadimg", c.upload)
	platform := httptest.NewServer(api)
	t.Cleanup(platform.Close)

	src := Source{Environ: append([]string{
		"BOT_ACCOUNTS=assistant", "BOT_ACCOUNT_ASSISTANT_KIND=wecom", "BOT_ACCOUNT_ASSISTANT_CORP_ID=" + wecomCorp, "BOT_ACCOUNT_ASSISTANT_AGENT_ID=1",
		"BOT_ACCOUNT_ASSISTANT_TOKEN=" + secretToken, "BOT_ACCOUNT_ASSISTANT_AES_KEY=" + secretAESKey,
		"BOT_ACCOUNT_ASSISTANT_APP_SECRET=" + wecomSecret, "BOT_WECOM_API_URL=" + platform.URL,
		"BOT_ADDR=127.0.0.1:0", "BOT_INTERNAL_ADDR=127.0.0.1:0", "BOT_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "bot.db"),
	}, env...)}
	log, level := NewLog(src.Read().Settings.Log, io.Discard)
	var err error
	if c.app, err = New(t.Context(), Options{Source: src, Log: log, Level: level, Migrate: true}); err != nil {
		t.Fatal(err)
	}
	if err := c.app.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), StopBudget)
		defer cancel()
		if err := c.app.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	c.url = "http://" + c.app.Addr().String() + "/callback/assistant"
	return c
}

// sendWelcome takes every code once.
func (c *corp) sendWelcome(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var m struct {
		Code string `json:"welcome_code"`
	}
	if err != nil || json.Unmarshal(body, &m) != nil || r.URL.Query().Get("access_token") != "accesstoken000001" {
		_, _ = io.WriteString(w, `{"errcode":40014,"errmsg":"invalid access_token"}`)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.dead {
		if strings.Contains(string(body), `"`+id+`"`) {
			_, _ = io.WriteString(w, `{"errcode":40007,"errmsg":"invalid media_id"}`)
			return
		}
	}
	if c.used[m.Code] {
		_, _ = io.WriteString(w, `{"errcode":41051,"errmsg":"externaluser has started chatting"}`)
		return
	}
	c.used[m.Code] = true
	c.sent = append(c.sent, string(body))
	_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
}

// welcomes are the messages that customers got.
func (c *corp) welcomes() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.sent...)
}

func (c *corp) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serial++
	return c.serial
}

// deliver sends a callback as the platform does and gives the body of the answer.
func (c *corp) deliver(elements ...string) string {
	c.t.Helper()
	doc := "<xml><ToUserName><![CDATA[" + wecomCorp + "]]></ToUserName><CreateTime>" + strconv.FormatInt(time.Now().Unix(), 10) + "</CreateTime>" +
		strings.Join(elements, "") + "</xml>"
	encrypted, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(doc), wecomCorp, secretAESKey)
	if err != nil {
		c.t.Fatal(err)
	}
	timestamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), strconv.Itoa(c.next())
	q := url.Values{"msg_signature": {util.Signature(secretToken, timestamp, nonce, string(encrypted))}, "timestamp": {timestamp}, "nonce": {nonce}}
	body := "<xml><ToUserName><![CDATA[" + wecomCorp + "]]></ToUserName><AgentID><![CDATA[1]]></AgentID><Encrypt><![CDATA[" + string(encrypted) + "]]></Encrypt></xml>"
	resp, err := http.Post(c.url+"?"+q.Encode(), "text/xml", strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s %q %v", resp.Status, answer, err)
	}
	return string(answer)
}

// member is somebody of the corp who uses the app.
type member struct {
	c    *corp
	name string
}

// says sends a text and gives the text of the reply.
func (m member) says(text string) string {
	m.c.t.Helper()
	return m.does("<MsgType>text</MsgType><Content><![CDATA[" + text + "]]></Content><MsgId>" + strconv.Itoa(1000+m.c.next()) + "</MsgId>")
}

func (m member) does(elements string) string {
	m.c.t.Helper()
	body := m.c.deliver("<FromUserName><![CDATA["+m.name+"]]></FromUserName>", elements, "<AgentID>1</AgentID>")
	if body == "" {
		return ""
	}
	var sealed struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal([]byte(body), &sealed); err != nil {
		m.c.t.Fatal(err)
	}
	if sealed.MsgSignature != util.Signature(secretToken, sealed.TimeStamp, sealed.Nonce, sealed.Encrypt) {
		m.c.t.Fatal("the reply is not signed")
	}
	_, doc, err := util.DecryptMsg(wecomCorp, sealed.Encrypt, secretAESKey)
	if err != nil {
		m.c.t.Fatal(err)
	}
	var reply struct{ ToUserName, FromUserName, MsgType, Content string }
	if err := xml.Unmarshal(doc, &reply); err != nil || reply.ToUserName != m.name || reply.FromUserName != wecomCorp || reply.MsgType != "text" {
		m.c.t.Fatalf("%+v, %v", reply, err)
	}
	return reply.Content
}

// customer is a change between a customer and a member of staff.
func (c *corp) customer(change, customer, more string) {
	c.t.Helper()
	body := c.deliver("<FromUserName>sys</FromUserName><MsgType>event</MsgType><Event>change_external_contact</Event><ChangeType>"+change+"</ChangeType>",
		"<UserID>zhangsan</UserID><ExternalUserID>"+customer+"</ExternalUserID>", more)
	if body != "" {
		c.t.Errorf("%s is answered with %q", change, body)
	}
}

// TestEveryHandlerTalksOnWecom: welcome, menu, coupon, quiz, survey, fallback and consent with a member in the app, in the
// words of the sample, as on an official account.
func TestEveryHandlerTalksOnWecom(t *testing.T) {
	t.Parallel()
	c := openCorp(t)
	wang := member{c, "wang"}
	has(t, wang.does("<MsgType>event</MsgType><Event>subscribe</Event>"), "我是健康管家", "1. 领一张优惠券", "（回复数字选择）")
	has(t, wang.says("1"), "券码：NEW")
	has(t, wang.says("领券"), "已经领过")
	has(t, wang.says("答题"), "第 1/")
	has(t, wang.says("B"), "第 2/")
	has(t, wang.says("问卷"), "要先离开")
	has(t, wang.says("1"), "已退出《健康知识有奖问答》", "请回复 1-5 的数字")
	has(t, wang.says("5"), "第 2/")
	has(t, wang.says("退出"), "退出")
	has(t, wang.says("今天天气怎么样"), "我能帮您做这些")
	has(t, wang.says("退订"), "已为您退订")
	has(t, wang.does("<MsgType>event</MsgType><Event>click</Event><EventKey>QUIZ</EventKey>"), "已经答过")
	if got := wang.does("<MsgType>event</MsgType><Event>enter_agent</Event><EventKey></EventKey>"); got != "" {
		t.Errorf("coming in is answered each time: %q", got)
	}
	has(t, member{c, "li"}.says("菜单"), "1. 领一张优惠券") // somebody else's conversation is their own
}

// TestACustomerIsWelcomedOnWecom: a customer who adds a member is welcomed by scene, with the coupon of the scene, once; who
// comes back is known; and the time it took is measured.
func TestACustomerIsWelcomedOnWecom(t *testing.T) {
	t.Parallel()
	c := openCorp(t)
	add := "<State>newgift</State><WelcomeCode>CODE1</WelcomeCode>"
	c.customer("add_external_contact", "wmWang", add)
	c.customer("add_external_contact", "wmWang", add) // delivered again, perhaps in the next second
	c.customer("edit_external_contact", "wmWang", "")
	c.customer("del_follow_user", "wmWhoWasNeverThere", "")
	c.customer("add_external_contact", "wmLi", "<State>pharmacy-01</State><WelcomeCode>CODE2</WelcomeCode>")
	got := c.welcomes()
	if len(got) != 2 {
		t.Fatalf("welcomes: %v", got)
	}
	has(t, got[0], `"welcome_code":"CODE1"`, "我是健康管家", "《关注有礼》", "券码：NEW")
	has(t, got[1], `"welcome_code":"CODE2"`, "欢迎光临一号药房")

	c.customer("del_follow_user", "wmWang", "")
	eventually(t, "a second later the customer comes back", func() bool {
		c.customer("add_external_contact", "wmWang", fmt.Sprintf("<WelcomeCode>BACK%d</WelcomeCode>", c.next()))
		all := c.welcomes()
		return strings.Contains(all[len(all)-1], "欢迎回来")
	})
	eventually(t, "the metrics tell", func() bool {
		resp, err := http.Get("http://" + c.app.InternalAddr().String() + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(resp.Body); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(b.String(), `guanjia_welcomes_total{account="assistant",outcome="sent"}`) &&
			strings.Contains(b.String(), `guanjia_welcome_seconds_count{account="assistant"}`) &&
			strings.Contains(b.String(), `guanjia_api_calls_total{api="/cgi-bin/externalcontact/send_welcome_msg",code="0"}`)
	})
}

// TestAccountsOfOneCorp: two apps of one corp, each with an address, token and key of its own; the same secret is one token.
func TestAccountsOfOneCorp(t *testing.T) {
	t.Parallel()
	const other = "hunter2efghijklmnopqrstuvwxyz0123456789abcd"
	c := openCorp(t, "BOT_ACCOUNTS=assistant,shop", "BOT_ACCOUNT_SHOP_KIND=wecom", "BOT_ACCOUNT_SHOP_CORP_ID="+wecomCorp,
		"BOT_ACCOUNT_SHOP_TOKEN=hunter2shop", "BOT_ACCOUNT_SHOP_AES_KEY="+other, "BOT_ACCOUNT_SHOP_CONTACT_SECRET="+wecomSecret)
	if n := len(c.app.platform.sources); n != 1 {
		t.Errorf("%d sources of tokens, want 1", n)
	}
	has(t, member{c, "wang"}.says("菜单"), "1. 领一张优惠券")
	c.url = strings.Replace(c.url, "assistant", "shop", 1)
	q := url.Values{"msg_signature": {util.Signature(secretToken, "1", "1", "x")}, "timestamp": {strconv.FormatInt(time.Now().Unix(), 10)}, "nonce": {"1"}}
	resp, err := http.Post(c.url+"?"+q.Encode(), "text/xml", strings.NewReader("<xml><Encrypt>x</Encrypt></xml>"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("the other account's token: %s", resp.Status)
	}
}
