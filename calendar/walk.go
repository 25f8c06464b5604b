package calendar

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// An occurrence is one start of a recurrence set.
type occurrence struct {
	at     int64  // seconds since 1970
	wall   int64  // the reading that the rule generated, also where a clock change moved it
	period *rdate // the RDATE that gave it a length of its own, or nil
}

// slack is more than any zone's distance from UTC plus the longest jump of a clock (a
// whole day, in Samoa).
const slack = 3 * daySeconds

// walk yields the occurrences with from <= at <= to, strictly increasing.
// It may share a zone table with other walks.
func (s *recurrenceSet) walk(from, to int64, zone *zoneTable, yield func(occurrence) bool) {
	if s.zone == nil || from > to || s.empty != nil && s.empty.known.Load() {
		return
	}
	if len(s.rules) == 1 && len(s.rdates) == 0 && len(s.exdates) == 0 && len(s.exrules) == 0 && !s.include {
		s.walkRule(s.rules[0], from, to, zone, yield)
		return
	}
	s.walkSet(from, to, zone, yield)
}

// walkSet merges several sources chunk by chunk, so that memory stays bounded by the
// occurrences of one chunk, however long the span and dense the rules. It ends after
// much work for no occurrence: where all are excluded.
func (s *recurrenceSet) walkSet(from, to int64, zone *zoneTable, yield func(occurrence) bool) {
	fixed, excluded, size := s.fixed(), s.excluded(), s.chunk()
	var list []occurrence
	var dropped []int64
	silent := 0
	for lo := from; lo <= to; {
		hi := to
		if to-lo >= size {
			hi = lo + size - 1
		}
		if silent += 64; silent > silence {
			return
		}
		list, dropped = list[:0], dropped[:0]
		for _, g := range s.rules {
			s.walkRule(g, lo, hi, zone, func(o occurrence) bool {
				list = append(list, o)
				return true
			})
		}
		i, _ := slices.BinarySearchFunc(fixed, lo, byStart)
		for ; i < len(fixed) && fixed[i].at <= hi; i++ {
			list = append(list, fixed[i])
		}
		slices.SortStableFunc(list, func(a, b occurrence) int { return cmp.Compare(a.at, b.at) })
		if len(list) > 0 {
			for _, g := range s.exrules {
				s.walkRule(g, list[0].at, list[len(list)-1].at, zone, func(o occurrence) bool {
					dropped = append(dropped, o.at)
					return true
				})
			}
			slices.Sort(dropped)
		}
		silent += len(list) + len(dropped)
		for i, o := range list {
			if i+1 < len(list) && list[i+1].at == o.at {
				if o.period.longer(list[i+1].period) {
					list[i+1] = o // an RDATE's own length outlives a merge, and the longest others
				}
				continue
			}
			if _, drop := slices.BinarySearch(dropped, o.at); drop || excluded.has(o.at, s.zone) {
				continue
			}
			silent = 0
			if !yield(o) {
				return
			}
		}
		if lo = hi + 1; len(list) == 0 {
			next, ok := s.nextStart(lo, to, zone, fixed)
			if !ok {
				return
			}
			lo = max(lo, next)
		}
	}
}

// chunk returns a span in seconds that holds some thousand occurrences of the rules, exclusions
// included, at most.
func (s *recurrenceSet) chunk() int64 {
	perDay := 1
	for _, g := range slices.Concat(s.rules, s.exrules) {
		perDay += g.times.len() * int(daySeconds/g.unit)
	}
	return min(max(4096*daySeconds/int64(perDay), 1), 32*daySeconds)
}

// longer compares the lengths of two periods, nil being none.
func (d *rdate) longer(o *rdate) bool {
	return d != nil && (o == nil || d.approx() > o.approx())
}

func (d *rdate) approx() time.Duration {
	if d.hasEnd {
		return time.Duration(nanoOf(d.end.wall - d.wall))
	}
	return d.length.Approx()
}

func byStart(o occurrence, at int64) int { return cmp.Compare(o.at, at) }

// nextStart returns the first start of any source in [from, to]: empty chunks are skipped.
func (s *recurrenceSet) nextStart(from, to int64, zone *zoneTable, fixed []occurrence) (int64, bool) {
	best, found := int64(0), false
	for _, g := range s.rules {
		s.walkRule(g, from, to, zone, func(o occurrence) bool {
			if !found || o.at < best {
				best, found = o.at, true
			}
			return false
		})
	}
	if i, _ := slices.BinarySearchFunc(fixed, from, byStart); i < len(fixed) && fixed[i].at <= to {
		if !found || fixed[i].at < best {
			best, found = fixed[i].at, true
		}
	}
	return best, found
}

