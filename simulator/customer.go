package simulator

import (
	"strings"
	"time"

	"guanjia/simulator/kf"
)

// hearTime is how long a test waits for words that do not come. Tests that pass never wait for it.
const hearTime = 2 * time.Minute

// Customer is a person who chats with desks of WeChat customer service (微信客服), for tests that read like conversations:
//
//	wang := simulator.NewCustomer(t, sim.Client(), "ww...", "小王")
//	talk := wang.Open("wk...", "menu")
//	talk.Hears("欢迎")
//	talk.Say("领券").Hears("券码")
//
// What is said is in the platform's log when a method returns; the bot answers when it has pulled it. Whatever waits for answers
// does so until the test's context ends, at most 2 minutes, and then ends the test.
type Customer struct {
	User User
	Corp string // corp id

	t      T
	client *Client
}

// NewCustomer gives a new person a phone.
func NewCustomer(t T, c *Client, corpID, nickname string) *Customer {
	t.Helper()
	u, err := c.NewUser(t.Context(), nickname)
	if err != nil {
		t.Fatalf("new user %s: %v", nickname, err)
	}
	return &Customer{User: u, Corp: corpID, t: t, client: c}
}

// AsCustomer takes up the phone of a person who is there already: one who follows an account, or after a restart.
func AsCustomer(t T, c *Client, corpID string, u User) *Customer {
	return &Customer{User: u, Corp: corpID, t: t, client: c}
}

// Open opens the chat of a desk, with a scene and its parameter when they are given.
func (c *Customer) Open(openKfID string, scene ...string) *DeskTalk {
	c.t.Helper()
	act := kf.Act{Kind: kf.ActOpen}
	if len(scene) > 0 {
		act.Scene = scene[0]
	}
	if len(scene) > 1 {
		act.SceneParam = scene[1]
	}
	return c.enter(openKfID, act)
}

// Follow opens the chat of a desk by a link of add_contact_way.
func (c *Customer) Follow(openKfID, link string) *DeskTalk {
	c.t.Helper()
	return c.enter(openKfID, kf.Act{Kind: kf.ActOpen, Link: link})
}

func (c *Customer) enter(openKfID string, act kf.Act) *DeskTalk {
	c.t.Helper()
	talk := &DeskTalk{Customer: c, Desk: openKfID}
	talk.Said = talk.Do(act)
	return talk
}

// ExternalUserID is how the corp knows the customer.
func (talk *DeskTalk) ExternalUserID() string {
	talk.Customer.t.Helper()
	return talk.State().ExternalUserID
}

// DeskTalk is the chat of a customer with a desk. Its Hears and Replies are those of what the customer did last.
type DeskTalk struct {
	*Said
	Customer *Customer
	Desk     string
}

// Do does any act and returns what it left in the chat.
func (talk *DeskTalk) Do(act kf.Act) *Said {
	c := talk.Customer
	c.t.Helper()
	b, err := c.client.CustomerDoes(c.t.Context(), talk.Desk, c.User.ID, act)
	if err != nil {
		c.t.Fatalf("%s: %s: %v", c.User.Nickname, act.Kind, err)
	}
	talk.Said = &Said{Bubble: b, talk: talk}
	return talk.Said
}

// Say types a message.
func (talk *DeskTalk) Say(text string) *Said {
	talk.Customer.t.Helper()
	return talk.Do(kf.Act{Kind: kf.ActText, Text: text})
}

// Tap taps the item of a menu message that has these words, or this id; the latest menu that offers it. It waits for one.
func (talk *DeskTalk) Tap(item string) *Said {
	talk.Customer.t.Helper()
	var act kf.Act
	talk.until("a menu with "+item, func(c DeskChat) bool {
		for _, b := range c.Bubbles {
			if n := b.Offers(item); n >= 0 && b.Spoken() {
				act = kf.Act{Kind: kf.ActTap, Bubble: b.ID, Item: n}
			}
		}
		return act.Kind != ""
	})
	return talk.Do(act)
}

// SendPicture sends a picture, a PNG, JPEG or GIF file.
func (talk *DeskTalk) SendPicture(file []byte) *Said {
	talk.Customer.t.Helper()
	return talk.send("image", "", file)
}

// SendVoice sends a voice message; empty: a second of silence.
func (talk *DeskTalk) SendVoice(amr []byte) *Said {
	talk.Customer.t.Helper()
	return talk.send("voice", "", amr)
}

// SendVideo sends a video.
func (talk *DeskTalk) SendVideo(mp4 []byte) *Said {
	talk.Customer.t.Helper()
	return talk.send("video", "", mp4)
}

// SendFile sends a file.
func (talk *DeskTalk) SendFile(name string, data []byte) *Said {
	talk.Customer.t.Helper()
	return talk.send("file", name, data)
}

