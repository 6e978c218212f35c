package contact

import "time"

// Life of a welcome code (WeCom docs, 发送新客户欢迎语). How long a message is under way, and for how long used codes are
// remembered, is not documented: a choice.
const (
	codeLife    = 20 * time.Second // from the callback
	welcomeTime = 300 * time.Millisecond
	codeMemory  = 24 * time.Hour
	maxCodes    = 10_000
)

// Code is a welcome code.
type Code struct {
	Code           string    `json:"code"`
	UserID         string    `json:"user_id"`
	ExternalUserID string    `json:"external_user_id"`
	At             time.Time `json:"at"`           // of the callback
	By             string    `json:"by,omitempty"` // the app that has used it
	UsedAt         time.Time `json:"used_at,omitzero"`
	Rival          *Rival    `json:"rival,omitempty"` // the other app that goes for it
}

// welcomeCode makes a code for a customer who just came. There is none when the two have talked, when a welcome was sent at the
// half-add, when the console has a welcome of the member's, and for people of other corps (WeCom docs, 添加企业客户事件).
func (b *Book) welcomeCode(r *Relation, now time.Time) string {
	person, _ := b.world.Person(r.ExternalUserID)
	if r.Chatted || r.Welcomed || person.Type == TypeWeCom {
		return ""
	}
	if text := b.Console.Welcomes[r.UserID]; text != "" {
		r.Welcomed = true
		b.say(r, Line{From: FromConsole, Kind: KindText, Text: named(text, person.Name)}, now)
		return ""
	}
	c := &Code{Code: b.name("CALLBACK", now), UserID: r.UserID, ExternalUserID: r.ExternalUserID, At: now, Rival: b.Console.Rival}
	if c.Rival != nil && c.Rival.Once {
		b.Console.Rival = nil
	}
	b.Codes = hold(append(b.Codes, c), maxCodes)
	b.settleRival(c, now)
	return c.Code
}

// settleRival lets the other app's message arrive when its time has come.
func (b *Book) settleRival(c *Code, now time.Time) {
	if c.Rival == nil || now.Before(c.rivalDone()) || c.By != "" {
		return
	}
	fails, done := c.Rival.Fails, c.rivalDone()
	c.Rival = nil
	r := b.relation(c.UserID, c.ExternalUserID)
	if fails || !r.linked() {
		return
	}
	c.By, c.UsedAt, r.Welcomed = rivalName, done, true
	b.say(r, Line{From: FromApp, App: rivalName, Kind: KindText, Text: "（另一个应用的欢迎语）", AfterMS: done.Sub(c.At).Milliseconds()}, done)
}

// rivalName is the app that is not there.
const rivalName = "another app"

func (c *Code) rivalDone() time.Time {
	return c.At.Add(time.Duration(c.Rival.TakesMS) * time.Millisecond)
}

// code finds a welcome code that app may use now; the error is the platform's refusal.
func (b *Book) code(code, app string, now time.Time) (*Code, *Relation, error) {
	if code == "" {
		return nil, nil, fail(CodeNoWelcomeCode, "missing welcome_code")
	}
	for _, c := range b.Codes {
		if c.Code == code {
			r, err := b.usable(c, app, now)
			return c, r, err
		}
	}
	return nil, nil, fail(CodeWelcomeCode, "invalid welcome_code")
}

func (b *Book) usable(c *Code, app string, now time.Time) (*Relation, error) {
	b.settleRival(c, now)
	r := b.relation(c.UserID, c.ExternalUserID)
	switch {
	case c.By != "" && c.By != app && c.By != rivalName && now.Before(c.UsedAt.Add(welcomeTime)):
		return nil, fail(CodeWelcomeBusy, "welcome message is being distributed")
	case c.By != "":
		return nil, fail(CodeAlreadyTalking, "externaluser has started chatting")
	case now.Sub(c.At) > codeLife:
		return nil, fail(CodeWelcomeCode, "welcome_code expired")
	case !r.linked():
		return nil, fail(CodeNoRelation, "not external contact")
	case r.Chatted || r.Welcomed:
		return nil, fail(CodeAlreadyTalking, "externaluser has started chatting")
	case b.Console.Archive && !r.Agreed:
		return nil, fail(CodeNoConsent, "customer has not agreed to the archive")
	case c.Rival != nil:
		return nil, fail(CodeWelcomeBusy, "welcome message is being distributed")
	}
	return r, nil
}
