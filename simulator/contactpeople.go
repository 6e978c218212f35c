package simulator

import (
	"cmp"
	"strings"
	"time"

	"guanjia/simulator/contact"
)

// What a Customer does in customer contact returns when the corp's apps have heard of it.

// ExternalUserID is how the corp knows the person.
func (c *Customer) ExternalUserID() string { return c.User.Corps[c.Corp] }

// Add scans the code of the contact way with a state.
func (c *Customer) Add(state string) Contacted {
	c.t.Helper()
	return c.Do(contact.Act{Kind: contact.ActAdd, State: state})
}

// AddHalf is Add, and the member has not added back yet.
func (c *Customer) AddHalf(state string) Contacted {
	c.t.Helper()
	return c.Do(contact.Act{Kind: contact.ActAdd, State: state, Half: true})
}

// AddMember scans a member's own code. The member is asked, unless the console says otherwise.
func (c *Customer) AddMember(userID string) Contacted {
	c.t.Helper()
	return c.Do(contact.Act{Kind: contact.ActAdd, UserID: userID})
}

// Tell writes to a member.
func (c *Customer) Tell(userID, text string) Contacted {
	c.t.Helper()
	return c.Do(contact.Act{Kind: contact.ActCustomerSays, UserID: userID, Text: text})
}

// DeleteMember deletes a member from the person's contacts.
func (c *Customer) DeleteMember(userID string) Contacted {
	c.t.Helper()
	return c.Do(contact.Act{Kind: contact.ActCustomerLeaves, UserID: userID})
}

// Do does any act as this customer.
func (c *Customer) Do(a contact.Act) Contacted {
	c.t.Helper()
	done, err := c.client.ActContact(c.t.Context(), c.Corp, ContactAct{Act: a, User: c.User.ID})
	if err != nil {
		c.t.Fatalf("%s: %s: %v", c.User.Nickname, a.Kind, err)
	}
	return done
}

// Lines lists everything in the chat with a member, oldest first.
func (c *Customer) Lines(userID string) []contact.Line {
	c.t.Helper()
	lines, err := c.client.ContactChat(c.t.Context(), c.Corp, userID, c.User.ID)
	if err != nil {
		c.t.Fatalf("%s opens the chat with %s: %v", c.User.Nickname, userID, err)
	}
	return lines
}

// Read is what the chat with a member shows, a line for each bubble: its text, or its kind and what it holds. The client's own
// notes are left out.
func (c *Customer) Read(userID string) []string {
	c.t.Helper()
	read := []string{}
	for _, l := range c.Lines(userID) {
		switch l.Kind {
		case contact.KindNote:
		case contact.KindText:
			read = append(read, l.Text)
		default:
			read = append(read, strings.TrimSpace("["+string(l.Kind)+"] "+cmp.Or(l.Title, l.FileName, l.PictureURL)))
		}
	}
	return read
}

// Staff is a member of a corp with their client, for tests.
type Staff struct {
	Corp   string
	UserID string

	t      T
	client *Client
}

// NewStaff gives a member of a corp their client.
func NewStaff(t T, c *Client, corpID, userID string) *Staff {
	return &Staff{Corp: corpID, UserID: userID, t: t, client: c}
}

// Confirm lets a customer in, or adds back one who has added the member.
func (s *Staff) Confirm(c *Customer) Contacted {
	s.t.Helper()
	return s.Do(c, contact.Act{Kind: contact.ActConfirm})
}

// Remark gives a customer another name.
func (s *Staff) Remark(c *Customer, remark string) Contacted {
	s.t.Helper()
	return s.Do(c, contact.Act{Kind: contact.ActEdit, Remark: &remark})
}

// Tag puts tags of the corp on a customer, and Untag takes them off.
func (s *Staff) Tag(c *Customer, tagIDs ...string) Contacted {
	s.t.Helper()
	return s.Do(c, contact.Act{Kind: contact.ActEdit, AddTags: tagIDs})
}

// Untag takes tags off a customer.
func (s *Staff) Untag(c *Customer, tagIDs ...string) Contacted {
	s.t.Helper()
	return s.Do(c, contact.Act{Kind: contact.ActEdit, RemoveTags: tagIDs})
}

// Tell writes to a customer.
func (s *Staff) Tell(c *Customer, text string) Contacted {
	s.t.Helper()
	return s.Do(c, contact.Act{Kind: contact.ActMemberSays, Text: text})
}

// Delete deletes a customer from the member's contacts.
func (s *Staff) Delete(c *Customer) Contacted {
	s.t.Helper()
	return s.Do(c, contact.Act{Kind: contact.ActMemberLeaves})
}

// Do does any act as this member, with a customer when it needs one.
func (s *Staff) Do(c *Customer, a contact.Act) Contacted {
	s.t.Helper()
	act := ContactAct{Act: a}
	act.UserID = s.UserID
	if c != nil {
		act.User = c.User.ID
	}
	done, err := s.client.ActContact(s.t.Context(), s.Corp, act)
	if err != nil {
		s.t.Fatalf("%s: %s: %v", s.UserID, a.Kind, err)
	}
	return done
}

// Administer does something in the corp's admin console.
func Administer(t T, c *Client, corpID string, a contact.Act) Contacted {
	t.Helper()
	done, err := c.ActContact(t.Context(), corpID, ContactAct{Act: a})
	if err != nil {
		t.Fatalf("console: %s: %v", a.Kind, err)
	}
	return done
}

// Wait moves the clock of the whole world forward.
func (c *Customer) Wait(d time.Duration) {
	c.t.Helper()
	if _, err := c.client.Advance(c.t.Context(), d); err != nil {
		c.t.Fatalf("wait %s: %v", d, err)
	}
}
