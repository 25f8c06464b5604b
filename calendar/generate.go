package calendar

import (
	"math"
	"math/bits"
	"slices"
	"time"
)

// A generator produces the wall-clock readings of one rule. It holds no state between
// walks and never steps from DTSTART: a walk begins in the period that holds its first
// reading, so that its cost does not depend on the distance.
//
// A period (year, month, week, day, hour, ...) is a set of days times a set of times of
// day. The sets are masks and short lists, and BYSETPOS is index arithmetic on their
// product, which is never written out: a rule with all hours, minutes and seconds of all
// days has 31 million readings a year and costs no memory.
type generator struct {
	*rule
	start    int64 // DTSTART as a wall-clock reading
	startDay int
	last     int64 // no reading after this: the end of COUNT or of the calendar
	never    bool  // proved empty
	costly   bool  // COUNT ends too far away to find

	unit   int64   // seconds of a sub-daily period; a day otherwise
	times  timeSet // within a day, or within a unit
	once   int64   // the only element of times, or -1
	chosen []int   // of times, by BYSETPOS where the period is a day or shorter

	anyDay   bool          // no day filter at all
	monthDay [4]uint32     // BYMONTHDAY, by length of month
	yearDay  [2][13]uint32 // BYYEARDAY, by leap year and month
}

// silence is the number of consecutive periods without a reading after which a walk
// ends. It bounds the walk of a rule that never has one, such as every seventh day from a
// Monday, on Tuesdays. Filters are jumped over, so that a rule that recurs at all within some
// hundred years is never silent that long.
const silence = 1 << 16

// countWork is the number of periods in which the end of COUNT must be found.
const countWork = 1 << 17

// endOfTime is the last second of year 9999.
var endOfTime = int64(dayNumber(maxYear+1, 1, 1))*daySeconds - 1

// newGenerator compiles a rule. COUNT does not count the readings that skipped, if given, reports.
func newGenerator(r *rule, start int64, skipped func(wall int64) bool) *generator {
	g := &generator{rule: r, start: start, last: endOfTime}
	g.startDay = int(floorDiv(start, daySeconds))
	tod := int(start - int64(g.startDay)*daySeconds)
	g.unit = [...]int64{yearly: daySeconds, monthly: daySeconds, weekly: daySeconds, daily: daySeconds,
		hourly: 3600, minutely: 60, secondly: 1}[r.freq]
	list := func(mask uint64, implied int) []uint8 {
		if mask == 0 {
			return []uint8{uint8(implied)}
		}
		var out []uint8
		for ; mask != 0; mask &= mask - 1 {
			out = append(out, uint8(bits.TrailingZeros64(mask)))
		}
		return out
	}
	one := []uint8{0}
	g.times = timeSet{one, one, one}
	if r.freq <= daily {
		g.times.hours = list(uint64(r.byHour), tod/3600)
	}
	if r.freq <= hourly {
		g.times.minutes = list(r.byMinute, tod/60%60)
	}
	if r.freq <= minutely {
		g.times.seconds = list(r.bySecond, tod%60)
	}
	if g.once = -1; g.times.len() == 1 {
		g.once = g.times.at(0)
	}
	for i, length := range []int{28, 29, 30, 31} {
		g.monthDay[i] = monthDayMask(r.byMonthDay, length)
	}
	if r.byYearDay != nil {
		g.fillYearDays()
	}
	g.anyDay = r.byMonth == 0 && r.byMonthDay == nil && r.byDay == nil && r.byYearDay == nil
	if r.bySetPos != nil { // a period has at most so many readings
		most := [...]int{yearly: 371, monthly: 31, weekly: max(len(r.byDay), 1), daily: 1, hourly: 1, minutely: 1, secondly: 1}[r.freq] * g.times.len()
		g.never = !slices.ContainsFunc(r.bySetPos, func(p int) bool { return max(p, -p) <= most })
	}
	if r.freq >= daily {
		if r.bySetPos != nil {
			g.chosen = positions(nil, r.bySetPos, g.times.len())
		}
		g.never = g.never || !g.reachable(tod)
	}
	if r.count > 0 && !g.never {
		n := 0
		var last int64
		tried := 0
		w := walker{generator: g, from: start, to: endOfTime, fromDay: g.startDay, work: countWork, yield: func(at int64) bool {
			if skipped != nil && skipped(at) {
				tried++
				return tried < countWork
			}
			n, last = n+1, at
			return n < r.count
		}}
		w.run()
		switch {
		case n == r.count:
			g.last = last
		case w.work <= 0 || tried == countWork:
			g.costly = true
		}
		g.never = n == 0
	}
	return g
}

