package contact

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func hello(code string) string {
	return fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"你好 %%NICKNAME%%"}}`, code)
}

// TestACustomerIsWelcomedOnceWithinTwentySeconds is the way of a code.
func TestACustomerIsWelcomedOnceWithinTwentySeconds(t *testing.T) {
	t.Parallel()
	c := open(t)
	e := c.add("shop")
	if e.ChangeType != "add_external_contact" || e.State != "shop" || e.WelcomeCode == "" || e.UserID != zhang {
		t.Errorf("%+v", e)
	}
	c.wait(20 * time.Second)
	c.obeyed("send_welcome_msg", hello(e.WelcomeCode), nil)
	c.refused(41051, "send_welcome_msg", hello(e.WelcomeCode))
	if diff := cmp.Diff([]string{"app text 你好 小王"}, c.reads(zhang, wang)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	lines := c.book.Chat(zhang, wang)
	if ms := lines[len(lines)-1].AfterMS; ms != 20_000 {
		t.Errorf("after %d ms", ms)
	}
}

func TestACodeThatCanNotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		before func(c *corp)
		after  func(c *corp)
		code   int
	}{
		{"later than 20 s", nil, func(c *corp) { c.wait(20*time.Second + time.Millisecond) }, 41050},
		{"the customer wrote", nil, func(c *corp) { c.do(Act{Kind: ActCustomerSays, UserID: zhang, ExternalUserID: wang, Text: "在吗"}) }, 41051},
		{"the member wrote", nil, func(c *corp) { c.do(Act{Kind: ActMemberSays, UserID: zhang, ExternalUserID: wang, Text: "您好"}) }, 41051},
		{"the customer went", nil, func(c *corp) { c.do(Act{Kind: ActCustomerLeaves, UserID: zhang, ExternalUserID: wang}) }, 84061},
		{"the member left the corp", nil, func(c *corp) { c.do(Act{Kind: ActLeave, UserID: zhang}) }, 60111},
		{"no consent to the archive", func(c *corp) { c.do(Act{Kind: ActSetArchive, On: true}) }, nil, 41053},
		{"consent to the archive", func(c *corp) { c.do(Act{Kind: ActSetArchive, On: true}) }, func(c *corp) {
			c.do(Act{Kind: ActAgree, UserID: zhang, ExternalUserID: wang})
		}, 0},
		{"another app was quicker", func(c *corp) { c.do(Act{Kind: ActSetRival, Rival: &Rival{}}) }, nil, 41051},
		{"another app is sending", func(c *corp) { c.do(Act{Kind: ActSetRival, Rival: &Rival{TakesMS: 2000}}) }, func(c *corp) { c.wait(time.Second) }, 41096},
		{"another app has sent", func(c *corp) { c.do(Act{Kind: ActSetRival, Rival: &Rival{TakesMS: 2000}}) }, func(c *corp) { c.wait(2 * time.Second) }, 41051},
		{"another app has failed", func(c *corp) { c.do(Act{Kind: ActSetRival, Rival: &Rival{TakesMS: 2000, Fails: true}}) }, func(c *corp) { c.wait(2 * time.Second) }, 0},
		{"came again in the meantime", nil, func(c *corp) {
			c.do(Act{Kind: ActCustomerLeaves, UserID: zhang, ExternalUserID: wang})
			c.add("shop")
		}, 41050},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := open(t)
			if tc.before != nil {
				tc.before(c)
			}
			code := c.add("shop").WelcomeCode
			if tc.after != nil {
				tc.after(c)
			}
			c.refused(tc.code, "send_welcome_msg", hello(code))
		})
	}
	c := open(t)
	c.refused(41049, "send_welcome_msg", `{"text":{"content":"a"}}`)
	c.refused(41050, "send_welcome_msg", hello("never given"))
}

func TestAnotherAppsCallIsInProgressForAMoment(t *testing.T) {
	t.Parallel()
	c := open(t)
	code := c.add("shop").WelcomeCode
	c.obeyed("send_welcome_msg", hello(code), nil)
	c.app = "other"
	c.refused(41096, "send_welcome_msg", hello(code))
	c.wait(time.Second)
	c.refused(41051, "send_welcome_msg", hello(code))
}

func TestARivalMayStrikeOnce(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.do(Act{Kind: ActSetRival, Rival: &Rival{Once: true}})
	c.refused(41051, "send_welcome_msg", hello(c.add("shop").WelcomeCode))
	next := c.do(Act{Kind: ActAdd, ExternalUserID: li, State: "shop"})[0]
	c.obeyed("send_welcome_msg", hello(next.WelcomeCode), nil)
}

// TestWhoeverIsNotGreetedByTheAPIBringsNoCode: the console's welcome, talks, a welcome at the half-add, people of other corps.
func TestWhoeverIsNotGreetedByTheAPIBringsNoCode(t *testing.T) {
	t.Parallel()
	half := Act{Kind: ActAdd, ExternalUserID: wang, State: "shop", Half: true}
	confirm := Act{Kind: ActConfirm, UserID: zhang, ExternalUserID: wang}
	for _, tc := range []struct {
		name    string
		acts    []Act
		welcome bool // the first code is used
		coded   bool
	}{
		{"half, then full", []Act{half, confirm}, false, true},
		{"welcomed at the half-add", []Act{half, confirm}, true, false},
		{"talked since the half-add", []Act{half, {Kind: ActCustomerSays, UserID: zhang, ExternalUserID: wang, Text: "在吗"}, confirm}, false, false},
		{"the console welcomes", []Act{{Kind: ActSetWelcome, UserID: zhang, Text: "总部欢迎 %NICKNAME%"}, {Kind: ActAdd, ExternalUserID: wang, State: "shop"}}, false, false},
		{"the console no longer welcomes", []Act{
			{Kind: ActSetWelcome, UserID: zhang, Text: "总部"},
			{Kind: ActSetWelcome, UserID: zhang}, {Kind: ActAdd, ExternalUserID: wang, State: "shop"},
		}, false, true},
		{"of another corp", []Act{{Kind: ActAdd, ExternalUserID: foreigner, State: "shop"}}, false, false},
		{"asked first", []Act{{Kind: ActAdd, ExternalUserID: wang, State: "ask"}, confirm}, false, true},
		{"by the member's own code", []Act{{Kind: ActAdd, ExternalUserID: wang, UserID: zhang}, confirm}, false, true},
		{"came again", []Act{
			{Kind: ActAdd, ExternalUserID: wang, State: "shop"},
			{Kind: ActCustomerLeaves, UserID: zhang, ExternalUserID: wang},
			{Kind: ActAdd, ExternalUserID: wang, State: "shop"},
		}, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := open(t)
			var last Event
			for _, a := range tc.acts {
				for _, e := range c.do(a) {
					if last.WelcomeCode == "" && e.WelcomeCode != "" && tc.welcome {
						c.obeyed("send_welcome_msg", hello(e.WelcomeCode), nil)
					}
					last = e
				}
			}
			if last.ChangeType != "add_external_contact" || (last.WelcomeCode != "") != tc.coded {
				t.Errorf("%+v", last)
			}
		})
	}
}

// TestWhatAWelcomeMayHold: what is refused leaves the code alone, and nothing of it arrives.
func TestWhatAWelcomeMayHold(t *testing.T) {
	t.Parallel()
	attached := func(list string) string { return `"text":{"content":"好"},"attachments":[` + list + `]` }
	long := func(n int) string { return strings.Repeat("字", n/3) + strings.Repeat("a", n%3) }
	image := `{"msgtype":"image","image":{"media_id":"picture"}}`
	mini := func(title, cover, appID, page string) string {
		return fmt.Sprintf(`{"msgtype":"miniprogram","miniprogram":{"title":%q,"pic_media_id":%q,"appid":%q,"page":%q}}`, title, cover, appID, page)
	}
	link := func(title, desc, url string) string {
		return fmt.Sprintf(`{"msgtype":"link","link":{"title":%q,"desc":%q,"url":%q}}`, title, desc, url)
	}
	for _, tc := range []struct {
		name, body string
		code       int
	}{
		{"a text of 4000 bytes", `"text":{"content":"` + long(4000) + `"}`, 0},
		{"a text of 4001 bytes", `"text":{"content":"` + long(4001) + `"}`, 45002},
		{"nothing", `"x":1`, 40058},
		{"an empty text", `"text":{"content":""}`, 44004},
		{"an empty text and a picture", `"text":{"content":""},"attachments":[` + image + `]`, 0},
		{"nine attachments", attached(strings.Repeat(image+",", 8) + image), 0},
		{"ten attachments", attached(strings.Repeat(image+",", 9) + image), 41064},
		{"a type without its object", attached(`{"msgtype":"image","link":{"title":"a","url":"https://a.example"}}`), 41065},
		{"no type", attached(`{"image":{"media_id":"picture"}}`), 41065},
		{"an unknown type", attached(`{"msgtype":"voice","voice":{"media_id":"picture"}}`), 41065},
		{"an unknown media id", attached(`{"msgtype":"image","image":{"media_id":"gone"}}`), 40007},
		{"a picture as video", attached(`{"msgtype":"video","video":{"media_id":"picture"}}`), 40007},
		{"a picture for moments", attached(`{"msgtype":"image","image":{"media_id":"moment"}}`), 40007},
		{"an image of nothing", attached(`{"msgtype":"image","image":{}}`), 40007},
		{"an uploaded picture by address", attached(`{"msgtype":"image","image":{"pic_url":"https://uploaded.example/1"}}`), 0},
		{"any picture by address", attached(`{"msgtype":"image","image":{"pic_url":"https://elsewhere.example/1"}}`), 40058},
		{"the id wins over the address", attached(`{"msgtype":"image","image":{"media_id":"gone","pic_url":"https://uploaded.example/1"}}`), 40007},
		{"video and file", attached(`{"msgtype":"video","video":{"media_id":"film"}},{"msgtype":"file","file":{"media_id":"paper"}}`), 0},
		{"a link", attached(link(long(128), long(512), "https://a.example")), 0},
		{"a link's title too long", attached(link(long(129), "", "https://a.example")), 40058},
		{"a link's description too long", attached(link("a", long(513), "https://a.example")), 40058},
		{"a link to nowhere", attached(link("a", "", "a.example")), 40058},
		{"a mini program", attached(mini(long(64), "picture", "wxours", "pages/index")), 0},
		{"a mini program's title too long", attached(mini(long(65), "picture", "wxours", "pages/index")), 40058},
		{"a mini program without a page", attached(mini("a", "picture", "wxours", "")), 40058},
		{"a mini program's cover missing", attached(mini("a", "", "wxours", "pages/index")), 40007},
		{"a foreign mini program", attached(mini("a", "picture", "wxforeign", "pages/index")), 40058},
		{"a text that is a number", `"text":{"content":1}`, 40058},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := open(t)
			code := c.add("shop").WelcomeCode
			c.refused(tc.code, "send_welcome_msg", fmt.Sprintf(`{"welcome_code":%q,%s}`, code, tc.body))
			if tc.code == 0 {
				return
			}
			if got := c.reads(zhang, wang); len(got) > 0 {
				t.Errorf("arrived: %v", got)
			}
			c.obeyed("send_welcome_msg", hello(code), nil)
		})
	}
}

func TestEveryAttachmentIsABubbleOfItsOwn(t *testing.T) {
	t.Parallel()
	c := open(t)
	code := c.add("shop").WelcomeCode
	c.obeyed("send_welcome_msg", fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"好"},"attachments":[
		{"msgtype":"image","image":{"media_id":"picture"}},{"msgtype":"image","image":{"pic_url":"https://uploaded.example/1"}},
		{"msgtype":"link","link":{"title":"官网","url":"https://a.example"}},
		{"msgtype":"miniprogram","miniprogram":{"title":"商城","pic_media_id":"picture","appid":"wxours","page":"p"}},
		{"msgtype":"video","video":{"media_id":"film"}},{"msgtype":"file","file":{"media_id":"paper"}}]}`, code), nil)
	want := []string{
		"app text 好", "app image picture", "app image https://uploaded.example/1", "app link 官网", "app miniprogram 商城picture",
		"app video film", "app file paper",
	}
	if diff := cmp.Diff(want, c.reads(zhang, wang)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
}
