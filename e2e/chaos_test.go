package e2e

import (
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/internal/testproc"
)

// TestNothingIsLostOrSaidTwiceUnderKill is the promise Once: 120 people write, the platform asks up to three times and now
// and then twice at once, and the bot is killed at random moments and started again.
func TestNothingIsLostOrSaidTwiceUnderKill(t *testing.T) {
	t.Parallel()
	t.Run("one process on SQLite", func(t *testing.T) {
		t.Parallel()
		c := newCrowd(t, 1, "BOT_SQLITE_SYNCHRONOUS=full")
		c.under(func(lot *rand.Rand) {
			for range 9 {
				c.kill(lot)
			}
		})
	})
	t.Run("two replicas on Redis and PostgreSQL", func(t *testing.T) {
		t.Parallel()
		c := newCrowd(t, 2, "BOT_REDIS_URL="+testproc.Redis(t), "BOT_DATABASE_URL="+testproc.Postgres(t))
		c.under(func(lot *rand.Rand) {
			for range 8 {
				c.kill(lot)
			}
		})
	})
}

// kill kills a replica at some moment and starts it again, sometimes soon after the time before.
func (c *crowd) kill(lot *rand.Rand) {
	pause := 800 + lot.IntN(2000)
	if lot.IntN(4) == 0 {
		pause = lot.IntN(300)
	}
	time.Sleep(time.Duration(pause) * time.Millisecond)
	s := c.replicas[lot.IntN(len(c.replicas))]
	s.kill()
	time.Sleep(time.Duration(lot.IntN(400)) * time.Millisecond)
	s.start()
}

// TestNothingIsLostOrSaidTwiceWhenHeldUp: a replica that the system stops for longer than its leases hold wakes up in the
// middle of what it did, while the other has gone on; and a database that answers nobody for a while answers then.
func TestNothingIsLostOrSaidTwiceWhenHeldUp(t *testing.T) {
	t.Parallel()
	database, line := through(t, testproc.Postgres(t))
	c := newCrowd(t, 2, "BOT_REDIS_URL="+testproc.Redis(t), "BOT_DATABASE_URL="+database)
	c.under(func(lot *rand.Rand) {
		c.freeze(lot)
		c.pause(lot)
		line.hold()
		time.Sleep(bot.DefaultLease + time.Duration(lot.IntN(2000))*time.Millisecond)
		line.release()
		c.pause(lot)
	})
}

// pause lets people write for a moment.
func (c *crowd) pause(lot *rand.Rand) {
	time.Sleep(time.Duration(500+lot.IntN(1500)) * time.Millisecond)
}

// freeze stops a replica until its leases have run out.
func (c *crowd) freeze(lot *rand.Rand) {
	c.t.Helper()
	c.pause(lot)
	s := c.replicas[lot.IntN(len(c.replicas))]
	for _, signal := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
		if err := s.cmd.Process.Signal(signal); err != nil {
			c.t.Fatal(err)
		}
		if signal == syscall.SIGSTOP {
			time.Sleep(bot.DefaultLease + time.Duration(lot.IntN(2000))*time.Millisecond)
		}
	}
}

// line is between the bot and an engine. What is sent while it is held arrives when it is released.
type line struct{ gate sync.RWMutex }

func (l *line) hold()    { l.gate.Lock() }
func (l *line) release() { l.gate.Unlock() }

// through gives a URL that leads to an engine over a line.
func through(t *testing.T, engine string) (string, *line) {
	t.Helper()
	u, err := url.Parse(engine)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", freeAddr(t))
	if err != nil {
		t.Fatal(err)
	}
	l, host := &line{}, u.Host
	var open sync.WaitGroup
	open.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", host)
			if err != nil {
				from.Close()
				continue
			}
			open.Go(func() { l.carry(from, to) })
			open.Go(func() { l.carry(to, from) })
		}
	})
	t.Cleanup(func() { listener.Close(); open.Wait() })
	u.Host = listener.Addr().String()
	return u.String(), l
}

// carry takes over what from says until one of the two hangs up.
func (l *line) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		l.gate.RLock()
		l.gate.RUnlock() //nolint:staticcheck // waiting is all that is wanted
		if n > 0 && err == nil {
			_, err = to.Write(buffer[:n])
		}
		if err != nil {
			return
		}
	}
}

// TestTheBotOutlivesItsEngines kills Redis and PostgreSQL while people write. Callbacks are refused with 503, readiness turns
// red, and when the engine is back so is the bot; then nothing was lost, half done or said twice.
func TestTheBotOutlivesItsEngines(t *testing.T) {
	t.Parallel()
	redis, postgres := testproc.StartRedis(t), testproc.StartPostgres(t)
	c := newCrowd(t, 1, "BOT_REDIS_URL="+redis.URL, "BOT_DATABASE_URL="+postgres.URL)
	s := c.replicas[0]
	refused := s.caller(c.platform, "oRefused")
	c.under(func(lot *rand.Rand) {
		for _, engine := range []*testproc.Server{redis, postgres, redis, postgres} {
			c.pause(lot)
			engine.Kill()
			eventually(t, "callbacks are refused", func() bool {
				refused.id++
				status, _, err := c.platform.deliver(t.Context(), s.callback(), text(refused.name, refused.id, "菜单"))
				return err == nil && status == http.StatusServiceUnavailable
			})
			eventually(t, "readiness is red", func() bool { status, _ := s.status("/readyz"); return status == http.StatusServiceUnavailable })
			if status, body := s.status("/healthz"); status != http.StatusOK {
				t.Errorf("alive: %d %s", status, body)
			}
			engine.Restart()
			eventually(t, "readiness is green again", func() bool { status, _ := s.status("/readyz"); return status == http.StatusOK })
		}
	}, refused.name)
}
