package simulator

import (
	"context"
	"time"
)

// T is the part of testing.TB that a Phone needs.
type T interface {
	Context() context.Context
	Helper()
	Fatalf(format string, args ...any)
}

// Phone is a person's phone with the chat of one account open, for tests that read like conversations. Every method does one
// thing, waits for what comes of it, and ends the test when the platform does not allow it. An answer that the platform
// refuses does not end the test: look at Exchange.Failed.
type Phone struct {
	User    User
	Account string

	t      T
	client *Client
}

// NewPhone gives a new person a phone. They do not follow the account yet.
func NewPhone(t T, c *Client, account, nickname string) *Phone {
	t.Helper()
	u, err := c.NewUser(t.Context(), nickname)
	if err != nil {
		t.Fatalf("new user %s: %v", nickname, err)
	}
	return &Phone{User: u, Account: account, t: t, client: c}
}

// OpenPhone takes up the phone of a person who is there already, as after a restart.
func OpenPhone(t T, c *Client, account, userID string) *Phone {
	t.Helper()
	state, err := c.State(t.Context())
	if err != nil {
		t.Fatalf("open the phone of %s: %v", userID, err)
	}
	for _, u := range state.Users {
		if u.ID == userID {
			return &Phone{User: u, Account: account, t: t, client: c}
		}
	}
	t.Fatalf("nobody has the id %s", userID)
	return nil
}

// OpenID is how the account knows the person.
func (p *Phone) OpenID() string { return p.User.Accounts[p.Account].OpenID }

// Follow follows the account, through the QR code of a scene when one is given; further ones are ignored.
func (p *Phone) Follow(scene ...string) Exchange {
	p.t.Helper()
	act := Act{Kind: ActFollow}
	if len(scene) > 0 {
		act.Scene = scene[0]
	}
	return p.Do(act)
}

// Unfollow leaves the account.
func (p *Phone) Unfollow() Exchange {
	p.t.Helper()
	return p.Do(Act{Kind: ActUnfollow})
}

// Scan scans the QR code of a scene: a follower's scan is reported, anybody else follows by it.
func (p *Phone) Scan(scene string) Exchange {
	p.t.Helper()
	return p.Do(Act{Kind: ActScan, Scene: scene})
}

// Say types a message.
func (p *Phone) Say(text string) Exchange {
	p.t.Helper()
	return p.Do(Act{Kind: ActText, Text: text})
}

// Speak sends a voice message; recognised is what speech recognition makes of it, empty when it is switched off.
func (p *Phone) Speak(recognised string) Exchange {
	p.t.Helper()
	return p.Do(Act{Kind: ActVoice, Text: recognised})
}

// SendPicture sends a picture, a PNG, JPEG or GIF file.
func (p *Phone) SendPicture(file []byte) Exchange {
	p.t.Helper()
	x, err := p.client.SendPicture(p.t.Context(), p.Account, p.User.ID, file)
	if err != nil {
		p.t.Fatalf("%s sends a picture: %v", p.User.Nickname, err)
	}
	return x
}

// SendLocation sends a place on the map.
func (p *Phone) SendLocation(latitude, longitude float64, label string) Exchange {
	p.t.Helper()
	return p.Do(Act{Kind: ActLocation, Latitude: latitude, Longitude: longitude, Label: label})
}

// SendLink shares a page.
func (p *Phone) SendLink(title, description, url string) Exchange {
	p.t.Helper()
	return p.Do(Act{Kind: ActLink, Title: title, Description: description, URL: url})
}

// Tap taps the button of the account's menu that has this name, wherever in the menu it is.
func (p *Phone) Tap(name string) Exchange {
	p.t.Helper()
	state, err := p.client.State(p.t.Context())
	if err != nil {
		p.t.Fatalf("%s opens the menu: %v", p.User.Nickname, err)
	}
	for _, a := range state.Accounts {
		if a.Name != p.Account {
			continue
		}
		for _, b := range a.Menu {
			for _, b := range append([]Button{b}, b.Sub...) {
				if b.Name == name && b.Type != "" {
					return p.Do(b.act())
				}
			}
		}
	}
	p.t.Fatalf("%s finds no button %q in the menu of %s", p.User.Nickname, name, p.Account)
	return Exchange{}
}

// act is what tapping the button does.
func (b *Button) act() Act {
	switch b.Type {
	case ButtonView:
		return Act{Kind: ActView, URL: b.URL}
	case ButtonMiniProgram:
		return Act{Kind: ActOpenMiniProgram, Key: b.PagePath}
	default:
		return Act{Kind: ActClick, Key: b.Key}
	}
}

// Do does any act.
func (p *Phone) Do(act Act) Exchange {
	p.t.Helper()
	x, err := p.client.Act(p.t.Context(), p.Account, p.User.ID, act)
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.User.Nickname, act.Kind, err)
	}
	return x
}

// Notices says what becomes of the account's template messages and subscription notifications to this phone.
func (p *Phone) Notices(arrival Arrival) {
	p.t.Helper()
	if _, err := p.client.SetArrival(p.t.Context(), p.Account, p.User.ID, arrival); err != nil {
		p.t.Fatalf("%s: notices %s: %v", p.User.Nickname, arrival, err)
	}
}

// Chat lists everything on the screen, oldest first.
func (p *Phone) Chat() []Entry {
	p.t.Helper()
	entries, err := p.client.Chat(p.t.Context(), p.Account, p.User.ID)
	if err != nil {
		p.t.Fatalf("%s opens the chat: %v", p.User.Nickname, err)
	}
	return entries
}

// Wait moves the clock of the whole world forward.
func (p *Phone) Wait(d time.Duration) {
	p.t.Helper()
	if _, err := p.client.Advance(p.t.Context(), d); err != nil {
		p.t.Fatalf("wait %s: %v", d, err)
	}
}

// Suffer makes something go wrong with the next act on the account.
func (p *Phone) Suffer(faults ...Fault) {
	p.t.Helper()
	if _, err := p.client.SetNextFaults(p.t.Context(), p.Account, faults...); err != nil {
		p.t.Fatalf("faults for the next act: %v", err)
	}
}
