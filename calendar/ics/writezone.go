package ics

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// timezones defines the zones that were written, for the time that the feed covers.
func (wr *writer) timezones() []*Component {
	if len(wr.zones) == 0 {
		return nil
	}
	from, to := wr.first, wr.last
	if c := wr.feed.Covers; !c.Empty() {
		if c.Start.Before(from) {
			from = c.Start
		}
		if c.End.After(to) {
			to = c.End
		}
	}
	var out []*Component
	for _, name := range slices.Sorted(maps.Keys(wr.zones)) {
		out = append(out, vtimezone(wr.zones[name], from.AddDate(-1, 0, 0), to.AddDate(1, 0, 0)))
	}
	return out
}

// zoneTail is for how many years behind the time it is needed a rule must hold to
// be written as one.
const zoneTail = 10

// vtimezone defines loc from one instant to another. Changes that come every year
// on the same weekday of the same month, now and in the years behind, are written
// as a rule, which goes on for ever; others by their dates, each as a property of
// its own, since some readers take only the first of a list.
func vtimezone(loc *time.Location, from, to time.Time) *Component {
	zone := &Component{Name: "VTIMEZONE"}
	zone.Items = append(zone.Items, NewProperty("TZID", loc.String()), NewProperty("X-LIC-LOCATION", loc.String()))
	type kind struct {
		from, to int
		name     string
	}
	var order []kind
	parts := map[kind][]time.Time{} // readings of the clock before the change
	for t := from; ; {
		name, offset := t.In(loc).Zone()
		before, at := offset, time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)
		if start, old, ok := lastChange(t, loc); ok {
			before, at = old, start.UTC().Add(time.Duration(old)*time.Second)
		}
		k := kind{before, offset, name}
		if parts[k] == nil {
			order = append(order, k)
		}
		parts[k] = append(parts[k], at)
		next, ok := nextChange(t, loc, to.AddDate(zoneTail, 0, 0))
		if !ok {
			break
		}
		t = next
	}
	for _, k := range order {
		list := parts[k]
		rule := yearlyRule(list, to.Year()+zoneTail)
		if list[0].After(to) {
			continue
		}
		what := "STANDARD"
		if k.to > k.from {
			what = "DAYLIGHT"
		}
		c := &Component{Name: what, Items: []Item{
			NewProperty("DTSTART", list[0].Format(dateTimeLayout)),
			NewProperty("TZOFFSETFROM", offsetText(k.from)),
			NewProperty("TZOFFSETTO", offsetText(k.to)),
			NewProperty("TZNAME", k.name),
		}}
		if rule != "" {
			c.Items = append(c.Items, NewProperty("RRULE", rule))
		}
		for _, at := range list[1:] {
			if rule == "" && !at.After(to) {
				c.Items = append(c.Items, NewProperty("RDATE", at.Format(dateTimeLayout)))
			}
		}
		zone.Items = append(zone.Items, c)
	}
	return zone
}

// yearlyRule returns the rule that gives these readings, one a year up to the last
// whole year before until, or "".
func yearlyRule(list []time.Time, until int) string {
	first := list[0]
	if len(list) < 4 || list[len(list)-1].Year() < until-1 {
		return ""
	}
	for _, n := range []int{(first.Day() + 6) / 7, -1} {
		fits := func(i int, t time.Time) bool {
			nth := (t.Day() + 6) / 7
			if n < 0 && t.Day()+7 > daysOfMonth(t) {
				nth = -1
			}
			return t.Year() == first.Year()+i && t.Month() == first.Month() && t.Weekday() == first.Weekday() &&
				nth == n && t.Sub(t.Truncate(24*time.Hour)) == first.Sub(first.Truncate(24*time.Hour))
		}
		ok := true
		for i, t := range list {
			ok = ok && fits(i, t)
		}
		if ok {
			day := [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}[first.Weekday()]
			return fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", first.Month(), n, day)
		}
	}
	return ""
}

func daysOfMonth(t time.Time) int {
	return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
