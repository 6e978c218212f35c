package bot

import (
	"context"
	"testing"
	"time"
)

type named struct {
	name   HandlerName
	routes []Route
}

func (n named) Name() HandlerName                            { return n.name }
func (n named) Routes() []Route                              { return n.routes }
func (n named) Handle(context.Context, *Turn) (Reply, error) { return Say(string(n.name)), nil }

func at(hour int) func(time.Time) bool { return func(t time.Time) bool { return t.Hour() >= hour } }

func TestRouterFindsTheCampaignThatIsMeant(t *testing.T) {
	t.Parallel()
	router, err := NewRouter(
		named{"coupon", []Route{
			{Handler: "coupon", Campaign: "evening", Keywords: []string{"领券"}, Open: at(18), Priority: 1},
			{Handler: "coupon", Campaign: "day", Keywords: []string{"领券", "优惠券"}, MenuKeys: []string{"COUPON"}, Priority: 2},
			{Handler: "coupon", Campaign: "shop-two", Keywords: []string{"二店"}, Accounts: []AccountName{"two"}},
		}},
		named{"quiz", []Route{{Handler: "quiz", Campaign: "later", Keywords: []string{"答题"}, Open: at(20)}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	morning := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	everythingOn := func(*Route) bool { return true }
	for _, c := range []struct {
		name   string
		event  Event
		now    time.Time
		on     func(*Route) bool
		want   string
		paused bool
	}{
		{"the open campaign answers before the closed one of higher priority", Event{Kind: KindText, Text: "领券"}, morning, everythingOn, "day", false},
		{"by priority when both are open", Event{Kind: KindText, Text: "领券"}, morning.Add(10 * time.Hour), everythingOn, "evening", false},
		{"full-width, spaces and a full stop do not matter", Event{Kind: KindText, Text: "　优惠券 。"}, morning, everythingOn, "day", false},
		{"a longer sentence is not the keyword", Event{Kind: KindText, Text: "怎么领券"}, morning, everythingOn, "", false},
		{"a menu click counts like the keyword", Event{Kind: KindMenuClick, ItemKey: "COUPON"}, morning, everythingOn, "day", false},
		{"a closed campaign is found when no other is open", Event{Kind: KindText, Text: "答题"}, morning, everythingOn, "later", false},
		{"another account's campaign is not found", Event{Kind: KindText, Text: "二店", Account: "one"}, morning, everythingOn, "", false},
		{"its own account's is", Event{Kind: KindText, Text: "二店", Account: "two"}, morning, everythingOn, "shop-two", false},
		{"a feature that is off says so", Event{Kind: KindText, Text: "领券"}, morning, func(r *Route) bool { return r.Handler != "coupon" }, "", true},
	} {
		got, paused := router.asked(&c.event, c.now, c.on)
		campaign := ""
		if got != nil {
			campaign = got.Campaign
		}
		if campaign != c.want || paused != c.paused {
			t.Errorf("%s: got %q, paused %v; want %q, %v", c.name, campaign, paused, c.want, c.paused)
		}
	}
}

func TestRouterRefusesWhatCouldNeverMatch(t *testing.T) {
	t.Parallel()
	for name, handlers := range map[string][]Handler{
		"two handlers of one name": {named{"quiz", nil}, named{"quiz", nil}},
		"a route of another":       {named{"quiz", []Route{{Handler: "survey"}}}},
		"an empty keyword":         {named{"quiz", []Route{{Handler: "quiz", Keywords: []string{" 。"}}}}},
		"an empty menu key":        {named{"quiz", []Route{{Handler: "quiz", MenuKeys: []string{""}}}}},
	} {
		if _, err := NewRouter(handlers...); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  领券 ":          "领券",
		"ＡＢ１２！":          "ab12!",
		"② 。":            "2",
		"B\u200b":        "b",
		"1\ufe0f⃣":       "1",
		"a\u0000 b":      "a b",
		"Hello\tWorld\n": "hello world",
		"":               "",
		"……":             "……",
		"好。":             "好",
	} {
		if got := Normalize(in); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"领券", "Ａ 。", "\xff\xfe", "①②③", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := Normalize(s); Normalize(once) != once {
			t.Errorf("normalizing %q twice changes it: %q", s, once)
		}
	})
}

func BenchmarkKeywordAmongTenThousand(b *testing.B) {
	routes := make([]Route, 10_000)
	for i := range routes {
		routes[i] = Route{Handler: "faq", Keywords: []string{"关键词" + time.Duration(i).String()}}
	}
	router, err := NewRouter(named{"faq", routes})
	if err != nil {
		b.Fatal(err)
	}
	ev := &Event{Kind: KindText, Text: "关键词5µs"}
	now := time.Now()
	for b.Loop() {
		router.asked(ev, now, func(*Route) bool { return true })
	}
}
