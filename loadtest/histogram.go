package loadtest

import (
	"math/bits"
	"time"
)

// The histogram counts durations by their leading bits: 64 steps for each doubling, so that a figure is at most 1.6 % off.
const (
	stepBits  = 6
	steps     = 1 << stepBits
	doublings = 30 // of a microsecond: up to 18 minutes
)

// histogram counts durations. The zero value is empty.
type histogram struct {
	counts [steps * doublings]uint32
	n      uint64
	sum    time.Duration
	max    time.Duration
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.counts[bucketOf(d)]++
	h.n++
	h.sum += d
	h.max = max(h.max, d)
}

func (h *histogram) merge(o *histogram) {
	for i, c := range o.counts {
		h.counts[i] += c
	}
	h.n += o.n
	h.sum += o.sum
	h.max = max(h.max, o.max)
}

func bucketOf(d time.Duration) int {
	us := uint64(d / time.Microsecond)
	if us < steps {
		return int(us)
	}
	shift := bits.Len64(us) - 1 - stepBits
	return min((shift+1)<<stepBits+int(us>>shift)-steps, steps*doublings-1)
}

// upper is the end of a bucket.
func upper(bucket int) time.Duration {
	if bucket < steps {
		return time.Duration(bucket+1) * time.Microsecond
	}
	shift := bucket>>stepBits - 1
	return time.Duration(uint64(bucket&(steps-1)+steps+1)<<shift) * time.Microsecond
}

// quantile is the duration that a share of all did not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank, seen := uint64(q*float64(h.n)), uint64(0)
	for i, c := range h.counts {
		if seen += uint64(c); seen > rank {
			return min(upper(i), h.max)
		}
	}
	return h.max
}

func (h *histogram) mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return h.sum / time.Duration(h.n)
}

// within counts what took at most d.
func (h *histogram) within(d time.Duration) uint64 {
	var n uint64
	for i, c := range h.counts {
		if upper(i) > d {
			break
		}
		n += uint64(c)
	}
	return n
}
