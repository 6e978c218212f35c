package platform

import (
	"context"
	"encoding/json"
	"time"
)

// World is what every part of the platform stands on; the simulator is one. Its methods may be called with a part's own lock
// held, except Tell.
type World interface {
	// Now is the simulated time.
	Now() time.Time
	// Lot draws a number from 0 to n-1, repeatable by the simulator's seed.
	Lot(n int64) int64
	// NewID makes an id that nobody guesses: the prefix ("wk", "wm"...) and n characters of letters, digits, - and _.
	NewID(prefix string, n int) string

	// Person finds somebody with a phone by their id in the simulator.
	Person(id string) (Person, bool)
	// ExternalUserID is how a corp knows a person, whether or not they have met: wm and 30 characters.
	ExternalUserID(corpID, personID string) string
	// PersonOf is the person behind an external user id of a corp.
	PersonOf(corpID, externalUserID string) (Person, bool)

	// Media finds material of a corp or official account by its id, expired or not.
	Media(owner, id string) (Media, bool)
	// AddMedia keeps what a person or member sends, for three days.
	AddMedia(owner string, m NewMedia) Media

	// Push sends a callback of an app on its way and returns at once. What comes of it is in the log of deliveries.
	Push(Push) error
	// Tell is Push that waits until the app has answered or the platform gives up; it must not be called with a lock held.
	Tell(ctx context.Context, p Push) (Told, error)

	// Show tells the pages that watch what has happened: kind names the event, v is written as JSON.
	Show(kind string, v any)
	// Changed says that what a part remembers has changed: it is kept soon.
	Changed()
}

// Part is a feature of the platform that remembers something over a restart.
type Part interface {
	// Remember writes what the part must know after a restart. It may be called at any time.
	Remember() (json.RawMessage, error)
	// Recall takes over what Remember wrote, before the first call.
	Recall(json.RawMessage) error
}

// Person is somebody with a phone.
type Person struct {
	ID       string
	Nickname string
	UnionID  string // empty when accounts and corps are not bound to an open platform
}

// Media is one piece of material.
type Media struct {
	ID          string
	Owner       string // corp id, or app id of an official account
	Kind        string // image, voice, video, file, thumb
	Scene       string // what it was uploaded for: empty for media/upload, "attachment_1" or "attachment_2" for upload_attachment
	Name        string // of the file
	ContentType string
	Size        int
	At          time.Time // of the upload
	Expired     bool      // temporary material is gone after three days
	URL         string    // where it can be fetched without a token
	Data        []byte
}

// NewMedia is material that is sent.
type NewMedia struct {
	Kind, Scene, Name, ContentType string
	Data                           []byte
	Permanent                      bool // it does not expire
}

// Push is one callback of an app.
type Push struct {
	CorpID string
	App    string // its short name; empty: every app that has a callback and Right
	Right  Right  // what an app needs to get it; empty: nothing
	From   string // the user id of the member, for the log; empty: sys
	Brief  string // what happened in a few words, for the log
	// Fields are the document after ToUserName, in any order: MsgType, Event and so on. CreateTime is added.
	Fields []Field
	// FromUser is the document's FromUserName; empty: the document has none.
	FromUser string
}

// Field is one element of a document.
type Field struct {
	Name   string  `json:"name"`
	Value  string  `json:"value,omitempty"`
	Bare   bool    `json:"bare,omitempty"` // written without CDATA, as numbers are
	Fields []Field `json:"fields,omitempty"`
}

// Told is what came of a callback.
type Told struct {
	Accepted bool   `json:"accepted"` // at least one app answered HTTP 200
	Tries    int    `json:"tries"`
	Why      string `json:"why,omitempty"` // in Chinese, for people, when it was not accepted
}
