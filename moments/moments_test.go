package moments_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"guanjia/content"
	"guanjia/moments"
)

func zone() *time.Location { return time.FixedZone("CST", 8*60*60) }

// load reads a calendar beside a picture and something that is none.
func load(t *testing.T, yaml string) (*moments.Book, content.Problems) {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	docs, ps := content.Load(fstest.MapFS{
		"m.yaml": {Data: []byte("kind: moments\n" + yaml)}, "a.png": {Data: picture.Bytes()}, "a.pdf": {Data: []byte("%PDF-1.4 0000")},
	}, []string{moments.Kind})
	if ps != nil {
		t.Fatal(ps)
	}
	return moments.Load(docs, zone())
}

func TestMistakesInACalendarAreNamed(t *testing.T) {
	t.Parallel()
	post := func(more string) string {
		return "posts:\n  - id: a\n    date: 2026-12-01 12:00\n    category: life\n" + more
	}
	day := strings.Builder{}
	day.WriteString("posts:\n")
	for i := range 4 {
		fmt.Fprintf(&day, "  - {id: p%d, date: 2026-12-01 1%d:00, category: life, text: a}\n", i, i)
	}
	for _, c := range []struct{ name, yaml, want string }{
		{"nothing", post(""), "m.yaml:3: a post is empty; write text:, pictures: or link:"},
		{"no date", "posts: [{id: a, category: life, text: a}]\n", "m.yaml:2: a post has no date; write date: 2026-12-01 12:00"},
		{"an unknown category", "posts: [{id: a, date: 2026-12-01, category: fun, text: a}]\n", "m.yaml:2: category \"fun\" is not known; write know-how, news, marketing, life, other"},
		{"a novel", post("    text: " + strings.Repeat("长", 2001) + "\n"), "m.yaml:6: the text is longer than 2000 characters; shorten it"},
		{"ten pictures", post("    pictures: [a.png, a.png, a.png, a.png, a.png, a.png, a.png, a.png, a.png, a.png]\n"), "m.yaml:6: more than 9 pictures; keep the best"},
		{"no picture", post("    pictures: [b.png]\n"), "m.yaml:6: file \"b.png\""},
		{"a picture that is none", post("    pictures: [a.pdf]\n"), "m.yaml:6: file \"a.pdf\" is not JPEG or PNG"},
		{"pictures and a link", post("    pictures: [a.png]\n    link: {url: 'https://a.cn', picture: a.png}\n"), "m.yaml:7: a post shows pictures or a link; keep one of pictures: and link:"},
		{"half a link", post("    link: {url: a.cn, picture: a.png}\n"), "m.yaml:6: a link is missing or not complete; write the whole link, with https://"},
		{"the fourth of a day", day.String(), "m.yaml:6: more than 3 posts on 2026-12-01; move one to another day"},
		{"a target of 99", "target: {life: 99}\nposts: []\n", "m.yaml:2: the target is 99 percent; write shares that are 100 together"},
		{"an unknown target", "target: {fun: 100}\nposts: []\n", "m.yaml:2: target \"fun\": 100 can't be used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, ps := load(t, c.yaml); !strings.Contains(ps.Error(), c.want) {
				t.Errorf("told\n%s\nwant\n%s", ps.Error(), c.want)
			}
		})
	}
	b, ps := load(t, post("    text: 好\n    pictures: [a.png]\n"))
	if ps != nil || len(b.Posts()) != 1 || !b.Posts()[0].At().Equal(time.Date(2026, 12, 1, 12, 0, 0, 0, zone())) || b.Target[moments.KnowHow] != 43 {
		t.Errorf("%+v, %v", b, ps)
	}
}

// TestTheMixOfFiftyNinePosts is that of a retailer's month.
func TestTheMixOfFiftyNinePosts(t *testing.T) {
	t.Parallel()
	var posts []moments.Category
	for c, n := range map[moments.Category]int{moments.KnowHow: 25, moments.News: 15, moments.Marketing: 7, moments.Life: 4, moments.Other: 8} {
		for range n {
			posts = append(posts, c)
		}
	}
	var b strings.Builder
	for _, s := range moments.Mix(posts, map[moments.Category]int{moments.KnowHow: 43, moments.News: 25, moments.Marketing: 12, moments.Life: 6, moments.Other: 14}) {
		fmt.Fprintf(&b, "%s %d %.0f/%.0f ", s.Category, s.Posts, s.Percent, s.Target)
	}
	if got := b.String(); got != "know-how 25 42/43 news 15 25/25 marketing 7 12/12 life 4 7/6 other 8 14/14 " {
		t.Errorf("the mix is %s", got)
	}
	for _, s := range moments.Mix(nil, nil) {
		if s.Percent != 0 {
			t.Errorf("of nothing, %+v", s)
		}
	}
}
