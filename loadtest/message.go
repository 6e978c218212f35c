package loadtest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// original is the account's own id, the receiver of the messages.
const original = "gh_loadtest0001"

// writer makes the messages of a run from their numbers.
type writer struct {
	cfg  Config
	wire *wire
	run  string // sets the people and the message ids of this run apart from those of others
	base int64  // of the message ids
}

func newWriter(cfg Config, w *wire, now time.Time) *writer {
	return &writer{cfg: cfg, wire: w, run: strconv.FormatInt(now.UnixMilli(), 36), base: now.UnixNano()}
}

// message is one message of one person, ready to be sent any number of times.
type message struct {
	user  string
	plain []byte
	at    int64
}

// message is the one of a number from 0: the people take turns, and each says the next of the words.
func (w *writer) message(n int64, now time.Time) message {
	users := int64(w.cfg.Users)
	say := w.cfg.Say[(n/users)%int64(len(w.cfg.Say))]
	return w.compose("o"+w.run+"-"+strconv.FormatInt(n%users, 10), say, n, now)
}

func (w *writer) compose(user, say string, n int64, now time.Time) message {
	// A message can't hold the mark that ends CDATA; the platform splits it as well.
	say = strings.ReplaceAll(say, "]]>", "]]]]><![CDATA[>")
	return message{user: user, at: now.Unix(), plain: text(original, user, say, now.Unix(), w.base+n)}
}

// request writes one delivery of m to a target: encrypted anew, with a nonce of its own, as every delivery of the platform is.
func (w *writer) request(m message, to target) []byte {
	sealed := w.wire.seal(m.plain)
	timestamp := strconv.FormatInt(m.at, 10)
	nonce := strconv.FormatUint(rand.Uint64()>>32, 10) //nolint:gosec // needs to differ, not to be secret
	const head, tail = "<xml><ToUserName><![CDATA[" + original + "]]></ToUserName><Encrypt><![CDATA[", "]]></Encrypt></xml>"
	b := make([]byte, 0, 512+len(sealed))
	b = append(b, "POST "...)
	b = append(b, to.path...)
	b = append(b, "signature="...)
	b = append(b, w.wire.sign(timestamp, nonce)...)
	b = append(b, "&timestamp="...)
	b = append(b, timestamp...)
	b = append(b, "&nonce="...)
	b = append(b, nonce...)
	b = append(b, "&openid="...)
	b = append(b, m.user...)
	b = append(b, "&encrypt_type=aes&msg_signature="...)
	b = append(b, w.wire.sign(timestamp, nonce, string(sealed))...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, to.host...)
	b = append(b, "\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\nContent-Type: text/xml\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(head)+len(sealed)+len(tail)), 10)
	b = append(b, "\r\n\r\n"...)
	b = append(b, head...)
	b = append(b, sealed...)
	return append(b, tail...)
}

// errEmpty says that the bot acknowledged a message and said nothing.
var errEmpty = errors.New("answer says nothing")

// check looks at an answer to m and gives its plain text; nil for an acknowledgement where that is allowed.
func (w *writer) check(m message, body []byte) ([]byte, error) {
	if acknowledged(body) {
		if w.cfg.AllowEmpty && w.cfg.Expect == "" {
			return nil, nil
		}
		return nil, errEmpty
	}
	plain, err := w.wire.unseal(body)
	if err != nil {
		return nil, err
	}
	if to, ok := element(plain, "ToUserName"); !ok || string(to) != m.user {
		return nil, errors.New("answer is for somebody else")
	}
	if from, ok := element(plain, "FromUserName"); !ok || string(from) != original {
		return nil, errors.New("answer is from another account")
	}
	at, _ := element(plain, "CreateTime")
	if n, err := strconv.ParseInt(string(at), 10, 64); err != nil || n <= 0 {
		return nil, errors.New("answer has no time")
	}
	return plain, w.says(plain)
}

func (w *writer) says(plain []byte) error {
	kind, ok := element(plain, "MsgType")
	if !ok || len(kind) == 0 {
		return errors.New("answer has no type")
	}
	if content, _ := element(plain, "Content"); string(kind) == "text" && len(bytes.TrimSpace(content)) == 0 {
		return errEmpty
	}
	if !bytes.Contains(plain, []byte(w.cfg.Expect)) {
		return fmt.Errorf("answer does not hold %q", w.cfg.Expect)
	}
	return nil
}
