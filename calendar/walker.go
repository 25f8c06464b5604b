package calendar

import (
	"math"
	"math/bits"
	"sort"
)

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

// plain reports whether every chosen day has one reading and all of them count: then walking is
// a matter of adding.
func (w *walker) plain() bool {
	return w.once >= 0 && w.bySetPos == nil && w.byMonth == 0 && w.work == math.MaxInt
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
	begin := align(week(w.startDay), week(w.fromDay), w.interval)
	if w.plain() {
		var offsets []int64
		for k := range 7 {
			if wanted>>((w.wkst+k)%7)&1 != 0 {
				offsets = append(offsets, int64(k)*daySeconds+w.once)
			}
		}
		for t := int64(begin*7-3+w.wkst) * daySeconds; t <= w.to; t += int64(w.interval) * 7 * daySeconds {
			for _, o := range offsets {
				if !w.emit(t + o) {
					return
				}
			}
		}
		return
	}
	for i := begin; ; i += w.interval {
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
	if w.plain() && w.anyDay {
		day := align(w.startDay, w.fromDay, w.interval)
		for t := int64(day)*daySeconds + w.once; t <= w.to; t += int64(w.interval) * daySeconds {
			if !w.emit(t) {
				return
			}
		}
		return
	}
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
