package redis

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
)

func TestReadBegin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply any
		want  bot.BeginResult
	}{
		"run": {[]any{int64(0), int64(1), "session", int64(2), "crashed", "late", "reply"}, bot.BeginResult{State: bot.BeginRun, Try: 1,
			Session: []byte("session"), Inbound: 2, Unfinished: []bot.EventKey{"crashed"}, Late: []bot.Late{{Key: "late", Reply: []byte("reply")}}}},
		"run, nothing known": {[]any{int64(0), int64(1), "", int64(1), ""}, bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1}},
		"done":               {[]any{int64(1), int64(3), "reply"}, bot.BeginResult{State: bot.BeginDone, Try: 3, Reply: []byte("reply")}},
		"running":            {[]any{int64(2), int64(2)}, bot.BeginResult{State: bot.BeginRunning, Try: 2}},
		"wait":               {[]any{int64(3), int64(1)}, bot.BeginResult{State: bot.BeginWait, Try: 1}},
	} {
		got, err := readBegin(c.reply)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
	for name, reply := range map[string]any{
		"nothing": nil, "a number": int64(1), "empty": []any{}, "short": []any{int64(0)}, "unknown state": []any{int64(4), int64(1)},
		"words": []any{"0", "1"}, "no session": []any{int64(0), int64(1)}, "odd late": []any{int64(0), int64(1), "", int64(1), "", "late"},
		"number for a reply": []any{int64(1), int64(1), int64(5)}, "nil for a session": []any{int64(0), int64(1), nil, int64(1), ""},
	} {
		if got, err := readBegin(reply); err == nil {
			t.Errorf("%s was read as %+v", name, got)
		}
	}
}

// FuzzReadBegin makes replies of bytes: a digit is that number, anything else a string up to the next zero byte.
func FuzzReadBegin(f *testing.F) {
	f.Add([]byte("01session\x002crashed\x00late\x00reply\x00"))
	f.Add([]byte("13reply\x00"))
	f.Add([]byte("22"))
	f.Add([]byte("9x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var reply []any
		for len(b) > 0 {
			if b[0] >= '0' && b[0] <= '9' {
				reply, b = append(reply, int64(b[0]-'0')), b[1:]
				continue
			}
			s, rest, _ := bytes.Cut(b, []byte{0})
			reply, b = append(reply, string(s)), rest
		}
		r, err := readBegin(reply)
		if err == nil && (r.State < bot.BeginRun || r.State > bot.BeginWait) {
			t.Errorf("%v was read as %+v", reply, r)
		}
	})
}
