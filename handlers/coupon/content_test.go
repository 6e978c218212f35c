package coupon_test

import (
	"testing"

	"guanjia/content"
	"guanjia/handlers/coupon"
)

// TestMistakesInCouponFilesAreNamed gives one line for each mistake an operator can make.
func TestMistakesInCouponFilesAreNamed(t *testing.T) {
	t.Parallel()
	const head = "- id: a\n  name: 甲\n  keywords: [甲]\n" // lines 3 to 5
	const how = head + "  how_to: 出示\n"                  // line 6
	for _, c := range []struct{ name, campaigns, want string }{
		{"right", how, ""},
		{"right, made", how + "  generate: {prefix: NEW, limit: 0}\n", ""},
		{"unknown key", how + "  valid: 30d\n", `c.yaml:7: key "valid" is not known here; correct its spelling or remove it (docs/reference/content lists the keys)`},
		{"same id twice", how + how, `c.yaml:7: id "a" is used already (c.yaml:3); give each one an id of its own`},
		{"no way to it", "- id: a\n  name: 甲\n  how_to: 出示\n", "c.yaml:3: nobody can get this coupon; give it keywords:, menu_keys:, scenes: or on_follow: true"},
		{"scenes without events", "- id: a\n  name: 甲\n  how_to: 出示\n  scenes: [s]\n  on_follow: false\n  on_scan: false\n", "c.yaml:3: nobody can get this coupon; give it keywords:, menu_keys:, scenes: or on_follow: true"},
		{"no use", head, "c.yaml:3: it does not say how to use the code; write it for customers, such as how_to: 到任一门店结账时出示券码"},
		{"unknown rule", how + "  on_unfollow: burn\n", `c.yaml:7: unfollow rule "burn" is not known; use keep or void`},
		{"two ends", how + "  valid_for: 30d\n  valid_until: 2026-12-31\n", "c.yaml:8: the code has two ends, valid_for and valid_until; keep one of the two"},
		{"worth nothing", how + "  active: {from: 2026-12-31}\n  valid_until: 2026-12-31\n", "c.yaml:8: the code is worth nothing when it is given; write an end after the campaign's beginning"},
		{"prefix in small letters", how + "  generate:\n    prefix: new\n    limit: 1\n", `c.yaml:8: prefix "new" can't be used; use up to 8 digits and capital letters without I, L, O and U, which are misread`},
		{"prefix that is misread", how + "  generate: {prefix: GIFT, limit: 1}\n", `c.yaml:7: prefix "GIFT" can't be used; use up to 8 digits and capital letters without I, L, O and U, which are misread`},
		{"short codes", how + "  generate: {length: 5, limit: 1}\n", "c.yaml:7: 5 characters are too few or too many; write 6 to 24, or leave it out for 10"},
		{"codes that can be guessed", how + "  generate: {length: 6, limit: 5000}\n", "c.yaml:7: with so many short codes, one can be guessed; make the codes longer or fewer"},
		{"no limit", how + "  generate: {prefix: A}\n", "c.yaml:7: it does not say how many codes there are; write limit: 500 for 500 codes, limit: 0 for as many as are asked for"},
		{"limit below nothing", how + "  generate: {limit: -1}\n", "c.yaml:7: -1 codes can't be given; write 0 or more"},
		{"sentence without the code", how + "  texts:\n    given: 给您一张券\n", "c.yaml:8: placeholder {code} is missing; put {code} where it belongs in the sentence"},
		{"placeholder of another sentence", how + "  texts:\n    sold_out: '{code} 没有了'\n", "c.yaml:8: placeholder {code} is not known here; use one of {name} {how_to}"},
		{"sentence for all campaigns", how + "texts:\n  not_started: 快了\n", "c.yaml:8: placeholder {start} is missing; put {start} where it belongs in the sentence"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, ps := content.Parse("c.yaml", []byte("kind: coupon\ncampaigns:\n"+c.campaigns), nil)
			if ps == nil {
				_, ps = coupon.Load([]content.Doc{d}, nil)
			}
			if got := ps.Error(); got != c.want {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestFilesOfOneKindMakeOneBook: files of other kinds are skipped, ids are unique over all files.
func TestFilesOfOneKindMakeOneBook(t *testing.T) {
	t.Parallel()
	parse := func(name, file string) content.Doc {
		d, ps := content.Parse(name, []byte(file), nil)
		if ps != nil {
			t.Fatal(ps)
		}
		return d
	}
	one := "kind: coupon\ncampaigns:\n- {id: a, name: 甲, keywords: [甲], how_to: 出示, priority: 2}\n"
	two := "kind: coupon\ncampaigns:\n- {id: b, name: 乙, keywords: [乙], how_to: 出示}\n"
	book, ps := coupon.Load([]content.Doc{parse("1.yaml", one), parse("q.yaml", "kind: quiz\nx: 1\n"), parse("2.yaml", two)}, nil)
	if ps != nil {
		t.Fatal(ps)
	}
	if cs := book.Campaigns(); len(cs) != 2 || cs[0].ID != "b" || cs[1].ID != "a" {
		t.Errorf("campaigns %+v", cs)
	}
	_, ps = coupon.Load([]content.Doc{parse("1.yaml", one), parse("2.yaml", one)}, nil)
	if want := `2.yaml:3: id "a" is used already (1.yaml:3); give each one an id of its own`; ps.Error() != want {
		t.Errorf("told %v", ps)
	}
}
