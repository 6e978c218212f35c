package app

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones must be there in an image that holds nothing but the binary
)

// hidden is what a secret prints as.
const hidden = "<secret>"

// Secret is a text that must not be seen: however it is printed, it says so. Reveal gives it to the one who needs it.
type Secret string

// Reveal is the text.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format hides the text from every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText hides the text from JSON and its like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Location prints a secret URL without what may be secret in it: user, password and query.
func (s Secret) Location() string {
	u, err := url.Parse(string(s))
	if err != nil {
		return s.String()
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// minPart is the shortest piece of a secret that is worth hiding: shorter ones occur by chance.
const minPart = 4

// parts are the pieces of a secret that may turn up in somebody else's error: all of it, and of a URL its password.
func (s Secret) parts() []string {
	all := []string{string(s)}
	if u, err := url.Parse(string(s)); err == nil && u.User != nil {
		password, _ := u.User.Password()
		all = append(all, u.User.String(), password, u.Query().Get("password"))
	}
	return slices.DeleteFunc(all, func(p string) bool { return len(p) < minPart })
}

// Switch is on or off.
type Switch bool

// Decode reads the words that people use.
func (s *Switch) Decode(text string) error {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "on", "true", "1", "yes", "开":
		*s = true
	case "off", "false", "0", "no", "关":
		*s = false
	default:
		return fmt.Errorf("write on or off")
	}
	return nil
}

func (s Switch) String() string {
	if s {
		return "on"
	}
	return "off"
}

// Zone is a time zone by its IANA name.
type Zone struct{ *time.Location }

// Decode finds the zone.
func (z *Zone) Decode(name string) error {
	l, err := time.LoadLocation(name)
	if err != nil {
		return fmt.Errorf("write a name such as Asia/Shanghai or UTC")
	}
	z.Location = l
	return nil
}
