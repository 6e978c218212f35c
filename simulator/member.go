package simulator

// Member is a member of staff with the chat of one app open, for tests that read like conversations; see Phone.
type Member struct {
	UserID string
	App    string

	t      T
	client *Client
}

// NewMember opens the chat of an app on the phone of a member of its corp.
func NewMember(t T, c *Client, app, userID string) *Member {
	t.Helper()
	if _, err := c.Chat(t.Context(), app, userID); err != nil {
		t.Fatalf("open the chat of %s with %s: %v", userID, app, err)
	}
	return &Member{UserID: userID, App: app, t: t, client: c}
}

// Say types a message.
func (m *Member) Say(text string) Exchange {
	m.t.Helper()
	return m.Do(Act{Kind: ActText, Text: text})
}

// Enter opens the chat.
func (m *Member) Enter() Exchange {
	m.t.Helper()
	return m.Do(Act{Kind: ActEnter})
}

// Click taps a menu entry of the app by its key.
func (m *Member) Click(key string) Exchange {
	m.t.Helper()
	return m.Do(Act{Kind: ActClick, Key: key})
}

// TapCard taps a button of a template card; msgID is that of the card's message.
func (m *Member) TapCard(msgID, key string, choices ...Choice) Exchange {
	m.t.Helper()
	return m.Do(Act{Kind: ActCard, Card: msgID, Key: key, Choices: choices})
}

// SendPicture sends a picture, a PNG, JPEG or GIF file.
func (m *Member) SendPicture(file []byte) Exchange {
	m.t.Helper()
	x, err := m.client.SendPicture(m.t.Context(), m.App, m.UserID, file)
	if err != nil {
		m.t.Fatalf("%s sends a picture: %v", m.UserID, err)
	}
	return x
}

// Do does any act.
func (m *Member) Do(act Act) Exchange {
	m.t.Helper()
	x, err := m.client.Act(m.t.Context(), m.App, m.UserID, act)
	if err != nil {
		m.t.Fatalf("%s: %s: %v", m.UserID, act.Kind, err)
	}
	return x
}

// Chat lists everything on the screen, oldest first.
func (m *Member) Chat() []Entry {
	m.t.Helper()
	entries, err := m.client.Chat(m.t.Context(), m.App, m.UserID)
	if err != nil {
		m.t.Fatalf("%s opens the chat: %v", m.UserID, err)
	}
	return entries
}
