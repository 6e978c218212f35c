package storetest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"guanjia/bot"
	"guanjia/store"
)

// oneEach is what the records should say: what each may have once is kept by one name.
type oneEach struct {
	owners   map[bot.Person]bot.Person
	unions   map[string]bot.Person
	codes    map[bot.Person]string
	surveyed map[bot.Person]bool
	played   map[bot.Person]int
	best     map[bot.Person]int
}

func (m *oneEach) owner(p bot.Person) bot.Person {
	if o, ok := m.owners[p]; ok {
		return o
	}
	return p
}

func (m *oneEach) link(p bot.Person, unionid string) {
	if _, ok := m.owners[p]; ok {
		return // the model's people keep their unionid
	}
	first, ok := m.unions[unionid]
	if !ok {
		m.unions[unionid], m.owners[p] = p, p
		return
	}
	m.owners[p] = first
	if code, has := m.codes[p]; has && m.codes[first] == "" {
		m.codes[first] = code
		delete(m.codes, p)
	}
	m.surveyed[first] = m.surveyed[first] || m.surveyed[p]
	if m.played[first] == 0 {
		m.played[first] = m.played[p]
	}
	if score, has := m.best[p]; has {
		m.best[first] = max(score, m.best[first])
		delete(m.best, p)
	}
}

// identityModel checks the records against the model over random orders of looking up, claiming, playing and answering.
func identityModel(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		campaign := fmt.Sprint("model-", runs)
		m := &oneEach{map[bot.Person]bot.Person{}, map[string]bot.Person{}, map[bot.Person]string{}, map[bot.Person]bool{}, map[bot.Person]int{}, map[bot.Person]int{}}
		steps := rapid.IntRange(1, 30).Draw(rt, "steps")
		for n := range steps {
			who := rapid.IntRange(0, 2).Draw(rt, "who")
			p := on([]string{"brand", "kf", "app"}[rapid.IntRange(0, 2).Draw(rt, "account")], fmt.Sprint(campaign, "-", who))
			keeper, k := m.owner(p), key("%s-%d", campaign, n)
			switch rapid.SampledFrom([]string{"link", "claim", "play", "answer"}).Draw(rt, "act") {
			case "link":
				unionid := fmt.Sprint(campaign, "-", who)
				if _, err := s.Link(t.Context(), []store.Identity{looked(p, unionid)}); err != nil {
					rt.Fatal(err)
				}
				m.link(p, unionid)
			case "claim":
				c, outcome, err := s.ClaimCoupon(t.Context(), generated(campaign, p, k))
				want := store.Claimed
				if m.codes[keeper] != "" {
					want = store.AlreadyClaimed
				} else {
					m.codes[keeper] = c.Code
				}
				if err != nil || outcome != want || c.Code != m.codes[keeper] || c.Person != keeper {
					rt.Fatalf("%v claims: %+v, %v, %v; want %v of %s", p, c, outcome, err, want, m.codes[keeper])
				}
			case "play":
				score := rapid.IntRange(0, 9).Draw(rt, "score")
				playOnce(t, rt, s, m, campaign, p, keeper, k, score)
			case "answer":
				counts, err := s.SubmitSurvey(t.Context(), store.SurveyResponse{Campaign: campaign, Key: k, FinishedAt: precise}, p)
				if err != nil || counts == m.surveyed[keeper] {
					rt.Fatalf("%v answers: counts %v, %v", p, counts, err)
				}
				m.surveyed[keeper] = true
			}
			people, err := s.QuizParticipants(t.Context(), campaign)
			if err != nil || people != len(m.best) {
				rt.Fatalf("%d are ranked, want %d, %v", people, len(m.best), err)
			}
		}
	})
}

// modelAttempts is how often one person may play.
const modelAttempts = 2

func playOnce(t *testing.T, rt *rapid.T, s *store.Store, m *oneEach, campaign string, p, keeper bot.Person, k bot.EventKey, score int) {
	a, outcome, err := s.StartAttempt(t.Context(), campaign, p, modelAttempts, k, start)
	if err != nil || (outcome == store.NoAttemptsLeft) != (m.played[keeper] >= modelAttempts) {
		rt.Fatalf("%v starts after %d: %v, %v", p, m.played[keeper], outcome, err)
	}
	if outcome == store.NoAttemptsLeft {
		return
	}
	_, standing, err := s.FinishAttempt(t.Context(), store.FinishedAttempt{ID: a.ID, Key: k, At: start, Score: score})
	m.played[keeper]++
	if best, has := m.best[keeper]; !has || score > best {
		m.best[keeper] = score
	}
	if err != nil || standing.BestScore != m.best[keeper] {
		rt.Fatalf("%v finishes with %d: %+v, want %d, %v", p, score, standing, m.best[keeper], err)
	}
}
