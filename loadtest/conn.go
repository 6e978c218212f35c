package loadtest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
)

// keepFor is how long an idle connection is trusted: servers close theirs without a word after a minute or two.
const keepFor = 20 * time.Second

// errClosed says that the connection ended before the end of the answer.
var errClosed = errors.New("connection closed without an answer")

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 1 << 20

// conn sends one request after the other over one kept connection. net/http's client would spend more than the bot on some
// of the servers that are compared; of it only the reading of a response is used.
type conn struct {
	where   target
	timeout time.Duration
	c       net.Conn
	r       *bufio.Reader
	used    time.Time
}

func newConn(where target, timeout time.Duration) *conn {
	return &conn{where: where, timeout: timeout, r: bufio.NewReaderSize(nil, 4<<10)}
}

// roundTrip sends a request and reads its answer. After an error the next call connects again.
func (c *conn) roundTrip(ctx context.Context, request []byte) ([]byte, error) {
	now := time.Now()
	if c.c != nil && now.Sub(c.used) > keepFor {
		c.close()
	}
	c.used = now
	if c.c == nil {
		if err := c.connect(ctx, now.Add(c.timeout)); err != nil {
			return nil, err
		}
	}
	body, keep, err := c.exchange(request, now.Add(c.timeout))
	if !keep {
		c.close()
	}
	return body, err
}

func (c *conn) connect(ctx context.Context, deadline time.Time) error {
	d := net.Dialer{Deadline: deadline}
	nc, err := d.DialContext(ctx, "tcp", c.where.addr)
	if err != nil {
		return kindOf(err, "can't connect")
	}
	if c.where.name != "" {
		t := tls.Client(nc, &tls.Config{ServerName: c.where.name, MinVersion: tls.VersionTLS12})
		if err := t.HandshakeContext(ctx); err != nil {
			_ = nc.Close()
			return fmt.Errorf("TLS: %w", err)
		}
		nc = t
	}
	c.c = nc
	c.r.Reset(nc)
	return nil
}

// exchange sends and reads. keep tells whether the connection can be used again.
func (c *conn) exchange(request []byte, deadline time.Time) (body []byte, keep bool, err error) {
	if err := c.c.SetDeadline(deadline); err != nil {
		return nil, false, kindOf(err, "can't send")
	}
	if _, err := c.c.Write(request); err != nil {
		return nil, false, kindOf(err, "can't send")
	}
	if _, err := c.r.Peek(1); err != nil {
		return nil, false, kindOf(err, "no answer")
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return nil, false, kindOf(err, "answer is not HTTP")
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, false, kindOf(err, "answer breaks off")
	}
	if resp.StatusCode != http.StatusOK {
		return nil, !resp.Close, statusError(resp.StatusCode)
	}
	return body, !resp.Close, nil
}

func (c *conn) close() {
	if c.c != nil {
		_ = c.c.Close()
		c.c = nil
	}
}

// statusError is an answer with a status other than 200.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("status %d", int(e)) }

// kindOf gives errors that differ in addresses only one text, so that they can be counted.
func kindOf(err error, otherwise string) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return errors.New("no answer in time")
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("connection refused")
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return errClosed
	case errors.Is(err, context.Canceled):
		return errStopped
	}
	return errors.New(otherwise)
}

// errStopped says that the run was ended from outside.
var errStopped = errors.New("stopped")

// pool keeps the idle connections. The one used last is taken first, so that no more are opened than are busy at once.
type pool struct {
	where   target
	timeout time.Duration
	mu      sync.Mutex
	idle    []*conn
}

func (p *pool) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle) - 1; n >= 0 {
		c := p.idle[n]
		p.idle = p.idle[:n]
		return c
	}
	return newConn(p.where, p.timeout)
}

func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, c)
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.idle {
		c.close()
	}
}
