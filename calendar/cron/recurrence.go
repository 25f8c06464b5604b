package cron

import (
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// since is the first day on which the recurrences made from a schedule may begin:
// a cron expression has no beginning, a recurrence (RFC 5545) needs one.
var since = daysFromCivil(2000, 1, 1) * secondsPerDay

// Recurrences returns recurrences that together have the ticks of the schedule,
// from 2000-01-01 on: one, or two where both the day of month and the day of week
// are restricted, since cron takes either. They float unless the schedule has a zone.
//
// Ticks that a clock change moves are moved alike by both.
func (s Schedule) Recurrences() ([]calendar.Recurrence, error) {
	var out []calendar.Recurrence
	for _, part := range s.parts() {
		rule := part.rule()
		start, ok := part.ceil(since)
		if !ok {
			continue
		}
		zone := ""
		if s.loc != nil {
			zone = fmt.Sprintf(";TZID=%q", s.loc.String())
		}
		at := time.Unix(start, 0).UTC().Format("20060102T150405")
		if s.loc == time.UTC {
			zone, at = "", at+"Z"
		}
		p := calendar.Parser{Zones: func(name string) (*time.Location, error) {
			if s.loc == nil || s.loc.String() != name {
				return nil, fmt.Errorf("unknown time zone %q", name)
			}
			return s.loc, nil
		}}
		r, err := p.Recurrence(fmt.Sprintf("DTSTART%s:%s\nRRULE:%s", zone, at, rule))
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// parts splits the OR of days, so that each part is one rule.
func (s Schedule) parts() []Schedule {
	var list []Schedule
	add := func(keep func(*Schedule)) {
		p := s
		p.dom, p.lastDom, p.domAny = 0, false, true
		p.dow, p.nth, p.lastDow, p.dowAny = 0, [7]uint8{}, 0, true
		keep(&p)
		if p.possible() {
			list = append(list, p)
		}
	}
	if !s.domAny {
		add(func(p *Schedule) { p.dom, p.lastDom, p.domAny = s.dom, s.lastDom, false })
	}
	if !s.dowAny {
		add(func(p *Schedule) { p.dow, p.nth, p.lastDow, p.dowAny = s.dow, s.nth, s.lastDow, false })
	}
	if s.domAny && s.dowAny {
		add(func(*Schedule) {})
	}
	return list
}

// rule writes a part as an RRULE value.
func (s Schedule) rule() string {
	var b strings.Builder
	freq := "DAILY"
	if s.lastDow != 0 || s.nth != [7]uint8{} {
		freq = "MONTHLY" // the only one in which BYDAY counts within the month
	}
	b.WriteString("FREQ=" + freq)
	if s.month != 0x1ffe {
		fmt.Fprintf(&b, ";BYMONTH=%s", numbers(uint64(s.month)))
	}
	if !s.domAny {
		list := numbers(uint64(s.dom))
		if s.lastDom {
			list = strings.TrimPrefix(list+",-1", ",")
		}
		fmt.Fprintf(&b, ";BYMONTHDAY=%s", list)
	}
	if !s.dowAny {
		fmt.Fprintf(&b, ";BYDAY=%s", strings.Join(s.weekdays(), ","))
	}
	fmt.Fprintf(&b, ";BYHOUR=%s;BYMINUTE=%s;BYSECOND=0", numbers(uint64(s.hour)), numbers(s.minute))
	return b.String()
}

func (s Schedule) weekdays() []string {
	var list []string
	for d := range 7 {
		name := [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}[d]
		if s.dow>>d&1 != 0 {
			list = append(list, name)
			continue // the others are among these
		}
		for k := 1; k <= 5; k++ {
			if s.nth[d]>>k&1 != 0 {
				list = append(list, fmt.Sprint(k)+name)
			}
		}
		if s.lastDow>>d&1 != 0 {
			list = append(list, "-1"+name)
		}
	}
	return list
}

func numbers(mask uint64) string {
	var b strings.Builder
	for ; mask != 0; mask &= mask - 1 {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, bits.TrailingZeros64(mask))
	}
	return b.String()
}
