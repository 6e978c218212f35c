package app

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"guanjia/schedule"
)

// gets reads what the API tells whoever has a key.
func (h *house) gets(path string, v any) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.url+path, http.NoBody)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secretAPIKey)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		h.t.Fatal(err)
	}
}

// TestTheAPITellsWhatIsSaidByItself: for whom and when it is next; to those who have a key.
func TestTheAPITellsWhatIsSaidByItself(t *testing.T) {
	t.Parallel()
	h := openWriting(t)
	var told struct{ Schedules []schedule.Status }
	named := func(name string) schedule.Status {
		t.Helper()
		h.gets("/api/v1/schedules", &told)
		i := slices.IndexFunc(told.Schedules, func(s schedule.Status) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("%s is not among %+v", name, told.Schedules)
		}
		return told.Schedules[i]
	}
	tip := named("morning-tip")
	if at := tip.Next.In(h.app.settings.Content.Timezone.Location).Format("15:04"); at != "08:30" || tip.Title != "每日健康提示" || tip.Audience.Segment != "tag:领过券 and followed" {
		t.Errorf("the tip is told as %+v", tip)
	}
	if s := named("quiz-unfinished"); !s.Looks || !s.Soonest.IsZero() || s.Audience.On != schedule.QuizUnfinished {
		t.Errorf("nobody has begun a quiz, and it is told %+v", s)
	}
	phone := h.phone()
	phone.Follow()
	begun := h.sim.Clock().Now()
	phone.Say("答题")
	if s := named("quiz-unfinished"); s.Soonest.Before(begun.Add(4*time.Hour)) || s.Soonest.After(begun.Add(4*time.Hour+6*time.Minute)) {
		t.Errorf("somebody began at %v and is reminded at %v", begun, s.Soonest)
	}
	resp, err := http.Get(h.url + "/api/v1/schedules")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a key: %d", resp.StatusCode)
	}
}
