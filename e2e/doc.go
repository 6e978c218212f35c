// Package e2e runs the real binary with real engines and attacks it: the demo on each pair of engines, killed in the middle
// and started again; everything on the wire that is not the platform; processes killed and frozen, engines killed and held up
// while a hundred people write; two replicas under concurrent duplicates; the pages of the README. It has tests only.
package e2e
