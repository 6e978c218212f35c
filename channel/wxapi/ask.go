package wxapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// tokenMax bounds a token, in bytes. The docs ask for 512 to be kept; what is much longer is no token.
const tokenMax = 4096

var errNoToken = errors.New("the platform says that all is well and gives no token")

// ask asks the platform for a token. Both ways give the same token to all who ask while it is young, so that a process that
// asks on its own takes nothing from the others.
func (s *Source) ask(ctx context.Context) (*held, error) {
	r, err := tokenRequest(s.c.Kind, s.c.ID, string(s.c.Secret))
	if err != nil {
		return nil, err
	}
	var answer struct {
		Token   String `json:"access_token"`
		Expires Int    `json:"expires_in"`
	}
	now := s.c.Now() // before the token is: it must not live longer here than there
	if err := s.c.Caller.insist(ctx, r, &answer); err != nil {
		return nil, err
	}
	if answer.Token == "" || len(answer.Token) > tokenMax {
		return nil, &NoAnswerError{API: r.path, Why: Unreadable, text: errNoToken.Error(), err: errNoToken}
	}
	return newHeld(string(answer.Token), now, int64(answer.Expires)), nil
}

// tokenRequest is how a kind of account asks for its token.
func tokenRequest(kind Kind, id, secret string) (request, error) {
	r := request{repeatable: true, secrets: []string{secret}}
	switch kind {
	case WeCom:
		r.method, r.path = http.MethodGet, pathWeComGrant
		r.query = url.Values{"corpid": {id}, "corpsecret": {secret}}
		return r, nil
	case Official:
		body, err := encode(struct {
			GrantType string `json:"grant_type"`
			AppID     string `json:"appid"`
			Secret    string `json:"secret"`
			// Forcing would end the token that others use.
			ForceRefresh bool `json:"force_refresh"`
		}{"client_credential", id, secret, false})
		r.method, r.path = http.MethodPost, pathOfficialGrant
		r.contentType, r.body = jsonType, body
		return r, err
	}
	return request{}, fmt.Errorf("no token is known for an account of kind %q", string(kind))
}
