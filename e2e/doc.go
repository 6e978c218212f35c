// Package e2e runs the real binary with real engines and talks to it through the simulator, as its user would: the demo on
// each pair of engines, killed in the middle and started again; two replicas under concurrent duplicates; the pages of the
// README. It has tests only.
package e2e
