//go:build unix

package jobs

import (
	"os"
	"syscall"
)

// locksEnd says that there are locks that end with their process.
const locksEnd = true

// lockAlone takes the file if nobody has it.
func lockAlone(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// lockTogether shares the file, and waits for who has it alone. It lets go of it first.
func lockTogether(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH); err != syscall.EINTR {
			return err
		}
	}
}
