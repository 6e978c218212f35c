package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
)

const testAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// good are the settings of one account, as os.Environ gives them, and more.
func good(more ...string) []string {
	return append([]string{
		"BOT_ACCOUNTS=brand",
		"BOT_ACCOUNT_BRAND_APP_ID=wx0123456789abcdef",
		"BOT_ACCOUNT_BRAND_TOKEN=brandtoken",
		"BOT_ACCOUNT_BRAND_AES_KEY=" + testAESKey,
	}, more...)
}

// write puts a file into a new folder.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDefaults: with one account named, everything else has a value.
func TestDefaults(t *testing.T) {
	t.Parallel()
	r := Source{Environ: good("HOME=/root", "BOTANY=roses")}.Read()
	if len(r.Problems) > 0 || len(r.Unknown) > 0 {
		t.Fatalf("problems %v, unknown %v", r.Problems, r.Unknown)
	}
	s := r.Settings
	got := []any{
		s.Listening.Addr, s.Listening.InternalAddr, s.State.DatabaseURL.Reveal(), s.State.RedisURL.Reveal(), s.Callbacks.CallbackMaxSkew,
		s.Content.ContentDir, s.Content.Timezone.String(), s.Log.LogLevel, s.Log.LogFormat, bool(s.Toggles.Quiz),
		s.Account["brand"].Kind, s.Account["brand"].Mode, s.Account["brand"].AppID, bool(s.Account["brand"].Quiz),
	}
	want := []any{
		":8080", "127.0.0.1:9090", "sqlite:./data/guanjia.db", "", 5 * time.Minute,
		"", "Asia/Shanghai", "info", "json", true,
		"official", "secure", "wx0123456789abcdef", true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

// TestValues reads every kind of value in the ways that people write it.
func TestValues(t *testing.T) {
	t.Parallel()
	r := Source{Environ: good(
		"BOT_ACCOUNTS= Brand , my-shop", "BOT_ACCOUNT_MY_SHOP_APP_ID=wx1", "BOT_ACCOUNT_MY_SHOP_TOKEN=abc", "BOT_ACCOUNT_MY_SHOP_MODE=plain",
		"BOT_QUIZ=off", "BOT_SURVEY=FALSE", "BOT_WELCOME=1", "BOT_COUPON=关", "BOT_ACCOUNT_MY_SHOP_WELCOME=no",
		"BOT_CALLBACK_MAX_SKEW=0", "BOT_CALLBACK_CONCURRENCY=7", "BOT_TIMEZONE=UTC", "BOT_REDIS_URL=", "BOT_LOG_LEVEL=",
	)}.Read()
	if len(r.Problems) > 0 || len(r.Unknown) > 0 {
		t.Fatalf("problems %v, unknown %v", r.Problems, r.Unknown)
	}
	s := r.Settings
	if diff := cmp.Diff([]bot.AccountName{"brand", "my-shop"}, s.Accounts.Accounts); diff != "" {
		t.Error(diff)
	}
	want := Toggles{Autoreply: true, Welcome: true, Push: true, Handoff: true}
	if diff := cmp.Diff(want, s.Toggles); diff != "" {
		t.Error(diff)
	}
	shop := s.Account["my-shop"]
	if shop.Mode != "plain" || bool(shop.Welcome) || !bool(shop.Quiz) || s.Callbacks.CallbackMaxSkew != 0 || s.Callbacks.CallbackConcurrency != 7 || s.Log.LogLevel != "info" {
		t.Errorf("settings: %+v", s)
	}
}

// TestBadSettings: each mistake has one line with the variable and the remedy, and none shows a secret.
func TestBadSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		env  string
		want string
	}{
		"address":         {"BOT_ADDR=8080", `BOT_ADDR is "8080"; write host:port or :port`},
		"port":            {"BOT_INTERNAL_ADDR=:99999", `BOT_INTERNAL_ADDR is ":99999"`},
		"duration":        {"BOT_CALLBACK_MAX_SKEW=5", `BOT_CALLBACK_MAX_SKEW is "5": write a duration such as 30s, 5m or 1h`},
		"negative":        {"BOT_CALLBACK_MAX_SKEW=-1s", "BOT_CALLBACK_MAX_SKEW is -1s"},
		"number":          {"BOT_CALLBACK_CONCURRENCY=many", `BOT_CALLBACK_CONCURRENCY is "many": write a whole number`},
		"zero":            {"BOT_CALLBACK_CONCURRENCY=0", "BOT_CALLBACK_CONCURRENCY is 0"},
		"switch":          {"BOT_QUIZ=maybe", `BOT_QUIZ is "maybe": write on or off`},
		"account switch":  {"BOT_ACCOUNT_BRAND_QUIZ=maybe", `BOT_ACCOUNT_BRAND_QUIZ is "maybe": write on or off`},
		"zone":            {"BOT_TIMEZONE=Shanghai", `BOT_TIMEZONE is "Shanghai": write a name such as Asia/Shanghai`},
		"database":        {"BOT_DATABASE_URL=mysql://root:hunter2@db", "BOT_DATABASE_URL is not an address of a known kind; begin it with sqlite:, postgres:"},
		"redis":           {"BOT_REDIS_URL=hunter2@localhost:6379", "BOT_REDIS_URL is not an address of a known kind"},
		"level":           {"BOT_LOG_LEVEL=loud", `BOT_LOG_LEVEL is "loud"; use one of debug, info, warn, error`},
		"format":          {"BOT_LOG_FORMAT=xml", `BOT_LOG_FORMAT is "xml"`},
		"policy":          {"BOT_CONVERSATION_SWITCH=never", `use one of ask, now, stay`},
		"account name":    {"BOT_ACCOUNTS=brand,a/b", `BOT_ACCOUNTS names an account "a/b"`},
		"names that meet": {"BOT_ACCOUNTS=brand,my-shop,my_shop\nBOT_ACCOUNT_MY_SHOP_APP_ID=wx1\nBOT_ACCOUNT_MY_SHOP_TOKEN=abc\nBOT_ACCOUNT_MY_SHOP_MODE=plain", `names "my-shop" and "my_shop", whose variables are the same`},
		"kind":            {"BOT_ACCOUNT_BRAND_KIND=alipay", `BOT_ACCOUNT_BRAND_KIND is "alipay"; use one of official, wecom`},
		"api address":     {"BOT_WECOM_API_URL=qyapi.weixin.qq.com", "BOT_WECOM_API_URL is not the address of a server; write https://host"},
		"mode":            {"BOT_ACCOUNT_BRAND_MODE=open", `use one of secure, compatible, plain`},
		"no app id":       {"BOT_ACCOUNT_BRAND_APP_ID=", "BOT_ACCOUNT_BRAND_APP_ID is not set; copy the AppID"},
		"no token":        {"BOT_ACCOUNT_BRAND_TOKEN=", "BOT_ACCOUNT_BRAND_TOKEN is not set"},
		"short token":     {"BOT_ACCOUNT_BRAND_TOKEN=h2", "BOT_ACCOUNT_BRAND_TOKEN has 2 characters"},
		"odd token":       {"BOT_ACCOUNT_BRAND_TOKEN=hunter2 hunter2", "BOT_ACCOUNT_BRAND_TOKEN has 15 characters or others than letters and digits"},
		"no key":          {"BOT_ACCOUNT_BRAND_AES_KEY=", "BOT_ACCOUNT_BRAND_AES_KEY is not set"},
		"short key":       {"BOT_ACCOUNT_BRAND_AES_KEY=hunter2", "BOT_ACCOUNT_BRAND_AES_KEY has 7 characters; copy it again: it has exactly 43"},
		"api key":         {"BOT_API_KEYS=till:hunter2", "BOT_API_KEYS has a key of 7 characters for till"},
		"api name":        {"BOT_API_KEYS=hunter2hunter2hunter2", "BOT_API_KEYS has no name in entry 1"},
		"api twice":       {"BOT_API_KEYS=till:hunter2hunter2hunter2,till:hunter2hunter2hunter3", "BOT_API_KEYS names till twice"},
		"no env file":     {"BOT_ENV_FILE=" + dir + "/none", "BOT_ENV_FILE: open " + dir + "/none: no such file or directory"},
		"no secret file":  {"BOT_API_KEYS_FILE=" + dir + "/none", "BOT_API_KEYS_FILE: open " + dir + "/none: no such file or directory; make the file readable"},
		"both":            {"BOT_ACCOUNT_BRAND_TOKEN_FILE=" + dir, "BOT_ACCOUNT_BRAND_TOKEN_FILE and BOT_ACCOUNT_BRAND_TOKEN are both set; keep one of them"},
		"nul":             {"BOT_ADDR=:80\x0080", "BOT_ADDR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Source{Environ: good(strings.Split(c.env, "\n")...)}.Read()
			text := r.Problems.Error()
			if len(r.Problems) != 1 || !strings.Contains(text, c.want) {
				t.Errorf("got %q; want one problem with %q", text, c.want)
			}
			if strings.Contains(text, "hunter2") || strings.Contains(fmt.Sprint(r.Unknown), "hunter2") {
				t.Errorf("a secret is shown: %s", text)
			}
		})
	}
}

