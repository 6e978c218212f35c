package simulator

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/util"
)

const (
	answerUser   = "oUSER"
	answerKey    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
	answerRandom = "0123456789abcdef"
)

func answerAccount(mode Mode) *account {
	return newAccount(Account{
		Name: "brand", OriginalID: "gh_1", AppID: "wx1", Token: "token", AESKey: answerKey, Mode: mode,
	})
}

func answerQuestion(isMessage bool) question {
	return question{openID: answerUser, isMessage: isMessage, passive: true, media: func(id string) (MediaKind, bool, bool) {
		kinds := map[string]MediaKind{"image": MediaImage, "old": MediaImage, "voice": MediaVoice, "video": MediaVideo, "thumb": MediaThumb}
		return kinds[id], id == "old", kinds[id] != ""
	}}
}

// doc writes a reply with everything right but what body says.
func doc(kind, body string) string {
	return "<xml><ToUserName><![CDATA[" + answerUser + "]]></ToUserName><FromUserName>gh_1</FromUserName>" +
		"<CreateTime>1700000000</CreateTime><MsgType>" + kind + "</MsgType>" + body + "</xml>"
}

func textDoc(s string) string { return doc("text", "<Content><![CDATA["+s+"]]></Content>") }

func articles(count string, n int) string {
	item := "<item><Title>t</Title><Description>d</Description><PicUrl></PicUrl><Url>https://example.com/</Url></item>"
	return doc("news", "<ArticleCount>"+count+"</ArticleCount><Articles>"+strings.Repeat(item, n)+"</Articles>")
}

// seal encrypts a reply as the account does.
func seal(t testing.TB, plain, appID, key string) string {
	t.Helper()
	encrypted, err := util.EncryptMsg([]byte(answerRandom), []byte(plain), appID, key)
	if err != nil {
		t.Fatal(err)
	}
	return envelope(string(encrypted), "1700000000", "nonce", "")
}

func envelope(encrypted, timestamp, nonce, signature string) string {
	if signature == "" {
		signature = util.Signature("token", timestamp, nonce, encrypted)
	}
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature>%s</MsgSignature><TimeStamp>%s</TimeStamp><Nonce>%s</Nonce></xml>",
		encrypted, signature, timestamp, nonce)
}

