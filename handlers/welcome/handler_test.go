package welcome_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/handlers/welcome"
	"guanjia/store"
)

const greetings = `
kind: welcome
rules:
- reply: [{text: 欢迎关注}]
- followers: returning
  reply: [{text: 欢迎回来}]
- scenes: [pharmacy-01, pharmacy-02]
  reply: [{text: 欢迎来到药房}]
- scenes: [pharmacy-01]
  followers: returning
  reply: [{text: 欢迎回到药房}]
- scenes: [night]
  active: {hours: [22:00-06:00]}
  reply: [{text: 夜深了}]
- event: scan
  scenes: [pharmacy-01]
  reply: [{text: 您已经关注了}]
- event: first_message
  scenes: [pharmacy-01]
  reply: [{text: 药房为您服务}]
`

// load reads one content file and fails on problems.
func load(t testing.TB, file string) *welcome.Book {
	t.Helper()
	d, ps := content.Parse("welcome.yaml", []byte(file), nil)
	if ps != nil {
		t.Fatal(ps)
	}
	b, ps := welcome.Load([]content.Doc{d}, bottest.Zone)
	if ps != nil {
		t.Fatal(ps)
	}
	return b
}

// talk starts a bot that greets with the file's words and echoes what it does not know.
func talk(t *testing.T, file string) *bottest.Talk {
	book := load(t, file)
	return bottest.New(t, func(s *store.Store) []bot.Handler {
		return []bot.Handler{welcome.NewRecorder(s), welcome.New(book, s), echo{}}
	})
}

// echo answers what nothing else does.
type echo struct{}

func (echo) Name() bot.HandlerName { return "echo" }
func (echo) Routes() []bot.Route   { return []bot.Route{{Handler: "echo", Default: true}} }
func (echo) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	return bot.Say("您说：" + t.Event.Text), nil
}

// TestTheNarrowestRuleGreets keeps the promise of the order: scene before returning before any.
func TestTheNarrowestRuleGreets(t *testing.T) {
	t.Parallel()
	k := talk(t, greetings)
	wang := k.Person("wang")
	wang.Follows("").Hears("欢迎关注").DoesNotHear("药房", "回来")
	wang.Unfollows().HearsNothing()
	wang.Follows("").Hears("欢迎回来").DoesNotHear("欢迎关注")
	wang.Unfollows()
	wang.Follows("pharmacy-01").Hears("欢迎回到药房").DoesNotHear("欢迎来到药房")

	k.Person("li").Follows("pharmacy-01").Hears("欢迎来到药房")
	k.Person("zhang").Follows("pharmacy-02").Hears("欢迎来到药房")
	k.Person("zhao").Follows("nobody-knows-it").Hears("欢迎关注")
}

// added is the detail of a customer's adding a member.
type added string

func (a added) MemberID() string { return string(a) }

// TestTheMemberWhomACustomerAddsGreets: by their own words, unless the scene has some.
func TestTheMemberWhomACustomerAddsGreets(t *testing.T) {
	t.Parallel()
	k := talk(t, "kind: welcome\nrules:\n- reply: [{text: 欢迎}]\n- members: [ZhangSan, lisi]\n  reply: [{text: 我是药师小张}]\n"+
		"- scenes: [night]\n  reply: [{text: 夜深了}]\n- scenes: [night]\n  members: [lisi]\n  reply: [{text: 我是夜班小李}]\n")
	add := func(customer, member string, scene bot.Scene) *bottest.Heard {
		return k.Person(customer).Does(bot.Event{Kind: bot.KindFollow, Scene: scene, Detail: added(member)})
	}
	add("wang", "zhangsan", "").Hears("药师小张") // the platform does not keep to one case
	add("li", "wangwu", "").Hears("欢迎")
	add("zhao", "zhangsan", "night").Hears("夜深了")
	add("qian", "lisi", "night").Hears("夜班小李")
	k.Person("sun").Follows("").Hears("欢迎")
}

// TestWhoOpensAChatIsGreetedByItsRules, by the scene of the link, and only when the platform lets something be said.
func TestWhoOpensAChatIsGreetedByItsRules(t *testing.T) {
	t.Parallel()
	k := talk(t, "kind: welcome\nrules:\n- reply: [{text: 欢迎关注}]\n- event: enter\n  reply: [{text: 您好，请讲}]\n"+
		"- event: enter\n  scenes: [shop-7]\n  reply: [{text: 七号店为您服务}]\n")
	enter := func(customer string, scene bot.Scene, speakable bool) *bottest.Heard {
		return k.Person(customer).Does(bot.Event{Kind: bot.KindEnter, Scene: scene, Desk: "wk1", Speakable: speakable})
	}
	enter("wang", "", true).Hears("您好，请讲").DoesNotHear("关注")
	enter("li", "shop-7", true).Hears("七号店")
	enter("zhao", "shop-7", false).HearsNothing()
	k.Person("qian").Follows("").Hears("欢迎关注").DoesNotHear("请讲")
}

