package app

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestDeployedSettingsExist: what deploy/ sets is read, and the example passes the check.
func TestDeployedSettingsExist(t *testing.T) {
	t.Parallel()
	example := filepath.Join("..", "deploy", "guanjia.env.example")
	r := Source{Environ: []string{"BOT_ENV_FILE=" + example}}.Read()
	if r.Problems != nil || r.Unknown != nil {
		t.Errorf("example: %v %v", r.Problems, r.Unknown)
	}
	// Uncommented, it has an account on WeCom too.
	whole := filepath.Join(t.TempDir(), "guanjia.env")
	lines := regexp.MustCompile(`(?m)^# (BOT_[A-Z_]+=\S+)$`).ReplaceAllString(text(t, "deploy/guanjia.env.example"), "$1")
	lines = strings.Replace(lines, "BOT_ACCOUNTS=brand", "BOT_ACCOUNTS=brand,assistant", 1)
	for _, elsewhere := range []string{"BOT_ACCOUNT_BRAND_AES_KEY_FILE", "BOT_CONTENT_DIR"} {
		lines = strings.Replace(lines, elsewhere, "# "+elsewhere, 1)
	}
	if err := os.WriteFile(whole, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	r = Source{Environ: []string{"BOT_ENV_FILE=" + whole}}.Read()
	if r.Problems != nil || r.Unknown != nil || len(r.Settings.Accounts.Accounts) != 2 {
		t.Errorf("uncommented: %v %v", r.Problems, r.Unknown)
	}
	known := map[string]bool{}
	for _, s := range settingsFor(r.Settings.Accounts.Accounts) {
		known[s.Key], known[s.keyAsFile()] = true, s.secret()
	}
	for _, file := range []string{"deploy/guanjia.env.example", "deploy/compose.yaml", "deploy/guanjia.service", "deploy/prometheus-rules.yaml", "Dockerfile"} {
		for _, key := range regexp.MustCompile(`\bBOT_[A-Z_]+`).FindAllString(text(t, file), -1) {
			if !known[key] {
				t.Errorf("%s sets or names %s, which nobody reads", file, key)
			}
		}
	}
}

// TestAlertsWatchWhatThereIs: every metric that an alert looks at is one of ours.
func TestAlertsWatchWhatThereIs(t *testing.T) {
	t.Parallel()
	rules := text(t, "deploy/prometheus-rules.yaml")
	for _, file := range []string{"deploy/prometheus-rules.yaml", "deploy/compose.yaml"} {
		if err := yaml.Unmarshal([]byte(text(t, file)), new(map[string]any)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	page := open(t).metrics()
	for _, name := range regexp.MustCompile(`\bguanjia_[a-z_]+`).FindAllString(rules, -1) {
		if !strings.Contains(source(t), `"`+strings.TrimSuffix(strings.TrimPrefix(name, "guanjia_"), "_bucket")+`"`) && !strings.Contains(page, name) {
			t.Errorf("an alert looks at %s, which is not measured", name)
		}
	}
}

// source is where the metrics are named; those without a value yet are not on the page.
func source(t *testing.T) string {
	t.Helper()
	return text(t, "app/metrics.go")
}

func text(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
