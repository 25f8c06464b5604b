package calendar

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// frequency is the FREQ of a rule, from the longest period to the shortest.
type frequency uint8

const (
	yearly frequency = iota
	monthly
	weekly
	daily
	hourly
	minutely
	secondly
)

var frequencyNames = [...]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}

var weekdayNames = [...]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// nthDay is one element of BYDAY: the n-th weekday of the month or year, or every one where n is 0.
type nthDay struct{ n, weekday int }

// A rule is a parsed RRULE or EXRULE. Lists are sorted and free of duplicates.
type rule struct {
	freq     frequency
	interval int
	count    int // 0: none
	wkst     int // 0 is Monday

	hasUntil  bool
	until     int64 // wall clock, or UTC where untilUTC
	untilUTC  bool
	untilDate bool // a DATE: through the end of that local day

	byMonth  uint16 // bit m, 1 to 12; 0: not given, as for the masks below
	byHour   uint32
	byMinute uint64
	bySecond uint64

	byWeekNo, byYearDay, byMonthDay, bySetPos []int
	byDay                                     []nthDay
}

// maxInterval bounds INTERVAL: beyond it no second occurrence comes before year 10000.
var maxInterval = [...]int{10_000, 120_000, 530_000, 3_700_000, 90_000_000, 2_000_000_000, 2_000_000_000}

const (
	maxCount = 100_000 // occurrences that COUNT may ask for
	maxYear  = 9999    // the last year of an RFC 5545 date
)

// parseRule reads the value of an RRULE property (RFC 5545, 3.3.10). It accepts what
// producers write and has one meaning: lower case, empty parts, repeated parts (the last
// holds), COUNT beside UNTIL (whichever ends first). It rejects what else the RFC forbids.
func parseRule(text string) (*rule, []string) {
	r := &rule{interval: 1}
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.ToUpper(strings.TrimSpace(key)), strings.ToUpper(strings.TrimSpace(value))
		switch {
		case !ok || value == "":
			fault("%q has no value", clip(part))
			continue
		}
		if seen[key] {
			r.forget(key) // of a repeated part the last holds, as in every library that accepts one
		}
		seen[key] = true
		if problem := r.set(key, value); problem != "" {
			fault("%s: %s", clip(key), problem)
		}
	}
	if !seen["FREQ"] {
		fault("FREQ is missing")
	}
	if len(faults) == 0 {
		r.check(fault)
	}
	return r, faults
}

// forget drops the value of a list part before it is read again.
func (r *rule) forget(key string) {
	switch key {
	case "BYMONTH":
		r.byMonth = 0
	case "BYHOUR":
		r.byHour = 0
	case "BYMINUTE":
		r.byMinute = 0
	case "BYSECOND":
		r.bySecond = 0
	case "BYDAY":
		r.byDay = nil
	}
}

// set takes one rule part and returns what is wrong with it.
func (r *rule) set(key, value string) string {
	switch key {
	case "FREQ":
		i := slices.Index(frequencyNames[:], value)
		if i < 0 {
			return fmt.Sprintf("%q is not one of %s", clip(value), strings.Join(frequencyNames[:], ", "))
		}
		r.freq = frequency(i)
	case "INTERVAL":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Sprintf("%q is not a number from 1", clip(value))
		}
		r.interval = n
	case "COUNT":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxCount {
			return fmt.Sprintf("%q is not a number from 1 to %d; to end a rule later use UNTIL", clip(value), maxCount)
		}
		r.count = n
	case "UNTIL":
		s, err := parseStamp(value, false)
		if err != nil {
			return err.Error()
		}
		r.hasUntil, r.until, r.untilUTC, r.untilDate = true, s.wall, s.utc, s.date
	case "WKST":
		i := slices.Index(weekdayNames[:], value)
		if i < 0 {
			return fmt.Sprintf("%q is not one of %s", clip(value), strings.Join(weekdayNames[:], ", "))
		}
		r.wkst = i
	case "BYDAY":
		return r.setByDay(value)
	case "BYMONTH":
		list, problem := numbers(value, 1, 12, false)
		for _, n := range list {
			r.byMonth |= 1 << n
		}
		return problem
	case "BYHOUR":
		list, problem := numbers(value, 0, 23, false)
		for _, n := range list {
			r.byHour |= 1 << n
		}
		return problem
	case "BYMINUTE":
		list, problem := numbers(value, 0, 59, false)
		for _, n := range list {
			r.byMinute |= 1 << n
		}
		return problem
	case "BYSECOND":
		list, problem := numbers(value, 0, 60, false)
		for _, n := range list {
			// A clock without leap seconds reads 60 as 59 (RFC 5545, 3.3.12).
			r.bySecond |= 1 << min(n, 59)
		}
		return problem
	case "BYMONTHDAY":
		var problem string
		r.byMonthDay, problem = numbers(value, 1, 31, true)
		return problem
	case "BYYEARDAY":
		var problem string
		r.byYearDay, problem = numbers(value, 1, 366, true)
		return problem
	case "BYWEEKNO":
		var problem string
		r.byWeekNo, problem = numbers(value, 1, 53, true)
		return problem
	case "BYSETPOS":
		var problem string
		r.bySetPos, problem = numbers(value, 1, 366, true)
		return problem
	case "RSCALE":
		if value != "GREGORIAN" {
			return fmt.Sprintf("calendar scale %q is not supported, only GREGORIAN (RFC 7529)", clip(value))
		}
	case "SKIP":
		if value != "OMIT" {
			return fmt.Sprintf("%q is not supported, only OMIT (RFC 7529)", clip(value))
		}
	default:
		if !strings.HasPrefix(key, "X-") {
			return "unknown rule part"
		}
	}
	return ""
}