// What is right in a reply is shown, and everything else is refused with its reason.
func TestPlainAnswers(t *testing.T) {
	t.Parallel()
	const ok = ""
	tests := []struct {
		name  string
		body  string
		event bool
		code  string // of the problem
	}{
		{"text", textDoc("你好"), false, ok},
		{"text at the limit", textDoc(strings.Repeat("a", 2048)), false, ok},
		{"text over the limit", textDoc(strings.Repeat("你", 683)), false, "content"},
		{"empty text", textDoc(""), false, "content"},
		{"declaration and white space", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + textDoc("a") + "\n", false, ok},
		{"unknown elements", doc("text", "<Content>a</Content><FuncFlag>0</FuncFlag>"), false, ok},
		{"image", doc("image", "<Image><MediaId>image</MediaId></Image>"), false, ok},
		{"unknown image", doc("image", "<Image><MediaId>nope</MediaId></Image>"), false, "media"},
		{"expired image", doc("image", "<Image><MediaId>old</MediaId></Image>"), false, "media"},
		{"voice for an image", doc("image", "<Image><MediaId>voice</MediaId></Image>"), false, "media"},
		{"image without element", doc("image", "<MediaId>image</MediaId>"), false, "missing"},
		{"voice", doc("voice", "<Voice><MediaId>voice</MediaId></Voice>"), false, ok},
		{"video", doc("video", "<Video><MediaId>video</MediaId><Title>t</Title></Video>"), false, ok},
		{"video without element", doc("video", ""), false, "missing"},
		{"music", doc("music", "<Music><ThumbMediaId>thumb</ThumbMediaId></Music>"), false, ok},
		{"music without cover", doc("music", "<Music><Title>t</Title></Music>"), false, "media"},
		{"one article", articles("1", 1), false, ok},
		{"two articles to a message", articles("2", 2), false, "articles"},
		{"eight articles to an event", articles("8", 8), true, ok},
		{"nine articles", articles("9", 9), true, "articles"},
		{"wrong count", articles("2", 1), false, "articles"},
		{"no articles", articles("0", 0), false, "missing"},
		{"article with a script link", strings.Replace(articles("1", 1), "https://example.com/", "javascript:alert(1)", 1), false, "articles"},
		{"transfer", doc("transfer_customer_service", ""), false, ok},
		{"transfer of an event", doc("transfer_customer_service", ""), true, "transfer"},
		{"unknown type", doc("card", ""), false, "msg_type"},
		{"no type", strings.Replace(textDoc("a"), "<MsgType>text</MsgType>", "", 1), false, "msg_type"},
		{"type in capitals", doc("Text", "<Content>a</Content>"), false, "msg_type"},
		{"another user", strings.Replace(textDoc("a"), answerUser, "oOTHER", 1), false, "to_user"},
		{"another account", strings.Replace(textDoc("a"), "gh_1", "gh_2", 1), false, "from_user"},
		{"no time", strings.Replace(textDoc("a"), "1700000000", "", 1), false, "create_time"},
		{"time in words", strings.Replace(textDoc("a"), "1700000000", "now", 1), false, "create_time"},
		{"element twice", doc("text", "<Content>a</Content><Content>b</Content>"), false, "twice"},
		{"JSON", `{"errcode":0}`, false, "not_xml"},
		{"words", "ok", false, "not_xml"},
		{"success in capitals", "SUCCESS", false, "not_xml"},
		{"success and a newline", "success\n", false, "spaces"},
		{"white space", " ", false, "spaces"},
		{"byte-order mark", "\uFEFF" + textDoc("a"), false, "bom"},
		{"HTML", "<html><body>error</body></html>", false, "root"},
		{"truncated", textDoc("a")[:60], false, "not_xml"},
		{"two documents", textDoc("a") + textDoc("b"), false, "not_xml"},
		{"text after the document", textDoc("a") + "b", false, "not_xml"},
		{"document type", "<!DOCTYPE xml>" + textDoc("a"), false, "not_xml"},
		{"own entity", doc("text", "<Content>&boom;</Content>"), false, "not_xml"},
		{"GBK", `<?xml version="1.0" encoding="GBK"?>` + textDoc("a"), false, "not_xml"},
		{"invalid UTF-8", doc("text", "<Content>\xff</Content>"), false, "not_xml"},
		{"deep", doc("text", strings.Repeat("<a>", 50)+strings.Repeat("</a>", 50)), false, "not_xml"},
		{"many elements", doc("text", strings.Repeat("<a></a>", 1000)), false, "not_xml"},
		{"too long", textDoc(strings.Repeat("a", maxAnswer)), false, "too_long"},
		{"encrypted for an account without encryption", seal(t, textDoc("a"), "wx1", answerKey), false, "encrypted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkAnswer(t, answerAccount(ModePlain).readAnswer(answerQuestion(!tt.event), []byte(tt.body)), tt.code)
		})
	}
}

