package content_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/content"
)

var (
	shanghai = time.FixedZone("CST", 8*60*60)
	noon     = time.Date(2026, 11, 22, 12, 0, 0, 0, shanghai) // a Sunday
	midnight = time.Date(2026, 11, 22, 0, 0, 0, 0, shanghai)
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// TestCampaignsRunWhenTheirDatesSay: the beginning counts, the end does not, in the zone of the people who read.
func TestCampaignsRunWhenTheirDatesSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, active, now string
		want              content.State
	}{
		{"always", "{}", "2026-11-22T12:00:00+08:00", content.Running},
		{"a second early", "{from: 2026-11-22}", "2026-11-21T23:59:59+08:00", content.NotStarted},
		{"on the dot", "{from: 2026-11-22}", "2026-11-22T00:00:00+08:00", content.Running},
		{"elsewhere it is still yesterday", "{from: 2026-11-22}", "2026-11-21T16:00:00Z", content.Running},
		{"last second", "{until: 2026-11-22 12:30}", "2026-11-22T12:29:59+08:00", content.Running},
		{"the end does not count", "{until: 2026-11-22 12:30}", "2026-11-22T12:30:00+08:00", content.Over},
		{"to the second", "{until: 2026-11-22 12:30:30}", "2026-11-22T12:30:29+08:00", content.Running},
		{"before the hours", "{hours: [08:30-21:30]}", "2026-11-22T08:29:59+08:00", content.OutsideHours},
		{"within the hours", "{hours: [08:30-21:30]}", "2026-11-22T08:30:00+08:00", content.Running},
		{"after the hours", "{hours: [08:30-21:30]}", "2026-11-22T21:30:00+08:00", content.OutsideHours},
		{"between two spans", "{hours: [08:00-10:00, 14:00-16:00]}", "2026-11-22T12:00:00+08:00", content.OutsideHours},
		{"second span", "{hours: [08:00-10:00, 14:00-16:00]}", "2026-11-22T15:00:00+08:00", content.Running},
		{"over midnight, late", "{hours: [22:00-06:00]}", "2026-11-22T23:00:00+08:00", content.Running},
		{"over midnight, early", "{hours: [22:00-06:00]}", "2026-11-22T05:59:00+08:00", content.Running},
		{"over midnight, by day", "{hours: [22:00-06:00]}", "2026-11-22T06:00:00+08:00", content.OutsideHours},
		{"all day", "{hours: [00:00-24:00]}", "2026-11-22T23:59:59+08:00", content.Running},
		{"on its day", "{days: [周日]}", "2026-11-22T12:00:00+08:00", content.Running},
		{"7 is Sunday", "{days: [7]}", "2026-11-22T12:00:00+08:00", content.Running},
		{"not its day", "{days: [mon, 周二, 3, Sat]}", "2026-11-22T12:00:00+08:00", content.OutsideHours},
		{"over, and outside its hours", "{until: 2026-11-01, hours: [01:00-02:00]}", "2026-11-22T12:00:00+08:00", content.Over},
		{"not begun, and outside its hours", "{from: 2026-12-01, hours: [01:00-02:00]}", "2026-11-22T12:00:00+08:00", content.NotStarted},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			campaign, ps := readCampaign("id: a\nname: 甲\nactive: " + c.active + "\n")
			if ps != nil {
				t.Fatal(ps)
			}
			if got := campaign.Active.At(now, shanghai); got != c.want {
				t.Errorf("state %v, want %v", got, c.want)
			}
		})
	}
}

// readCampaign reads a file of one campaign.
func readCampaign(file string) (content.Campaign, content.Problems) {
	var v struct {
		content.Campaign `yaml:",inline"`
	}
	d, ps := content.Parse("f.yaml", []byte("kind: party\n"+file), nil)
	if ps == nil {
		ps = d.Decode(&v)
	}
	v.Check(d, content.IDs{"taken": "other.yaml:3"}, &ps)
	return v.Campaign, ps
}

