//go:build unix

package app

import (
	"io/fs"
	"syscall"
)

// inode is the identity of a file, which differs when one is renamed over another of the same size and time.
func inode(info fs.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int64(s.Ino)
	}
	return 0
}
