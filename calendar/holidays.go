package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Holiday is one day with a name.
type Holiday struct {
	Date Date   `json:"date"`
	Name string `json:"name,omitempty"`
}

// Holidays are days by date. This package holds no country's holidays: they are data, to be
// read with [ReadHolidaysJSON], [ReadHolidaysCSV] or File.Holidays of calendar/ics, and rules, see [HolidayRule].
type Holidays []Holiday

// Sorted returns h by date and name, each pair once.
func (h Holidays) Sorted() Holidays {
	out := slices.Clone(h)
	slices.SortFunc(out, func(a, b Holiday) int { return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.Name, b.Name)) })
	return slices.Compact(out)
}

// Dates returns the dates in order, each once.
func (h Holidays) Dates() []Date {
	var out []Date
	for _, d := range h.Sorted() {
		out = append(out, d.Date)
	}
	return slices.Compact(out)
}

// Shift says where a holiday is observed that falls on a weekend.
type Shift string

const (
	NoShift       Shift = ""               // on its own day
	NextMonday    Shift = "next-monday"    // Saturday and Sunday move to Monday
	NearestDay    Shift = "nearest-day"    // Saturday moves to Friday, Sunday to Monday
	SundayMonday  Shift = "sunday-monday"  // Sunday moves to Monday, Saturday stays
	NextFreeDay   Shift = "next-free-day"  // to the next day that is neither weekend nor holiday
	MondayHoliday Shift = "monday-holiday" // the Monday on or before
)

// A HolidayRule makes one holiday a year: a fixed date (Month and Day), the Nth Weekday of Month
// (from the end where Nth is negative), or a number of days from Easter; then an Offset in days ("the
// Friday after the fourth Thursday") and a shift off the weekend.
type HolidayRule struct {
	Name     string       `json:"name"`
	Month    time.Month   `json:"month,omitempty"`
	Day      int          `json:"day,omitempty"`
	Nth      int          `json:"nth,omitempty"`
	Weekday  time.Weekday `json:"weekday,omitempty"`
	Easter   *int         `json:"easter,omitempty"` // days from western Easter Sunday; 0 is the day itself
	Orthodox bool         `json:"orthodox,omitempty"`
	Offset   int          `json:"offset,omitempty"`
	Observed Shift        `json:"observed,omitempty"`
	From     int          `json:"from,omitempty"` // first year
	To       int          `json:"to,omitempty"`   // last year
}

// HolidaysOf returns the holidays of the rules in the years from first to last. Rules apply in
// order: NextFreeDay avoids the holidays of the rules before it and the days that no
// other rule moves.
func HolidaysOf(rules []HolidayRule, first, last int) (Holidays, error) {
	var l validate.List
	if first < 1 || last > maxYear || last < first {
		l.Addf("years", "%d to %d are not years from 1 to %d in order", first, last, maxYear)
	}
	for i, r := range rules {
		r.check(fmt.Sprintf("rules[%d]", i), &l)
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	var out Holidays
	for y := first; y <= last; y++ {
		taken := map[Date]bool{}
		var natural []Holiday
		for _, r := range rules {
			if d, ok := r.on(y); ok {
				natural = append(natural, Holiday{d, r.Name})
				taken[d] = true
			}
		}
		n := 0
		for _, r := range rules {
			if _, ok := r.on(y); !ok {
				continue
			}
			h := natural[n]
			n++
			if moved := r.Observed.move(h.Date, taken); moved != h.Date {
				h.Date = moved
				taken[moved] = true
			}
			out = append(out, h)
		}
	}
	return out.Sorted(), nil
}

func (r *HolidayRule) check(path string, l *validate.List) {
	kinds := 0
	for _, is := range []bool{r.Day != 0, r.Nth != 0, r.Easter != nil} {
		if is {
			kinds++
		}
	}
	if kinds != 1 {
		l.Addf(path, "needs exactly one of day, nth and easter")
	}
	if r.Easter == nil && (r.Month < 1 || r.Month > 12) {
		l.Addf(path+".month", "%d is not a month from 1 to 12", int(r.Month))
	}
	if r.Day < 0 || r.Day > 31 {
		l.Addf(path+".day", "%d is not a day of a month", r.Day)
	}
	if r.Nth < -5 || r.Nth > 5 || r.Weekday < 0 || r.Weekday > 6 {
		l.Addf(path+".nth", "the %d. of weekday %d does not exist", r.Nth, int(r.Weekday))
	}
	if r.Offset < -366 || r.Offset > 366 || r.Easter != nil && (*r.Easter < -366 || *r.Easter > 366) {
		l.Addf(path+".offset", "is more than a year")
	}
	switch r.Observed {
	case NoShift, NextMonday, NearestDay, SundayMonday, NextFreeDay, MondayHoliday:
	default:
		l.Addf(path+".observed", "%q is not a known shift", clip(string(r.Observed)))
	}
}

// on returns the date of the rule in year y before any shift.
func (r *HolidayRule) on(y int) (Date, bool) {
	if r.From != 0 && y < r.From || r.To != 0 && y > r.To {
		return Date{}, false
	}
	var d Date
	switch {
	case r.Easter != nil && r.Orthodox:
		d = OrthodoxEaster(y).AddDays(*r.Easter)
	case r.Easter != nil:
		d = Easter(y).AddDays(*r.Easter)
	case r.Nth != 0:
		var ok bool
		if d, ok = NthWeekday(y, r.Month, r.Nth, r.Weekday); !ok {
			return Date{}, false
		}
	default:
		if d = (Date{y, r.Month, r.Day}); !d.Valid() {
			return Date{}, false
		}
	}
	return d.AddDays(r.Offset), true
}

func (s Shift) move(d Date, taken map[Date]bool) Date {
	wd := d.Weekday()
	switch {
	case s == MondayHoliday:
		return d.AddDays(-((int(wd) + 6) % 7))
	case s == NearestDay && wd == time.Saturday:
		return d.AddDays(-1)
	case s == NextMonday && wd == time.Saturday:
		return d.AddDays(2)
	case wd == time.Sunday && (s == NextMonday || s == NearestDay || s == SundayMonday):
		return d.AddDays(1)
	case s == NextFreeDay && (wd == time.Saturday || wd == time.Sunday):
		for d = d.AddDays(1); d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || taken[d]; {
			d = d.AddDays(1)
		}
	}
	return d
}
