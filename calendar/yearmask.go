package calendar

import (
	"math/bits"
	"slices"
)

// years walks the periods of a YEARLY rule. With BYWEEKNO a period is a week-numbering
// year, which may begin in the last days of the calendar year before and end in the first of
// the one after; INTERVAL then counts week-numbering years too.
func (w *walker) years() {
	y0, _, _ := civil(w.startDay)
	y, _, _ := civil(w.fromDay)
	if w.byWeekNo != nil {
		y0, y = weekYear(w.startDay, w.wkst), weekYear(w.fromDay, w.wkst)
	}
	var shapes [56][]int16 // days after 1 January, by first weekday and leap years
	var known [56]bool
	for y = align(y0, y, w.interval); ; y += w.interval {
		first := dayNumber(y, 1, 1)
		if w.done(first - 3) {
			return
		}
		shape := weekdayOf(first) * 2
		if isLeap(y) {
			shape++
		}
		if w.byWeekNo != nil { // with days of the years beside it
			shape = shape*4 + yearLength(y-1)%2*2 + yearLength(y+1)%2
		}
		if !known[shape] {
			shapes[shape], known[shape] = w.yearDays(y), true
		}
		w.dayList = w.dayList[:0]
		for _, d := range shapes[shape] {
			w.dayList = append(w.dayList, int32(first+int(d)))
		}
		if !w.emitPeriod(w.dayList) {
			return
		}
	}
}

func weekYear(day, wkst int) int {
	y, _, _ := civil(day)
	switch {
	case day < weekOne(y, wkst):
		return y - 1
	case day >= weekOne(y+1, wkst):
		return y + 1
	}
	return y
}

// yearDays returns the days of a period in days after 1 January of y. The table of
// RFC 5545, 3.3.10 says which parts expand and which limit; as expanding from a whole year
// and limiting it give the same days, every part is a filter here, and only what an absent part
// means depends on the others:
//   - no day part at all: the day of DTSTART, in BYMONTH or else in DTSTART's month;
//   - BYWEEKNO without a day part: the weekday of DTSTART.
func (g *generator) yearDays(y int) []int16 {
	jan1 := dayNumber(y, 1, 1)
	_, startMonth, startDate := civil(g.startDay)
	byMonth, byMonthDay, byDay := g.byMonth, g.byMonthDay, g.byDay
	if byMonthDay == nil && byDay == nil && g.byYearDay == nil {
		if g.byWeekNo != nil {
			byDay = []nthDay{{0, weekdayOf(g.startDay)}}
		} else {
			byMonthDay = []int{startDate}
			if byMonth == 0 {
				byMonth = 1 << startMonth
			}
		}
	}
	var out []int16
	from, to := y*12, y*12+11
	if g.byWeekNo != nil {
		from, to = from-1, to+1 // the last days of December, the first of January
	}
	for i := from; i <= to; i++ {
		year, month := i/12, i%12+1
		if byMonth != 0 && byMonth>>month&1 == 0 {
			continue
		}
		first, length := dayNumber(year, month, 1), monthLength(year, month)
		mask := monthDayMask(byMonthDay, length)
		if byDay != nil {
			var days uint32
			for _, d := range byDay {
				if d.n == 0 || byMonth != 0 {
					days |= nthMask(d, length, weekdayOf(first))
				} else if k := nthOfYear(d, year); k >= first && k < first+length {
					days |= 1 << (k - first)
				}
			}
			mask &= days
		}
		if g.byYearDay != nil {
			mask &= g.yearDay[yearLength(year)-365][month]
		}
		for ; mask != 0; mask &= mask - 1 {
			if day := first + bits.TrailingZeros32(mask); g.byWeekNo == nil || g.weekNoOK(day, y) {
				out = append(out, int16(day-jan1))
			}
		}
	}
	return out
}

// nthOfYear returns the n-th given weekday of the year, or a day outside of it.
func nthOfYear(d nthDay, y int) int {
	jan1, length := dayNumber(y, 1, 1), yearLength(y)
	first := (d.weekday - weekdayOf(jan1) + 7) % 7
	k := first + 7*(d.n-1)
	if d.n < 0 {
		last := first + (length-1-first)/7*7
		k = last + 7*(d.n+1)
	}
	if k < 0 || k >= length {
		return jan1 - 1
	}
	return jan1 + k
}

// weekNoOK reports whether day lies in one of the weeks BYWEEKNO of week-numbering year y.
func (g *generator) weekNoOK(day, y int) bool {
	one, next := weekOne(y, g.wkst), weekOne(y+1, g.wkst)
	if day < one || day >= next {
		return false
	}
	n, weeks := (day-one)/7+1, (next-one)/7
	return slices.Contains(g.byWeekNo, n) || slices.Contains(g.byWeekNo, n-weeks-1)
}
