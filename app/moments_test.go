package app

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guanjia/content/sample"
	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/store"
)

// TestAMomentOfTheCalendarIsPublishedByItsMembers at its time, with its picture; the fourth of a day is held.
func TestAMomentOfTheCalendarIsPublishedByItsMembers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, sample.FS); err != nil {
		t.Fatal(err)
	}
	write := func(posts int) {
		var b strings.Builder
		b.WriteString("kind: moments\nposts:\n")
		// Tomorrow at noon where the content lives, whenever the test runs.
		day := time.Now().Add(24 * time.Hour).In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
		for i := range posts {
			fmt.Fprintf(&b, "  - {id: post-%d, date: %s 12:0%d, category: life, text: 第%d条, pictures: [pictures/assistant.jpg]}\n", i, day, i, i)
		}
		if err := os.WriteFile(filepath.Join(dir, "moments.yaml"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(3)
	h := openCompany(t, "BOT_CONTENT_DIR="+dir)
	state := func(id string, want store.MomentState, published int) {
		h.eventually(id+" is "+string(want), func() error {
			m, _, err := h.app.store.Moment(t.Context(), id)
			if err == nil && (m.State != want || m.Published != published) {
				err = fmt.Errorf("%+v", m)
			}
			return err
		})
	}
	takenUp := func(id string) {
		h.eventually(id+" is taken up", func() error {
			p, _, err := store.FindPlan(t.Context(), h.app.store.Reader(), "moment/"+id)
			if err == nil && p.Next.IsZero() {
				err = fmt.Errorf("%+v", p)
			}
			return err
		})
	}
	takenUp("post-0")
	h.sim.Clock().Advance(48 * time.Hour)
	// Noon is long past for the first ones: nothing is caught up with after its grace.
	h.eventually("noted as missed", func() error {
		slots, err := h.app.store.Slots(t.Context(), "moment/post-0", 1)
		if err == nil && (len(slots) != 1 || slots[0].State != store.SlotMissed) {
			err = fmt.Errorf("%+v", slots)
		}
		return err
	})
	day := h.sim.Clock().Now().Add(24 * time.Hour).In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
	var b strings.Builder
	b.WriteString("kind: moments\nposts:\n")
	for i := range 3 {
		fmt.Fprintf(&b, "  - {id: new-%d, date: %s 12:0%d, category: life, text: 第%d条, pictures: [pictures/assistant.jpg], grace: 24h}\n", i, day, i, i)
	}
	save := func() {
		if err := os.WriteFile(filepath.Join(dir, "moments.yaml"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.app.Reload(); err != nil {
			t.Fatal(err)
		}
	}
	save()
	noon, _ := time.ParseInLocation("2006-01-02 15:04", day+" 12:03", time.FixedZone("CST", 8*60*60))
	takenUp("new-2")
	h.sim.Clock().Advance(noon.Sub(h.sim.Clock().Now()))
	for i := range 3 {
		h.eventually("asked for", func() error {
			m, _, err := h.app.store.Moment(t.Context(), fmt.Sprintf("new-%d", i))
			if err == nil && m.State != store.MomentAsked && m.State != store.MomentMade {
				err = fmt.Errorf("%+v", m)
			}
			return err
		})
	}
	h.sim.Clock().Advance(10 * time.Second)
	state("new-0", store.MomentMade, 0)
	m, _, err := h.app.store.Moment(t.Context(), "new-0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.sim.ActContact(t.Context(), officeCorp, simulator.ContactAct{Act: contact.Act{Kind: contact.ActPublish, UserID: "xiaolin", ID: m.MomentID}}); err != nil {
		t.Fatal(err)
	}
	h.sim.Clock().Advance(time.Hour)
	state("new-0", store.MomentMade, 1)

	// A fourth one on the same day, which only new content brings.
	b.Reset()
	later := h.sim.Clock().Now().Add(time.Hour).In(time.FixedZone("CST", 8*60*60)).Format("2006-01-02 15:04")
	fmt.Fprintf(&b, "kind: moments\nposts:\n  - {id: new-3, date: %s, category: life, text: 第四条}\n", later)
	save()
	takenUp("new-3")
	h.sim.Clock().Advance(61 * time.Minute)
	state("new-3", store.MomentHeld, 0)

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/api/v1/moments", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secretAPIKey)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b2, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	body := string(b2)
	for _, part := range []string{`"id":"new-0"`, `"state":"made"`, `"published":1`, `"state":"held"`, `"category":"life","posts":3,"percent":100,"target":6`} {
		if answer.StatusCode != http.StatusOK || !strings.Contains(body, part) {
			t.Fatalf("%d without %s: %s", answer.StatusCode, part, body)
		}
	}
}
