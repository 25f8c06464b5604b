package check

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Work that pauses. The end is a function of the start that never falls, so bounds go
// through it both ways.

// pauses says whether a mode may end later than its duration after its start.
func pauses(m *rcpsp.Mode) bool { return m.Work != nil && m.Duration > 0 }

// finish returns the end of a mode that starts at start, or one far away.
func finish(m *rcpsp.Mode, start int64) int64 {
	if !pauses(m) {
		return start + int64(m.Duration)
	}
	i := sort.Search(len(m.Work), func(i int) bool { return int64(m.Work[i].Hi) > start })
	for left := int64(m.Duration); i < len(m.Work); i++ {
		from := max(start, int64(m.Work[i].Lo))
		if until := from + left; until <= int64(m.Work[i].Hi) {
			return until
		}
		left -= int64(m.Work[i].Hi) - from
	}
	return farAway
}

// latest returns the last start from which a mode ends by end, or one long ago.
func latest(m *rcpsp.Mode, end int64) int64 {
	if !pauses(m) {
		return end - int64(m.Duration)
	}
	i := sort.Search(len(m.Work), func(i int) bool { return int64(m.Work[i].Lo) >= end }) - 1
	for left := int64(m.Duration); i >= 0; i-- {
		until := min(end, int64(m.Work[i].Hi))
		if from := until - left; from >= int64(m.Work[i].Lo) {
			return from
		}
		left -= until - int64(m.Work[i].Lo)
	}
	return -farAway
}

// soonest returns the first start from which a mode ends at end or later.
func soonest(m *rcpsp.Mode, end int64) int64 { return latest(m, end-1) + 1 }

// lastTick returns the last instant before end at which there is work, or one long ago.
func lastTick(work []rcpsp.Span, end int64) int64 {
	i := sort.Search(len(work), func(i int) bool { return int64(work[i].Lo) >= end }) - 1
	if i < 0 {
		return -farAway
	}
	return min(end, int64(work[i].Hi)) - 1
}

// firstTick returns the first instant from start on at which there is work, or one far
// away.
func firstTick(work []rcpsp.Span, start int64) int64 {
	i := sort.Search(len(work), func(i int) bool { return int64(work[i].Hi) > start })
	if i == len(work) {
		return farAway
	}
	return max(start, int64(work[i].Lo))
}

// spans calls f for the parts of [lo, hi) in which the job holds what it takes.
func (j *tableJob) spans(lo, hi int64, f func(lo, hi int64)) {
	if j.work == nil {
		if lo < hi {
			f(lo, hi)
		}
		return
	}
	i := sort.Search(len(j.work), func(i int) bool { return int64(j.work[i].Hi) > lo })
	for ; i < len(j.work) && int64(j.work[i].Lo) < hi; i++ {
		f(max(lo, int64(j.work[i].Lo)), min(hi, int64(j.work[i].Hi)))
	}
}