// TestWecomSettings: an account of WeCom's needs its corp, and nothing that only official accounts have.
func TestWecomSettings(t *testing.T) {
	t.Parallel()
	const account = "BOT_ACCOUNT_BRAND_"
	for name, c := range map[string]struct {
		env  []string
		want string // empty: no problem
	}{
		"the least":          {nil, ""},
		"everything":         {[]string{"AGENT_ID=1000002", "APP_SECRET=hunter2", "CONTACT_SECRET=hunter2"}, ""},
		"no corp":            {[]string{"CORP_ID="}, "BOT_ACCOUNT_BRAND_CORP_ID is not set; copy the id of the corp"},
		"no key":             {[]string{"AES_KEY="}, "BOT_ACCOUNT_BRAND_AES_KEY is not set"},
		"an app by name":     {[]string{"AGENT_ID=管家"}, `BOT_ACCOUNT_BRAND_AGENT_ID is "管家"; copy the number`},
		"an app id":          {[]string{"APP_ID=wx1"}, "BOT_ACCOUNT_BRAND_APP_ID is set for an account of WeCom's"},
		"a mode it does not": {[]string{"MODE=plain"}, `BOT_ACCOUNT_BRAND_MODE is "plain"; remove it`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := []string{"BOT_ACCOUNTS=brand", account + "KIND=wecom", account + "CORP_ID=ww1", account + "TOKEN=brandtoken", account + "AES_KEY=" + testAESKey}
			for _, v := range c.env {
				env = append(env, account+v)
			}
			r := Source{Environ: env}.Read()
			text := r.Problems.Error()
			if (c.want == "") != (len(r.Problems) == 0) || len(r.Problems) > 1 || !strings.Contains(text, c.want) || len(r.Unknown) > 0 {
				t.Errorf("got %q, %v; want %q", text, r.Unknown, c.want)
			}
		})
	}
}

