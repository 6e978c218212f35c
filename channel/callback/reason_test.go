package callback

import "testing"

func TestEveryReasonIsDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range []Reason{
		ReasonMethod, ReasonTooLarge, ReasonMediaType, ReasonQuery, ReasonClock, ReasonWeak, ReasonNoKey, ReasonSignature, ReasonReceiver,
		ReasonReplay, ReasonBody, ReasonDecryption, ReasonMalformed, ReasonUnavailable, ReasonInternal,
	} {
		if Describe(r) == "" || seen[string(r)] {
			t.Errorf("%q is not described, or twice in the list", r)
		}
		seen[string(r)] = true
	}
	if Describe("hologram") != "" {
		t.Error("a reason that is none is described")
	}
}
