package wxmedia

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/channel/wxapi"
)

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// TestAFileIsUploadedOnce for all apps of a corp, all replicas and all restarts.
func TestAFileIsUploadedOnce(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	files := map[string]string{"pictures/hello.png": png}
	s.use(t, files, image("pictures/hello.png"), image("pictures/hello.png"))
	equal(t, "before", s.says("assistant", "pictures/hello.png"), "")
	s.pass(t)
	equal(t, "uploads", s.platform.uploads(), []string{"/cgi-bin/media/upload image hello.png"})
	equal(t, "the app", s.says("assistant", "pictures/hello.png"), "id-1")
	equal(t, "another app of the corp", s.says("shop", "pictures/hello.png"), "id-1")
	equal(t, "an account that can't upload", s.says("other", "pictures/hello.png"), "")

	s.replica(t)
	s.use(t, files, image("pictures/hello.png"))
	ctx, cancel := context.WithCancel(t.Context())
	s.Start(ctx)
	cancel() // what Start is given bounds the start, not the life
	equal(t, "at once after a restart", s.says("assistant", "pictures/hello.png"), "id-1")
	s.Stop()
	equal(t, "uploads after a restart", len(s.platform.uploads()), 1)

	// The same picture under another name is known; another picture under the same name is not.
	s.use(t, map[string]string{"new/name.png": png, "pictures/hello.png": png + " of today"}, image("new/name.png"), image("pictures/hello.png"))
	equal(t, "renamed", s.says("assistant", "new/name.png"), "id-1")
	equal(t, "replaced, not yet uploaded", s.says("assistant", "pictures/hello.png"), "")
	s.pass(t)
	equal(t, "replaced", s.says("assistant", "pictures/hello.png"), "id-2")
}

// TestReplicasUploadOneAtATime, and none uploads what another is at.
func TestReplicasUploadOneAtATime(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	release := make(chan struct{})
	s.platform.hold = release
	replicas := make([]*Keeper, 4)
	for i := range replicas {
		replicas[i] = s.replica(t).Keeper
		s.use(t, map[string]string{"a.png": png, "b.jpg": jpeg}, image("a.png"), image("b.jpg"))
		replicas[i].Start(t.Context())
	}
	<-s.platform.in // one is at it, and the others wait
	close(release)
	<-s.platform.in
	for _, k := range replicas {
		tick := time.NewTicker(5 * time.Millisecond)
		for k.find("assistant", "b.jpg", "image") == "" || k.find("assistant", "a.png", "image") == "" {
			k.homes[0].hurry()
			<-tick.C
		}
		tick.Stop()
		k.Stop()
	}
	equal(t, "uploads", len(s.platform.uploads()), 2)
}

// TestAFileIsUploadedAgainBeforeItsEnd: nobody is sent an id that the platform has forgotten.
func TestAFileIsUploadedAgainBeforeItsEnd(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.use(t, map[string]string{"a.png": png}, image("a.png"), bot.Message{Cards: []bot.Card{{Title: "甲", URL: "https://a.cn", PictureFile: "a.png"}}})
	s.pass(t)
	equal(t, "uploads", s.platform.uploads(), []string{"/cgi-bin/media/upload image a.png", "/cgi-bin/media/uploadimg  a.png"})

	s.clock.add(renewAfter - time.Second)
	s.pass(t)
	equal(t, "uploads before the third day", len(s.platform.uploads()), 2)

	s.clock.add(time.Second)
	s.platform.answers(`{"errcode":-1,"errmsg":"system error"}`, `{"errcode":-1,"errmsg":"system error"}`, `{"errcode":-1,"errmsg":"system error"}`, `{"errcode":-1,"errmsg":"system error"}`)
	s.pass(t)
	equal(t, "the platform is busy", s.counted.outcomes()[2:], []Outcome{Unreachable})
	equal(t, "the old one serves meanwhile", s.says("assistant", "a.png"), "id-1")
	s.pass(t) // too early
	equal(t, "not at once again", len(s.counted.outcomes()), 3)
	s.clock.add(pauseFirst)
	s.pass(t)
	equal(t, "the new one", s.says("assistant", "a.png"), "id-3")
	equal(t, "the address of a picture stays", len(s.platform.uploads()), 3)

	s.platform.answers(slices.Repeat([]string{"<html>maintenance</html>"}, 9)...)
	s.clock.add(mediaLife - endMargin)
	equal(t, "at its end it is left out", s.says("assistant", "a.png"), "")
	s.pass(t)
	equal(t, "missing", s.counted.missing, 1)
	equal(t, "the address is still there", s.Fitter("assistant", whole{}).Fit([]bot.Message{{Cards: []bot.Card{{PictureFile: "a.png"}}}}).Now[0].Cards[0].PictureURL, "https://pic/id-2")
}

