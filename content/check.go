package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"guanjia/bot"
)

// Limits of what a campaign's head may hold.
const (
	MaxNameLength    = 60  // characters of a campaign's name
	MaxKeywordLength = 32  // characters of a keyword
	MaxSceneLength   = 64  // characters of a QR code's scene_str (official account docs, QR codes)
	MaxMenuKeyLength = 128 // bytes of a menu item's key (official account docs, custom menu)
)

var (
	idText      = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	accountText = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
)

// IDs remembers the ids taken by the campaigns of one kind, over all files, with the place of the first.
type IDs map[string]string

// Take notes id, which stands at line of d; an id taken before is a problem.
func (ids IDs) Take(d Doc, line int, id string, ps *Problems) {
	if first, taken := ids[id]; taken {
		ps.Add(d, line, "give each one an id of its own", "id %q is used already (%s)", id, first)
		return
	}
	ids[id] = fmt.Sprintf("%s:%d", d.File, line)
}

// Check looks the head of a campaign over. at is the campaign's place in d: Check(d, ids, &ps, "campaigns", 2).
func (c *Campaign) Check(d Doc, ids IDs, ps *Problems, at ...any) {
	line := func(step ...any) int { return d.Line(append(slices.Clip(at), step...)...) }
	if !idText.MatchString(c.ID) {
		ps.Add(d, line("id"), "write lower-case letters, digits, - or _, at most 64, such as id: newgift", "id %q can't be used", c.ID)
	} else {
		ids.Take(d, line("id"), c.ID, ps)
	}
	if strings.TrimSpace(c.Name) == "" {
		ps.Add(d, line("name"), "write the name that customers read, such as name: 关注有礼", "a campaign has no name")
	}
	if utf8.RuneCountInString(c.Name) > MaxNameLength {
		ps.Add(d, line("name"), "shorten it", "the name is longer than %d characters", MaxNameLength)
	}
	CheckWords(d, c.Keywords, ps, append(slices.Clip(at), "keywords")...)
	CheckMenuKeys(d, c.MenuKeys, ps, append(slices.Clip(at), "menu_keys")...)
	CheckScenes(d, c.Scenes, ps, append(slices.Clip(at), "scenes")...)
	CheckAccounts(d, c.Accounts, ps, append(slices.Clip(at), "accounts")...)
	c.Active.Check(d, ps, append(slices.Clip(at), "active")...)
}

// Check looks the dates over.
func (a Active) Check(d Doc, ps *Problems, at ...any) {
	if !a.From.IsZero() && !a.Until.IsZero() && !a.From.wall.Before(a.Until.wall) {
		ps.Add(d, d.Line(append(slices.Clip(at), "until")...), "write an end after the beginning (a bare date is its first minute)", "it ends before it begins")
	}
}

// CheckWords looks the keywords of one place over.
func CheckWords(d Doc, words []string, ps *Problems, at ...any) {
	seen := map[string]bool{}
	for i, w := range words {
		line := d.Line(append(slices.Clip(at), i)...)
		n := bot.Normalize(w)
		switch {
		case n == "":
			ps.Add(d, line, "remove it", "a keyword is empty")
		case utf8.RuneCountInString(n) > MaxKeywordLength:
			ps.Add(d, line, "shorten it: customers type the whole keyword", "a keyword is longer than %d characters", MaxKeywordLength)
		case seen[n]:
			ps.Add(d, line, "remove one: upper and lower case and full-width letters are the same", "keyword %q is listed twice", w)
		}
		seen[n] = true
	}
}

// CheckMenuKeys looks the keys of custom menu items over.
func CheckMenuKeys(d Doc, keys []string, ps *Problems, at ...any) {
	for i, k := range keys {
		if k == "" || len(k) > MaxMenuKeyLength {
			ps.Add(d, d.Line(append(slices.Clip(at), i)...), "write the key of the account's menu item", "a menu key must have 1 to %d bytes", MaxMenuKeyLength)
		}
	}
}

// CheckScenes looks the scenes over.
func CheckScenes(d Doc, scenes []bot.Scene, ps *Problems, at ...any) {
	for i, s := range scenes {
		line := d.Line(append(slices.Clip(at), i)...)
		switch {
		case s == "" || utf8.RuneCountInString(string(s)) > MaxSceneLength:
			ps.Add(d, line, "write the parameter of the QR code", "a scene must have 1 to %d characters", MaxSceneLength)
		case strings.HasPrefix(string(s), "qrscene_"):
			ps.Add(d, line, "write it without qrscene_, which the platform puts in front", "scene %q can't match", s)
		}
	}
}

// CheckAccounts looks the account names over.
func CheckAccounts(d Doc, accounts []bot.AccountName, ps *Problems, at ...any) {
	for i, a := range accounts {
		if !accountText.MatchString(string(a)) {
			ps.Add(d, d.Line(append(slices.Clip(at), i)...), "write a name of BOT_ACCOUNTS, in lower case", "account %q can't be used", a)
		}
	}
}
