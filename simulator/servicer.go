package simulator

import (
	"context"
	"time"

	"guanjia/simulator/kf"
)

// Servicer is somebody who answers at the desks of a corp, in their WeCom client.
type Servicer struct {
	Corp   string
	UserID string

	t      T
	client *Client
	desk   string
}

// NewServicer opens the client of a member. They answer at the first desk that has them; At chooses another.
func NewServicer(t T, c *Client, corpID, userID string) *Servicer {
	t.Helper()
	v := &Servicer{Corp: corpID, UserID: userID, t: t, client: c}
	desks, err := c.Desks(t.Context())
	if err != nil {
		t.Fatalf("desks: %v", err)
	}
	for _, d := range desks {
		for _, s := range d.Servicers {
			if d.Corp == corpID && s.UserID == userID && v.desk == "" {
				v.desk = d.OpenKfID
			}
		}
	}
	return v
}

// At is the same person at another desk.
func (v *Servicer) At(openKfID string) *Servicer {
	other := *v
	other.desk = openKfID
	return &other
}

// Do does any act about a customer; nil: about nobody.
func (v *Servicer) Do(who *Customer, act kf.Act) kf.Bubble {
	v.t.Helper()
	user := ""
	if who != nil {
		user = who.User.ID
	}
	b, err := v.client.StaffDoes(v.t.Context(), v.desk, v.UserID, user, act)
	if err != nil {
		v.t.Fatalf("%s: %s: %v", v.UserID, act.Kind, err)
	}
	return b
}

// Take takes a customer from the waiting pool, and waits until they are there.
func (v *Servicer) Take(who *Customer) {
	v.t.Helper()
	waitForChat(v.t, v.client, v.desk, who.User, "the waiting pool", func(c DeskChat) bool { return c.State == kf.StatePool })
	v.Do(who, kf.Act{Kind: kf.ActTake})
}

// Say says something to a customer. It opens a session again that has ended.
func (v *Servicer) Say(who *Customer, text string) kf.Bubble {
	v.t.Helper()
	return v.Do(who, kf.Act{Kind: kf.ActText, Text: text})
}

// Recall takes something back that was said.
func (v *Servicer) Recall(who *Customer, said kf.Bubble) {
	v.t.Helper()
	v.Do(who, kf.Act{Kind: kf.ActRecall, MsgID: said.MsgID})
}

// Transfer gives a customer to another servicer.
func (v *Servicer) Transfer(who *Customer, to string) {
	v.t.Helper()
	v.Do(who, kf.Act{Kind: kf.ActTransfer, To: to})
}

// End ends a customer's session.
func (v *Servicer) End(who *Customer) {
	v.t.Helper()
	v.Do(who, kf.Act{Kind: kf.ActEnd})
}

// Receive begins to receive customers, or stops.
func (v *Servicer) Receive(on bool) {
	v.t.Helper()
	if on {
		v.Do(nil, kf.Act{Kind: kf.ActReceive})
	} else {
		v.Do(nil, kf.Act{Kind: kf.ActStop})
	}
}

// Waiting lists the customers in the waiting pool.
func (v *Servicer) Waiting() []DeskChat { v.t.Helper(); return v.chats(kf.StatePool) }

// Serving lists the customers whom this servicer serves.
func (v *Servicer) Serving() []DeskChat { v.t.Helper(); return v.chats(kf.StateHuman) }

func (v *Servicer) chats(state int) []DeskChat {
	v.t.Helper()
	all, err := v.client.DeskChats(v.t.Context(), v.desk)
	if err != nil {
		v.t.Fatalf("chats of %s: %v", v.desk, err)
	}
	var list []DeskChat
	for _, c := range all {
		if c.State == state && (state != kf.StateHuman || c.Servicer == v.UserID) {
			list = append(list, c)
		}
	}
	return list
}

// waitForChat reads a customer's chat again with every change until it is what is wanted.
func waitForChat(t T, client *Client, openKfID string, u User, what string, done func(DeskChat) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hearTime)
	defer cancel()
	var chat DeskChat
	for since := int64(-1); ; since = chat.Version {
		news, err := client.DeskChat(ctx, openKfID, u.ID, since, 10*time.Second)
		if err != nil {
			t.Fatalf("%s waited in vain at %s for %s; the chat is in state %d:\n%s(%v)", u.Nickname, openKfID, what, chat.State, spoken(chat.Bubbles), err)
		}
		chat = news.onto(chat)
		if done(chat) {
			return
		}
	}
}

// onto puts the lines that have changed into a chat.
func (c DeskChat) onto(old DeskChat) DeskChat {
	lines := old.Bubbles
	for _, b := range c.Bubbles {
		if n := len(lines); n > 0 && b.ID <= lines[n-1].ID {
			for i := range lines {
				if lines[i].ID == b.ID {
					lines[i] = b
				}
			}
			continue
		}
		lines = append(lines, b)
	}
	c.Bubbles = lines
	return c
}

// spoken lays a chat out for a test's log.
func spoken(bubbles []kf.Bubble) string {
	text := ""
	for _, b := range bubbles {
		text += "  " + string(b.From) + ": " + b.Text() + "\n"
	}
	return text
}
