package simulator

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// Verification is the outcome of checking a callback URL, as the platform does when its owner saves it.
type Verification struct {
	OK      bool     `json:"ok"`
	Status  int      `json:"status,omitempty"`
	TookMS  int64    `json:"took_ms"`
	Problem *Problem `json:"problem,omitempty"`
}

// Verify asks the callback of an account to echo a string: a GET with echostr, signed, answered with exactly the string.
func (s *Simulator) Verify(ctx context.Context, accountName string) (Verification, error) {
	a := s.account(accountName)
	if a == nil {
		return Verification{}, refuse(codeNotFound, "没有公众号 %q", accountName)
	}
	timestamp, nonce, echo := strconv.FormatInt(s.clock.Now().Unix(), 10), s.nonce(), s.nonce()+s.nonce()
	query := url.Values{
		"signature": {util.Signature(a.Token, timestamp, nonce)}, "timestamp": {timestamp}, "nonce": {nonce}, "echostr": {echo},
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Deadline)
	defer cancel()
	start := time.Now()
	status, body, err := s.exchangeHTTP(ctx, a, http.MethodGet, query, "")
	v := Verification{Status: status, TookMS: time.Since(start).Milliseconds()}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		v.Problem = problem("timeout", "%s 内没有收到回复", s.cfg.Deadline)
	case err != nil:
		v.Problem = problem("connection", "连接失败或中断：%v", bare(err))
	case status != http.StatusOK:
		v.Problem = problem("status", "HTTP 状态应是 200，收到 %d", status)
	case string(body) != echo:
		v.Problem = problem("echo", "应原样返回 echostr %s，收到 %q", echo, body[:min(len(body), 64)])
	default:
		v.OK = true
	}
	return v, nil
}