// TestARuleWithHoursSpeaksInItsHours: outside them the wider rule does.
func TestARuleWithHoursSpeaksInItsHours(t *testing.T) {
	t.Parallel()
	k := talk(t, greetings)
	k.Person("wang").Follows("night").Hears("欢迎关注").DoesNotHear("夜深了")
	k.Later(13 * time.Hour) // 23:00
	k.Person("li").Follows("night").Hears("夜深了")
}

// TestACustomersWelcomeIsChosenByAllOfIt: state, member, new or returning, and hour, each narrower than the next.
func TestACustomersWelcomeIsChosenByAllOfIt(t *testing.T) {
	t.Parallel()
	k := talk(t, `
kind: welcome
rules:
- reply: [{text: 一般}]
- active: {hours: [22:00-06:00]}
  reply: [{text: 夜里}]
- followers: returning
  reply: [{text: 回来}]
- followers: returning
  active: {hours: [22:00-06:00]}
  reply: [{text: 夜里回来}]
- members: [lisi]
  reply: [{text: 小李}]
- members: [lisi]
  followers: returning
  active: {hours: [22:00-06:00]}
  reply: [{text: 小李夜里又见您}]
- scenes: [booth]
  reply: [{text: 展台}]
- scenes: [booth]
  members: [lisi]
  followers: new
  reply: [{text: 展台小李}]
`)
	add := func(customer, member string, state bot.Scene) *bottest.Heard {
		return k.Person(customer).Does(bot.Event{Kind: bot.KindFollow, Scene: state, Detail: added(member)})
	}
	back := func(customer string) { k.Person(customer).Unfollows() }
	add("a", "wangwu", "").Hears("一般")
	add("b", "lisi", "").Hears("小李").DoesNotHear("展台", "夜里")
	add("c", "lisi", "booth").Hears("展台小李")
	add("d", "wangwu", "booth").Hears("展台").DoesNotHear("小李")
	for _, customer := range []string{"a", "b", "c"} {
		back(customer)
	}
	add("a", "wangwu", "").Hears("回来").DoesNotHear("夜里")
	add("b", "lisi", "").Hears("小李").DoesNotHear("夜里")
	add("c", "lisi", "booth").Hears("展台").DoesNotHear("小李")
	back("a")
	back("b")
	k.Later(13 * time.Hour) // 23:00
	add("a", "wangwu", "").Hears("夜里回来")
	add("b", "lisi", "").Hears("小李夜里又见您")
	add("e", "wangwu", "").Hears("夜里").DoesNotHear("回来")
}

// TestScansOfFollowersAreGreetedOnlyByTheirRules: a scan without a rule is met with nothing, not with a welcome.
func TestScansOfFollowersAreGreetedOnlyByTheirRules(t *testing.T) {
	t.Parallel()
	wang := talk(t, greetings).Person("wang")
	wang.Follows("")
	wang.Scans("pharmacy-01").Hears("您已经关注了").DoesNotHear("欢迎")
	wang.Scans("pharmacy-02").HearsNothing()
}

// TestTheFirstMessageAfterAFollowIsGreetedOnce, beside its answer, by the scene of the follow.
func TestTheFirstMessageAfterAFollowIsGreetedOnce(t *testing.T) {
	t.Parallel()
	k := talk(t, greetings)
	wang := k.Person("wang")
	wang.Follows("pharmacy-01")
	wang.Says("你好").Hears("药房为您服务")
	wang.Says("在吗").Hears("您说：在吗").DoesNotHear("药房")
	wang.Unfollows()
	wang.Follows("pharmacy-01")
	wang.Says("又是我").Hears("药房为您服务")

	li := k.Person("li")
	li.Follows("")
	li.Says("你好").Hears("您说：你好").DoesNotHear("药房")

	k.Person("followed-before-there-was-a-bot").Says("你好").DoesNotHear("药房")
}

