package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"

	"github.com/joho/godotenv"

	"guanjia/content"
)

// The variables that the demo makes up, once for a data folder.
const (
	demoAppID  = "BOT_ACCOUNT_DEMO_APP_ID"
	demoToken  = "BOT_ACCOUNT_DEMO_TOKEN" //nolint:gosec // the name of a variable
	demoAESKey = "BOT_ACCOUNT_DEMO_AES_KEY"
)

// Sizes of what is made up: as the platform makes them, and as long as they may be.
const (
	appIDDigits = 16
	tokenSize   = 32
	aesKeySize  = 43
	apiKeySize  = 32
)

const (
	hexDigits = "0123456789abcdef"
	alphabet  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// demoKeys reads the demo's own token and keys, and makes them up when the file is not there.
func demoKeys(file string) (map[string]string, error) {
	m, err := godotenv.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := writeDemoEnv(file); err != nil {
			return nil, err
		}
		m, err = godotenv.Read(file)
	}
	if err != nil { // its text may quote a secret
		return nil, content.Problems{{File: file, What: "can't be read as KEY=value lines", Remedy: "correct it, or remove it and a new one is made"}}
	}
	keys := map[string]string{}
	for _, name := range []string{demoAppID, demoToken, demoAESKey} {
		if m[name] == "" {
			return nil, content.Problems{{File: file, What: "has no " + name, Remedy: "put it back, or remove the file and a new one is made"}}
		}
		keys[name] = m[name]
	}
	return keys, nil
}

func writeDemoEnv(file string) error {
	text := fmt.Sprintf(`# Made by 'guanjia demo'. The file is watched: a toggle that is added or changed here counts at once.
# BOT_QUIZ=off
BOT_ACCOUNTS=%s
%s=wx%s
%s=%s
%s=%s
BOT_API_KEYS=demo:%s
`, demoAccount, demoAppID, random(hexDigits, appIDDigits), demoToken, random(alphabet, tokenSize), demoAESKey, random(alphabet, aesKeySize), random(alphabet, apiKeySize))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
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
