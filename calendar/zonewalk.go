package calendar

import (
	"math"
	"time"
)

// A zoneTable holds the stretches of constant offset of one zone over the time that walks
// have asked for. Zone look-ups cost hundreds of nanoseconds, and more beyond 2037; windows
// that are expanded together share a table. It is not safe for concurrent use.
type zoneTable struct {
	loc       *time.Location
	stretches []stretch // contiguous, ascending
	resets    int       // how often the table was begun anew, which voids indices
}

// A stretch is [start, end) in seconds since 1970.
type stretch struct{ start, end, offset int64 }

func newZoneTable(loc *time.Location) *zoneTable { return &zoneTable{loc: loc} }

// stretchAt looks up the stretch that holds an instant. Beyond the tabulated changes Go
// computes the bounds of each year from the zone's rule, and on 31 December of a leap year
// the end that it gives may lie before the instant itself (Europe/Berlin, 2040-12-31 12:00
// UTC). A stretch may therefore end where no clock changes, but it always holds the instant.
func stretchAt(at int64, loc *time.Location) stretch {
	t := time.Unix(at, 0).In(loc)
	_, off := t.Zone()
	from, to := t.ZoneBounds()
	s := stretch{math.MinInt64, math.MaxInt64, int64(off)}
	if !from.IsZero() {
		s.start = min(from.Unix(), at)
	}
	if !to.IsZero() {
		if s.end = to.Unix(); s.end <= at {
			s.end = at + daySeconds
		}
	}
	return s
}

// begin makes the table reach back to at and returns the index of its stretch.
func (z *zoneTable) begin(at int64) int {
	if len(z.stretches) == 0 || at < z.stretches[0].start {
		z.stretches = append(z.stretches[:0], stretchAt(at, z.loc))
		z.resets++
		return 0
	}
	for z.stretches[len(z.stretches)-1].end <= at {
		z.grow()
	}
	lo, hi := 0, len(z.stretches)
	for lo < hi {
		if mid := (lo + hi) / 2; z.stretches[mid].end > at {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// grow adds the stretch after the last one.
func (z *zoneTable) grow() {
	last := z.stretches[len(z.stretches)-1]
	s := stretchAt(last.end, z.loc)
	s.start = last.end
	z.stretches = append(z.stretches, s)
}

// A zoneWalk resolves wall-clock readings as localTime does. It is quick where
// readings ascend from call to call.
type zoneWalk struct {
	table   *zoneTable
	i       int
	last    int64
	now     stretch // stretches[i]
	next    int64   // offset of the stretch after it
	started bool
	resets  int // of the table, when i was found
}

func (z *zoneTable) walk() *zoneWalk { return &zoneWalk{table: z} }

// enter makes stretch i current.
func (z *zoneWalk) enter(i int) {
	t := z.table
	if i+1 == len(t.stretches) && t.stretches[i].end != math.MaxInt64 {
		t.grow()
	}
	z.i, z.now, z.next, z.resets = i, t.stretches[i], t.stretches[i].offset, t.resets
	if i+1 < len(t.stretches) {
		z.next = t.stretches[i+1].offset
	}
}

// instant returns the instant of a reading, and whether a clock change skipped the
// reading, which is then moved past the change.
func (z *zoneWalk) instant(wall int64) (at int64, moved bool) {
	if !z.started || wall < z.last {
		z.started = true
		z.enter(z.table.begin(wall - slack))
	}
	z.last = wall
	for {
		if at = wall - z.now.offset; at < z.now.end {
			// Stretches are tried in order, so a reading that occurs twice is met in the first.
			return at, false
		}
		if wall-z.next < z.now.end {
			return at, true // after this stretch and before the next
		}
		if z.resets != z.table.resets { // by another walk that shares the table
			z.enter(z.table.begin(z.now.end))
			continue
		}
		z.enter(z.i + 1)
	}
}

// here returns the instant of a reading that lies in the current stretch, without a call.
func (z *zoneWalk) here(wall int64) (at int64, ok bool) {
	at = wall - z.now.offset
	return at, z.started && wall >= z.last && at < z.now.end
}

// second returns the later occurrence of a reading that occurs twice, else its only one.
func (z *zoneWalk) second(wall int64) int64 {
	at, moved := z.instant(wall)
	if later := wall - z.next; !moved && z.now.end != math.MaxInt64 && later >= z.now.end {
		return later
	}
	return at
}
