package official

import (
	"strings"
	"testing"
	"time"

	"guanjia/bot"
)

func TestModesRead(t *testing.T) {
	t.Parallel()
	for _, want := range []Mode{Secure, Compatible, Plain} {
		if got, err := ParseMode(want.String()); got != want || err != nil {
			t.Errorf("%s: %v, %v", want, got, err)
		}
	}
	for _, s := range []string{"", "Secure", "none"} {
		if m, err := ParseMode(s); err == nil {
			t.Errorf("%q was read as %v", s, m)
		}
	}
	if got := Mode(7).String(); got != "Mode(7)" {
		t.Errorf("unknown mode: %s", got)
	}
}

func TestAnAccountThatCanNotWorkIsNotMade(t *testing.T) {
	t.Parallel()
	good := Config{Account: "brand", AppID: testAppID, Token: testToken, AESKey: testAESKey}
	deps := Deps{Engine: repeat, Replays: &memory{}}
	if _, err := New(good, deps); err != nil {
		t.Fatalf("the right one: %v", err)
	}
	for _, tc := range []struct {
		name   string
		change func(*Config, *Deps)
		says   string
	}{
		{"no name", func(c *Config, _ *Deps) { c.Account = "" }, "no name"},
		{"no token", func(c *Config, _ *Deps) { c.Token = "" }, "token"},
		{"no key, secure", func(c *Config, _ *Deps) { c.AESKey = "" }, "mode secure needs the AES key"},
		{"no key, compatible", func(c *Config, _ *Deps) { c.AESKey, c.Mode = "", Compatible }, "mode compatible needs the AES key"},
		{"a bad key", func(c *Config, _ *Deps) { c.AESKey = "secretsecret" }, "43 characters"},
		{"no app id", func(c *Config, _ *Deps) { c.AppID = "" }, "app id"},
		{"a mode nobody knows", func(c *Config, _ *Deps) { c.Mode = 7 }, "unknown mode"},
		{"a negative window", func(c *Config, _ *Deps) { c.MaxSkew = -time.Second }, "negative"},
		{"no engine", func(_ *Config, d *Deps) { d.Engine = nil }, "engine"},
		{"plain without memory", func(c *Config, d *Deps) { c.Mode, d.Replays = Plain, nil }, "replays"},
	} {
		cfg, d := good, deps
		tc.change(&cfg, &d)
		c, err := New(cfg, d)
		if err == nil || c != nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		for _, secret := range []string{testToken, testAESKey, "secretsecret"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error quotes a secret: %v", tc.name, err)
			}
		}
	}
}

func TestPlainNeedsNoKey(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{Account: "brand", Token: testToken, Mode: Plain}, Deps{Engine: repeat, Replays: &memory{}}); err != nil {
		t.Error(err)
	}
}

func TestTheChannelFitsAnswersToMessages(t *testing.T) {
	t.Parallel()
	c, err := New(Config{Account: "brand", AppID: testAppID, Token: testToken, AESKey: testAESKey}, Deps{Engine: repeat})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Fit([]bot.Message{transfer}); len(got.Now) != 1 {
		t.Errorf("fitted: %+v", got)
	}
}