// TestMistakesInACampaignsHeadAreNamed gives one line for each mistake an operator can make.
func TestMistakesInACampaignsHeadAreNamed(t *testing.T) {
	t.Parallel()
	const head = "id: a\nname: 甲\n"
	for _, c := range []struct{ name, file, want string }{
		{"no id", "name: 甲\n", `f.yaml:1: id "" can't be used; write lower-case letters, digits, - or _, at most 64, such as id: newgift`},
		{"id in Chinese", "name: 甲\nid: 新人\n", `f.yaml:3: id "新人" can't be used; write lower-case letters, digits, - or _, at most 64, such as id: newgift`},
		{"id taken", "id: taken\nname: 甲\n", `f.yaml:2: id "taken" is used already (other.yaml:3); give each one an id of its own`},
		{"no name", "id: a\n", "f.yaml:1: a campaign has no name; write the name that customers read, such as name: 关注有礼"},
		{"long name", "id: a\nname: " + strings.Repeat("长", 61) + "\n", "f.yaml:3: the name is longer than 60 characters; shorten it"},
		{"blank keyword", head + "keywords: [领券, ' 　']\n", "f.yaml:4: a keyword is empty; remove it"},
		{"same keyword", head + "keywords:\n- TD\n- ｔｄ\n", `f.yaml:6: keyword "ｔｄ" is listed twice; remove one: upper and lower case and full-width letters are the same`},
		{"long keyword", head + "keywords: [" + strings.Repeat("长", 33) + "]\n", "f.yaml:4: a keyword is longer than 32 characters; shorten it: customers type the whole keyword"},
		{"empty menu key", head + "menu_keys: ['']\n", "f.yaml:4: a menu key must have 1 to 128 bytes; write the key of the account's menu item"},
		{"empty scene", head + "scenes: ['']\n", "f.yaml:4: a scene must have 1 to 64 characters; write the parameter of the QR code"},
		{"scene with the platform's prefix", head + "scenes: [qrscene_newgift]\n", `f.yaml:4: scene "qrscene_newgift" can't match; write it without qrscene_, which the platform puts in front`},
		{"account in capitals", head + "accounts: [Brand]\n", `f.yaml:4: account "Brand" can't be used; write a name of BOT_ACCOUNTS, in lower case`},
		{"ends before it begins", head + "active:\n  from: 2026-02-01\n  until: 2026-02-01\n", "f.yaml:6: it ends before it begins; write an end after the beginning (a bare date is its first minute)"},
		{"hours backwards in time", head + "active: {hours: [08:30]}\n", `f.yaml:4: "08:30" is not a span of hours; write 08:30-21:30`},
		{"minute 60", head + "active: {hours: [08:60-09:00]}\n", `f.yaml:4: "08:60-09:00" is not a span of hours; write 08:30-21:30`},
		{"hour 25", head + "active: {hours: [08:00-25:00]}\n", `f.yaml:4: "08:00-25:00" is not a span of hours; write 08:30-21:30`},
		{"no such day", head + "active: {days: [周八]}\n", `f.yaml:4: "周八" is not a day; write 周一, mon or 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, ps := readCampaign(c.file); ps.Error() != c.want {
				t.Errorf("told\n%s\nwant\n%s", ps.Error(), c.want)
			}
		})
	}
}

// TestASpanOfDaysLastsToTheEndOfItsLastDay, as people read "valid for 30 days"; one of hours is exact.
func TestASpanOfDaysLastsToTheEndOfItsLastDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1d":    "2026-11-24T00:00:00+08:00",
		"30d":   "2026-12-23T00:00:00+08:00",
		"48h":   "2026-11-24T12:00:00+08:00",
		"1h30m": "2026-11-22T13:30:00+08:00",
	} {
		span, err := content.ParseSpan(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := span.After(noon.UTC(), shanghai).Format(time.RFC3339); got != want {
			t.Errorf("%s after noon: %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "0d", "-3d", "1.5d", "30", "4000d", "100000h", "-1h", "0s", "ten days"} {
		if s, err := content.ParseSpan(text); err == nil {
			t.Errorf("%q is read as %v", text, s)
		}
	}
}

// TestMessagesOfContent: the kind is told by the keys, and what can't be sent is a problem.
func TestMessagesOfContent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, message, told string
		kind                bot.MessageKind
	}{
		{"text", "text: 您好", "", bot.MessageText},
		{"picture", "media_id: abc", "", bot.MessageImage},
		{"voice", "{kind: voice, media_id: abc}", "", bot.MessageVoice},
		{"music", "{music_url: 'https://a.cn/b.mp3', thumb_id: x}", "", bot.MessageMusic},
		{"cards", "cards: [{title: 甲, url: 'https://a.cn'}]", "", bot.MessageCards},
		{"mini program", "mini_program: {title: 甲, app_id: wx1, page: p}", "", bot.MessageMiniProgram},
		{"location", "location: {name: 店, address: 人民路, latitude: 31.2, longitude: 121.5}", "", bot.MessageLocation},
		{"customer-acquisition link", "{acquisition: 'https://a.cn', title: 加好友}", "", bot.MessageAcquisition},
		{"menu", "menu: {head: 选, choices: [{label: 领券}, {label: 答题, say: 答题}]}", "", bot.MessageMenu},
		{"file", "{kind: file, media_id: x, title: 说明书.pdf}", "", bot.MessageFile},
		{"file without id", "{kind: file, title: 说明书.pdf}", "a message of kind file has no file and no media id", bot.MessageFile},
		{"hand-over", "kind: transfer", "", bot.MessageTransfer},
		{"nothing", "{}", "a message is empty", ""},
		{"unknown kind", "kind: poem", "kind of message poem is not known", "poem"},
		{"two in one", "{text: a, menu: {choices: [{label: b}]}}", "a message of kind menu holds something else too", bot.MessageMenu},
		{"text with a picture", "{text: a, media_id: b}", "a message of kind image holds something else too", bot.MessageImage},
		{"blank text", "{kind: text, text: ' '}", "a text is empty", bot.MessageText},
		{"NUL", `text: "a\0b"`, "a text holds a control character", bot.MessageText},
		{"long text", "text: " + strings.Repeat("长", 683), "a text is longer than the platform's 2048 bytes", bot.MessageText},
		{"picture without id", "kind: image", "a message of kind image has no file and no media id", bot.MessageImage},
		{"music without cover", "music_url: 'https://a.cn/b.mp3'", "music has no cover", bot.MessageMusic},
		{"card without link", "cards: [{title: 甲}]", "a link is missing or not complete", bot.MessageCards},
		{"card without title", "cards: [{url: 'https://a.cn'}]", "a card has no title", bot.MessageCards},
		{"card with half a picture", "cards: [{title: 甲, url: 'https://a.cn', picture_url: a.png}]", "a link is missing or not complete", bot.MessageCards},
		{"no cards", "{kind: cards, cards: []}", "the number of cards is not right", bot.MessageCards},
		{"a place without a name", "location: {latitude: 31.2, longitude: 121.5}", "a location has no name", bot.MessageLocation},
		{"a place that is nowhere", "location: {name: 店}", "a location is nowhere", bot.MessageLocation},
		{"a place beside the earth", "location: {name: 店, latitude: 121.5, longitude: 31.2}", "a location is not on the earth", bot.MessageLocation},
		{"a place that is no number", "location: {name: 店, latitude: .nan, longitude: 31.2}", "a location is not on the earth", bot.MessageLocation},
		{"half a link", "acquisition: a.cn", "a customer-acquisition link is missing or not complete", bot.MessageAcquisition},
		{"a place and a text", "{location: {name: 店, latitude: 1, longitude: 2}, text: 甲}", "a message of kind location holds something else too", bot.MessageLocation},
		{"half a mini program", "mini_program: {title: 甲}", "a mini-program card is not complete", bot.MessageMiniProgram},
		{"menu without choices", "menu: {head: 选}", "the number of choices is not right", bot.MessageMenu},
		{"choice without label", "menu: {choices: [{say: 领券}]}", "the label of a choice is missing or too long", bot.MessageMenu},
		{"same choice twice", "menu: {choices: [{label: A}, {label: Ａ}]}", "two choices have the same label", bot.MessageMenu},
		{"long head", "menu: {head: " + strings.Repeat("a", 1025) + ", choices: [{label: A}]}", "a menu's head or tail is longer than 1024 bytes", bot.MessageMenu},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var v struct {
				Reply []bot.Message `yaml:"reply"`
			}
			indented := strings.ReplaceAll(c.message, "\n", "\n  ")
			d, ps := content.Parse("f.yaml", []byte("kind: party\nreply:\n- "+indented+"\n"), nil)
			if ps == nil {
				ps = d.Decode(&v)
			}
			content.CheckReply(d, &ps, v.Reply, "reply")
			var told []string
			for _, p := range ps {
				if p.Line != 3 || p.Remedy == "" {
					t.Errorf("no place or remedy: %s", p)
				}
				told = append(told, p.What)
			}
			if got := strings.Join(told, "; "); got != c.told {
				t.Errorf("told %q, want %q", got, c.told)
			}
			if len(v.Reply) == 1 && v.Reply[0].Kind != c.kind {
				t.Errorf("kind %q, want %q", v.Reply[0].Kind, c.kind)
			}
		})
	}
}

// TestPlaceholdersAreCheckedWhenContentIsLoaded, not when a customer reads "{coed}".
func TestPlaceholdersAreCheckedWhenContentIsLoaded(t *testing.T) {
	t.Parallel()
	d, _ := content.Parse("f.yaml", []byte("kind: coupon\ntexts:\n  given: x\n"), nil)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"您的券码：{code}", nil},
		{"{code} {code}", nil},
		{"您的券码：{coed}", []string{"f.yaml:3: placeholder {coed} is not known here; use one of {code} {name}", "f.yaml:3: placeholder {code} is missing; put {code} where it belongs in the sentence"}},
		{"{ code } 和 {code}", nil},
		{"{code}\x00", []string{"f.yaml:3: a text holds a control character; remove it"}},
	} {
		var ps content.Problems
		content.CheckText(d, &ps, c.text, []string{"{code}", "{name}"}, []string{"{code}"}, "texts", "given")
		var told []string
		for _, p := range ps {
			told = append(told, p.String())
		}
		if diff := cmp.Diff(c.want, told); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}
