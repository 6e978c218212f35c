package coupon

import (
	"strings"
	"testing"
)

// TestMadeCodesCheckThemselves: every mistyped character is found, and what is typed by hand is understood.
func TestMadeCodesCheckThemselves(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		code := newCode("NEW", 8)
		if len(code) != 12 || !strings.HasPrefix(code, "NEW") || !isMade(code) || seen[code] {
			t.Fatalf("made %q", code)
		}
		seen[code] = true
		for i := range code {
			for _, c := range []byte(alphabet) {
				typed := code[:i] + string(c) + code[i+1:]
				if typed != code && isMade(typed) {
					t.Fatalf("%s passes for %s", typed, code)
				}
			}
		}
		typed := strings.ToLower(code[:4] + "-" + code[4:])
		if got, ok := corrected(strings.NewReplacer("0", "o", "1", "i").Replace(typed)); !ok || got != code {
			t.Errorf("%s typed as %s is read as %s, %v", code, typed, got, ok)
		}
	}
}

// TestWhatIsNoMadeCodeIsLeftAlone, the codes of a batch among it.
func TestWhatIsNoMadeCodeIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "0", "U", "券", "NEW\x00", "NEW1234567"} {
		if code, ok := corrected(s); ok {
			t.Errorf("%q is read as %s", s, code)
		}
	}
}

// BenchmarkNewCode makes a code.
func BenchmarkNewCode(b *testing.B) {
	for b.Loop() {
		newCode("NEW", defaultRandom)
	}
}
