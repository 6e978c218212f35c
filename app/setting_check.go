package app

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"guanjia/bot"
	"guanjia/content"
)

// Limits of the platform's server configuration (official account docs, 接入指南).
const (
	minToken   = 3
	maxToken   = 32
	aesKeySize = 43 // characters: 32 bytes in base64 without the padding
)

// minAPIKey is the shortest key of the API, in characters.
const minAPIKey = 16

// maxAccountName keeps names fit for URLs and metrics, in characters.
const maxAccountName = 32

// off closes what has an address by default.
const off = "off"

// check finds what is wrong with the settings as they are, without looking outside.
func (s *Settings) check(v *values) content.Problems {
	c := checker{v: v}
	c.listening(s.Listening)
	c.callbacks(s.Callbacks)
	c.state(s.State)
	c.platform(s.Platform)
	c.contacts(s.Contacts)
	c.push(s.Push)
	c.oneOf(varPrefix+"_CONVERSATION_SWITCH", s.Chat.ConversationSwitch, string(bot.SwitchAsk), string(bot.SwitchNow), string(bot.SwitchStay))
	c.oneOf(varPrefix+"_LOG_LEVEL", s.Log.LogLevel, "debug", "info", "warn", "error")
	c.oneOf(varPrefix+"_LOG_FORMAT", s.Log.LogFormat, "json", "console")
	_, err := s.API.Keys()
	if err != nil {
		c.note(varPrefix+"_API_KEYS", err.Error(), "write name:key,name:key with keys of at least "+strconv.Itoa(minAPIKey)+" characters")
	}
	if _, err := s.Robot.robots(); err != nil {
		c.note(varPrefix+"_ROBOTS", err.Error(), "write name:key,name:key with the key of each robot's webhook address")
	}
	c.accounts(s)
	return c.problems
}

type checker struct {
	v        *values
	problems content.Problems
}

func (c *checker) note(key, what, remedy string) {
	c.problems = append(c.problems, c.v.problem(key, what, remedy))
}

func (c *checker) oneOf(key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.note(key, fmt.Sprintf("is %q", value), "use one of "+strings.Join(allowed, ", "))
	}
}

func (c *checker) listening(l ListenSettings) {
	c.address(varPrefix+"_ADDR", l.Addr)
	if l.PublicURL != "" {
		c.server(varPrefix+"_PUBLIC_URL", l.PublicURL)
	}
	if l.InternalAddr != off {
		c.address(varPrefix+"_INTERNAL_ADDR", l.InternalAddr)
	}
}

func (c *checker) address(key, addr string) {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		c.note(key, fmt.Sprintf("is %q", addr), "write host:port or :port, such as :8080")
	}
}

func (c *checker) callbacks(s CallbackSettings) {
	if s.CallbackMaxSkew < 0 {
		c.note(varPrefix+"_CALLBACK_MAX_SKEW", fmt.Sprintf("is %s", s.CallbackMaxSkew), "write a duration such as 5m, or 0 to turn the check off")
	}
	if s.CallbackConcurrency < 1 {
		c.note(varPrefix+"_CALLBACK_CONCURRENCY", fmt.Sprintf("is %d", s.CallbackConcurrency), "write a number from 1")
	}
	if s.InboundPerMinute < 0 {
		c.note(varPrefix+"_INBOUND_PER_MINUTE", fmt.Sprintf("is %d", s.InboundPerMinute), "write a number, or 0 for no limit")
	}
}

func (c *checker) platform(s PlatformSettings) {
	c.server(varPrefix+"_WECOM_API_URL", s.WecomAPIUrl)
	c.server(varPrefix+"_WECHAT_API_URL", s.WechatAPIUrl)
}

// server wants the address of a server, perhaps with a path.
func (c *checker) server(key, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" {
		c.note(key, "is not the address of a server", "write https://host, or remove it")
	}
}

func (c *checker) contacts(s ContactSettings) {
	if n := utf8.RuneCountInString(s.TagGroup); n == 0 || n > content.MaxTagLength {
		c.note(varPrefix+"_TAG_GROUP", fmt.Sprintf("has %d characters", n), "write the name of a tag group, at most "+strconv.Itoa(content.MaxTagLength)+" characters")
	}
	if s.ContactSyncEvery < 0 {
		c.note(varPrefix+"_CONTACT_SYNC_EVERY", fmt.Sprintf("is %s", s.ContactSyncEvery), "write a duration such as 24h, or 0")
	}
}

func (c *checker) state(s StateSettings) {
	c.scheme(varPrefix+"_DATABASE_URL", s.DatabaseURL, "sqlite", "postgres", "postgresql")
	if s.RedisURL != "" {
		c.scheme(varPrefix+"_REDIS_URL", s.RedisURL, "redis", "rediss", "redis+sentinel", "redis+cluster")
	}
	c.oneOf(varPrefix+"_SQLITE_SYNCHRONOUS", s.SqliteSynchronous, "full", "normal")
}

