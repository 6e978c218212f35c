package coupon

import (
	"crypto/rand"
	"strings"
)

// alphabet is Crockford's base 32: without I, L, O and U, which are misread or spell words.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes a code: the prefix, random characters, and a check character over both that finds every mistyped character
// and nearly every two swapped neighbours.
func newCode(prefix string, random int) string {
	b := make([]byte, random)
	rand.Read(b) // never fails: it ends the process instead
	for i := range b {
		b[i] = alphabet[b[i]%byte(len(alphabet))] // 256 is a multiple of 32: no character is likelier
	}
	code := prefix + string(b)
	return code + string(checkCharacter(code))
}

// checkCharacter is the Luhn mod N check character of s over the alphabet; 0 when s holds another character.
func checkCharacter(s string) byte {
	const n = len(alphabet)
	sum, factor := 0, 2
	for i := len(s) - 1; i >= 0; i-- {
		v := strings.IndexByte(alphabet, s[i])
		if v < 0 {
			return 0
		}
		v *= factor
		sum += v/n + v%n
		factor = 3 - factor
	}
	return alphabet[(n-sum%n)%n]
}

// isMade tells whether s may be a code of newCode: its last character checks the others.
func isMade(s string) bool {
	return len(s) > 1 && s[len(s)-1] == checkCharacter(s[:len(s)-1])
}

var misread = strings.NewReplacer("O", "0", "I", "1", "L", "1", " ", "", "-", "")

// corrected reads a made code as it was typed by hand: in lower case, in groups, with O for 0. ok is false when that is no
// made code.
func corrected(typed string) (code string, ok bool) {
	code = misread.Replace(strings.ToUpper(typed))
	return code, isMade(code)
}
