//go:build !unix

package jobs

import "os"

// locksEnd says that there are no locks that end with their process: jobs wait for rescueAfter.
const locksEnd = false

func lockAlone(*os.File) bool { return false }

func lockTogether(*os.File) error { return nil }
