package wxapi

import (
	"fmt"
	"io"
	"net/url"
	"strings"
)

// hidden is what stands for a secret or a token wherever people read.
const hidden = "<secret>"

// Secret is the secret of an account or app. However it is printed, it says only that it is one.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format hides the secret from every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText hides the secret from JSON and its like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// hide takes secrets out of a text that came from elsewhere, also as they stand in a URL.
func hide(text string, secrets []string) string {
	for _, s := range secrets {
		if s == "" {
			continue
		}
		text = strings.ReplaceAll(text, s, hidden)
		text = strings.ReplaceAll(text, url.QueryEscape(s), hidden)
	}
	return text
}
