package calendar

import "time"

// Wall-clock readings are counted in seconds since 1970-01-01T00:00:00 on the
// proleptic Gregorian calendar, as if the clock showed UTC; days likewise.
const daySeconds = 86400

// dayNumber returns the days since 1970-01-01. The month may be out of range.
// The formula is Howard Hinnant's days_from_civil: years begin in March, so that the
// leap day is the last of its year.
func dayNumber(year, month, day int) int {
	year += floorDiv(month-1, 12)
	month = floorMod(month-1, 12) + 1
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	doy := (153*((month+9)%12)+2)/5 + day - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}

// civil is the inverse of dayNumber.
func civil(n int) (year, month, day int) {
	n += 719468
	era := floorDiv(n, 146097)
	doe := n - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = (mp+2)%12 + 1
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

// weekdayOf returns 0 for Monday to 6 for Sunday.
func weekdayOf(n int) int { return floorMod(n+3, 7) }

func isLeap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func yearLength(y int) int {
	if isLeap(y) {
		return 366
	}
	return 365
}

func monthLength(y, m int) int {
	switch m {
	case 2:
		return yearLength(y) - 337
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// weekOne returns the day number on which week 1 of year y begins: the week, begun on
// wkst, that has at least four days in y (RFC 5545, 3.3.10).
func weekOne(y, wkst int) int {
	jan1 := dayNumber(y, 1, 1)
	into := floorMod(weekdayOf(jan1)-wkst, 7) // days since the week began
	if into <= 3 {
		return jan1 - into
	}
	return jan1 - into + 7
}

func floorDiv[T int | int64](a, b T) T {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod[T int | int64](a, b T) T { return a - floorDiv(a, b)*b }

// wallOf returns what a clock in loc shows at t.
func wallOf(t time.Time, loc *time.Location) int64 {
	_, off := t.In(loc).Zone()
	return t.Unix() + int64(off)
}

// resolve turns a wall-clock reading into an instant, see localTime.
func resolve(wall int64, loc *time.Location) time.Time {
	u := time.Unix(wall, 0).UTC()
	y, m, d := u.Date()
	h, min, s := u.Clock()
	return localTime(y, m, d, h, min, s, loc)
}
