package e2e

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/internal/testproc"
	"guanjia/simulator"
	"guanjia/simulator/kf"
	simplatform "guanjia/simulator/platform"
)

// The corp whose customer service is played.
const (
	deskCorp   = "ww0123456789abcdef"
	deskSecret = "canarySecretOfTheDesk7"
	desk       = "wkReception0000000000000000001"
)

// Sizes: each customer plays one quiz, whose questions tell by their number which answer is which.
const (
	customers     = 50
	deskQuestions = 19
	deskMessages  = deskQuestions + 1 // the word that begins, and an answer to each
)

// TestADeskOutlivesTheReplicaThatPullsIt: 1,000 messages of 50 customers are pulled by two replicas on Redis and PostgreSQL, and
// the one at work is killed half-way. Each customer hears every question once, in order, and the result once; the platform refuses
// nothing of what is said.
func TestADeskOutlivesTheReplicaThatPullsIt(t *testing.T) {
	database := testproc.Postgres(t)
	sim, api := newDeskPlatform(t)
	content := deskContent(t)
	env := []string{
		"BOT_DATABASE_URL=" + database, "BOT_REDIS_URL=" + testproc.Redis(t), "BOT_CONTENT_DIR=" + content, "BOT_WECOM_API_URL=" + api,
		"BOT_ACCOUNTS=brand,assistant", "BOT_ACCOUNT_ASSISTANT_KIND=wecom", "BOT_ACCOUNT_ASSISTANT_CORP_ID=" + deskCorp, "BOT_ACCOUNT_ASSISTANT_AGENT_ID=1000002",
		"BOT_ACCOUNT_ASSISTANT_TOKEN=" + brandToken, "BOT_ACCOUNT_ASSISTANT_AES_KEY=" + brandKey, "BOT_ACCOUNT_ASSISTANT_KF_SECRET=" + deskSecret,
	}
	replicas := []*server{newServer(t, env...), newServer(t, env...)}
	sim.front.replicas.Store(&replicas)

	talks := make([]*simulator.DeskTalk, customers)
	for i := range talks {
		talks[i] = simulator.NewCustomer(t, sim.Client(), deskCorp, fmt.Sprint("客户", i)).Open(desk)
	}
	var playing sync.WaitGroup
	for i, talk := range talks {
		playing.Go(func() { play(t, talk, 1+3*(i%2)) })
	}
	db := openDatabase(t, database)
	for count(t, db, "SELECT count(*) FROM journal WHERE kind = 'text'") < customers*deskMessages/2 {
		time.Sleep(20 * time.Millisecond)
	}
	busy := slices.MaxFunc(replicas, func(a, b *server) int { return executions(t, a) - executions(t, b) })
	busy.kill()
	playing.Wait()

	for i, talk := range talks {
		checkPlayed(t, i, talk)
	}
	if n := count(t, db, "SELECT count(*) FROM journal WHERE kind = 'text'"); n != customers*deskMessages {
		t.Errorf("%d messages in the journal instead of %d", n, customers*deskMessages)
	}
	for deadline := time.Now().Add(3 * time.Minute); count(t, db, "SELECT count(*) FROM kf_send WHERE state <> 'sent'") > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("the ledger does not say of every message that it was sent")
			break
		}
	}
	for _, r := range replicas {
		if r != busy {
			r.stop()
		}
		r.keepsSecrets(deskSecret)
	}
}

// play plays the quiz, some messages in a breath, and waits for the answers to these.
func play(t *testing.T, talk *simulator.DeskTalk, breath int) {
	for n := 0; n < deskMessages; n += breath {
		last := min(n+breath, deskMessages)
		for i := n; i < last; i++ {
			what := "答题"
			if i > 0 {
				what = letter(i - 1)
			}
			talk.Say(what)
		}
		// A replica that was killed keeps the desk for 15 s.
		for deadline := time.Now().Add(2 * time.Minute); len(questionsIn(talk)) < min(last, deskQuestions) || last == deskMessages && results(talk) == 0; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("after %d messages these questions were heard: %v", last, questionsIn(talk))
				return
			}
		}
	}
}

