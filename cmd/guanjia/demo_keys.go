package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"strings"

	"github.com/joho/godotenv"

	"guanjia/content"
)

// Sizes of what is made up: as the platform makes them, and as long as they may be.
const (
	appIDDigits  = 16
	secretSize   = 32 // of an official account, in hexadecimal digits
	appSecret    = 43 // of an app of WeCom
	tokenSize    = 32
	aesKeySize   = 43
	apiKeySize   = 32
	deskIDSize   = 30 // of an open kfid after its wk
	robotKeySize = 32 // of a robot's webhook
)

const (
	hexDigits = "0123456789abcdef"
	alphabet  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// demoAgentID is the agent id of the demo's app; the platform counts from here.
const demoAgentID = 1000002

// demoDesk names the open kfid of the demo's desk. It is no setting of the bot's, which finds its desks by itself.
const demoDesk = "DEMO_DESK"

// demoRobot names the key of the robot in the demo's group of shops, and demoRobotName is how the bot's settings call it.
const (
	demoRobot     = "DEMO_ROBOT"
	demoRobotName = "stores"
)

// made is a variable that the demo makes up, once for a data folder.
type made struct {
	name  string
	value func() string
}

// demoGroups are the variables that belong together: a file of an earlier demo may lack whole groups, which are added then.
func demoGroups() [][]made {
	official := strings.ToUpper("BOT_ACCOUNT_" + demoAccount)
	wecom := strings.ToUpper("BOT_ACCOUNT_" + demoApp)
	draw := func(prefix, set string, n int) func() string {
		return func() string { return prefix + random(set, n) }
	}
	always := func(value string) func() string { return func() string { return value } }
	return [][]made{
		{
			{official + "_APP_ID", draw("wx", hexDigits, appIDDigits)},
			{official + "_TOKEN", draw("", alphabet, tokenSize)},
			{official + "_AES_KEY", draw("", alphabet, aesKeySize)},
		},
		{
			{official + "_APP_SECRET", draw("", hexDigits, secretSize)},
			{official + "_CERTIFIED", always("on")},
		},
		{
			{wecom + "_KIND", always("wecom")},
			{wecom + "_CORP_ID", draw("ww", hexDigits, appIDDigits)},
			{wecom + "_AGENT_ID", always(fmt.Sprint(demoAgentID))},
			{wecom + "_APP_SECRET", draw("", alphabet, appSecret)},
			{wecom + "_TOKEN", draw("", alphabet, tokenSize)},
			{wecom + "_AES_KEY", draw("", alphabet, aesKeySize)},
			{demoDesk, draw("wk", alphabet, deskIDSize)},
		},
		{
			{demoRobot, draw("", hexDigits, robotKeySize)},
		},
	}
}

// demoKeys reads the demo's own tokens and keys, and makes up what the file does not have yet.
func demoKeys(file string) (map[string]string, error) {
	had, err := godotenv.Read(file)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh { // its text may quote a secret
		return nil, content.Problems{{File: file, What: "can't be read as KEY=value lines", Remedy: "correct it, or remove it and a new one is made"}}
	}
	keys, added := map[string]string{}, ""
	for _, group := range demoGroups() {
		values, lines, err := complete(file, group, had)
		if err != nil {
			return nil, err
		}
		maps.Copy(keys, values)
		added += lines
	}
	if added == "" {
		return keys, nil
	}
	head := ""
	if fresh {
		head = `# Made by 'guanjia demo'. The file is watched: a toggle that is added or changed here counts at once.
# BOT_QUIZ=off
BOT_API_KEYS=demo:` + random(alphabet, apiKeySize) + "\n"
	}
	return keys, appendTo(file, head+"BOT_ACCOUNTS="+demoAccounts+"\n"+added)
}

// complete takes a group from what the file has, or makes all of it up. A group with gaps is damage.
func complete(file string, group []made, had map[string]string) (values map[string]string, lines string, err error) {
	values = map[string]string{}
	missing := ""
	for _, m := range group {
		if values[m.name] = had[m.name]; had[m.name] == "" && missing == "" {
			missing = m.name
		}
	}
	if missing == "" {
		return values, "", nil
	}
	for _, m := range group {
		if had[m.name] != "" {
			return nil, "", content.Problems{{File: file, What: "has no " + missing, Remedy: "put it back, or remove the file and a new one is made"}}
		}
		values[m.name] = m.value()
		lines += m.name + "=" + values[m.name] + "\n"
	}
	return values, lines, nil
}

// appendTo adds lines to a file that only its owner can read.
func appendTo(file, lines string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(lines)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return content.Problems{{What: err.Error(), Remedy: "choose another folder with --data"}}
	}
	return nil
}

// random draws n characters of a set.
func random(set string, n int) string {
	b := make([]byte, n)
	for i := range b {
		k, err := rand.Int(rand.Reader, big.NewInt(int64(len(set))))
		if err != nil {
			panic(err) // the system has no randomness: nothing safe can be made
		}
		b[i] = set[k.Int64()]
	}
	return string(b)
}
