package calendar

import (
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// BusinessDays tells working days from weekends and holidays. The zero BusinessDays has a
// weekend of Saturday and Sunday and no holidays. Counting is over days without zone; for
// hours, compile a calendar of working hours ([BusinessDays.Hours]) and use [Timeline.Advance].
type BusinessDays struct {
	weekend  uint8 // bit of time.Weekday; 0: Saturday and Sunday
	holidays []int // day numbers of holidays on working weekdays, sorted
}

// NewBusinessDays returns the working days outside of holidays and weekend. A nil weekend means Saturday
// and Sunday; an empty one, none.
func NewBusinessDays(holidays Holidays, weekend []time.Weekday) (BusinessDays, error) {
	b := BusinessDays{}
	if weekend == nil {
		weekend = []time.Weekday{time.Saturday, time.Sunday}
	}
	for _, d := range weekend {
		if d < 0 || d > 6 {
			return b, &validate.Error{Path: "weekend", Problem: fmt.Sprintf("%d is not a weekday from 0 to 6", int(d))}
		}
		b.weekend |= 1 << d
	}
	if b.weekend == 1<<7-1 {
		return b, &validate.Error{Path: "weekend", Problem: "takes all seven days"}
	}
	b.weekend |= 1 << 7 // told apart from the zero value
	for _, d := range holidays.Dates() {
		if b.off(d.Weekday()) {
			continue
		}
		b.holidays = append(b.holidays, d.number())
	}
	return b, nil
}

func (b *BusinessDays) mask() uint8 {
	if b.weekend == 0 {
		return 1<<time.Saturday | 1<<time.Sunday
	}
	return b.weekend & (1<<7 - 1)
}

func (b *BusinessDays) off(d time.Weekday) bool { return b.mask()>>d&1 != 0 }

// Is reports whether d is a working day.
func (b BusinessDays) Is(d Date) bool {
	_, holiday := slices.BinarySearch(b.holidays, d.number())
	return !holiday && !b.off(d.Weekday())
}

// before counts the working days before day number n, from an arbitrary origin.
func (b *BusinessDays) before(n int) int {
	mask := b.mask()
	perWeek := 7 - bits.OnesCount8(mask)
	weeks, rest := floorDiv(n+4, 7), floorMod(n+4, 7) // day -4 is a Sunday
	count := weeks * perWeek
	for wd := range rest {
		if mask>>wd&1 == 0 {
			count++
		}
	}
	off, _ := slices.BinarySearch(b.holidays, n)
	return count - off
}

// Between returns the number of working days d with from <= d < to, negative where to is before from.
func (b BusinessDays) Between(from, to Date) int {
	return b.before(to.number()) - b.before(from.number())
}

// Add returns the working day n working days after d, or before it where n is negative. Day d itself
// does not count: one working day after a Friday, or after the Saturday that follows it, is
// Monday. With n = 0 it is d, or the next working day where d is none. It costs O(log n) in
// the number of holidays and of days. False means that there is none in the years 1 to 9999.
func (b BusinessDays) Add(d Date, n int) (Date, bool) {
	// The day sought is the last with at most target working days before it, going forward
	// the first with target before it that is a working day itself: binary search on before.
	day := d.number()
	var target int
	switch {
	case n > 0:
		target = b.before(day+1) + n - 1
	case n == 0:
		target = b.before(day)
	default:
		target = b.before(day) + n
	}
	lo, hi := dayNumber(1, 1, 1), dayNumber(maxYear+1, 1, 1)
	if target < b.before(lo) || target >= b.before(hi) {
		return Date{}, false
	}
	for hi-lo > 1 { // before(lo) <= target < before(hi)
		if mid := lo + (hi-lo)/2; b.before(mid) <= target {
			lo = mid
		} else {
			hi = mid
		}
	}
	return dateOfDay(lo), true
}

// Last returns the last n working days of [from, to), in order; fewer where there are fewer.
func (b BusinessDays) Last(from, to Date, n int) []Date {
	var out []Date
	for d := to.AddDays(-1); d.Compare(from) >= 0 && len(out) < n; d = d.AddDays(-1) {
		if b.Is(d) {
			out = append(out, d)
		}
	}
	slices.Reverse(out)
	return out
}

// First returns the first n working days of [from, to), in order; fewer where there are fewer.
func (b BusinessDays) First(from, to Date, n int) []Date {
	var out []Date
	for d := from; d.Compare(to) < 0 && len(out) < n; d = d.AddDays(1) {
		if b.Is(d) {
			out = append(out, d)
		}
	}
	return out
}

// Hours returns the calendar that is open from opens to closes, both local times of day, on
// every working day of the years from first to last.
func (b BusinessDays) Hours(id, zone string, opens, closes EndWall, first, last int) (Calendar, error) {
	c := Calendar{ID: id, Zone: zone, Default: DefaultClosed}
	loc, err := c.location()
	switch {
	case err != nil:
		return c, &validate.Error{Path: "zone", Problem: err.Error()}
	case loc == nil:
		return c, &validate.Error{Path: "zone", Problem: "is missing"}
	case !opens.valid() || !closes.valid() || opens.Days != 0 || opens.HasWeekday:
		return c, &validate.Error{Path: "opens", Problem: fmt.Sprintf("%v to %v are not times of day", opens, closes)}
	case first < 1 || last > maxYear || last < first:
		return c, &validate.Error{Path: "years", Problem: fmt.Sprintf("%d to %d are not years from 1 to %d in order", first, last, maxYear)}
	}
	var rule, comma string
	for wd := range 7 {
		if !b.off(time.Weekday((wd + 1) % 7)) {
			rule, comma = rule+comma+weekdayNames[wd], ","
		}
	}
	at := func(d Date) stamp {
		return stamp{wall: int64(d.number())*daySeconds + int64(opens.Hour%24*3600+opens.Minute*60+opens.Second)}
	}
	text := fmt.Sprintf("DTSTART;TZID=%s:%v\nRRULE:FREQ=WEEKLY;BYDAY=%s;UNTIL=%v", zone,
		at(Date{first, 1, 1}), rule, at(Date{last, 12, 31}))
	for _, n := range b.holidays {
		if d := dateOfDay(n); d.Year >= first && d.Year <= last {
			text += fmt.Sprintf("\nEXDATE;TZID=%s:%v", zone, at(d))
		}
	}
	starts, err := (&Parser{Zones: c.Zones}).Recurrence(text)
	if err != nil {
		return c, err
	}
	c.Windows = []Window{{ID: id, Kind: Maintenance, Starts: starts, EndWall: closes}}
	return c, nil
}

// A FiscalYear is a year of twelve months that begins on the first of Start. Fiscal
// year 2027 with Start April begins in April 2027; set NamedByEnd where it is called after the year
// in which it ends.
type FiscalYear struct {
	Start      time.Month
	NamedByEnd bool
}

// Year returns the fiscal year that holds d and its first day and the day after its last.
func (f FiscalYear) Year(d Date) (year int, from, to Date) {
	start := max(f.Start, 1)
	year = d.Year
	if d.Month < start {
		year--
	}
	from, to = Date{year, start, 1}, Date{year + 1, start, 1}
	if f.NamedByEnd && start > 1 {
		year++
	}
	return year, from, to
}

// Quarter returns the quarter, 1 to 4, of the fiscal year that holds d, its first day and the
// day after its last.
func (f FiscalYear) Quarter(d Date) (quarter int, from, to Date) {
	since := (int(d.Month) - int(max(f.Start, 1)) + 12) % 12
	first := d.Year*12 + int(d.Month) - 1 - since%3
	at := func(i int) Date { return Date{i / 12, time.Month(i%12 + 1), 1} }
	return since/3 + 1, at(first), at(first + 3)
}
