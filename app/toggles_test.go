package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guanjia/bot"
)

// TestToggles: a feature is on when nothing switches it off, in general or for the account.
func TestToggles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env     []string
		account bot.AccountName
		feature bot.HandlerName
		want    bool
	}{
		"on from the start":              {nil, "brand", "quiz", true},
		"off in general":                 {[]string{"BOT_QUIZ=off"}, "brand", "quiz", false},
		"off for the account":            {[]string{"BOT_ACCOUNT_BRAND_QUIZ=off"}, "brand", "quiz", false},
		"off in general, on for account": {[]string{"BOT_QUIZ=off", "BOT_ACCOUNT_BRAND_QUIZ=on"}, "brand", "quiz", false},
		"off for another account":        {[]string{"BOT_ACCOUNT_BRAND_QUIZ=off"}, "shop", "quiz", true},
		"another feature":                {[]string{"BOT_QUIZ=off"}, "brand", "survey", true},
		"all off":                        {[]string{"BOT_AUTOREPLY=off"}, "brand", "quiz", false},
		"all off, the word for all":      {[]string{"BOT_AUTOREPLY=off"}, "brand", "autoreply", false},
		"all off for the account":        {[]string{"BOT_ACCOUNT_BRAND_AUTOREPLY=off"}, "brand", "coupon", false},
		"all off for another":            {[]string{"BOT_ACCOUNT_BRAND_AUTOREPLY=off"}, "shop", "coupon", true},
		"no toggle of its own":           {[]string{"BOT_QUIZ=off"}, "brand", "fallback", true},
		"no toggle of its own, all off":  {[]string{"BOT_AUTOREPLY=off"}, "brand", "fallback", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := NewLiveToggles(Source{Environ: good(c.env...)}.Read().Settings).On(c.account, c.feature); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestToggleChanges: a change is told with the variable, the old and the new value.
func TestToggleChanges(t *testing.T) {
	t.Parallel()
	l := NewLiveToggles(Source{Environ: good("BOT_QUIZ=off")}.Read().Settings)
	got := l.Set(Source{Environ: good("BOT_SURVEY=off", "BOT_ACCOUNT_BRAND_COUPON=off")}.Read().Settings)
	want := []ToggleChange{{"BOT_QUIZ", false, true}, {"BOT_SURVEY", true, false}, {"BOT_ACCOUNT_BRAND_COUPON", true, false}}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if !l.On("brand", "quiz") || l.On("brand", "survey") || l.On("brand", "coupon") {
		t.Error("the changes do not count")
	}
}

// TestEveryHandlerWithAToggleIsKnown: a toggle is named like a handler, or it would switch nothing.
func TestEveryHandlerWithAToggleIsKnown(t *testing.T) {
	t.Parallel()
	known := map[string]bool{string(featureAll): true, string(featurePush): true}
	for _, h := range handlers() {
		known[h.kind] = true
	}
	for feature := range (Toggles{}).toggles() {
		if !known[string(feature)] {
			t.Errorf("the toggle %q is no handler's", feature)
		}
	}
}
