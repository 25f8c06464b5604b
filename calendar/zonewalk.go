package calendar

import (
	"math"
	"time"
)

// A zoneWalk resolves ascending wall-clock readings in one zone as localTime does, but
// looks up the zone only once between two clock changes.
type zoneWalk struct {
	loc        *time.Location
	loaded     bool
	offset     int64 // of the current stretch of constant offset
	end        int64 // of the stretch, an instant
	nextOffset int64 // of the stretch after it
}

func newZoneWalk(loc *time.Location) *zoneWalk { return &zoneWalk{loc: loc} }

// load makes the stretch that holds instant at current.
func (z *zoneWalk) load(at int64) {
	t := time.Unix(at, 0).In(z.loc)
	_, off := t.Zone()
	_, end := t.ZoneBounds()
	z.offset, z.end, z.nextOffset = int64(off), math.MaxInt64, int64(off)
	if !end.IsZero() {
		z.end = end.Unix()
		_, next := end.Zone()
		z.nextOffset = int64(next)
	}
}

// instant returns the instant of a reading, and whether the reading was skipped by a
// clock change. Readings must ascend from call to call.
func (z *zoneWalk) instant(wall int64) (at int64, moved bool) {
	if !z.loaded {
		z.load(wall - slack)
		z.loaded = true
	}
	for {
		if at = wall - z.offset; at < z.end {
			// Stretches are tried in order, so a reading that occurs twice is met in the first.
			return at, false
		}
		if wall-z.nextOffset < z.end {
			return at, true // after this stretch and before the next
		}
		z.load(z.end)
	}
}
