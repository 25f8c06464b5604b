package cron

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// A FreezePeriod is a deploy freeze of a GitLab project, as its API gives it: from
// each tick of Start to the next tick of End.
type FreezePeriod struct {
	ID        int64  `json:"id,omitempty"`
	Start     string `json:"freeze_start"`
	End       string `json:"freeze_end"`
	Zone      string `json:"cron_timezone,omitempty"` // IANA name; empty is UTC, as in GitLab
	CreatedAt string `json:"created_at,omitempty"`    // not read
	UpdatedAt string `json:"updated_at,omitempty"`    // not read
}

// FreezePeriods are the deploy freezes of a project.
type FreezePeriods []FreezePeriod

// ParseFreezePeriods reads the JSON list that GitLab's freeze periods API gives.
// All faults of all periods are reported, each with line, column and path.
func ParseFreezePeriods(b []byte) (FreezePeriods, error) {
	var ps FreezePeriods
	if err := readList("freezePeriods", b, &ps, func() error { return ps.Validate() }); err != nil {
		return nil, err
	}
	return ps, nil
}

// Validate reports all faults of all periods.
func (ps FreezePeriods) Validate() error {
	_, err := ps.compile()
	return err
}

// A freeze is a FreezePeriod ready for use.
type freeze struct{ start, end Schedule }

func (ps FreezePeriods) compile() ([]freeze, error) {
	var l validate.List
	if len(ps) > maxWindows {
		l.Addf("freezePeriods", "%d periods; at most %d are read", len(ps), maxWindows)
		return nil, l.Err()
	}
	out := make([]freeze, len(ps))
	zones := zoneCache{}
	for i, p := range ps {
		path := fmt.Sprintf("freezePeriods[%d]", i)
		loc := time.UTC
		if p.Zone != "" {
			var err error
			if loc, err = zones.load(p.Zone); err != nil {
				l.Addf(path+".cron_timezone", "%v", err)
			}
		}
		for _, f := range []struct {
			name, text string
			into       *Schedule
		}{{"freeze_start", p.Start, &out[i].start}, {"freeze_end", p.End, &out[i].end}} {
			s, err := Parse(f.text)
			if err != nil {
				l.Addf(path+"."+f.name, "%v", strings.ReplaceAll(err.Error(), "\n", "; "))
			}
			*f.into = s.In(loc)
		}
	}
	return out, l.Err()
}

// Frozen reports whether any of the periods freezes deployments at t. GitLab
// compares the instants themselves: at a tick of Start it is not frozen yet, and
// at the tick of End it still is. Here a freeze is half-open, like every interval
// of this module: it holds at its start and not at its end.
func (ps FreezePeriods) Frozen(t time.Time) (bool, error) {
	list, err := ps.compile()
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(list, func(f freeze) bool { return f.holds(t) }), nil
}

func (f freeze) holds(t time.Time) bool {
	start, ok := f.start.Prev(t.Add(1))
	if !ok {
		return false
	}
	end, ok := f.end.Next(start)
	return !ok || t.Before(end)
}

// Spans walks the times at which the periods freeze deployments, those that
// overlap within, by start. Ticks of Start that come while the freeze holds
// already (every minute of August, in "* * * 8 *") are one freeze.
func (p FreezePeriod) Spans(within calendar.Interval) iter.Seq[calendar.Interval] {
	return func(yield func(calendar.Interval) bool) {
		list, err := FreezePeriods{p}.compile()
		if err != nil || within.Empty() {
			return
		}
		f := list[0]
		// The freeze that holds at the start of within began with the first tick of
		// Start behind the last tick of End.
		at := within.Start
		if f.holds(at) {
			if end, ok := f.end.Prev(at.Add(1)); ok {
				at = end
			}
		}
		for start, ok := f.start.Next(at.Add(-1)); ok && start.Before(within.End); {
			end, ended := f.end.Next(start)
			if !ended {
				end = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
			}
			iv := calendar.Interval{Start: start, End: end}
			if iv.Overlaps(within) && !yield(iv) || !ended {
				return
			}
			start, ok = f.start.Next(end.Add(-1))
		}
	}
}

// maxSpans bounds the occurrences that Calendar writes out for one period.
const maxSpans = 20_000

// Calendar makes windows of kind Freeze of the periods. Where every freeze of a
// period ends at the same time of day, the same number of days after it began, its
// window recurs for ever. Where not (from the 28th to the next Monday, say), no
// recurrence says it: the occurrences that overlap within are written out, and a
// [Warning] of kind [Enumerated] says so.
func (ps FreezePeriods) Calendar(within calendar.Interval) (*calendar.Calendar, []Warning, error) {
	list, err := ps.compile()
	if err != nil {
		return nil, nil, err
	}
	c := &calendar.Calendar{}
	var warnings []Warning
	for i, f := range list {
		path := fmt.Sprintf("freezePeriods[%d]", i)
		w := calendar.Window{
			ID: path, Kind: calendar.Freeze,
			Reason: fmt.Sprintf("frozen from %q to %q, %s", ps[i].Start, ps[i].End, f.start.loc),
		}
		if end, ok := f.regular(); ok {
			recs, err := f.start.Recurrences()
			if err != nil {
				return nil, nil, &validate.Error{Path: path + ".freeze_start", Problem: err.Error()}
			}
			for r, rec := range recs {
				if w.Starts, w.EndWall = rec, end; len(recs) > 1 {
					w.ID = fmt.Sprintf("%s/%d", path, r+1)
				}
				c.Windows = append(c.Windows, w)
			}
			continue
		}
		warnings = append(warnings, Warning{path, Enumerated, "freezes of several lengths; those in the time asked for are written out, and later ones are not known"})
		n := 0
		for iv := range ps[i].Spans(within) {
			if n++; n > maxSpans {
				return nil, nil, &validate.Error{Path: path, Problem: fmt.Sprintf("more than %d freezes of several lengths in the time asked for; ask for less", maxSpans)}
			}
			w.ID = fmt.Sprintf("%s/%d", path, n)
			w.Starts, w.Length = calendar.Once(iv.Start), calendar.Exactly(iv.Duration())
			c.Windows = append(c.Windows, w)
		}
	}
	return c, warnings, c.Validate()
}

// regular finds the one local end that all freezes have. It tries every freeze of
// the 28 years after which weekdays and dates repeat, clock changes left out.
func (f freeze) regular() (calendar.EndWall, bool) {
	start, end := f.start, f.end
	s, ok := start.ceil(since)
	var all calendar.EndWall
	for n := 0; ok && s < since+28*366*secondsPerDay; n++ {
		e, ended := end.ceil(s + 60)
		if !ended || n > maxSpans {
			return calendar.EndWall{}, false
		}
		next, more := start.ceil(s + 60)
		if more && next < e {
			return calendar.EndWall{}, false // ticks within the freeze
		}
		day := floorMod(e, secondsPerDay)
		w := calendar.EndWall{Hour: int(day / 3600), Minute: int(day / 60 % 60), Days: int(floorDiv(e, secondsPerDay) - floorDiv(s, secondsPerDay))}
		if n == 0 {
			all = w
		}
		if w != all || w.Days > 3660 {
			return calendar.EndWall{}, false
		}
		s, ok = next, more
	}
	return all, !all.IsZero()
}
