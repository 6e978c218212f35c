package consent

// outcome names what a word did. Somebody of whom nothing is known gets messages already, so that 恢复 changes nothing for
// them, though it is recorded.
func outcome(granted, changed, known bool) string {
	switch {
	case !changed, granted && !known:
		return outcomeNoChange
	case granted:
		return outcomeOptedIn
	}
	return outcomeOptedOut
}
