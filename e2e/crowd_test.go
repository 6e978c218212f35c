package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// chaosSeed names the environment variable that repeats the choices of an earlier run, though not its timing.
const chaosSeed = "GUANJIA_CHAOS_SEED"

// Sizes of the chaos: more people than codes, so that some find them gone.
const (
	people    = 120
	codes     = 50
	questions = 4
)

// crowd is the people, the platform between them and the bot, and the bot's replicas.
type crowd struct {
	t        *testing.T
	seed     uint64
	platform *platform
	replicas []*server
	people   []*person
}

func newCrowd(t *testing.T, replicas int, env ...string) *crowd {
	t.Helper()
	c := &crowd{t: t, seed: rand.Uint64(), platform: newPlatform(t)}
	if s := os.Getenv(chaosSeed); s != "" {
		var err error
		if c.seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s=%d", chaosSeed, c.seed)
	content := crowdContent(t)
	for range replicas {
		c.replicas = append(c.replicas, newServer(t, append(env, "BOT_CONTENT_DIR="+content, "BOT_CONVERSATION_SWITCH=stay")...))
	}
	importCodes(t, c.replicas[0])
	for n := range people {
		c.people = append(c.people, &person{c: c, name: fmt.Sprintf("o%03d", n), n: n, lot: c.lot(n), born: time.Now().Add(-time.Minute)})
	}
	return c
}

// under lets people write while there is trouble, and checks what came of it. The journal may hold events of others.
func (c *crowd) under(trouble func(lot *rand.Rand), others ...string) {
	c.t.Helper()
	var all sync.WaitGroup
	over := make(chan struct{})
	for _, p := range c.people {
		all.Go(func() { p.live(over) })
	}
	trouble(c.lot(len(c.people)))
	close(over)
	all.Wait()
	c.settle()
	c.check(others...)
}

// lot is a source of choices that depends on the seed and on whose it is, and on nothing else.
func (c *crowd) lot(n int) *rand.Rand { return rand.New(rand.NewPCG(c.seed, uint64(n))) }

// person writes one message after the other, each when the one before is over.
type person struct {
	c    *crowd
	name string
	n    int
	lot  *rand.Rand
	born time.Time
	acts []*act

	asked int // the question that was shown last, from 1; 0: none is open
}

// act is one message or event of a person, and every answer that a delivery of it got.
type act struct {
	user, say string // say is "" for an event
	name      string // of an event
	id        int64  // of a message
	at        time.Time
	doc       string

	mu      sync.Mutex
	tries   int
	answers []string
}

// The platform's names of the two events here.
const (
	follows   = "subscribe"
	unfollows = "unsubscribe"
)

// live is what a person does until it is over.
func (p *person) live(over <-chan struct{}) {
	p.does(follows)
	p.says("领券")
	for {
		select {
		case <-over:
			return
		case <-time.After(time.Duration(10+p.lot.IntN(150)) * time.Millisecond):
		}
		switch n := p.lot.IntN(20); {
		case n == 0:
			p.does(unfollows)
			p.does(follows)
		case n <= 2:
			p.says("领券") // where a question is open, it is no answer to it
		case p.asked == 0 || n == 3:
			p.says("答题")
		case n <= 6:
			p.says(letter(p.lot.IntN(questions)))
		default:
			p.says(letter(p.asked - 1))
		}
	}
}

func (p *person) says(what string) {
	id := int64(p.n)<<32 + int64(len(p.acts)) + 1
	p.act(&act{user: p.name, say: what, id: id, doc: text(p.name, id, what)})
}

func (p *person) does(event_ string) {
	at := p.born.Add(time.Duration(len(p.acts)) * time.Second) // events of one person in one second would be one event
	p.act(&act{user: p.name, name: event_, at: at, doc: event(p.name, at, event_, "")})
}

// platformTries is how often the platform delivers (official account docs, 被动回复用户消息).
const platformTries = 3

func (p *person) act(a *act) {
	p.acts = append(p.acts, a)
	for range platformTries {
		if p.c.try(a, p.lot, 1+p.lot.IntN(6)/5) {
			p.notice(a)
			return
		}
		time.Sleep(time.Duration(50+p.lot.IntN(1500)) * time.Millisecond)
	}
}

// try makes some deliveries at once, each to any replica, and tells whether one was answered.
func (c *crowd) try(a *act, lot *rand.Rand, copies int) bool {
	var all sync.WaitGroup
	before := len(a.answers)
	for range copies {
		s := c.replicas[lot.IntN(len(c.replicas))]
		a.tries++
		all.Go(func() {
			status, answer, err := c.platform.deliver(c.t.Context(), s.callback(), a.doc)
			if err != nil || status != http.StatusOK {
				return
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			a.answers = append(a.answers, answer)
		})
	}
	all.Wait()
	return len(a.answers) > before
}

// notice reads which question is open now.
func (p *person) notice(a *act) {
	if a.say == "" {
		return
	}
	if n := questionIn(a.heard()); n > 0 {
		p.asked = n
	} else if a.say != "领券" {
		p.asked = 0
	}
}

// heard is what the person read: the text of the first answer that said something.
func (a *act) heard() string {
	for _, doc := range a.answers {
		if r, err := read(doc); err == nil && r.Content != "" {
			return r.Content
		}
	}
	return ""
}

// questionIn finds the number of the last question in a text; 0 when there is none.
func questionIn(text string) int {
	i := strings.LastIndex(text, "第 ")
	if i < 0 {
		return 0
	}
	var n, total int
	if _, err := fmt.Sscanf(text[i:], "第 %d/%d 题", &n, &total); err != nil || total != questions {
		return 0
	}
	return n
}

// settle delivers once more what was never answered, when nobody is killed any more: it must not have been half done. Then
// everybody leaves what they are at and asks for their code.
func (c *crowd) settle() {
	var all sync.WaitGroup
	for _, p := range c.people {
		all.Go(func() {
			for _, a := range p.acts {
				if a.heard() == "" && !c.settles(a, p.lot) {
					c.t.Errorf("%s's %q is not answered by a bot that runs", p.name, a.what())
				}
			}
			p.says("退出")
			p.says("领券")
		})
	}
	all.Wait()
}

// settles delivers an act until it is answered. Where there is something to say, an acknowledgement is no answer: the bot may
// have been killed before it could keep the reply.
func (c *crowd) settles(a *act, lot *rand.Rand) bool {
	for range 2 * platformTries {
		if c.try(a, lot, 1) && (a.heard() != "" || a.name == unfollows) {
			return true
		}
	}
	return false
}

func (a *act) what() string { return a.say + a.name }

// crowdContent is small, so that what is answered can be foretold.
func crowdContent(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	quiz := "kind: quiz\ncampaigns:\n  - id: quiz\n    name: 考考你\n    keywords: [答题]\n    attempts: 100\n    questions:\n"
	for n := range questions {
		quiz += fmt.Sprintf("      - {id: q%d, type: single, ask: 选哪个？, options: [甲, 乙, 丙, 丁], answer: %s}\n", n, letter(n))
	}
	for name, text := range map[string]string{
		"quiz.yaml":     quiz,
		"coupon.yaml":   "kind: coupon\ncampaigns:\n  - {id: batch, name: 五十张, keywords: [领券], how_to: 结账时出示}\n",
		"welcome.yaml":  "kind: welcome\nrules:\n  - reply: [{text: 欢迎光临}]\n  - {followers: returning, reply: [{text: 欢迎回来}]}\n",
		"fallback.yaml": "kind: fallback\nkeywords: [菜单]\nmenu:\n  head: 我能帮您做这些：\n  choices: [{label: 答题}, {label: 领券}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// letter is the right answer to the question at n, from 0.
func letter(n int) string { return string(rune('A' + n%4)) }

// importCodes imports the batch.
func importCodes(t *testing.T, s *server) {
	t.Helper()
	var list strings.Builder
	for n := range codes {
		fmt.Fprintf(&list, "CODE-%04d\n", n)
	}
	file := filepath.Join(s.dir, "codes.csv")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, s.dir, s.env, "coupons", "import", file, "--campaign", "batch")
}