func (talk *DeskTalk) send(kind, name string, data []byte) *Said {
	c := talk.Customer
	c.t.Helper()
	f, err := c.client.DeskFile(c.t.Context(), talk.Desk, kind, name, data)
	if err != nil {
		c.t.Fatalf("%s uploads a %s: %v", c.User.Nickname, kind, err)
	}
	return talk.Do(kf.Act{Kind: kf.ActKind(kind), MediaID: f.ID})
}

// SendLocation sends a place on the map.
func (talk *DeskTalk) SendLocation(latitude, longitude float64, name, address string) *Said {
	talk.Customer.t.Helper()
	return talk.Do(kf.Act{Kind: "location", Latitude: latitude, Longitude: longitude, Name: name, Address: address})
}

// SendLink shares a page.
func (talk *DeskTalk) SendLink(title, desc, url string) *Said {
	talk.Customer.t.Helper()
	return talk.Do(kf.Act{Kind: "link", Title: title, Desc: desc, URL: url})
}

// Recall takes a message back.
func (talk *DeskTalk) Recall(said *Said) *Said {
	talk.Customer.t.Helper()
	return talk.Do(kf.Act{Kind: kf.ActRecall, MsgID: said.MsgID})
}

// Reject takes no more messages of the desk: they fail later, with msg_send_fail.
func (talk *DeskTalk) Reject() *Said {
	talk.Customer.t.Helper()
	return talk.Do(kf.Act{Kind: kf.ActReject})
}

// Accept takes messages again.
func (talk *DeskTalk) Accept() *Said {
	talk.Customer.t.Helper()
	return talk.Do(kf.Act{Kind: kf.ActAccept})
}

// State is the chat as it is now, with all its lines.
func (talk *DeskTalk) State() DeskChat {
	c := talk.Customer
	c.t.Helper()
	chat, err := c.client.DeskChat(c.t.Context(), talk.Desk, c.User.ID, 0, 0)
	if err != nil {
		c.t.Fatalf("%s opens the chat: %v", c.User.Nickname, err)
	}
	return chat
}

// Chat lists the lines on the screen, oldest first.
func (talk *DeskTalk) Chat() []kf.Bubble {
	talk.Customer.t.Helper()
	return talk.State().Bubbles
}

// Until waits until the session is in a state; see the kf.State constants.
func (talk *DeskTalk) Until(state int) {
	talk.Customer.t.Helper()
	talk.until("state "+string(rune('0'+state)), func(c DeskChat) bool { return c.State == state })
}

// Ledger tells which replies followed each message, and which messages of the API were refused.
func (talk *DeskTalk) Ledger() kf.Ledger {
	c := talk.Customer
	c.t.Helper()
	l, err := c.client.DeskLedger(c.t.Context(), talk.Desk, c.User.ID)
	if err != nil {
		c.t.Fatalf("ledger of %s: %v", talk.Desk, err)
	}
	return l
}

// until waits for a chat to become what is wanted.
func (talk *DeskTalk) until(what string, done func(DeskChat) bool) {
	c := talk.Customer
	c.t.Helper()
	waitForChat(c.t, c.client, talk.Desk, c.User, what, done)
}

// Said is something that a customer did, and what followed.
type Said struct {
	kf.Bubble
	talk *DeskTalk
}

// Hears waits until what the corp has said since holds all the words, in whichever of its messages.
func (s *Said) Hears(words ...string) *Said {
	s.talk.Customer.t.Helper()
	s.talk.until("the words "+strings.Join(words, " and "), func(c DeskChat) bool {
		heard := textOf(s.after(c))
		for _, w := range words {
			if !strings.Contains(heard, w) {
				return false
			}
		}
		return true
	})
	return s
}

// Replies waits until the corp has said at least n things since, and returns all it has said.
func (s *Said) Replies(n int) (replies []kf.Bubble) {
	s.talk.Customer.t.Helper()
	s.talk.until("another reply", func(c DeskChat) bool {
		replies = s.after(c)
		return len(replies) >= n
	})
	return replies
}

// Heard is what the corp has said since, so far, a line for each.
func (s *Said) Heard() string {
	s.talk.Customer.t.Helper()
	return textOf(s.after(s.talk.State()))
}

func (s *Said) after(c DeskChat) []kf.Bubble {
	var list []kf.Bubble
	for _, b := range c.Bubbles {
		if b.ID > s.ID && b.Spoken() {
			list = append(list, b)
		}
	}
	return list
}

func textOf(bubbles []kf.Bubble) string {
	var lines []string
	for _, b := range bubbles {
		lines = append(lines, b.Text())
	}
	return strings.Join(lines, "\n")
}