// An envelope is opened only when signature, key, receiver and padding are right.
func TestEncryptedAnswers(t *testing.T) {
	t.Parallel()
	good := seal(t, textDoc("你好"), "wx1", answerKey)
	otherKey := strings.Repeat("Z", 42) + "A"
	encrypted, _ := util.EncryptMsg([]byte(answerRandom), []byte(textDoc("a")), "wx1", answerKey)
	tests := []struct {
		name string
		mode Mode
		body string
		code string
	}{
		{"secure", ModeSecure, good, ""},
		{"compatible, encrypted", ModeCompatible, good, ""},
		{"compatible, plain", ModeCompatible, textDoc("a"), ""},
		{"white space around Encrypt", ModeSecure, strings.Replace(good, "<Encrypt>", "<Encrypt>\n", 1), ""},
		{"plain in secure mode", ModeSecure, textDoc("a"), "not_encrypted"},
		{"success in secure mode", ModeSecure, "success", ""},
		{"wrong signature", ModeSecure, envelope(string(encrypted), "1700000000", "nonce", strings.Repeat("0", 40)), "signature"},
		{"signature of other time", ModeSecure, strings.Replace(good, "<TimeStamp>1700000000", "<TimeStamp>1700000001", 1), "signature"},
		{"Timestamp misspelt", ModeSecure, strings.NewReplacer("TimeStamp", "Timestamp").Replace(good), "envelope"},
		{"time in words", ModeSecure, envelope(string(encrypted), "now", "nonce", ""), "timestamp"},
		{"no nonce", ModeSecure, envelope(string(encrypted), "1700000000", "", ""), "envelope"},
		{"nonce twice", ModeSecure, strings.Replace(good, "<Nonce>", "<Nonce>nonce</Nonce><Nonce>", 1), "twice"},
		{"not base64", ModeSecure, envelope("!!!", "1700000000", "nonce", ""), "base64"},
		{"nothing encrypted", ModeSecure, envelope("", "1700000000", "nonce", ""), "decrypt"},
		{"odd length", ModeSecure, envelope(base64.StdEncoding.EncodeToString([]byte("short")), "1700000000", "nonce", ""), "decrypt"},
		{"blocks of 16", ModeSecure, envelope(base64.StdEncoding.EncodeToString(make([]byte, 48)), "1700000000", "nonce", ""), "padding"},
		{"other key", ModeSecure, seal(t, textDoc("a"), "wx1", otherKey), "decrypt"},
		{"other app id", ModeSecure, seal(t, textDoc("a"), "wx2", answerKey), "decrypt"},
		{"sloppy padding", ModeSecure, sloppyPadding(t), "padding"},
		{"empty message", ModeSecure, seal(t, "", "wx1", answerKey), "empty"},
		{"success encrypted", ModeSecure, seal(t, "success", "wx1", answerKey), "not_xml"},
		{"wrong user inside", ModeSecure, seal(t, strings.Replace(textDoc("a"), answerUser, "oOTHER", 1), "wx1", answerKey), "to_user"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkAnswer(t, answerAccount(tt.mode).readAnswer(answerQuestion(true), []byte(tt.body)), tt.code)
		})
	}
}

// sloppyPadding is right but for the padding: its last byte tells the length, the others are zero.
func sloppyPadding(t *testing.T) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(answerKey + "=")
	if err != nil {
		t.Fatal(err)
	}
	plain := textDoc("a")
	block := answerRandom + string([]byte{0, 0, 0, byte(len(plain))}) + plain + "wx1"
	pad := 32 - len(block)%32
	block += strings.Repeat("\x00", pad-1) + string(rune(pad))
	return envelope(base64.StdEncoding.EncodeToString(encryptCBC(t, key, []byte(block))), "1700000000", "nonce", "")
}

func checkAnswer(t *testing.T, got answer, code string) {
	t.Helper()
	switch {
	case code == "" && got.problem != nil:
		t.Errorf("refused: %+v", got.problem)
	case code != "" && got.problem == nil:
		t.Errorf("accepted as %s, want it refused as %s", got.verdict, code)
	case code != "" && (got.problem.Code != code || got.verdict != VerdictRejected || got.problem.Text == ""):
		t.Errorf("refused as %+v, want %s", got.problem, code)
	}
}

// FuzzAnswer looks for answers that break the reader: whatever comes, it ends with a verdict, and a reply obeys its limits.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("success"), true)
	f.Add([]byte(textDoc("你好")), true)
	f.Add([]byte(articles("2", 2)), false)
	f.Add([]byte(doc("image", "<Image><MediaId>image</MediaId></Image>")), true)
	f.Add([]byte(seal(f, textDoc("你好"), "wx1", answerKey)), true)
	f.Add([]byte("<xml><Encrypt>AAAA</Encrypt></xml>"), true)
	f.Fuzz(func(t *testing.T, body []byte, isMessage bool) {
		for _, mode := range []Mode{ModePlain, ModeCompatible, ModeSecure} {
			got := answerAccount(mode).readAnswer(answerQuestion(isMessage), body)
			switch got.verdict {
			case VerdictAcknowledged:
			case VerdictRejected:
				if got.problem == nil {
					t.Error("refused without a reason")
				}
			case VerdictReplied:
				if got.reply == nil || len(got.reply.Text) > maxReplyText || len(got.reply.Articles) > maxArticles {
					t.Errorf("accepted %+v", got.reply)
				}
			default:
				t.Errorf("verdict %q", got.verdict)
			}
			indent(got.plain)
		}
	})
}
