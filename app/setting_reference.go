package app

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"guanjia/bot"
)

const referenceHead = `# Settings

<!-- Generated from the code: guanjia settings > docs/reference/settings.md -->

Settings are environment variables. ` + "`BOT_ENV_FILE`" + ` may name a file of ` + "`KEY=value`" + ` lines: a key in it goes before the
environment, and removing it there gives the environment's value back. The file is watched. An empty value means the default.

- Every variable marked *secret* may also be given as a file: ` + "`BOT_ACCOUNT_BRAND_TOKEN_FILE=/run/secrets/token`" + `.
- A switch is ` + "`on` or `off`" + ` (also ` + "`true`, `false`, `1`, `0`, `yes`, `no`" + `).
- A feature is on when ` + "`BOT_AUTOREPLY`" + `, its general switch and the same two of the account are all on. Switches are ` + "*live*" + `:
  a change in the file counts within 2 seconds, and conversations of a feature that was switched off end politely.
- Variables that begin with ` + "`BOT_`" + ` and are not listed here are reported at the start and by ` + "`guanjia check`" + `.
`

const accountHead = `
## Each account

For every name in ` + "`BOT_ACCOUNTS`" + `, in capitals and with ` + "`_` for `-`" + `: the account ` + "`my-shop`" + ` has ` + "`BOT_ACCOUNT_MY_SHOP_TOKEN`" + `. Its callback URL is
` + "`https://your.host/callback/my-shop`" + `.
`

// WriteReference writes docs/reference/settings.md.
func WriteReference(w io.Writer) error {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, c := range concerns() {
		fmt.Fprintf(&b, "\n## %s\n\n", c.Title)
		writeTable(&b, c.Settings)
	}
	b.WriteString(accountHead + "\n")
	name := bot.AccountName("<NAME>")
	writeTable(&b, settingsOf(accountPrefix(name), new(Account)))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the settings reference: %w", err)
	}
	return nil
}

func writeTable(b *strings.Builder, list []setting) {
	b.WriteString("| variable | what | default | kind |\n|---|---|---|---|\n")
	for _, s := range list {
		def := ""
		if s.Default != "" {
			def = "`" + s.Default + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", s.Key, strings.ReplaceAll(s.Doc, "|", `\|`), def, kindOf(s))
	}
}

// kindOf says in a word or two what is written there.
func kindOf(s setting) string {
	switch s.Type {
	case reflect.TypeFor[Secret]():
		return "secret"
	case reflect.TypeFor[Switch]():
		return "switch, live"
	case reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[Zone]():
		return "zone name"
	}
	switch s.Type.Kind() {
	case reflect.Int:
		return "number"
	case reflect.Slice:
		return "list"
	}
	if s.Key == varPrefix+"_LOG_LEVEL" {
		return "text, live"
	}
	return "text"
}
