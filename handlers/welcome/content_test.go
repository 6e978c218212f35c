package welcome_test

import (
	"testing"

	"guanjia/content"
	"guanjia/handlers/welcome"
)

// TestMistakesInWelcomeFilesAreNamed gives one line for each mistake an operator can make.
func TestMistakesInWelcomeFilesAreNamed(t *testing.T) {
	t.Parallel()
	const hi = "  reply: [{text: 您好}]\n"
	for _, c := range []struct{ name, rules, want string }{
		{"unknown key", "- replies: []\n", `w.yaml:3: key "replies" is not known here; correct its spelling or remove it (docs/reference/content lists the keys)`},
		{"unknown event", "- event: follows\n" + hi, `w.yaml:3: event "follows" is not known; use follow, scan, first_message or enter`},
		{"unknown followers", "- followers: old\n" + hi, `w.yaml:3: followers "old" are not known; use any, new or returning`},
		{"nothing said", "- scenes: [a]\n", "w.yaml:3: this rule says nothing; write reply: with at least one message"},
		{"broken message", "- reply:\n  - text: a\n  - menu: {head: x}\n", "w.yaml:5: the number of choices is not right; write 1 to 10 choices"},
		{"platform's prefix", "- scenes: [qrscene_a]\n" + hi, `w.yaml:3: scene "qrscene_a" can't match; write it without qrscene_, which the platform puts in front`},
		{"member without id", "- members: ['']\n" + hi, "w.yaml:3: the id of a member is empty; write the account of the member, as the address book shows it (账号)"},
		{"other members", "- members: [a]\n" + hi + "- members: [b]\n" + hi, ""},
		{"same member twice", "- members: [a, b]\n" + hi + "- members: [a]\n" + hi, "w.yaml:5: this rule is never used: the one at w.yaml:3 says something on the same occasions; remove one of the two, or narrow this one"},
		{"account in capitals", "- accounts: [Brand]\n" + hi, `w.yaml:3: account "Brand" can't be used; write a name of BOT_ACCOUNTS, in lower case`},
		{"dates reversed", "- active: {from: 2026-02-01, until: 2026-01-01}\n" + hi, "w.yaml:3: it ends before it begins; write an end after the beginning (a bare date is its first minute)"},
		{"same rule twice", "- scenes: [a, b]\n" + hi + "- scenes: [b]\n" + hi, "w.yaml:5: this rule is never used: the one at w.yaml:3 says something on the same occasions; remove one of the two, or narrow this one"},
		{"wider rule later", "- scenes: [a]\n" + hi + "- scenes: [a, b]\n" + hi, ""},
		{"disabled rule", "- scenes: [a]\n" + hi + "- disabled: true\n  scenes: [a]\n" + hi, ""},
		{"other hours", "- active: {hours: [08:00-12:00]}\n" + hi + "- active: {hours: [12:00-20:00]}\n" + hi, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, ps := content.Parse("w.yaml", []byte("kind: welcome\nrules:\n"+c.rules), nil)
			if ps == nil {
				_, ps = welcome.Load([]content.Doc{d}, nil)
			}
			if got := ps.Error(); got != c.want {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestFilesOfOtherKindsAreNotItsBusiness: Load skips them.
func TestFilesOfOtherKindsAreNotItsBusiness(t *testing.T) {
	t.Parallel()
	d, _ := content.Parse("quiz.yaml", []byte("kind: quiz\nwhatever: 1\n"), nil)
	if _, ps := welcome.Load([]content.Doc{d}, nil); ps != nil {
		t.Errorf("told %v", ps)
	}
}
