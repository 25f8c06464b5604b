package calendar

import (
	"math"
	"math/bits"
	"slices"
	"sort"
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

func newGenerator(r *rule, start int64) *generator {
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
		w := walker{generator: g, from: start, to: endOfTime, fromDay: g.startDay, work: countWork, yield: func(at int64) bool {
			n, last = n+1, at
			return n < r.count
		}}
		w.run()
		switch {
		case n == r.count:
			g.last = last
		case w.work <= 0:
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

// A walker is one walk of a generator.
type walker struct {
	*generator
	from, to int64
	fromDay  int
	yield    func(int64) bool
	silent   int // periods since the last reading
	work     int // periods that may still be tried

	masks   monthMasks
	dayList []int32 // scratch
	picked  []int   // scratch
}

// tick counts a period and reports whether the walk goes on.
func (w *walker) tick() bool {
	w.silent++
	w.work--
	return w.silent <= silence && w.work > 0
}

// emit passes on one reading and reports whether the walk goes on.
func (w *walker) emit(t int64) bool {
	if t < w.from {
		return true
	}
	if t > w.to {
		return false
	}
	w.silent = 0
	return w.yield(t)
}

// emitDay passes on all times of one day.
func (w *walker) emitDay(day int) bool {
	if day < w.fromDay {
		return true
	}
	base := int64(day) * daySeconds
	if w.once >= 0 {
		return w.emit(base + w.once)
	}
	n, i := w.times.len(), 0
	if day == w.fromDay {
		i = sort.Search(n, func(i int) bool { return base+w.times.at(i) >= w.from })
	}
	for ; i < n; i++ {
		if !w.emit(base + w.times.at(i)) {
			return false
		}
	}
	return true
}

// emitPeriod passes on the readings of a period of several days, after BYSETPOS.
func (w *walker) emitPeriod(days []int32) bool {
	if w.bySetPos == nil {
		for _, d := range days {
			if !w.emitDay(int(d)) {
				return false
			}
		}
		return true
	}
	n := w.times.len()
	w.picked = positions(w.picked[:0], w.bySetPos, n*len(days))
	for _, p := range w.picked {
		if !w.emit(int64(days[p/n])*daySeconds + w.times.at(p%n)) {
			return false
		}
	}
	return true
}

// done counts the period that begins on day and reports whether it lies past the end, or
// nothing came for too long.
func (w *walker) done(day int) bool { return !w.tick() || int64(day)*daySeconds > w.to }

// align returns the first v+k*interval, k >= 0, that is at least low.
func align[T int | int64](v, low, interval T) T {
	if low <= v {
		return v
	}
	return low + floorMod(v-low, interval)
}

func (w *walker) months() {
	y0, m0, _ := civil(w.startDay)
	y, m, _ := civil(w.fromDay)
	for i := align(y0*12+m0-1, y*12+m-1, w.interval); ; i += w.interval {
		y, m := i/12, i%12+1
		first := dayNumber(y, m, 1)
		if w.done(first) {
			return
		}
		if w.byMonth != 0 && w.byMonth>>m&1 == 0 {
			continue
		}
		w.dayList = w.dayList[:0]
		for mask := w.monthMask(y, m, first); mask != 0; mask &= mask - 1 {
			w.dayList = append(w.dayList, int32(first+bits.TrailingZeros32(mask)))
		}
		if !w.emitPeriod(w.dayList) {
			return
		}
	}
}

func (w *walker) weeks() {
	week := func(day int) int { return floorDiv(day+3-w.wkst, 7) }
	var wanted uint8
	for _, d := range w.byDay {
		wanted |= 1 << d.weekday
	}
	if wanted == 0 {
		wanted = 1 << weekdayOf(w.startDay)
	}
	for i := align(week(w.startDay), week(w.fromDay), w.interval); ; i += w.interval {
		first := i*7 - 3 + w.wkst
		if w.done(first) {
			return
		}
		w.dayList = w.dayList[:0]
		for k := range 7 {
			if wanted>>((w.wkst+k)%7)&1 == 0 {
				continue
			}
			if w.byMonth != 0 {
				if _, m, _ := civil(first + k); w.byMonth>>m&1 == 0 {
					continue
				}
			}
			w.dayList = append(w.dayList, int32(first+k))
		}
		if !w.emitPeriod(w.dayList) {
			return
		}
	}
}

func (w *walker) days() {
	for day := align(w.startDay, w.fromDay, w.interval); !w.done(day); {
		if next := w.nextDay(day, int(w.to/daySeconds)+1); next != day {
			day = align(w.startDay, next, w.interval)
			continue
		}
		if w.chosen == nil {
			if !w.emitDay(day) {
				return
			}
		}
		for _, i := range w.chosen {
			if !w.emit(int64(day)*daySeconds + w.times.at(i)) {
				return
			}
		}
		day += w.interval
	}
}

// units walks hours, minutes or seconds. Where a filter fails it jumps to the next
// unit that could pass, never one by one.
func (w *walker) units() {
	perDay := daySeconds / w.unit
	step := int64(w.interval)
	u0 := floorDiv(w.start, w.unit)
	for u := align(u0, floorDiv(w.from, w.unit), step); ; {
		base := u * w.unit
		if base > w.to || !w.tick() {
			return
		}
		day := int(floorDiv(base, daySeconds))
		if next := w.nextDay(day, int(w.to/daySeconds)+1); next != day {
			u = align(u0, int64(next)*perDay, step)
			continue
		}
		midnight := int64(day) * daySeconds
		if tod := base - midnight; !w.timeAllowed(tod) {
			u = align(u0, max(u+1, floorDiv(midnight+w.nextTime(tod), w.unit)), step)
			continue
		}
		if w.chosen != nil {
			for _, i := range w.chosen {
				if !w.emit(base + w.times.at(i)) {
					return
				}
			}
		} else {
			for i := range w.times.len() {
				if !w.emit(base + w.times.at(i)) {
					return
				}
			}
		}
		u += step
	}
}

// nextTime returns a time of day after tod and not after the next that the filters
// allow, or midnight.
func (g *generator) nextTime(tod int64) int64 {
	next := func(mask uint64, from, limit int64) int64 {
		if rest := mask >> from; rest != 0 {
			return from + int64(bits.TrailingZeros64(rest))
		}
		return limit
	}
	if g.byHour != 0 && g.byHour>>(tod/3600)&1 == 0 {
		return 3600 * next(uint64(g.byHour), tod/3600, 24)
	}
	if g.freq >= minutely && g.byMinute != 0 && g.byMinute>>(tod/60%60)&1 == 0 {
		return tod/3600*3600 + 60*next(g.byMinute, tod/60%60, 60)
	}
	return tod/60*60 + next(g.bySecond, tod%60, 60)
}
