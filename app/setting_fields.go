package app

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/template"

	"github.com/kelseyhightower/envconfig"

	"guanjia/bot"
)

// varPrefix begins the name of every variable.
const varPrefix = "BOT"

// setting is one variable.
type setting struct {
	Key     string
	Type    reflect.Type
	Default string
	Doc     string
}

func (s setting) secret() bool { return s.Type == reflect.TypeFor[Secret]() }

// keyAsFile is the variable that names a file holding the secret.
func (s setting) keyAsFile() string { return s.Key + "_FILE" }

// settingsOf lists the variables that envconfig reads into spec, a pointer to a struct. envconfig itself is asked, so that
// the list can't differ from what is read.
func settingsOf(prefix string, spec any) []setting {
	var list []setting
	collect := func(key string, v reflect.Value, tags reflect.StructTag) string {
		list = append(list, setting{Key: key, Type: v.Type(), Default: tags.Get("default"), Doc: tags.Get("doc")})
		return ""
	}
	t := template.Must(template.New("").Funcs(template.FuncMap{"collect": collect}).Parse(`{{range .}}{{collect .Key .Field .Tags}}{{end}}`))
	if err := envconfig.Usaget(prefix, spec, io.Discard, t); err != nil {
		panic(fmt.Sprintf("settings struct %T: %v", spec, err)) // a mistake in this package; its tests would not pass
	}
	return list
}

// concern is the settings of one struct of Settings.
type concern struct {
	Title    string
	Settings []setting
}

// concerns lists the general settings.
func concerns() []concern {
	var list []concern
	for title, spec := range new(Settings).each {
		list = append(list, concern{Title: title, Settings: settingsOf(varPrefix, spec)})
	}
	return list
}

// each yields a pointer to each struct that is read from the environment, with its title.
func (s *Settings) each(yield func(title string, spec any) bool) {
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("ignored") == "true" {
			continue
		}
		if !yield(f.Tag.Get("doc"), v.Field(i).Addr().Interface()) {
			return
		}
	}
}

// accountPrefix begins the names of an account's variables: "my-shop" is BOT_ACCOUNT_MY_SHOP.
func accountPrefix(name bot.AccountName) string {
	return varPrefix + "_ACCOUNT_" + strings.ToUpper(strings.ReplaceAll(string(name), "-", "_"))
}

// settingsFor lists the general variables and those of the accounts.
func settingsFor(accounts []bot.AccountName) []setting {
	var list []setting
	for _, c := range concerns() {
		list = append(list, c.Settings...)
	}
	for _, a := range accounts {
		list = append(list, settingsOf(accountPrefix(a), new(Account))...)
	}
	return list
}
