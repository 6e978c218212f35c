// Package buildinfo knows which build this is.
package buildinfo

import "runtime/debug"

// version is set by the linker (see the Makefile).
var version = ""

// Version is the release, or what the Go toolchain recorded of the source.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return "dev"
}
