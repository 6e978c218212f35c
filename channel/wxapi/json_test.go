package wxapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestEncodeWritesRawUTF8(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   any
		want string
	}{
		"nothing":            {nil, `{}`},
		"a link":             {map[string]string{"a": `<a href="https://a.example/?x=1&y=2">领券</a>`}, `{"a":"<a href=\"https://a.example/?x=1&y=2\">领券</a>"}`},
		"separators":         {"a\u2028b\u2029c", "\"a\u2028b\u2029c\""},
		"beyond the plane":   {"😀", `"😀"`},
		"lines":              {"a\nb\tc\rd\be\ff", `"a\nb\tc\rd\be\ff"`},
		"control characters": {"a\x00b\x1bc\x7f", "\"abc\x7f\""},
		"broken text":        {"a\xffb", "\"a\uFFFDb\""},
		"a backslash and u":  {`C:\users \u4f60 \\u`, `"C:\\users \\u4f60 \\\\u"`},
		"ready JSON":         {json.RawMessage(`{"a":"\u4f60\u0022\u005c\u000a\ud83d\ude00\ud83dx\ude00\ud83d\u4f60\\u4f60"}`), `{"a":"你\"\\\n😀` + "\uFFFDx\uFFFD\uFFFD" + `你\\u4f60"}`},
	} {
		got, err := encode(c.in)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s (%v), want %s", name, got, err, c.want)
		}
	}
	if _, err := encode(func() {}); err == nil {
		t.Error("a function was encoded")
	}
}