// positions appends BYSETPOS as ascending indices of a set of n to out, which is empty.
func positions(out []int, setPos []int, n int) []int {
	for _, p := range setPos {
		if p < 0 {
			p += n
		} else {
			p--
		}
		if p >= 0 && p < n {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// reachable reports whether the day filter holds on any day at all and whether the steps
// of a sub-daily rule ever meet its times of day: every 24 hours from 03:00 is never 05:00.
func (g *generator) reachable(tod int) bool {
	if !g.dayExists() {
		return false
	}
	if g.freq <= daily || g.byHour == 0 && g.byMinute == 0 && g.bySecond == 0 {
		return true
	}
	perDay := int(daySeconds / g.unit)
	step := gcd(g.interval, perDay)
	for u := tod / int(g.unit) % step; u < perDay; u += step {
		if g.timeAllowed(int64(u) * g.unit) {
			return true
		}
	}
	return false
}

// timeAllowed tests the time-of-day filters of a sub-daily rule.
func (g *generator) timeAllowed(tod int64) bool {
	return (g.byHour == 0 || g.byHour>>(tod/3600)&1 != 0) &&
		(g.freq < minutely || g.byMinute == 0 || g.byMinute>>(tod/60%60)&1 != 0) &&
		(g.freq < secondly || g.bySecond == 0 || g.bySecond>>(tod%60)&1 != 0)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// A timeSet is the product of hours, minutes and seconds, in order.
type timeSet struct{ hours, minutes, seconds []uint8 }

func (t *timeSet) len() int { return len(t.hours) * len(t.minutes) * len(t.seconds) }

// at returns the i-th time in seconds after midnight, or after the start of the unit.
func (t *timeSet) at(i int) int64 {
	s := len(t.seconds)
	m := len(t.minutes)
	return int64(t.hours[i/(m*s)])*3600 + int64(t.minutes[i/s%m])*60 + int64(t.seconds[i%s])
}

// walk calls yield with every reading in [from, to], ascending, until it returns false.
func (g *generator) walk(from, to int64, yield func(int64) bool) {
	from, to = max(from, g.start), min(to, g.last)
	if g.never || from > to {
		return
	}
	w := walker{generator: g, from: from, to: to, fromDay: int(floorDiv(from, daySeconds)), yield: yield, work: math.MaxInt}
	w.run()
}

func (w *walker) run() {
	switch w.freq {
	case yearly:
		w.years()
	case monthly:
		w.months()
	case weekly:
		w.weeks()
	case daily:
		w.days()
	default:
		w.units()
	}
}

// generator compiles a rule of the set.
func (s *recurrenceSet) generator(r *rule) *generator {
	g := newGenerator(r, s.start.wall, s.gaps())
	if !s.include || r.count == 0 || g.selects(s.start.wall) {
		return g
	}
	if r.count == 1 { // DTSTART is the first of COUNT
		g.never = true
		return g
	}
	shorter := *r
	shorter.count--
	g = newGenerator(&shorter, s.start.wall, s.gaps())
	g.rule = r
	return g
}

// gaps returns what tells the readings that COUNT does not count, since a clock change skips them
// and they are left out (RFC 5545, 3.3.10); nil where there are none.
func (s *recurrenceSet) gaps() func(wall int64) bool {
	if !s.skipGaps || s.zone == nil || s.zone == time.UTC {
		return nil
	}
	z := newZoneTable(s.zone).walk()
	return func(wall int64) bool {
		_, moved := z.instant(wall)
		return moved
	}
}

func (g *generator) selects(wall int64) bool {
	found := false
	g.walk(wall, wall, func(int64) bool { found = true; return false })
	return found
}