func (r *rule) setByDay(value string) string {
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		n, day := 0, item
		if len(item) > 2 {
			var err error
			day = item[len(item)-2:]
			n, err = strconv.Atoi(item[:len(item)-2])
			if err != nil || n == 0 || n < -53 || n > 53 {
				return fmt.Sprintf("%q is not a weekday such as MO, 2TU or -1FR", clip(item))
			}
		}
		i := slices.Index(weekdayNames[:], day)
		if i < 0 {
			return fmt.Sprintf("%q is not a weekday such as MO, 2TU or -1FR", clip(item))
		}
		r.byDay = append(r.byDay, nthDay{n, i})
	}
	slices.SortFunc(r.byDay, func(a, b nthDay) int {
		if a.weekday != b.weekday {
			return a.weekday - b.weekday
		}
		return a.n - b.n
	})
	r.byDay = slices.Compact(r.byDay)
	return ""
}

// numbers reads a comma-separated list of lo..hi, or also of -hi..-lo.
func numbers(value string, lo, hi int, signed bool) ([]int, string) {
	var list []int
	for item := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(item))
		m := n
		if signed && n < 0 {
			m = -n
		}
		if err != nil || m < lo || m > hi {
			sign := ""
			if signed {
				sign = fmt.Sprintf(" or %d to %d", -hi, -lo)
			}
			return nil, fmt.Sprintf("%q is not a number from %d to %d%s", clip(item), lo, hi, sign)
		}
		list = append(list, n)
	}
	slices.Sort(list)
	return slices.Compact(list), ""
}

// check reports the combinations that RFC 5545 forbids.
func (r *rule) check(fault func(string, ...any)) {
	name := frequencyNames[r.freq]
	if r.interval > maxInterval[r.freq] {
		fault("INTERVAL: %d is more than %d, the limit of FREQ=%s", r.interval, maxInterval[r.freq], name)
	}
	if r.byWeekNo != nil && r.freq != yearly {
		fault("BYWEEKNO needs FREQ=YEARLY, not %s", name)
	}
	if r.byYearDay != nil && (r.freq == daily || r.freq == weekly || r.freq == monthly) {
		fault("BYYEARDAY cannot be used with FREQ=%s", name)
	}
	if r.byMonthDay != nil && r.freq == weekly {
		fault("BYMONTHDAY cannot be used with FREQ=WEEKLY")
	}
	for _, d := range r.byDay {
		switch {
		case d.n == 0:
		case r.freq > monthly:
			fault("BYDAY: a numbered weekday needs FREQ=MONTHLY or YEARLY, not %s", name)
			return
		case r.byWeekNo != nil:
			fault("BYDAY: a numbered weekday cannot be used with BYWEEKNO")
			return
		case max(d.n, -d.n) > 5 && r.freq == monthly:
			fault("BYDAY: a month has at most 5 of a weekday, not %d", max(d.n, -d.n))
			return
		}
	}
	if r.bySetPos != nil && r.byDay == nil && r.byMonthDay == nil && r.byYearDay == nil && r.byWeekNo == nil &&
		r.byMonth == 0 && r.byHour == 0 && r.byMinute == 0 && r.bySecond == 0 {
		fault("BYSETPOS needs another BYxxx part to choose from")
	}
}

// text writes the rule in canonical order.
func (r *rule) text(dateOnly bool) string {
	var b strings.Builder
	b.WriteString("FREQ=" + frequencyNames[r.freq])
	if r.interval != 1 {
		fmt.Fprintf(&b, ";INTERVAL=%d", r.interval)
	}
	if r.count > 0 {
		fmt.Fprintf(&b, ";COUNT=%d", r.count)
	}
	if r.hasUntil {
		b.WriteString(";UNTIL=" + stamp{wall: r.until, utc: r.untilUTC, date: r.untilDate || dateOnly}.String())
	}
	writeMask(&b, "BYMONTH", uint64(r.byMonth))
	writeList(&b, "BYWEEKNO", r.byWeekNo)
	writeList(&b, "BYYEARDAY", r.byYearDay)
	writeList(&b, "BYMONTHDAY", r.byMonthDay)
	for i, d := range r.byDay {
		b.WriteString([]string{";BYDAY=", ","}[min(i, 1)])
		if d.n != 0 {
			b.WriteString(strconv.Itoa(d.n))
		}
		b.WriteString(weekdayNames[d.weekday])
	}
	writeMask(&b, "BYHOUR", uint64(r.byHour))
	writeMask(&b, "BYMINUTE", r.byMinute)
	writeMask(&b, "BYSECOND", r.bySecond)
	writeList(&b, "BYSETPOS", r.bySetPos)
	if r.wkst != 0 {
		b.WriteString(";WKST=" + weekdayNames[r.wkst])
	}
	return b.String()
}

func writeList(b *strings.Builder, key string, list []int) {
	for i, n := range list {
		if i == 0 {
			b.WriteString(";" + key + "=")
		} else {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(n))
	}
}

func writeMask(b *strings.Builder, key string, mask uint64) {
	var list []int
	for ; mask != 0; mask &= mask - 1 {
		list = append(list, bits.TrailingZeros64(mask))
	}
	writeList(b, key, list)
}