func (c *checker) scheme(key string, url Secret, allowed ...string) {
	scheme, _, found := strings.Cut(url.Reveal(), ":")
	if !found || !slices.Contains(allowed, scheme) {
		c.note(key, "is not an address of a known kind", "begin it with "+strings.Join(allowed, ":, ")+":")
	}
}

func (c *checker) accounts(s *Settings) {
	named := map[string]bot.AccountName{}
	for _, name := range s.Accounts.Accounts {
		if len(name) > maxAccountName || !accountName.MatchString(string(name)) {
			c.note(varPrefix+"_ACCOUNTS", fmt.Sprintf("names an account %q", string(name)), "use small letters, digits, - and _, beginning with a letter, at most "+strconv.Itoa(maxAccountName)+" characters")
			continue
		}
		p := accountPrefix(name)
		if other, taken := named[p]; taken {
			c.note(varPrefix+"_ACCOUNTS", fmt.Sprintf("names %q and %q, whose variables are the same", string(other), string(name)), "rename one of them")
			continue
		}
		named[p] = name
		c.account(p, s.Account[name])
	}
}

func (c *checker) account(p string, a Account) {
	c.oneOf(p+"_KIND", a.Kind, slices.Sorted(maps.Keys(channels()))...)
	c.oneOf(p+"_MODE", a.Mode, "secure", "compatible", "plain")
	if a.Kind == kindWecom {
		c.wecom(p, a)
	} else if a.AppID == "" {
		c.note(p+"_APP_ID", "is not set", "copy the AppID from the account's developer settings (开发者ID)")
	}
	c.token(p+"_TOKEN", a)
	c.aesKey(p+"_AES_KEY", a)
}

// wecom checks what only WeCom has.
func (c *checker) wecom(p string, a Account) {
	if a.CorpID == "" {
		c.note(p+"_CORP_ID", "is not set", "copy the id of the corp from WeCom's console (我的企业 → 企业信息 → 企业ID)")
	}
	if a.AgentID != "" && strings.Trim(a.AgentID, "0123456789") != "" {
		c.note(p+"_AGENT_ID", fmt.Sprintf("is %q", a.AgentID), "copy the number of the app from WeCom's console (应用管理 → AgentId)")
	}
	if a.Mode == "compatible" || a.Mode == "plain" {
		c.note(p+"_MODE", fmt.Sprintf("is %q", a.Mode), "remove it: WeCom always encrypts")
	}
	if a.AppID != "" {
		c.note(p+"_APP_ID", "is set for an account of WeCom's", "write the id of the corp into "+p+"_CORP_ID, and remove this one")
	}
}

func (c *checker) token(key string, a Account) {
	switch n := len(a.Token); {
	case n == 0:
		c.note(key, "is not set", "make up "+fmt.Sprintf("%d to %d", minToken, maxToken)+" letters and digits and enter the same in the account's server configuration (令牌)")
	case n < minToken || n > maxToken || !lettersAndDigits.MatchString(a.Token.Reveal()):
		c.note(key, fmt.Sprintf("has %d characters or others than letters and digits", n), fmt.Sprintf("use %d to %d letters and digits, the same as in the account's server configuration", minToken, maxToken))
	}
}

func (c *checker) aesKey(key string, a Account) {
	switch n := len(a.AESKey); {
	case n == 0 && a.Mode == "plain" && a.Kind == kindOfficial:
	case n == 0:
		c.note(key, "is not set", "copy the EncodingAESKey from the account's server configuration (消息加解密密钥)")
	case n != aesKeySize || !lettersAndDigits.MatchString(a.AESKey.Reveal()):
		c.note(key, fmt.Sprintf("has %d characters", n), fmt.Sprintf("copy it again: it has exactly %d letters and digits", aesKeySize))
	}
}

// accountName is what an account may be called: it is part of a URL and of variables' names.
var accountName = regexp.MustCompile(`^[a-z][a-z0-9]*([-_][a-z0-9]+)*$`)

var lettersAndDigits = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// APIKey is one key of the API and the name of who holds it.
type APIKey struct {
	Name string
	Key  Secret
}

// Keys reads the list of keys. Errors do not quote it.
func (a APISettings) Keys() ([]APIKey, error) { return namedKeys(a.APIKeys) }

// robots reads the list of robots. Errors do not quote it.
func (r RobotSettings) robots() ([]APIKey, error) { return namedKeys(r.Robots) }

// namedKeys reads "name:key,name:key".
func namedKeys(list Secret) ([]APIKey, error) {
	var keys []APIKey
	if list == "" {
		return nil, nil
	}
	for i, item := range strings.Split(list.Reveal(), ",") {
		name, key, found := strings.Cut(strings.TrimSpace(item), ":")
		switch {
		case !found || !accountName.MatchString(name):
			return nil, fmt.Errorf("has no name in entry %d", i+1)
		case len(key) < minAPIKey:
			return nil, fmt.Errorf("has a key of %d characters for %s", len(key), name)
		case slices.ContainsFunc(keys, func(k APIKey) bool { return k.Name == name }):
			return nil, fmt.Errorf("names %s twice", name)
		}
		keys = append(keys, APIKey{Name: name, Key: Secret(key)})
	}
	return keys, nil
}
