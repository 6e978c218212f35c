package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/simulator/platform"
)

// maxDeliveries bounds the log of requests.
const maxDeliveries = 400

// Delivery is one HTTP request to the bot and what came back.
type Delivery struct {
	ID       int64       `json:"id"`
	Exchange int64       `json:"exchange"`
	Account  string      `json:"account"`
	User     string      `json:"user"`
	Act      ActKind     `json:"act"`
	Brief    string      `json:"brief,omitempty"` // the beginning of what was said, or what was tapped
	At       time.Time   `json:"at"`              // by the simulated clock
	Try      int         `json:"try"`             // from 1
	Copy     int         `json:"copy,omitempty"`  // from 1, when the callback was duplicated
	Faults   []FaultKind `json:"faults,omitempty"`

	Verdict Verdict  `json:"verdict"`
	Status  int      `json:"status,omitempty"` // of HTTP, 0 when there was no answer
	TookMS  int64    `json:"took_ms"`
	Problem *Problem `json:"problem,omitempty"`
	Reply   *Reply   `json:"reply,omitempty"`

	// The documents, decrypted and laid out; left out of lists.
	URL     string `json:"url,omitempty"`
	Request string `json:"request,omitempty"`
	Answer  string `json:"answer,omitempty"`

	plain []byte // the answer, decrypted
}

// summary leaves the documents out.
func (d *Delivery) summary() Delivery {
	c := *d
	c.URL, c.Request, c.Answer, c.plain = "", "", "", nil
	return c
}

// job is one act on its way to the bot.
type job struct {
	to       *endpoint
	openID   string // the user id of a member
	parcel   parcel
	document string // laid out for people
	plan     plan
	entry    *Entry // the act in the chat; nil: nobody did anything there
	passive  bool   // a reply may come back
	served   bool   // but is not shown: a servicer serves the person
	exchange Exchange
	done     chan struct{}
}

// run delivers an act until the bot has answered or the platform gives up.
func (s *Simulator) run(j *job) {
	defer close(j.done)
	s.saved()
	start := time.Now()
	s.hold(j)
	var tried []*Delivery
	for try := 1; ; try++ {
		s.trying(j, try)
		tried = s.try(j, try)
		if try == 1 {
			s.pass(j.to)
		}
		if answered(tried) || try == s.cfg.Tries || s.ctx.Err() != nil {
			break
		}
		if tried[0].Verdict == VerdictUnreachable || tried[0].Verdict == VerdictUnavailable {
			sleep(s.ctx, s.cfg.RetryPause)
		}
	}
	shown := s.finish(j, tried, time.Since(start))
	s.handOver(j)
	s.saved() // before anybody sees it: what a person has read must still be there after a crash
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range shown {
		s.publish("entry", e)
	}
}

func answered(tried []*Delivery) bool {
	for _, d := range tried {
		if d.Verdict.final() {
			return true
		}
	}
	return false
}

// hold keeps an act back until another one of the account has been delivered.
func (s *Simulator) hold(j *job) {
	if j.plan.hold == 0 {
		return
	}
	s.mu.Lock()
	passed := j.to.passed
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, j.plan.hold)
	defer cancel()
	select {
	case <-passed:
	case <-ctx.Done():
	}
}

// pass lets the acts go that were held back.
func (s *Simulator) pass(e *endpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(e.passed)
	e.passed = make(chan struct{})
}

// trying shows in the chat which try runs.
func (s *Simulator) trying(j *job, try int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j.exchange.Tries = try
	if j.entry == nil {
		return
	}
	j.entry.Try = try
	if try > 1 {
		s.publish("entry", j.entry)
	}
}

// try delivers an act once, or as often at the same time as a duplicate fault asks for.
func (s *Simulator) try(j *job, try int) []*Delivery {
	copies := 1
	if try == 1 {
		copies = j.plan.copies
	}
	made := make([]*Delivery, copies)
	var wg sync.WaitGroup
	for i := range made {
		d := &Delivery{
			Exchange: j.exchange.ID, Account: j.to.name, User: j.exchange.User, Act: j.exchange.Act.Kind,
			Brief: j.exchange.Act.brief(), At: s.clock.Now(), Try: try, Faults: j.plan.names, Request: j.document,
		}
		if copies > 1 {
			d.Copy = i + 1
		}
		made[i] = d
		wg.Go(func() {
			s.deliver(j, d)
			s.record(j, d)
		})
	}
	wg.Wait()
	return made
}

// deliver is one request of one try, with the faults of its act.
func (s *Simulator) deliver(j *job, d *Delivery) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(s.ctx, s.cfg.Deadline)
	defer cancel()
	defer func() { d.TookMS = time.Since(start).Milliseconds() }()

	query := j.to.query(j.parcel, j.openID, s.clock.Now(), s.nonce())
	d.URL = j.to.target(query)
	slow := j.plan.slowFor(d.Try)
	sleep(ctx, slow/2)
	if d.Try <= j.plan.dropRequests {
		<-ctx.Done()
		d.Verdict, d.Problem = VerdictLost, problem("lost_request", "按故障设置丢弃了这次请求，对方没有收到")
		return
	}
	status, body, err := s.exchangeHTTP(ctx, j.to, http.MethodPost, query, string(j.parcel.body))
	sleep(ctx, slow-slow/2)
	d.Status = status
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	s.judge(j, d, body, err)
	if err == nil && d.Try <= j.plan.dropAnswers {
		<-ctx.Done()
		d.Verdict, d.Problem = VerdictLost, problem("lost_answer", "按故障设置丢弃了这次回复，平台没有收到")
	}
}

