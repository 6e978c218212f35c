// Package archtest holds the house to its plan: which room may import which, which folders a handler needs, and what
// ARCHITECTURE.md says of both. It has tests only.
package archtest
