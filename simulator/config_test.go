package simulator_test

import (
	"strings"
	"testing"

	"guanjia/simulator"
)

// A set-up that the platform's console would refuse is refused, with everything that is wrong with it.
func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	good := func() simulator.Account { return brand("http://127.0.0.1/callback/brand") }
	for name, tt := range map[string]struct {
		change func(a *simulator.Account)
		want   string
	}{
		"name":        {func(a *simulator.Account) { a.Name = "A B" }, "the name must be"},
		"original id": {func(a *simulator.Account) { a.OriginalID = "brand" }, "gh_"},
		"app id":      {func(a *simulator.Account) { a.AppID = "" }, "app id"},
		"token":       {func(a *simulator.Account) { a.Token = "a" }, "token"},
		"key":         {func(a *simulator.Account) { a.AESKey = "short" }, "AES key"},
		"mode":        {func(a *simulator.Account) { a.Mode = "open" }, "mode"},
		"callback":    {func(a *simulator.Account) { a.Callback = "localhost:8080" }, "callback"},
		"four buttons": {func(a *simulator.Account) {
			a.Menu = append(a.Menu, a.Menu[0], a.Menu[0])
		}, "at most 3"},
		"button without key": {func(a *simulator.Account) { a.Menu = []simulator.Button{{Name: "x", Type: simulator.ButtonClick}} }, "the key"},
		"six entries": {func(a *simulator.Account) {
			a.Menu[1].Sub = append(a.Menu[1].Sub, a.Menu[1].Sub...)
		}, "at most 5"},
		"list in a list":              {func(a *simulator.Account) { a.Menu[1].Sub[0].Sub = a.Menu[1].Sub[1:] }, "can't have entries"},
		"nameless button":             {func(a *simulator.Account) { a.Menu[0].Name = "" }, "the name"},
		"script in a button":          {func(a *simulator.Account) { a.Menu[1].Sub[1].URL = "javascript:alert(1)" }, "http or https"},
		"endless URL":                 {func(a *simulator.Account) { a.Menu[1].Sub[1].URL += strings.Repeat("a", 1024) }, "longer than"},
		"mini program without a page": {func(a *simulator.Account) { a.Menu[1].Sub[2].PagePath = "" }, "mini program needs"},
		"unknown button":              {func(a *simulator.Account) { a.Menu[0].Type = "dance" }, "the type must be"},
		"empty scene":                 {func(a *simulator.Account) { a.Scenes[0].Key = "" }, "1 to 64"},
		"scene twice":                 {func(a *simulator.Account) { a.Scenes = append(a.Scenes, a.Scenes[0]) }, "twice"},
		"fault":                       {func(a *simulator.Account) { a.Faults = []simulator.Fault{{Kind: "gremlin"}} }, "unknown fault"},
	} {
		a := good()
		tt.change(&a)
		_, err := simulator.New(simulator.Config{Accounts: []simulator.Account{a}})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := simulator.New(simulator.Config{}); err == nil {
		t.Error("no accounts accepted")
	}
	if _, err := simulator.New(simulator.Config{Accounts: []simulator.Account{good(), good()}}); err == nil {
		t.Error("the same account twice accepted")
	}
}