// exchangeHTTP sends one request and reads the answer, as far as it counts.
func (s *Simulator) exchangeHTTP(ctx context.Context, e *endpoint, method string, query url.Values, body string) (int, []byte, error) {
	req, err := e.request(ctx, method, query, body)
	if err != nil {
		return 0, nil, err
	}
	resp, err := s.client.Do(req) //nolint:gosec // calling where its owner says is what a platform does
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	return resp.StatusCode, answer, err
}

// judge turns an HTTP exchange into a verdict.
func (s *Simulator) judge(j *job, d *Delivery, body []byte, err error) {
	d.Answer = string(body)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		d.Verdict, d.Problem = VerdictTimeout, problem("timeout", "%s 内没有收到回复", s.cfg.Deadline)
	case errors.Is(err, context.Canceled):
		d.Verdict, d.Problem = VerdictUnreachable, problem("interrupted", "模拟器停止了")
	case err != nil:
		d.Verdict, d.Problem = VerdictUnreachable, problem("connection", "连接失败或中断：%v", bare(err))
	case d.Status >= 500, d.Status != http.StatusOK && j.to.kind == platform.WeCom:
		d.Verdict, d.Problem = VerdictUnavailable, problem("status", "HTTP 状态 %d", d.Status)
	case d.Status != http.StatusOK:
		d.Verdict, d.Problem = VerdictRejected, problem("status", "HTTP 状态应是 200，收到 %d", d.Status)
	default:
		a := j.to.readAnswer(question{
			openID: j.openID, isMessage: j.exchange.Act.isMessage(), passive: j.passive, card: j.exchange.Act.Kind == ActCard,
			media: s.mediaOf(j.to.owner),
		}, body)
		d.Verdict, d.Problem, d.Reply, d.plain = a.verdict, a.problem, a.reply, a.plain
		d.Answer = indent(a.plain)
	}
}

// bare takes the address, which everybody knows, off an HTTP client's error.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// record keeps a delivery and shows it.
func (s *Simulator) record(j *job, d *Delivery) {
	s.mu.Lock()
	s.lastDelivery++
	d.ID = s.lastDelivery
	s.deliveries = append(s.deliveries, d)
	if extra := len(s.deliveries) - maxDeliveries; extra > 0 {
		s.deliveries = append([]*Delivery(nil), s.deliveries[extra:]...)
	}
	j.exchange.Deliveries = append(j.exchange.Deliveries, *d)
	s.publish("delivery", d.summary())
	s.mu.Unlock()
	fields := []zap.Field{
		zap.String("account", d.Account), zap.String("user", d.User), zap.String("act", string(d.Act)), zap.Int("try", d.Try),
		zap.String("verdict", string(d.Verdict)), zap.Int("status", d.Status), zap.Int64("ms", d.TookMS),
	}
	if d.Problem != nil {
		fields = append(fields, zap.String("problem", d.Problem.Code))
	}
	s.log.Debug("callback", fields...)
}

// finish writes the outcome into the chat: what arrived, or the platform's own words when nothing did. It returns the lines
// that are to be shown.
func (s *Simulator) finish(j *job, tried []*Delivery, took time.Duration) (shown []*Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := &j.exchange
	x.TookMS = took.Milliseconds()
	x.State = StateFailed
	for _, d := range tried {
		switch d.Verdict {
		case VerdictReplied:
			if j.served {
				x.State = StateAcknowledged
				continue
			}
			x.State = StateReplied
			x.add(d.Reply)
		case VerdictAcknowledged:
			if x.State == StateFailed {
				x.State = StateAcknowledged
			}
		default:
			if x.Why == nil {
				x.Why = d.Problem
			}
		}
	}
	if x.State != StateFailed {
		x.Why = nil
	} else if s.ctx.Err() != nil {
		x.State = StateInterrupted
	}
	if j.entry == nil {
		return nil
	}
	j.entry.State, j.entry.TookMS, j.entry.Why = x.State, x.TookMS, x.Why
	shown = append(shown, j.entry)
	if x.Act.Kind == ActUnfollow {
		return shown // the chat is gone from the phone: nothing can be shown there
	}
	line := Entry{Account: x.Account, User: x.User, Exchange: x.ID, Try: x.Tries, TookMS: x.TookMS}
	for i := range x.Replies {
		said := line
		said.From, said.Reply = SideAccount, &x.Replies[i]
		shown = append(shown, s.addLine(&said))
	}
	if x.State == StateFailed && j.to.kind == platform.OfficialAccount { // WeCom shows nothing
		x.Note = FailureText
		said := line
		said.From, said.Note, said.Why = SideSystem, x.Note, x.Why
		shown = append(shown, s.addLine(&said))
	}
	return shown
}

// nonce is a new one for every request.
func (s *Simulator) nonce() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strconv.FormatInt(s.lot.Int64N(9_000_000_000)+1_000_000_000, 10)
}

// Delivery finds one request in the log, with its documents.
func (s *Simulator) Delivery(id int64) (Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deliveries {
		if d.ID == id {
			return *d, nil
		}
	}
	return Delivery{}, refuse(codeNotFound, "记录 %s 不存在或已被新的记录挤掉", fmt.Sprint(id))
}
