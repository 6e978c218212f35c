package simulator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"guanjia/simulator/platform"
)

// verifyDeadlineWeCom is how long an app's callback may take to echo; WeCom docs, 接收消息与事件.
const verifyDeadlineWeCom = time.Second

// Verification is the outcome of checking a callback URL, as the platform does when its owner saves it.
type Verification struct {
	OK      bool     `json:"ok"`
	Status  int      `json:"status,omitempty"`
	TookMS  int64    `json:"took_ms"`
	Problem *Problem `json:"problem,omitempty"`
}

// Verify asks the callback of an account or app to echo a string: a GET with echostr, signed, answered with exactly the string
// and nothing around it. WeCom encrypts it and waits for one second only.
func (s *Simulator) Verify(ctx context.Context, name string) (Verification, error) {
	e := s.endpoint(name)
	if e == nil {
		return Verification{}, refuse(codeNotFound, "没有公众号或应用 %q", name)
	}
	if e.callback == "" {
		return Verification{}, refuse(codeConflict, "应用 %s 没有设置回调地址", name)
	}
	deadline, echo := s.cfg.Deadline, s.nonce()+s.nonce()
	query, err := e.echo(echo, s.clock.Now(), s.nonce())
	if err != nil {
		return Verification{}, err
	}
	if e.kind == platform.WeCom {
		deadline = min(deadline, verifyDeadlineWeCom)
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	start := time.Now()
	status, body, err := s.exchangeHTTP(ctx, e, http.MethodGet, query, "")
	v := Verification{Status: status, TookMS: time.Since(start).Milliseconds()}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		v.Problem = problem("timeout", "%s 内没有收到回复", deadline)
	case err != nil:
		v.Problem = problem("connection", "连接失败或中断：%v", bare(err))
	case status != http.StatusOK:
		v.Problem = problem("status", "HTTP 状态应是 200，收到 %d", status)
	case string(body) != echo:
		v.Problem = problem("echo", "应返回 %s，前后不能有引号、BOM 和换行，收到 %q", echo, body[:min(len(body), 64)])
	default:
		v.OK = true
	}
	return v, nil
}

// echo is the query that asks for an echo.
func (e *endpoint) echo(plain string, now time.Time, nonce string) (url.Values, error) {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "echostr": {plain}}
	if e.kind == platform.OfficialAccount {
		q.Set("signature", util.Signature(e.token, timestamp, nonce))
		return q, nil
	}
	var salt [16]byte
	rand.Read(salt[:]) // never fails
	encrypted, err := util.EncryptMsg(salt[:], []byte(plain), e.receiveID, e.aesKey)
	if err != nil {
		return nil, fmt.Errorf("encrypt an echo of app %s: %w", e.name, err)
	}
	q.Set("echostr", string(encrypted))
	q.Set("msg_signature", util.Signature(e.token, timestamp, nonce, string(encrypted)))
	return q, nil
}
