package loadtest

import (
	"sync"
	"time"
)

// tally is what one sender has counted; a mutex each, so that senders don't meet.
type tally struct {
	mu     sync.Mutex
	count  counts
	recent histogram // since the last look
}

// counts are the figures of a run so far.
type counts struct {
	messages  int64 // each with all its copies
	answered  int64 // answers that passed every check
	failed    map[string]int64
	took      histogram // of the answers
	late      histogram // how long after they were due messages were sent; open loop
	different int64     // messages whose copies got different answers
}

// answer counts one answer or its failure.
func (t *tally) answer(took time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		if t.count.failed == nil {
			t.count.failed = map[string]int64{}
		}
		t.count.failed[err.Error()]++
		return
	}
	t.count.answered++
	t.count.took.add(took)
	t.recent.add(took)
}

// message counts a message that is done with all its copies.
func (t *tally) message(late time.Duration, equal bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count.messages++
	t.count.late.add(late)
	if !equal {
		t.count.different++
	}
}

// addTo adds t to a sum. The recent figures are taken only once.
func (t *tally) addTo(sum *counts, recent *histogram) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum.messages += t.count.messages
	sum.answered += t.count.answered
	sum.different += t.count.different
	sum.took.merge(&t.count.took)
	sum.late.merge(&t.count.late)
	if sum.failed == nil {
		sum.failed = map[string]int64{}
	}
	for kind, n := range t.count.failed {
		sum.failed[kind] += n
	}
	recent.merge(&t.recent)
	t.recent = histogram{}
}

func (c *counts) errors() int64 {
	var n int64
	for _, v := range c.failed {
		n += v
	}
	return n + c.different
}
