// Package segment says which people are meant: an expression such as
//
//	tag:孕期 and followed<30d and not coupon:newgift
//
// is parsed (Parse), compiled to a condition of one SQL text for both engines with every value as a parameter, counted (Count) and
// listed page by page (List). What can be asked is in docs/reference/segments.md and, as a table, in terms.go.
//
// Facts that belong to one person hold on each of their accounts: a coupon that was claimed on the official account counts for the
// same person's contact in WeCom. When somebody followed, by which scene, and when they were last active is of the one account.
package segment