// TestEveryMistakeAtOnce: all problems are told in one go, not one at each try.
func TestEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	r := Source{Environ: good("BOT_QUIZ=maybe", "BOT_SURVEY=perhaps", "BOT_ADDR=x", "BOT_TIMEZONE=Mars")}.Read()
	if len(r.Problems) != 4 {
		t.Errorf("got %d problems; want 4:\n%v", len(r.Problems), r.Problems)
	}
}

// TestUnknownVariables: a slip is reported with the name that was meant.
func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{
		"BOT_QIUZ=off":                      "BOT_QIUZ is not known; did you mean BOT_QUIZ?",
		"BOT_REDIS_URI=redis://:hunter2@x":  "BOT_REDIS_URI is not known; did you mean BOT_REDIS_URL?",
		"BOT_ACCOUNT_BRAND_TOKENS=hunter2":  "did you mean BOT_ACCOUNT_BRAND_TOKEN?",
		"BOT_ACCOUNT_BRANT_AES_KEY=hunter2": "did you mean BOT_ACCOUNT_BRAND_AES_KEY?",
		"BOT_ACCOUNT_OTHERSHOP_TOKEN=x":     "BOT_ACCOUNT_OTHERSHOP_TOKEN is not known; name its account in BOT_ACCOUNTS, or remove it",
		"BOT_API_KEY_FILE=/x":               "did you mean BOT_API_KEYS_FILE?",
		"BOT_SOMETHING_ELSE_ALTOGETHER=1":   "is not known; remove it; docs/reference/settings.md lists the variables",
	} {
		r := Source{Environ: good(env)}.Read()
		text := r.Unknown.Error()
		if len(r.Unknown) != 1 || !strings.Contains(text, want) {
			t.Errorf("%s: got %q; want %q", env, text, want)
		}
		if len(r.Problems) > 0 || strings.Contains(text, "hunter2") {
			t.Errorf("%s: problems %v", env, r.Problems)
		}
	}
}

// TestEnvFile: a key in the file goes before the environment, and what is wrong there is told with its line.
func TestEnvFile(t *testing.T) {
	t.Parallel()
	file := write(t, "bot.env", "\xef\xbb\xbf# 开关\nexport BOT_QUIZ=off\nBOT_WELCOME='on'\nOTHER=x\nBOT_REDIS_URL=\n\nBOT_SURVEY: off # 维护中\nBOT_QIUZ=1\nBOT_ADDR=nowhere\n")
	r := Source{Environ: good("BOT_ENV_FILE="+file, "BOT_QUIZ=on", "BOT_COUPON=off", "BOT_REDIS_URL=redis://x")}.Read()
	if diff := cmp.Diff(Toggles{Autoreply: true, Welcome: true, Push: true, Handoff: true}, r.Settings.Toggles); diff != "" {
		t.Errorf("toggles (-want +got):\n%s", diff)
	}
	if r.Settings.State.RedisURL != "" {
		t.Error("an empty value in the file must take the environment's away")
	}
	if got, want := r.Problems.Error(), file+`:9: BOT_ADDR is "nowhere"`; !strings.HasPrefix(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
	if got, want := r.Unknown.Error(), file+":8: BOT_QIUZ is not known; did you mean BOT_QUIZ?"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

// TestBadEnvFile: a file that can't be read is told with its line, and without its text.
func TestBadEnvFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"no equals sign": {"BOT_QUIZ=on\nBOT_API_KEYS till:hunter2hunter2hunter2\n", ":2: can't be read as KEY=value"},
		"secret as key":  {"BOT_QUIZ=on\nBOT_API_KEYS hunter2:till\n", ":2: can't be read as KEY=value"},
		"open quote":     {"BOT_QUIZ=on\nBOT_API_KEYS='till:hunter2\nBOT_SURVEY=on", ":2: can't be read as KEY=value"},
		"not UTF-8":      {"BOT_QUIZ=\xbf\xaa", ": is not UTF-8"},
		"itself":         {"BOT_ENV_FILE=other.env", ":1: BOT_ENV_FILE can't be set in the file that it names"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := write(t, "bot.env", c.text)
			r := Source{Environ: good("BOT_ENV_FILE=" + file)}.Read()
			if got := r.Problems.Error(); !strings.HasPrefix(got, file+c.want) || strings.Contains(got, "hunter2") {
				t.Errorf("got %q; want %q", got, file+c.want)
			}
		})
	}
}

