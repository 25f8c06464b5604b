package calendar

import "math/bits"

// monthDayMask returns the days (bit 0 is the 1st) that BYMONTHDAY selects in a month
// of the given length; all days where it is absent.
func monthDayMask(byMonthDay []int, length int) uint32 {
	if byMonthDay == nil {
		return 1<<length - 1
	}
	var mask uint32
	for _, d := range byMonthDay {
		if d < 0 {
			d += length + 1
		}
		if d >= 1 && d <= length {
			mask |= 1 << (d - 1)
		}
	}
	return mask
}

// monthMasks remembers the mask of each shape of month: its length and its first weekday.
type monthMasks struct {
	known uint32
	mask  [28]uint32

	current int // year*12+month-1 of the month below
	first   int
	days    uint32
	loaded  bool
}

// monthMask returns the days of a month that BYMONTHDAY and BYDAY select together. BYMONTH
// is not applied. Without either, a MONTHLY rule means the day of DTSTART, and a shorter
// one every day.
func (w *walker) monthMask(y, m, first int) uint32 {
	length, wd := monthLength(y, m), weekdayOf(first)
	shape := (length-28)*7 + wd
	if w.masks.known>>shape&1 == 0 {
		w.masks.known |= 1 << shape
		w.masks.mask[shape] = w.shapeMask(length, wd)
	}
	return w.masks.mask[shape]
}

func (g *generator) shapeMask(length, firstWeekday int) uint32 {
	mask := g.monthDay[length-28]
	if g.byDay != nil {
		var byDay uint32
		for _, d := range g.byDay {
			byDay |= nthMask(d, length, firstWeekday)
		}
		mask &= byDay
	} else if g.byMonthDay == nil && g.freq == monthly {
		_, _, d := civil(g.startDay)
		mask &= 1 << (d - 1)
	}
	return mask
}

// nthMask returns the days of a month that are the n-th given weekday, all of them for n = 0.
func nthMask(d nthDay, length, firstWeekday int) uint32 {
	first := (d.weekday - firstWeekday + 7) % 7
	var all uint32 = 0x10204081 << first & (1<<length - 1)
	switch {
	case d.n > 0:
		return 1 << min(first+7*(d.n-1), 31) & all
	case d.n < 0:
		last := 31 - bits.LeadingZeros32(all)
		if k := last + 7*(d.n+1); k >= 0 {
			return 1 << k
		}
		return 0
	}
	return all
}

// nextDay returns the first day from day on that the day filter of a DAILY or shorter rule
// allows, or limit where there is none before it.
func (w *walker) nextDay(day, limit int) int {
	if w.anyDay {
		return day
	}
	c := &w.masks
	if !c.loaded || day < c.first || day-c.first >= 31 {
		w.loadMonth(day)
	}
	for {
		if day-c.first < 31 {
			if rest := c.days >> max(day-c.first, 0); rest != 0 {
				return max(day, c.first) + bits.TrailingZeros32(rest)
			}
		}
		c.current++
		c.first = dayNumber(c.current/12, c.current%12+1, 1)
		if c.first >= limit {
			c.loaded = false
			return limit
		}
		if !w.tick() {
			return limit
		}
		w.fillMonth()
	}
}

func (w *walker) loadMonth(day int) {
	y, m, d := civil(day)
	w.masks.current, w.masks.first, w.masks.loaded = y*12+m-1, day-d+1, true
	w.fillMonth()
}

func (w *walker) fillMonth() {
	y, m := w.masks.current/12, w.masks.current%12+1
	w.masks.days = 0
	if w.byMonth == 0 || w.byMonth>>m&1 != 0 {
		w.masks.days = w.monthMask(y, m, w.masks.first)
	}
	if w.byYearDay != nil {
		w.masks.days &= w.yearDay[yearLength(y)-365][m]
	}
}

// fillYearDays turns BYYEARDAY into masks of the days of each month.
func (g *generator) fillYearDays() {
	for leap, y := range []int{2001, 2000} {
		length := yearLength(y)
		for _, n := range g.byYearDay {
			if n < 0 {
				n += length + 1
			}
			if n < 1 || n > length {
				continue
			}
			_, m, d := civil(dayNumber(y, 1, 1) + n - 1)
			g.yearDay[leap][m] |= 1 << (d - 1)
		}
	}
}

// dayExists reports whether a DAILY or shorter rule has any day at all. The 28 years it tries
// have all 14 shapes of a year.
func (g *generator) dayExists() bool {
	if g.anyDay {
		return true
	}
	for m := 1; m <= 12; m++ {
		if g.byMonth != 0 && g.byMonth>>m&1 == 0 {
			continue
		}
		for y := 2001; y <= 2028; y++ {
			mask := g.shapeMask(monthLength(y, m), weekdayOf(dayNumber(y, m, 1)))
			if g.byYearDay != nil {
				mask &= g.yearDay[yearLength(y)-365][m]
			}
			if mask != 0 {
				return true
			}
		}
	}
	return false
}