// TestWhatAnUploadComesTo: each failure has its word and its pause, and those of one file do not keep the others.
func TestWhatAnUploadComesTo(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, answer string
		want         []Outcome
		again        time.Duration // when the first file is tried again
	}{
		{"the platform does not want the file", `{"errcode":40009,"errmsg":"invalid image size"}`, []Outcome{Refused, Uploaded}, pauseFile},
		{"the type is not right", `{"errcode":"40004","errmsg":"invalid media type"}`, []Outcome{Refused, Uploaded}, pauseFile},
		{"no right", `{"errcode":48002,"errmsg":"api forbidden"}`, []Outcome{Denied}, pauseLong},
		{"an address that is not allowed", `{"errcode":60020,"errmsg":"not allow to access from your ip, from ip: 1.2.3.4"}`, []Outcome{Denied}, pauseLong},
		{"too many", `{"errcode":45009,"errmsg":"api freq out of limit"}`, []Outcome{Limited}, pauseLong},
		{"a page where an answer should be", "<html>", []Outcome{Unreachable}, pauseFirst},
		{"all is well, and no id", `{"errcode":0,"errmsg":"ok"}`, []Outcome{Unreachable}, pauseFirst},
		{"an id without end", `{"errcode":0,"media_id":"` + strings.Repeat("x", idMax+1) + `"}`, []Outcome{Unreachable}, pauseFirst},
		{"an id that is a number", `{"errcode":"0","media_id":77}`, []Outcome{Uploaded, Uploaded}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			s.use(t, map[string]string{"a.png": png, "b.jpg": jpeg}, image("a.png"), image("b.jpg"))
			s.platform.answers(tc.answer)
			s.pass(t)
			equal(t, "outcomes", s.counted.outcomes(), tc.want)
			if tc.again == 0 {
				equal(t, "id", s.says("assistant", "a.png"), "77")
				return
			}
			equal(t, "left out", s.says("assistant", "a.png"), "")
			s.pass(t)
			equal(t, "no other file is tried for it", s.counted.outcomes(), tc.want)
			s.clock.add(tc.again - time.Millisecond)
			s.pass(t)
			equal(t, "left out as long as the pause", s.says("assistant", "a.png"), "")
			s.clock.add(time.Millisecond)
			s.pass(t)
			if id := s.says("assistant", "a.png"); id == "" {
				t.Error("it is not tried again")
			}
			for _, e := range s.logs.All() {
				if strings.Contains(e.Message, "hunter2") || strings.Contains(e.Message, "T1") {
					t.Errorf("a secret in the log: %s", e.Message)
				}
			}
		})
	}
}

// TestEachKindOfAccountGetsWhatItTakes, as what it calls it, and only that.
func TestEachKindOfAccountGetsWhatItTakes(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.png": png, "b.gif": gif, "c.jpg": jpeg, "d.amr": "#!AMR\n\x3c12345", "e.mp4": "\x00\x00\x00\x18ftypmp42 film", "f.pdf": "%PDF-1.7"}
	said := []bot.Message{
		{File: "b.gif"}, {File: "d.amr"}, {File: "e.mp4"}, {File: "f.pdf"}, {MusicURL: "https://a.cn/b.mp3", ThumbFile: "c.jpg"},
		{MiniProgram: &bot.MiniProgramCard{Title: "甲", AppID: "wx1", Page: "p", ThumbFile: "a.png"}},
	}
	for kind, want := range map[wxapi.Kind][]string{
		wxapi.WeCom:    {"image a.png", "voice d.amr", "video e.mp4", "file f.pdf"},
		wxapi.Official: {"image a.png", "image b.gif", "thumb c.jpg", "voice d.amr", "video e.mp4"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			s.kind = kind
			s.replica(t)
			s.use(t, files, slices.Clone(said)...)
			s.pass(t)
			for i := range want {
				want[i] = "/cgi-bin/media/upload " + want[i]
			}
			equal(t, "uploads", s.platform.uploads(), want)
			equal(t, "what was uploaded first", s.platform.texts[0], png)
			equal(t, "missing", s.counted.missing, 0)
			if told := s.logs.FilterMessageSnippet("left out").Len(); told != map[wxapi.Kind]int{wxapi.WeCom: 1}[kind] {
				t.Errorf("%d files are said to be left out", told)
			}
		})
	}
}

// TestAnIDThatThePlatformDoesNotKnowIsReplacedOnce, however many meet it at once.
func TestAnIDThatThePlatformDoesNotKnowIsReplacedOnce(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.use(t, map[string]string{"a.png": png, "b.jpg": jpeg}, image("a.png"), image("b.jpg"))
	s.pass(t)
	said := s.Fitter("assistant", whole{}).Fit([]bot.Message{bot.Text("您好"), image("a.png")}).Now
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			fresh, changed := s.Again(t.Context(), "assistant", said)
			if !changed || fresh[1].MediaID != "id-3" || fresh[0].Text != "您好" {
				t.Errorf("%v %+v", changed, fresh)
			}
		})
	}
	all.Wait()
	equal(t, "uploads", len(s.platform.uploads()), 3)
	equal(t, "what was said first", said[1].MediaID, "id-1")
	equal(t, "the other file", s.says("assistant", "b.jpg"), "id-2")
	s.replica(t)
	s.use(t, map[string]string{"a.png": png}, image("a.png"))
	s.pass(t)
	equal(t, "after a restart", s.says("assistant", "a.png"), "id-3")

	if _, changed := s.Again(t.Context(), "assistant", []bot.Message{{Kind: bot.MessageImage, MediaID: "operator's own"}}); changed {
		t.Error("an id that is not of the content is replaced")
	}
	s.platform.answers(slices.Repeat([]string{`{"errcode":45009,"errmsg":""}`}, 3)...)
	fresh, changed := s.Again(t.Context(), "assistant", s.Fitter("assistant", whole{}).Fit([]bot.Message{image("a.png")}).Now)
	if !changed || fresh[0].MediaID != "" {
		t.Errorf("without another id it should be left out: %+v", fresh)
	}
}

// TestStopDoesNotWaitForAnUpload that hangs, and what was given up is no failure of the file.
func TestStopDoesNotWaitForAnUpload(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.platform.hold = make(chan struct{})
	s.use(t, map[string]string{"a.png": png}, image("a.png"))
	s.Start(t.Context())
	<-s.platform.in
	s.Stop()
	equal(t, "outcomes", s.counted.outcomes(), []Outcome(nil))

	close(s.platform.hold)
	s.replica(t)
	s.use(t, map[string]string{"a.png": png}, image("a.png"))
	s.pass(t) // the lock is free
	if s.says("assistant", "a.png") == "" {
		t.Error("it is not uploaded after a restart")
	}
}
