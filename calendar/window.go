package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Kind says what a window does to the changes in its scope.
type Kind string

const (
	Maintenance Kind = "maintenance" // changes may run
	Blackout    Kind = "blackout"    // no change may run
	Freeze      Kind = "freeze"      // only exempt change types may run
)

// Grade says how hard a freeze is.
type Grade string

const (
	Prohibit Grade = "prohibit" // closed; the default
	Approval Grade = "approval" // open, with an extra approval by one of the Approvers
	Advisory Grade = "advisory" // open, with a notice
)

// A Window is a recurring stretch of time with an effect on changes. An occurrence belongs
// to the day it starts on, also when it ends on a later one.
//
// Its length is said in one of three ways. EndWall is a local time at which each
// occurrence ends, whatever the clock does between ("Friday 18:00 to Monday 08:00"). Length is
// a [Duration], whose days are nominal (P1D ends at the same local time, 23 to 25 hours later
// where clocks change) and whose hours are exact (PT24H). An all-day recurrence may leave out
// both and lasts one day.
type Window struct {
	ID      string     `json:"id"`
	Kind    Kind       `json:"kind"`
	Starts  Recurrence `json:"starts"`
	Length  Duration   `json:"length,omitzero"`
	EndWall EndWall    `json:"endWall,omitzero"`
	Scope   Scope      `json:"scope,omitzero"`
	Exempt  []string   `json:"exempt,omitempty"` // change types that a Freeze lets through
	Reason  string     `json:"reason,omitempty"`

	Grade     Grade    `json:"grade,omitempty"`     // of a Freeze
	Approvers []string `json:"approvers,omitempty"` // roles, of a Freeze with grade Approval

	// Boundary rules. Work must by default lie inside open time from start to end.
	// Overrun of a Maintenance window lets work that starts in it run past its end. Overrun of a
	// Blackout or Freeze lets work that started before run into it.
	Overrun bool `json:"overrun,omitempty"`
	// CutOff is how long before the end of each occurrence of a Maintenance window the last work
	// starts, at the latest: a start at that very instant is allowed.
	CutOff Duration `json:"cutOff,omitzero"`
}

// Closes reports whether the window takes time away: a Blackout, or a Freeze with grade Prohibit.
func (w *Window) Closes() bool {
	return w.Kind == Blackout || w.Kind == Freeze && (w.Grade == "" || w.Grade == Prohibit)
}

// Concerns reports whether the window has an effect on the change: it is in scope and
// not exempt.
func (w *Window) Concerns(s *Subject) bool {
	if w.Kind == Freeze && s.Type != "" && slices.Contains(w.Exempt, s.Type) {
		return false
	}
	return w.Scope.Matches(s)
}

// EndWall is the local end of a window's occurrences: the first time after the start at
// which a clock shows Hour:Minute:Second, on Weekday where HasWeekday is set, on the day Days
// after the start day where Days is positive. Its text form is "08:00", "MO 08:00" or "+2 08:00".
// "24:00" is the midnight that ends a day.
//
// Where that reading occurs twice, a Blackout or Freeze ends at the second occurrence and a
// Maintenance window at the first: the closed side wins. Where a clock change skips it, it is
// moved past the change as a start is.
type EndWall struct {
	Hour, Minute, Second int
	Days                 int
	HasWeekday           bool
	Weekday              time.Weekday
}

// At returns the EndWall of the first hour:minute after the start.
func At(hour, minute int) EndWall { return EndWall{Hour: hour, Minute: minute} }

// IsZero reports whether no local end is set. Midnight is 24:00.
func (e EndWall) IsZero() bool { return e == EndWall{} }

// String returns the text form, "" for the zero value.
func (e EndWall) String() string {
	if e.IsZero() {
		return ""
	}
	s := fmt.Sprintf("%02d:%02d", e.Hour, e.Minute)
	if e.Second != 0 {
		s += fmt.Sprintf(":%02d", e.Second)
	}
	switch {
	case e.HasWeekday:
		return weekdayNames[(int(e.Weekday)+6)%7] + " " + s
	case e.Days > 0:
		return "+" + strconv.Itoa(e.Days) + " " + s
	}
	return s
}

// MarshalText writes the text form.
func (e EndWall) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads the text form. "00:00" is read as "24:00", the end of a day.
func (e *EndWall) UnmarshalText(b []byte) error {
	fail := func() error {
		return &validate.Error{Path: "endWall", Problem: fmt.Sprintf("%q is not a local end such as \"08:00\", \"MO 08:00\" or \"+2 08:00\"", clip(string(b)))}
	}
	var v EndWall
	text := strings.TrimSpace(string(b))
	if text == "" {
		*e = v
		return nil
	}
	if day, rest, ok := strings.Cut(text, " "); ok {
		if i := slices.Index(weekdayNames[:], strings.ToUpper(day)); i >= 0 {
			v.HasWeekday, v.Weekday = true, time.Weekday((i+1)%7)
		} else {
			n, err := strconv.Atoi(strings.TrimPrefix(day, "+"))
			if err != nil || day[0] != '+' || n < 1 || n > 3660 {
				return fail()
			}
			v.Days = n
		}
		text = strings.TrimSpace(rest)
	}
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return fail()
	}
	var hms [3]int
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || len(part) != 2 || n < 0 {
			return fail()
		}
		hms[i] = n
	}
	v.Hour, v.Minute, v.Second = hms[0], hms[1], hms[2]
	if !v.valid() {
		return fail()
	}
	if v.IsZero() {
		v.Hour = 24
	}
	*e = v
	return nil
}

func (e EndWall) valid() bool {
	return e.Hour >= 0 && e.Minute >= 0 && e.Minute < 60 && e.Second >= 0 && e.Second < 60 &&
		(e.Hour < 24 || e.Hour == 24 && e.Minute == 0 && e.Second == 0) &&
		e.Days >= 0 && e.Days <= 3660 && e.Weekday >= 0 && e.Weekday <= 6 && (!e.HasWeekday || e.Days == 0)
}

// after returns the wall-clock reading of the end of an occurrence that starts at reading start.
func (e EndWall) after(start int64) int64 {
	day := floorDiv(start, daySeconds)
	end := day*daySeconds + int64(e.Hour*3600+e.Minute*60+e.Second)
	switch {
	case e.HasWeekday:
		wd := (int(e.Weekday) + 6) % 7
		end += int64((wd-weekdayOf(int(day))+7)%7) * daySeconds
		if end <= start {
			end += 7 * daySeconds
		}
	case e.Days > 0:
		end += int64(e.Days) * daySeconds
	case end <= start:
		end += daySeconds
	}
	return end
}

func itoa(n int) string { return strconv.Itoa(n) }
