package doctor

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"guanjia/channel/wxapi"
	"guanjia/channel/wxcrypt"
)

// harmless is an event that no platform has: a bot writes it down, or not, and does nothing about it.
const harmless = "guanjia_check"

// prober makes requests as the platform makes them, with an account's token and key.
type prober struct {
	a   Account
	key *wxcrypt.Key // nil: nothing is encrypted
	now time.Time
}

func newProber(a Account, now time.Time) prober {
	key, err := wxcrypt.ParseKey(a.AESKey)
	if err != nil {
		key = nil // judgeSettings says so
	}
	return prober{a: a, key: key, now: now}
}

// signed is the query of a request that signs these parts beside token, time and nonce, as the value of that name.
func (p prober) signed(name string, parts ...string) url.Values {
	timestamp, nonce := strconv.FormatInt(p.now.Unix(), 10), rand.Text()[:10]
	signature := wxcrypt.Sign(append([]string{p.a.Token, timestamp, nonce}, parts...)...)
	return url.Values{name: {signature}, "timestamp": {timestamp}, "nonce": {nonce}}
}

// echo is the console's own check, made when the address is saved there, and the answer that it wants.
func (p prober) echo() (query url.Values, want string) {
	want = digits()
	return p.echoing(want, p.a.ID), want
}

// echoing is the check with that text, addressed to receiver where it is encrypted.
func (p prober) echoing(text, receiver string) url.Values {
	if p.a.Kind == wxapi.Official { // its echostr is neither encrypted nor signed
		q := p.signed("signature")
		q.Set("echostr", text)
		return q
	}
	sealed := p.key.Encrypt([]byte(text), receiver)
	q := p.signed("msg_signature", sealed)
	q.Set("echostr", sealed)
	return q
}

// forged is the check with a signature that does not hold.
func (p prober) forged() url.Values {
	q, _ := p.echo()
	for _, name := range []string{"signature", "msg_signature"} {
		if q.Has(name) {
			q.Set(name, wxcrypt.Sign("somebody else's token", q.Get("nonce")))
		}
	}
	return q
}

// garbled is the check rightly signed, of something that nobody can decrypt.
func (p prober) garbled() url.Values {
	nonsense := "bm90IGVuY3J5cHRlZCBhdCBhbGwsIGJ1dCBzaWduZWQ=" // 32 bytes
	q := p.signed("msg_signature", nonsense)
	q.Set("echostr", nonsense)
	return q
}

// event is a callback of the harmless kind.
func (p prober) event() (query url.Values, body string) {
	from, agent := "sys", ""
	if p.a.Kind == wxapi.Official {
		from = "guanjia-check-not-a-person"
	}
	if p.a.AgentID != "" {
		agent = "<AgentID>" + p.a.AgentID + "</AgentID>"
	}
	document := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[%s]]></Event>%s</xml>", p.a.ID, from, p.now.Unix(), harmless, agent)
	if p.key == nil {
		return p.signed("signature"), document
	}
	sealed := p.key.Encrypt([]byte(document), p.a.ID)
	q := p.signed("msg_signature", sealed)
	if p.a.Kind == wxapi.Official {
		q.Set("encrypt_type", "aes")
		q.Set("signature", wxcrypt.Sign(p.a.Token, q.Get("timestamp"), q.Get("nonce")))
		q.Set("openid", from)
	}
	return q, "<xml><ToUserName><![CDATA[" + p.a.ID + "]]></ToUserName>" + agent + "<Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
}

// digits are such as the platform lets be echoed.
func digits() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	n := uint64(0)
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return fmt.Sprintf("%019d", n%1e19)
}
