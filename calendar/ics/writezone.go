package ics

import (
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

// vtimezone defines loc from one instant to another, each change of its clock by
// its date: no rule is guessed.
func vtimezone(loc *time.Location, from, to time.Time) *Component {
	zone := &Component{Name: "VTIMEZONE"}
	zone.Items = append(zone.Items, NewProperty("TZID", loc.String()), NewProperty("X-LIC-LOCATION", loc.String()))
	type kind struct {
		from, to int
		name     string
	}
	parts := map[kind]*Component{}
	for t := from.In(loc); ; {
		start, end := t.ZoneBounds()
		name, offset := t.Zone()
		before, at := offset, "16010101T000000"
		if !start.IsZero() {
			_, before = start.Add(-time.Second).In(loc).Zone()
			at = start.UTC().Add(time.Duration(before) * time.Second).Format(dateTimeLayout)
		}
		k := kind{before, offset, name}
		if c := parts[k]; c != nil {
			c.addDate(at)
		} else {
			what := "STANDARD"
			if offset > before {
				what = "DAYLIGHT"
			}
			c = &Component{Name: what, Items: []Item{
				NewProperty("DTSTART", at),
				NewProperty("TZOFFSETFROM", offsetText(before)),
				NewProperty("TZOFFSETTO", offsetText(offset)),
				NewProperty("TZNAME", name),
			}}
			parts[k] = c
			zone.Items = append(zone.Items, c)
		}
		if end.IsZero() || !end.Before(to) {
			break
		}
		t = end.In(loc)
	}
	return zone
}

// addDate adds a value to the RDATE of an observance.
func (c *Component) addDate(at string) {
	if p := c.Property("RDATE"); p != nil {
		p.Value += "," + at
		return
	}
	c.Items = append(c.Items, NewProperty("RDATE", at))
}
