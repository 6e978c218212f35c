//go:build !linux

package loadtest

import "time"

// nap waits as well as the system's timers do.
func nap(d time.Duration) { time.Sleep(d) }
