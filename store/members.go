package store

import "strings"

// memberID is how a member's user id is kept: the platform writes it as it was entered in events and in small letters in
// answers, and takes both for the same (WeCom docs, 成员管理).
func memberID(id string) string { return strings.ToLower(clean(id)) }