// TestSwitchedOffItStillRecordsWhoFollows: the toggle stops the words, not the records.
func TestSwitchedOffItStillRecordsWhoFollows(t *testing.T) {
	t.Parallel()
	for _, feature := range []bot.HandlerName{"welcome", "autoreply"} {
		k := talk(t, greetings)
		k.Toggles.Switch(feature, false)
		wang := k.Person("wang")
		wang.Follows("pharmacy-01").HearsNothing()
		f, err := k.Store.Follower(t.Context(), wang.Person)
		if err != nil || !f.Following || f.Scene != "pharmacy-01" || f.Follows != 1 {
			t.Errorf("%s off: recorded %+v, %v", feature, f, err)
		}
		wang.Unfollows().HearsNothing()
		if f, err = k.Store.Follower(t.Context(), wang.Person); err != nil || f.Following {
			t.Errorf("%s off: after the unfollow %+v, %v", feature, f, err)
		}
		k.Toggles.Switch(feature, true)
		wang.Follows("").Hears("欢迎回来")
	}
}

// TestTheSameFollowTwiceIsOneFollow: a repeated delivery makes nobody a returning follower.
func TestTheSameFollowTwiceIsOneFollow(t *testing.T) {
	t.Parallel()
	k := talk(t, greetings)
	wang := k.Person("wang")
	follow := wang.Follows("").Event
	wang.Again(follow).Hears("欢迎关注")
	f, err := k.Store.Follower(t.Context(), wang.Person)
	if err != nil || f.Follows != 1 {
		t.Errorf("recorded %+v, %v", f, err)
	}
}

// TestEveryKindOfMessageCanGreet: a reply is any messages, in their order.
func TestEveryKindOfMessageCanGreet(t *testing.T) {
	t.Parallel()
	k := talk(t, `
kind: welcome
rules:
- reply:
  - text: 欢迎
  - media_id: picture-1
  - cards: [{title: 健康百科, description: 常见问题, url: 'https://example.com/a'}]
  - mini_program: {title: 预约, app_id: wx0, page: pages/index}
  - menu: {head: 想做什么？, choices: [{label: 领取优惠券, say: 领券}, {label: 答题}]}
`)
	heard := k.Person("wang").Follows("").Hears("欢迎", "picture-1", "健康百科", "预约", "1. 领取优惠券", "2. 答题")
	var kinds []bot.MessageKind
	for _, m := range heard.Messages {
		kinds = append(kinds, m.Kind)
	}
	want := []bot.MessageKind{bot.MessageText, bot.MessageImage, bot.MessageCards, bot.MessageMiniProgram, bot.MessageMenu}
	if len(kinds) != len(want) {
		t.Fatalf("kinds %v", kinds)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Errorf("message %d is %s, want %s", i, kinds[i], want[i])
		}
	}
	k.Person("wang").Says("1").Hears("您说：领券")
}

// TestRulesOfOneAccountStayThere: an account hears its own rules before everybody's, and never another's.
func TestRulesOfOneAccountStayThere(t *testing.T) {
	t.Parallel()
	k := talk(t, `
kind: welcome
rules:
- reply: [{text: 欢迎}]
- accounts: [brand]
  reply: [{text: 欢迎关注品牌号}]
- accounts: [doctors]
  scenes: [clinic]
  reply: [{text: 欢迎来到诊室}]
`)
	k.Person("wang").Follows("clinic").Hears("品牌号").DoesNotHear("诊室")
	li := k.Person("li")
	li.Account = "doctors"
	li.Follows("").Hears("欢迎").DoesNotHear("品牌号")
}

// TestADeadDatabaseIsAnError, so that the platform asks again, never a wrong greeting or an unrecorded follow.
func TestADeadDatabaseIsAnError(t *testing.T) {
	t.Parallel()
	dead := deadStore{}
	turn := func(k bot.Kind) *bot.Turn {
		return &bot.Turn{Event: &bot.Event{Kind: k}, Now: bottest.Start, Session: &bot.Session{}}
	}
	for name, h := range map[string]bot.Handler{"recorder": welcome.NewRecorder(dead), "welcome": welcome.New(load(t, greetings), dead)} {
		if r, err := h.Handle(t.Context(), turn(bot.KindFollow)); !errors.Is(err, errDead) || !r.Empty() {
			t.Errorf("%s on follow: %v, %v", name, r, err)
		}
	}
	if _, err := welcome.NewRecorder(dead).Handle(t.Context(), turn(bot.KindUnfollow)); !errors.Is(err, errDead) {
		t.Errorf("recorder on unfollow: %v", err)
	}
}

var errDead = errors.New("no database")

type deadStore struct{}

func (deadStore) Follower(context.Context, bot.Person) (store.Follower, error) {
	return store.Follower{}, errDead
}

func (deadStore) Follow(context.Context, bot.Person, bot.Scene, bot.EventKey, time.Time) (store.Follower, bool, error) {
	return store.Follower{}, false, errDead
}

func (deadStore) Unfollow(context.Context, bot.Person, bot.EventKey, time.Time) error { return errDead }
