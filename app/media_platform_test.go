package app

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/content/sample"
	"guanjia/simulator"
	"guanjia/simulator/contact"
	played "guanjia/simulator/platform"
)

// adds lets somebody add xiaolin, and gives what they read then, by kind and what tells one from another.
func (p *patient) adds(nickname string) (read []string, picture string) {
	p.t.Helper()
	const corp = "ww0123456789abcdef"
	u, err := p.sim.NewUser(nickname)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, kind := range []contact.ActKind{contact.ActAdd, contact.ActConfirm} {
		if _, err := p.sim.ActContact(p.t.Context(), corp, simulator.ContactAct{Act: contact.Act{Kind: kind, UserID: "xiaolin"}, User: u.ID}); err != nil {
			p.t.Fatal(err)
		}
	}
	lines, err := p.sim.ContactChat(corp, "xiaolin", u.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, l := range lines {
		if l.From != contact.FromApp {
			continue
		}
		read = append(read, strings.TrimSpace(string(l.Kind)+" "+l.Title+l.FileName))
		picture += l.MediaID
	}
	return read, picture
}

// kept is the id under which the platform keeps the sample's picture; empty: none is written down.
func (p *patient) kept() string {
	p.t.Helper()
	all, err := p.app.store.Uploads(p.t.Context(), "wecom:ww0123456789abcdef")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, u := range all {
		if u.Form == "image" {
			return u.MediaID
		}
	}
	return ""
}

// TestTheSimulatedCorpsCustomersGetThePictures: uploaded ahead; again when the platform has forgotten one, in the middle of a welcome;
// again before three days are over; and without them the rest.
func TestTheSimulatedCorpsCustomersGetThePictures(t *testing.T) {
	t.Parallel()
	p := admit(t, asUsual, asItIs)
	whole := []string{"text", "image assistant.jpg", "link 家庭常备药怎么放、多久查一次"}
	expect := func(nickname string, want []string) (picture string) {
		t.Helper()
		read, picture := p.adds(nickname)
		if d := cmp.Diff(want, read); d != "" {
			t.Errorf("%s reads (-want +got):\n%s", nickname, d)
		}
		return picture
	}
	faults := func(all ...played.Fault) {
		t.Helper()
		if _, err := p.sim.SetCallFaults(all); err != nil {
			t.Fatal(err)
		}
	}
	later := func(d time.Duration) {
		t.Helper()
		if d > 0 {
			if _, err := p.sim.Advance(d); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.app.Reload(); err != nil { // so that it looks at once
			t.Fatal(err)
		}
	}
	eventually(t, "the picture is uploaded", func() bool { return p.kept() != "" })
	first := expect("小王", whole)

	faults(played.Fault{Kind: played.FaultCode, Path: "/cgi-bin/externalcontact/send_welcome_msg", Times: 1, Code: 40007, Msg: "invalid media_id"})
	second := expect("小李", whole)
	if second == first {
		t.Error("the id that the platform does not know is sent again")
	}

	later(49 * time.Hour)
	eventually(t, "the picture is uploaded before its end", func() bool { return p.kept() != second })
	third := expect("小赵", whole)
	if third == second {
		t.Error("the old id is sent")
	}

	faults(played.Fault{Kind: played.FaultCode, Path: "/cgi-bin/media/upload", Chance: 1, Code: 45009})
	later(73 * time.Hour)
	if picture := expect("小钱", []string{whole[0], whole[2]}); picture != "" {
		t.Errorf("an id that has expired is sent: %s", picture)
	}
	faults()
	eventually(t, "the picture is uploaded when it can be", func() bool {
		later(0) // again and again: an upload that is still being refused rests afterwards
		return p.kept() != third && p.kept() != ""
	})
	expect("小孙", whole)
}

// TestAFollowerGetsThePictureOfTheContent in the passive reply of a certified official account; of one that is not, the rest.
func TestAFollowerGetsThePictureOfTheContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	picture, err := sample.FS.ReadFile("pictures/assistant.jpg")
	if err != nil {
		t.Fatal(err)
	}
	files(t, dir, map[string]string{
		"hello.png":    string(picture), // its name does not count
		"welcome.yaml": "kind: welcome\nrules:\n- reply:\n  - file: hello.png\n  - text: 您好\n",
	})
	for certified, want := range map[string]simulator.ReplyKind{"on": simulator.ReplyImage, "off": simulator.ReplyText} {
		t.Run("certified "+certified, func(t *testing.T) {
			t.Parallel()
			p := admitWith(t, []string{"BOT_CONTENT_DIR=" + dir, "BOT_ACCOUNT_BRAND_CERTIFIED=" + certified}, func(a *simulator.Account) { a.Certified = certified == "on" }, asItIs)
			if certified == "on" {
				eventually(t, "the picture is uploaded", func() bool {
					all, err := p.app.store.Uploads(t.Context(), "official:wx0123456789abcdef")
					return err == nil && len(all) == 1
				})
			}
			got := simulator.NewPhone(t, p.sim.Client(), "brand", "小王").Follow()
			if got.State != simulator.StateReplied || len(got.Replies) != 1 || got.Replies[0].Kind != want {
				t.Errorf("%s %+v, %v", got.State, got.Replies, got.Why)
			}
		})
	}
}