var (
	questionNumber = regexp.MustCompile(`第 (\d+)/` + strconv.Itoa(deskQuestions) + ` 题`)
	resultLine     = regexp.MustCompile(`答对 \d+/\d+ 题`)
)

// questionsIn are the numbers of the questions that a customer has heard, in order.
func questionsIn(talk *simulator.DeskTalk) []int {
	var numbers []int
	for _, b := range talk.Chat() {
		if !b.Spoken() {
			continue
		}
		for _, m := range questionNumber.FindAllStringSubmatch(b.Text(), -1) {
			n, _ := strconv.Atoi(m[1])
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func results(talk *simulator.DeskTalk) int {
	n := 0
	for _, b := range talk.Chat() {
		if b.Spoken() {
			n += len(resultLine.FindAllString(b.Text(), -1))
		}
	}
	return n
}

func checkPlayed(t *testing.T, i int, talk *simulator.DeskTalk) {
	t.Helper()
	var want []int
	for n := range deskQuestions {
		want = append(want, n+1)
	}
	if got := questionsIn(talk); !slices.Equal(got, want) || results(talk) != 1 {
		t.Errorf("customer %d heard the questions %v and %d results", i, got, results(talk))
	}
	if refused := talk.Ledger().Refused; len(refused) > 0 {
		t.Errorf("of what was said to customer %d the platform refused %+v", i, refused)
	}
}

// deskPlatform is the simulated platform with one desk.
type deskPlatform struct {
	*simulator.Simulator
	front *front
}

func newDeskPlatform(t *testing.T) (p *deskPlatform, api string) {
	t.Helper()
	p = &deskPlatform{front: &front{}}
	callbacks := httptest.NewServer(p.front)
	t.Cleanup(callbacks.Close)
	var err error
	p.Simulator, err = simulator.New(simulator.Config{Corps: []simulator.Corp{{
		ID: deskCorp, Title: "测试企业",
		Apps: []simplatform.App{{
			Name: "assistant", AgentID: 1000002, Secret: deskSecret, Token: brandToken, AESKey: brandKey, Callback: callbacks.URL + "/callback/assistant",
			Rights: []simplatform.Right{simplatform.RightService},
		}},
		Desks: []simplatform.Desk{{OpenKfID: desk, Name: "健康管家"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(context.WithoutCancel(t.Context())) })
	if err := p.Client().SetDeskFaults(t.Context(), desk, kf.Faults{EmptyPages: 0.05, Repeats: 0.1, Mixed: 0.2}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.Platform())
	t.Cleanup(server.Close)
	return p, server.URL
}

// deskContent is a quiz of so many questions, which says nothing between them.
func deskContent(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	quiz := "kind: quiz\ncampaigns:\n  - id: quiz\n    name: 考考你\n    keywords: [答题]\n    attempts: 100\n    questions:\n"
	for n := range deskQuestions {
		quiz += fmt.Sprintf("      - {id: q%d, type: single, ask: 选哪个？, options: [甲, 乙, 丙, 丁], answer: %s}\n", n, letter(n))
	}
	if err := os.WriteFile(filepath.Join(dir, "quiz.yaml"), []byte(quiz), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// front is a balancer whose address is known before who answers there: the platform wants to know it first.
type front struct {
	replicas atomic.Pointer[[]*server]
	turn     atomic.Uint64
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	replicas := f.replicas.Load()
	if replicas == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	to := &url.URL{Scheme: "http", Host: (*replicas)[f.turn.Add(1)%uint64(len(*replicas))].addr}
	quiet := log.New(io.Discard, "", 0) // one of them is going to be killed
	(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }, ErrorLog: quiet}).ServeHTTP(w, r)
}
