package simulator

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"guanjia/simulator/platform"
)

// Corp is one corp of WeCom.
type Corp = platform.Corp

var (
	corpIDPattern = regexp.MustCompile(`^w[wx][A-Za-z0-9]{4,62}$`)
	userIDPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_.@-]{0,63}$`) // what answers of the API give: lower case
)

// openCorps takes the corps over from the configuration.
func (s *Simulator) openCorps(corps []Corp) error {
	var errs []error
	s.corps = append([]Corp(nil), corps...)
	for i := range s.corps {
		c := &s.corps[i]
		if c.Title == "" {
			c.Title = c.ID
		}
		errs = append(errs, checkCorp(c), ownDesks(s.corps[:i+1]))
		for k := range c.Apps {
			a := &c.Apps[k]
			if a.Title == "" {
				a.Title = a.Name
			}
			if s.endpoint(a.Name) != nil {
				errs = append(errs, fmt.Errorf("app %q has the name of another app or account", a.Name))
				continue
			}
			errs = append(errs, checkApp(a))
			s.apps = append(s.apps, newApp(c, a))
		}
	}
	return errors.Join(errs...)
}

// ownDesks refuses an open kfid of the last corp that another desk has already.
func ownDesks(corps []Corp) error {
	seen := map[string]bool{}
	var errs []error
	for i, c := range corps {
		for _, d := range c.Desks {
			if seen[d.OpenKfID] && i == len(corps)-1 {
				errs = append(errs, fmt.Errorf("corp %q: desk %q has the open kfid of another desk", c.ID, d.OpenKfID))
			}
			seen[d.OpenKfID] = true
		}
	}
	return errors.Join(errs...)
}

// checkCorp refuses what the admin console would refuse, and names the remedy.
func checkCorp(c *Corp) error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("corp %q: "+format, append([]any{c.ID}, args...)...))
	}
	if !corpIDPattern.MatchString(c.ID) {
		bad("the corp id must be ww or wx and letters and digits")
	}
	for i, m := range c.Members {
		if !userIDPattern.MatchString(m.UserID) {
			bad("the user id %q must be 1 to 64 of a-z, 0-9, _, ., @ and -", m.UserID)
		}
		if first, _ := c.Member(m.UserID); first != c.Members[i] {
			bad("member %q is there twice", m.UserID)
		}
	}
	for _, d := range c.Desks {
		if !strings.HasPrefix(d.OpenKfID, "wk") || d.Name == "" {
			bad("desk %q needs a name, and an open kfid that starts with wk", d.OpenKfID)
		}
		errs = append(errs, areMembers(c, "desk "+d.Name, d.Servicers))
	}
	for _, w := range c.Ways {
		if w.State == "" || len([]rune(w.State)) > maxWayState {
			bad("the state %q of a contact way must be 1 to %d characters", w.State, maxWayState)
		}
		if len(w.Members) == 0 {
			bad("the contact way %q needs a member", w.State)
		}
		errs = append(errs, areMembers(c, "contact way "+w.State, w.Members))
	}
	return errors.Join(errs...)
}

// maxWayState is the longest state of a contact way; WeCom docs, 配置客户联系「联系我」方式.
const maxWayState = 30 // characters

// areMembers refuses user ids that nobody in the corp has.
func areMembers(c *Corp, what string, userIDs []string) error {
	for _, id := range userIDs {
		if _, ok := c.Member(id); !ok {
			return fmt.Errorf("corp %q: %s names %q, who is no member", c.ID, what, id)
		}
	}
	return nil
}

func checkApp(a *platform.App) error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("app %q: "+format, append([]any{a.Name}, args...)...))
	}
	if !accountNamePattern.MatchString(a.Name) {
		bad("the name must be 1 to 32 of a-z, 0-9, _ and -")
	}
	if a.Secret == "" {
		bad("the secret is missing")
	}
	if a.Callback == "" {
		return errors.Join(errs...)
	}
	if !isWebURL(a.Callback) {
		bad("the callback must be an http or https URL, got %q", a.Callback)
	}
	if n := len(a.Token); n < minTokenLength || n > maxTokenLength || !tokenPattern.MatchString(a.Token) {
		bad("the token must be %d to %d letters and digits", minTokenLength, maxTokenLength)
	}
	if len(a.AESKey) != aesKeyLength || !tokenPattern.MatchString(a.AESKey) {
		bad("the AES key must be %d letters and digits", aesKeyLength)
	}
	return errors.Join(errs...)
}