// FuzzEncode: whatever a text holds, it arrives, but for control characters, and nothing is escaped that need not be.
func FuzzEncode(f *testing.F) {
	for _, text := range []string{"您好 <a&b>", "\u2028", "\x00\x1b\n", `\u4f60`, "😀", "\xff", `\\u`, `"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		encoded, err := encode(map[string]string{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(encoded) {
			t.Fatalf("%q became %q", text, encoded)
		}
		if bare := strings.ReplaceAll(string(encoded), `\\`, ""); strings.Contains(bare, `\u`) {
			t.Fatalf("%q became %s", text, encoded)
		}
		var out map[string]string
		if err := json.Unmarshal(encoded, &out); err != nil {
			t.Fatalf("%q became %s: %v", text, encoded, err)
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && !strings.ContainsRune("\n\r\t\b\f", r) {
				return -1
			}
			return r
		}, string([]rune(text))) // what is not UTF-8 became U+FFFD
		if out["text"] != want {
			t.Fatalf("%q arrives as %q, want %q", text, out["text"], want)
		}
	})
}

func TestNumbersAndTextsOfEitherKind(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Int{
		`7`: 7, `"7"`: 7, `-1`: -1, `" 7 "`: 7, `""`: 0, `null`: 0, `7.0`: 7, `1.38e9`: 1380000000, `"1380000000"`: 1380000000,
		`9223372036854775807`: 1<<63 - 1, `"-9223372036854775808"`: -1 << 63,
	} {
		var n Int
		if err := json.Unmarshal([]byte(in), &n); err != nil || n != want {
			t.Errorf("%s was read as %d, %v", in, n, err)
		}
	}
	for _, in := range []string{`7.5`, `"seven"`, `true`, `{}`, `[7]`, `"0x7"`, `1e30`, `9223372036854775808`, `"NaN"`, `"Infinity"`} {
		var n Int
		if err := json.Unmarshal([]byte(in), &n); err == nil {
			t.Errorf("%s was read as %d", in, n)
		}
	}
	for in, want := range map[string]String{
		`"x"`: "x", `""`: "", `null`: "", `7`: "7", `24297402384735000123456`: "24297402384735000123456", `1.50`: "1.50", `true`: "true", `"\u4f60"`: "你",
	} {
		var s String
		if err := json.Unmarshal([]byte(in), &s); err != nil || s != want {
			t.Errorf("%s was read as %q, %v", in, s, err)
		}
	}
	for _, in := range []string{`{}`, `["x"]`} {
		var s String
		if err := json.Unmarshal([]byte(in), &s); err == nil {
			t.Errorf("%s was read as %q", in, s)
		}
	}
	again, err := json.Marshal(struct {
		N Int
		S String
	}{7, "7"})
	if err != nil || string(again) != `{"N":7,"S":"7"}` {
		t.Errorf("written as %s, %v", again, err)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	type answer struct {
		MsgID String `json:"msgid"`
		N     Int    `json:"n"`
	}
	for name, c := range map[string]struct {
		body   string
		status int
		out    answer
		code   int
		msg    string
		bad    bool
	}{
		"success":                    {`{"errcode":0,"errmsg":"ok","msgid":"M","n":3}`, 200, answer{"M", 3}, 0, "", false},
		"success without errcode":    {`{"msgid":5,"n":"3"}`, 200, answer{"5", 3}, 0, "", false},
		"a mark before it":           {"\xef\xbb\xbf \n{\"msgid\":\"M\"}", 200, answer{"M", 0}, 0, "", false},
		"half a result":              {`{"errcode":0}`, 200, answer{}, 0, "", false},
		"an errcode of text":         {`{"errcode":"40003","errmsg":"invalid openid"}`, 200, answer{}, 40003, "invalid openid", false},
		"an errcode with status 500": {`{"errcode":-1,"errmsg":"system error"}`, 500, answer{}, -1, "system error", false},
		"success with status 500":    {`{"errcode":0,"msgid":"M"}`, 500, answer{"M", 0}, 0, "", false},
		"no errcode with status 500": {`{"msgid":"M"}`, 500, answer{}, 0, "", true},
		"null for errcode":           {`{"errcode":null,"msgid":"M"}`, 200, answer{"M", 0}, 0, "", false},
		"an odd errmsg":              {`{"errcode":40003,"errmsg":{"a":1}}`, 200, answer{}, 40003, "", false},
		"no errmsg":                  {`{"errcode":40003}`, 200, answer{}, 40003, "", false},
		"a refusal of another shape": {`{"errcode":40003,"msgid":[1]}`, 200, answer{}, 40003, "", false},
		"another shape":              {`{"errcode":0,"msgid":[1]}`, 200, answer{}, 0, "", true},
		"something after it":         {`{"errcode":0}{}`, 200, answer{}, 0, "", true},
		"nothing":                    {``, 200, answer{}, 0, "", true},
		"null":                       {`null`, 200, answer{}, 0, "", true},
		"a word":                     {`"success"`, 200, answer{}, 0, "", true},
	} {
		var out answer
		code, msg, err := decode([]byte(c.body), c.status, &out)
		if code != c.code || msg != c.msg || (err != nil) != c.bad {
			t.Errorf("%s: %d %q, %v", name, code, msg, err)
		}
		if d := cmp.Diff(c.out, out); d != "" && !c.bad {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}

// FuzzDecode: whatever arrives, decode neither panics nor finds success in what is no object, and fills out only with it.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`{"errcode":0,"errmsg":"ok","msgid":"M","n":"3"}`, `{"errcode":"42001","errmsg":"expired"}`, `{"access_token":"T","expires_in":7200}`,
		"\xef\xbb\xbf{}", `{"errcode":1e2}`, `{"errcode":0,"n":{}}`, `[{"errcode":0}]`, `{"errcode":-1,"errmsg":7}`, "", "null", "<html>",
	} {
		f.Add([]byte(body), http.StatusOK)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		var out struct {
			MsgID String `json:"msgid"`
			N     Int    `json:"n"`
		}
		code, msg, err := decode(body, status, &out)
		switch {
		case err != nil:
			if code != 0 || msg != "" {
				t.Fatalf("%d %q with %v", code, msg, err)
			}
		case !json.Valid(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))):
			t.Fatalf("%q was read", body)
		case code != 0 && (out.MsgID != "" || out.N != 0):
			t.Fatalf("%q is refused and read as %+v", body, out)
		}
		if code != 0 {
			e := newError("/api", code, msg, []string{"M"})
			if text := e.Error(); !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00") || len(text) > 2*msgMax {
				t.Fatalf("the error is %q", text)
			}
		}
	})
}
