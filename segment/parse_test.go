package segment

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func is(t Term) *Expr { return &Expr{Term: t} }

func TestExpressionsAreReadAsTheyAreMeant(t *testing.T) {
	pregnant, recent, gift := is(Term{About: Tag, Name: "孕期"}), is(Term{About: Followed, Op: "<", Span: 30 * 24 * time.Hour}), is(Term{About: Coupon, Name: "newgift", Fact: "claimed"})
	not := func(e *Expr) *Expr { return &Expr{Op: Not, Kids: []*Expr{e}} }
	and := func(e ...*Expr) *Expr { return &Expr{Op: And, Kids: e} }
	or := func(e ...*Expr) *Expr { return &Expr{Op: Or, Kids: e} }
	for _, c := range []struct {
		text string
		want *Expr
	}{
		{"tag:孕期 and followed<30d and not coupon:newgift", and(pregnant, recent, not(gift))},
		{"tag：孕期 且 followed＜30d 且 非 coupon：newgift", and(pregnant, recent, not(gift))},
		{"TAG:孕期 OR followed<30d AND coupon:newgift claimed", or(pregnant, and(recent, gift))},
		{"（tag:孕期 or followed < 30d） and coupon:newgift", and(or(pregnant, recent), gift)},
		{"not not tag:孕期", not(not(pregnant))},
		{`tag:"孕期 三月"`, is(Term{About: Tag, Name: "孕期 三月"})},
		{`tag:“and”`, is(Term{About: Tag, Name: "and"})},
		{"tag:a-b.c/d'e", is(Term{About: Tag, Name: "a-b.c/d'e"})},
		{"all", is(Term{About: All})},
		{"everyone", is(Term{About: All})},
		{"followed", is(Term{About: Followed})},
		{"unfollowed<=2w", is(Term{About: Unfollowed, Op: "<=", Span: 14 * 24 * time.Hour})},
		{"active≥48h", is(Term{About: Active, Op: ">=", Span: 48 * time.Hour})},
		{"optedout or optedout:live", or(is(Term{About: OptedOut}), is(Term{About: OptedOut, Name: "live"}))},
		{"quiz:health", is(Term{About: Quiz, Name: "health", Fact: "started"})},
		{"quiz:health finished and unionid", and(is(Term{About: Quiz, Name: "health", Fact: "finished"}), is(Term{About: UnionID}))},
		{"quiz:health score>=80", is(Term{About: Quiz, Name: "health", Fact: "score", Op: ">=", Score: 80})},
		{"coupon:newgift expiring<3d", is(Term{About: Coupon, Name: "newgift", Fact: "expiring", Op: "<", Span: 72 * time.Hour})},
		{"survey:s and scene:pharmacy-01 and member:zhangsan and account:shop and consent:live",
			and(is(Term{About: Survey, Name: "s", Fact: "done"}), is(Term{About: Scene, Name: "pharmacy-01"}), is(Term{About: Member, Name: "zhangsan"}),
				is(Term{About: Account, Name: "shop"}), is(Term{About: Consent, Name: "live"}))},
	} {
		got, err := Parse(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.text, diff)
		}
	}
}

func TestAProblemNamesItsPlaceAndItsRemedy(t *testing.T) {
	for _, c := range []struct {
		text   string
		pos    int
		what   string
		remedy string
	}{
		{"", 0, "ends where something should follow", "'all'"},
		{"tag:孕期 and", 10, "ends where", "tag:"},
		{"tag:孕期 followed", 7, `"followed" can't stand here`, "'and' or 'or'"},
		{"taag:孕期", 0, `"taag" is not something`, "tag, account"},
		{"tag", 0, "not complete", "tag:孕期"},
		{"tag:", 4, "name is missing", "tag:孕期"},
		{"unionid:x", 7, "takes no name", "unionid"},
		{"active", 0, "not complete", "active<7d"},
		{"active<", 7, "no span", "30d"},
		{"active<7", 7, "no span", "30d"},
		{"active<7y", 7, "no span", "30d"},
		{"active<99999999d", 7, "no span", "ten years"},
		{"active=7d", 6, "exactly", "< or >"},
		{"(tag:a", 0, "not closed", ")"},
		{"tag:a)", 5, `")" can't stand here`, "and"},
		{`tag:"a`, 4, "quotation mark", "another one"},
		{"quiz:q done", 7, "not known of a quiz", "finished"},
		{"quiz:q score", 12, "compared with nothing", "score>=80"},
		{"quiz:q score>=many", 14, "no score", "score>=80"},
		{"coupon:c expiring>>3d", 18, "no span", "30d"},
		{"not", 3, "ends where", "tag:"},
		{"a\xff", 0, "UTF-8", "again"},
		{strings.Repeat("(", 100) + "all", 41, "nested", "parentheses"},
		{strings.Repeat("x", 2001), 2000, "longer", "shorten"},
		{"all" + strings.Repeat(" and all", 60), 3 + 59*8 + 5, "more than 60", "tag"},
	} {
		_, err := Parse(c.text)
		p, ok := errors.AsType[*Problem](err)
		if !ok {
			t.Errorf("%.40s: no problem but %v", c.text, err)
			continue
		}
		if p.Pos != c.pos || !strings.Contains(p.What, c.what) || !strings.Contains(p.Remedy, c.remedy) {
			t.Errorf("%.40s: at %d %s; %s - want at %d ...%s...; ...%s...", c.text, p.Pos, p.What, p.Remedy, c.pos, c.what, c.remedy)
		}
		if p.WhatZH == "" || p.RemedyZH == "" {
			t.Errorf("%.40s: no Chinese: %+v", c.text, p)
		}
	}
}

func TestWhatIsWrongIsUnderlinedBelowWideCharacters(t *testing.T) {
	_, err := Parse("tag:孕期 xor all")
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		t.Fatal(err)
	}
	if got, want := p.Mark("tag:孕期 xor all"), "tag:孕期 xor all\n         ^^^"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"tag:孕期 and followed<30d and not coupon:newgift", `tag:"a b" or (active>7d)`, "quiz:q score>=80", "((", `"`, "：", "tag:\x00", "<=", "coupon:c expiring<3d 或 非 all"} {
		f.Add(s)
	}
	now := time.UnixMilli(1_700_000_000_000)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			p, ok := errors.AsType[*Problem](err)
			if !ok || p.Pos < 0 || p.Length < 1 || p.Pos > utf8.RuneCountInString(text) {
				t.Fatalf("%q: %#v", text, err)
			}
			p.Mark(text)
			return
		}
		query, args := pageQuery(e, now, "shop", "after", 10)
		for i, a := range args {
			if s, ok := a.(string); ok && len(s) > 12 && strings.Contains(query, s) {
				t.Fatalf("value %d stands in the text: %q", i, s)
			}
		}
	})
}
