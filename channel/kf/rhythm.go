package kf

import (
	"math/rand/v2"
	"time"
)

// Rhythm is how often things are looked at. Zero durations mean the defaults.
type Rhythm struct {
	// Poll is between looks at a desk at which nobody rings: a bell may be lost. It is seldom, since the platform allows few pulls
	// without the token of a bell (WeCom docs, 读取消息).
	Poll time.Duration
	// Watch is between looks whether another replica has left work behind.
	Watch time.Duration
	// Lease is how long a replica that has died keeps a desk.
	Lease time.Duration
	// List is between looks at which desks there are.
	List time.Duration
}

func (r Rhythm) orDefaults() Rhythm {
	for _, d := range []struct {
		have      *time.Duration
		otherwise time.Duration
	}{{&r.Poll, 5 * time.Minute}, {&r.Watch, 5 * time.Second}, {&r.Lease, 15 * time.Second}, {&r.List, 10 * time.Minute}} {
		if *d.have == 0 {
			*d.have = d.otherwise
		}
	}
	return r
}

// about is d, more or less: replicas and desks should not all move at once.
func about(d time.Duration) time.Duration {
	return d - d/8 + rand.N(d/4+1) //nolint:gosec // jitter
}
