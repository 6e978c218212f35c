package loadtest

import (
	"time"

	"golang.org/x/sys/unix"
)

// nap waits to the tenth of a millisecond, which time.Sleep does not promise: messages that leave in clumps would wait for
// each other and the bot would seem slow. It may end early.
func nap(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil)
}
