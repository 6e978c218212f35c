package fallback

// due tells whether the hint may be given again: never given, long enough ago, or given in the future by a clock that was set
// back since. All in unix ms.
func due(last, now, every int64) bool {
	return last == 0 || last > now || now-last >= every
}

// wishes tells whether so many messages in a row were not understood that a person should see to it: every so many, should
// nobody receive.
func wishes(unknown, after int) bool { return after > 0 && unknown > 0 && unknown%after == 0 }