// TestSecretFiles: every secret may be given as a file.
func TestSecretFiles(t *testing.T) {
	t.Parallel()
	r := Source{Environ: []string{
		"BOT_ACCOUNTS=brand", "BOT_ACCOUNT_BRAND_APP_ID=wx1",
		"BOT_ACCOUNT_BRAND_TOKEN_FILE=" + write(t, "token", "brandtoken\n"),
		"BOT_ACCOUNT_BRAND_AES_KEY_FILE=" + write(t, "key", testAESKey+"\r\n"),
		"BOT_DATABASE_URL_FILE=" + write(t, "db", "postgres://bot:pw@db/guanjia"),
	}}.Read()
	if len(r.Problems) > 0 || len(r.Unknown) > 0 {
		t.Fatalf("problems %v, unknown %v", r.Problems, r.Unknown)
	}
	a := r.Settings.Account["brand"]
	if a.Token.Reveal() != "brandtoken" || a.AESKey.Reveal() != testAESKey || r.Settings.State.DatabaseURL.Reveal() != "postgres://bot:pw@db/guanjia" {
		t.Error("the secrets were not read from their files")
	}
}

// TestSecretsHideThemselves: a secret can't be printed by accident.
func TestSecretsHideThemselves(t *testing.T) {
	t.Parallel()
	a := Account{Token: "hunter2", AESKey: "hunter2"}
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(b), fmt.Sprint(a), fmt.Sprintf("%+v %#v %q %x %d", a, a, a.Token, a.Token, a.Token), a.Token.String()} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") || !strings.Contains(text, "secret") {
			t.Errorf("printed as %s", text)
		}
	}
	for url, want := range map[Secret]string{
		"postgres://bot:hunter2@db:5432/guanjia?password=hunter2": "postgres://db:5432/guanjia",
		"redis://hunter2@cache:6379/0":                            "redis://cache:6379/0",
		"sqlite:./data/guanjia.db":                                "sqlite:./data/guanjia.db",
		"redis+sentinel://:hunter2@a:1,b:2/master":                "redis+sentinel://a:1,b:2/master",
		"redis://:hunter2@%zz":                                    hidden,
	} {
		if got := url.Location(); got != want {
			t.Errorf("shown as %s; want %s", got, want)
		}
	}
}

// TestReferenceIsFresh keeps docs/reference/settings.md equal to the code: guanjia settings > docs/reference/settings.md.
func TestReferenceIsFresh(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := WriteReference(&b); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../docs/reference/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("docs/reference/settings.md is stale; run: guanjia settings > docs/reference/settings.md\n%s", diff)
	}
	for _, c := range concerns() {
		for _, s := range c.Settings {
			if s.Doc == "" {
				t.Errorf("%s has no doc tag", s.Key)
			}
		}
	}
}

// FuzzEnvFile: whatever the file holds, reading it ends, and no problem quotes a secret.
func FuzzEnvFile(f *testing.F) {
	f.Add("BOT_QUIZ=off\n# x\nexport BOT_ADDR=':1'\n")
	f.Add("BOT_ACCOUNTS=a,b\nBOT_ACCOUNT_A_TOKEN=\"x\\n\"\nBOT_X: y")
	f.Add("BOT_API_KEYS=SECRETSECRETSECRET\nA B C")
	f.Fuzz(func(t *testing.T, text string) {
		m, problem := parseEnvFile("bot.env", []byte(text))
		if problem != nil {
			if strings.Contains(problem.String(), "SECRET") {
				t.Error("a problem quotes the file")
			}
			return
		}
		var env []string
		for k, v := range m {
			env = append(env, k+"="+v)
		}
		Source{Environ: env}.Read()
	})
}