// fixed returns the occurrences that no rule generates, sorted.
func (s *recurrenceSet) fixed() []occurrence {
	var out []occurrence
	if s.include || len(s.rules) == 0 && len(s.rdates) == 0 {
		out = append(out, occurrence{at: s.instant(moment{stamp: s.start}), wall: s.start.wall})
	}
	for i := range s.rdates {
		o := occurrence{at: s.instant(s.rdates[i].moment), wall: s.rdates[i].wall}
		if s.rdates[i].zone != nil || s.rdates[i].utc {
			o.wall = wallOf(time.Unix(o.at, 0), s.zone)
		}
		if s.rdates[i].hasLength || s.rdates[i].hasEnd {
			o.period = &s.rdates[i]
		}
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(a, b occurrence) int { return cmp.Compare(a.at, b.at) })
	return out
}

// instant resolves a moment, with DTSTART's zone where it has none of its own.
func (s *recurrenceSet) instant(m moment) int64 {
	zone := s.zone
	switch {
	case m.utc:
		return m.wall
	case m.zone != nil:
		zone = m.zone
	}
	return resolve(m.wall, zone).Unix()
}

// exclusions are the EXDATEs: instants, and whole local days for dates.
type exclusions struct {
	instants map[int64]bool
	days     map[int64]bool
}

func (s *recurrenceSet) excluded() exclusions {
	e := exclusions{map[int64]bool{}, map[int64]bool{}}
	for _, x := range s.exdates {
		if x.date {
			e.days[floorDiv(x.wall, daySeconds)] = true
		} else {
			e.instants[s.instant(x)] = true
		}
	}
	return e
}

func (e exclusions) has(at int64, zone *time.Location) bool {
	if e.instants[at] {
		return true
	}
	return len(e.days) > 0 && e.days[floorDiv(wallOf(time.Unix(at, 0), zone), daySeconds)]
}

// walkRule turns the readings of one rule into instants. Readings ascend, and so do
// instants but for readings that a clock change skips: these move past it, among the readings
// that follow, so they wait until their turn comes.
func (s *recurrenceSet) walkRule(g *generator, from, to int64, zone *zoneTable, yield func(occurrence) bool) {
	limit := to
	untilWall := endOfTime
	if g.hasUntil {
		switch {
		case g.untilUTC && !s.start.utc && !s.start.date:
			limit = min(limit, g.until)
		case g.untilDate && !s.start.date:
			untilWall = g.until + daySeconds - 1
		default:
			untilWall = g.until
		}
	}
	if from > limit {
		return
	}
	if s.zone == time.UTC {
		g.walk(from, min(limit, untilWall), func(wall int64) bool { return yield(occurrence{at: wall, wall: wall}) })
		return
	}
	if zone == nil || zone.loc != s.zone {
		zone = newZoneTable(s.zone)
	}
	z := zone.walk()
	var waiting []occurrence
	last, going := int64(minNano), true
	send := func(o occurrence) bool {
		if o.at < from || o.at == last {
			return true
		}
		if o.at > limit {
			return false
		}
		last = o.at
		return yield(o)
	}
	earliest, latest := readingsOf(from, limit, s.zone)
	for gaps := 0; gaps < maxGaps; gaps++ {
		resume, over := int64(0), true
		g.walk(earliest, min(latest, untilWall), func(wall int64) bool {
			at, moved := z.instant(wall)
			if moved && s.skipGaps {
				// The readings of this gap are jumped over at once, a thousand gaps one after the other at most.
				resume, over = z.now.end+z.next, false
				return false
			}
			gaps = 0
			o := occurrence{at: at, wall: wall}
			if moved {
				waiting = append(waiting, o)
				return true
			}
			for len(waiting) > 0 && waiting[0].at <= at {
				if waiting[0].at == at { // the reading that the clock does show comes first
					waiting = waiting[1:]
					continue
				}
				if going = send(waiting[0]); !going {
					return false
				}
				waiting = waiting[1:]
			}
			going = send(o)
			return going
		})
		if over || !going {
			break
		}
		earliest = max(resume, earliest)
	}
	for ; going && len(waiting) > 0; waiting = waiting[1:] {
		going = send(waiting[0])
	}
}

// maxGaps bounds how many gaps of a clock may follow one another that swallow every reading of a
// rule between them, where such readings are left out. Beyond them it has no occurrence: the clock of
// "01:30 on the last Sunday of March" would not show it before year 10000.
const maxGaps = 1000

// readingsOf returns a range that holds every reading that clocks in loc resolve to an
// instant in [from, to]. Where the clock changed shortly before, readings of the time
// before the change count too: those that were skipped move past it, and of those that
// are read twice the first counts.
func readingsOf(from, to int64, loc *time.Location) (earliest, latest int64) {
	low, _ := offsetsNear(from, loc)
	_, high := offsetsNear(to, loc)
	return from + low, to + high
}

// offsetsNear returns the least and the greatest offset from UTC that clocks in loc had at
// an instant or within slack before it.
func offsetsNear(at int64, loc *time.Location) (low, high int64) {
	s := stretchAt(at, loc)
	low, high = s.offset, s.offset
	for back := 0; s.start > at-slack && s.start != math.MinInt64 && back < 64; back++ {
		s = stretchAt(s.start-1, loc)
		low, high = min(low, s.offset), max(high, s.offset)
	}
	return low, high
}
