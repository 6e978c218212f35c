package simulator

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/silenceper/wechat/v2/util"
)

// FailureText is what people read in the chat when the account did not answer, or not in a way the platform understands.
const FailureText = "该公众号暂时无法提供服务，请稍后再试"

// maxAnswer bounds what is read of an answer. The platform documents no limit; eight articles fit many times.
const maxAnswer = 64 << 10 // bytes

// Verdict is what became of one try.
type Verdict string

// The verdicts. After the last four the platform asks again.
const (
	VerdictReplied      Verdict = "replied"      // a message for the person
	VerdictAcknowledged Verdict = "acknowledged" // "success" or nothing: all is well, nothing is shown
	VerdictRejected     Verdict = "rejected"     // an answer the platform does not understand
	VerdictTimeout      Verdict = "timeout"      // none before the deadline
	VerdictUnreachable  Verdict = "unreachable"  // no connection, or it broke
	VerdictUnavailable  Verdict = "unavailable"  // HTTP 5xx
	VerdictLost         Verdict = "lost"         // by a fault: the request or the answer
)

// final tells whether the platform leaves it at this try.
func (v Verdict) final() bool {
	return v == VerdictReplied || v == VerdictAcknowledged || v == VerdictRejected
}

// Problem says why the platform does not accept an answer: Code for programs, Text for people.
type Problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

func problem(code, format string, args ...any) *Problem {
	return &Problem{Code: code, Text: fmt.Sprintf(format, args...)}
}

// question is what an answer is held against.
type question struct {
	openID    string // the user id of a member
	isMessage bool
	passive   bool // a reply may come back at all
	card      bool // a card was tapped: it may be changed
	// media finds material by id: its kind, and whether it has expired.
	media func(id string) (kind MediaKind, expired, ok bool)
}

// answer is a body that was read.
type answer struct {
	verdict Verdict
	problem *Problem
	reply   *Reply
	plain   []byte // decrypted
}

func rejected(p *Problem, plain []byte) answer {
	return answer{verdict: VerdictRejected, problem: p, plain: plain}
}

// readAnswer judges the body of an HTTP 200: "success" and nothing are fine, a reply is fine when everything in it is right.
// Where no reply is read, as for most events of WeCom, it is pointed out.
func (e *endpoint) readAnswer(q question, body []byte) answer {
	switch {
	case len(body) == 0, string(body) == "success":
		return answer{verdict: VerdictAcknowledged, plain: body}
	case !q.passive:
		return answer{verdict: VerdictAcknowledged, plain: body, problem: problem("ignored", "这类回调不看回复内容，应返回空串")}
	case len(body) > maxAnswer:
		return rejected(problem("too_long", "回复超过 %d 字节", maxAnswer), body[:maxAnswer])
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		return rejected(problem("bom", "回复以 BOM 开头"), body)
	case strings.TrimSpace(string(body)) == "success" || strings.TrimSpace(string(body)) == "":
		return rejected(problem("spaces", "success 或空回复的前后不能有空白字符"), body)
	}
	root, err := parseXML(body)
	if err != nil {
		return rejected(problem("not_xml", "回复不是 success、空串或合法的 XML：%v", err), body)
	}
	if root.name != "xml" {
		return rejected(problem("root", "回复的根元素应是 xml，收到 %s", root.name), body)
	}
	plain := body
	if root.child("Encrypt") != nil {
		var p *Problem
		if plain, p = e.open(root); p != nil {
			return rejected(p, body)
		}
		if root, err = parseXML(plain); err != nil || root.name != "xml" {
			return rejected(problem("not_xml", "解密后的回复不是根元素为 xml 的合法 XML"), plain)
		}
	} else if e.mode == ModeSecure {
		return rejected(problem("not_encrypted", "安全模式下回复必须加密"), body)
	}
	reply, p := e.readReply(q, root)
	if p != nil {
		return rejected(p, plain)
	}
	return answer{verdict: VerdictReplied, reply: reply, plain: plain}
}

// open checks and decrypts the envelope of an encrypted reply; official account docs, "message encryption and decryption".
func (e *endpoint) open(envelope *node) ([]byte, *Problem) {
	if e.mode == ModePlain {
		return nil, problem("encrypted", "明文模式下回复不能加密")
	}
	if name := envelope.twice(); name != "" {
		return nil, problem("twice", "元素 %s 出现了两次", name)
	}
	for _, name := range []string{"MsgSignature", "TimeStamp", "Nonce"} {
		if envelope.value(name) == "" {
			return nil, problem("envelope", "加密回复缺少 %s", name)
		}
	}
	encrypted := strings.TrimSpace(envelope.value("Encrypt"))
	timestamp, nonce := envelope.value("TimeStamp"), envelope.value("Nonce")
	if n, err := strconv.ParseInt(timestamp, 10, 64); err != nil || n <= 0 {
		return nil, problem("timestamp", "TimeStamp 应是正整数，收到 %q", timestamp)
	}
	if util.Signature(e.token, timestamp, nonce, encrypted) != envelope.value("MsgSignature") {
		return nil, problem("signature", "MsgSignature 与 Encrypt、TimeStamp、Nonce 不符")
	}
	ciphertext, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		return nil, problem("base64", "Encrypt 不是合法的 Base64")
	}
	const aesBlock, padBlock = 16, 32
	if len(ciphertext) == 0 || len(ciphertext)%aesBlock != 0 {
		return nil, problem("decrypt", "密文长度 %d 不是 %d 的倍数", len(ciphertext), aesBlock)
	}
	if len(ciphertext)%padBlock != 0 {
		return nil, problem("padding", "密文长度 %d 不是 %d 的倍数：应补位到 %d 字节", len(ciphertext), padBlock, padBlock)
	}
	salt, plain, err := util.DecryptMsg(e.receiveID, encrypted, e.aesKey)
	if err != nil {
		return nil, problem("decrypt", "无法解密：%v", err)
	}
	// The library looks at the last byte of the padding only. Encrypting again with the same random bytes shows the rest.
	again, err := util.EncryptMsg(salt, plain, e.receiveID, e.aesKey)
	if err != nil || string(again) != base64.StdEncoding.EncodeToString(ciphertext) {
		return nil, problem("padding", "补位不正确：每个补位字节都应等于补位长度")
	}
	if len(plain) == 0 {
		return nil, problem("empty", "密文里没有内容：不回复时应直接返回 success")
	}
	return plain, nil
}
