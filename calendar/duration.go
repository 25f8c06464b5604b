package calendar

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Duration is a length of time in RFC 5545's sense (3.3.6): nominal days, each of
// which takes 23, 24 or 25 hours where clocks change, followed by exact time. P1D is
// "the same time tomorrow"; PT24H is 24 hours. Its text form is "P1DT2H30M"; weeks are
// read ("P2W") and written as days. Both parts have the same sign.
type Duration struct {
	Days  int
	Exact time.Duration
}

// Exactly returns the Duration of exact time d.
func Exactly(d time.Duration) Duration { return Duration{Exact: d} }

// IsZero reports whether d has no length.
func (d Duration) IsZero() bool { return d == Duration{} }

// After returns the instant d after t: first the days on the calendar of loc,
// keeping the clock reading (RFC 5545, 3.3.5 where it falls into a clock change),
// then the exact time.
func (d Duration) After(t time.Time, loc *time.Location) time.Time {
	if d.Days != 0 {
		if loc == nil {
			loc = t.Location()
		}
		l := t.In(loc)
		y, m, day := l.Date()
		h, min, s := l.Clock()
		nanos := l.Nanosecond()
		t = localTime(y, m, day+d.Days, h, min, s, loc).Add(time.Duration(nanos))
	}
	return t.Add(d.Exact)
}

// Approx returns the length with every day taken as 24 hours, saturating.
func (d Duration) Approx() time.Duration {
	const day = 24 * time.Hour
	switch {
	case int64(d.Days) > math.MaxInt64/int64(day):
		return math.MaxInt64
	case int64(d.Days) < math.MinInt64/int64(day):
		return math.MinInt64
	}
	return time.Duration(addNano(int64(d.Days)*int64(day), int64(d.Exact)))
}

// ParseDuration reads the text form: an optional sign, P, then weeks, or days and time.
// As in ISO 8601 the seconds may have a fraction, and weeks may stand beside days.
func ParseDuration(text string) (Duration, error) {
	fail := func(why string) (Duration, error) {
		return Duration{}, &validate.Error{Path: "duration", Problem: fmt.Sprintf("%s in %q; write it like \"PT1H30M\" or \"P1D\"", why, clip(text))}
	}
	s, sign := text, 1
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	if s == "" || s[0] != 'P' && s[0] != 'p' {
		return fail("no leading P")
	}
	s = strings.ToUpper(s[1:])
	if s == "" || s == "T" {
		return fail("no value")
	}
	var days, exact int64
	units, rank := "WD", 0
	for s != "" {
		if s[0] == 'T' {
			if units == "HMS" {
				return fail("a second T")
			}
			units, rank, s = "HMS", 0, s[1:]
			if s == "" {
				return fail("nothing after T")
			}
		}
		i := 0
		for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
			i++
		}
		if i == 0 || i == len(s) {
			return fail("a number without unit or a unit without number")
		}
		at := strings.IndexByte(units[rank:], s[i])
		if at < 0 {
			return fail("unit " + strconv.Quote(s[i:i+1]) + " unknown, repeated or out of order")
		}
		rank += at + 1
		digits, fraction, hasFraction := strings.Cut(s[:i], ".")
		if hasFraction && (s[i] != 'S' || fraction == "" || len(fraction) > 9 || strings.Contains(fraction, ".")) {
			return fail("a fraction other than of seconds to nine digits")
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return fail("a number out of range")
		}
		var unit int64
		var sum *int64
		switch {
		case units == "WD" && s[i] == 'W':
			unit, sum = 7, &days
		case units == "WD":
			unit, sum = 1, &days
		case s[i] == 'H':
			unit, sum = int64(time.Hour), &exact
		case s[i] == 'M':
			unit, sum = int64(time.Minute), &exact
		default:
			unit, sum = int64(time.Second), &exact
		}
		if n > (math.MaxInt64-*sum)/unit {
			return fail("a number out of range")
		}
		*sum += n * unit
		if hasFraction {
			f, _ := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
			if *sum > math.MaxInt64-f {
				return fail("a number out of range")
			}
			*sum += f
		}
		s = s[i+1:]
	}
	if days > maxDays {
		return fail("more than ten thousand years of days")
	}
	return Duration{sign * int(days), time.Duration(int64(sign) * exact)}, nil
}

// maxDays is the length of the years 0 to 9999.
const maxDays = 3_652_425

func clip(s string) string {
	if len(s) > 60 {
		return s[:57] + "..."
	}
	return s
}

// String returns the text form.
func (d Duration) String() string {
	days, exact := int64(d.Days), int64(d.Exact)
	var b strings.Builder
	if days < 0 || days == 0 && exact < 0 {
		b.WriteByte('-')
		days, exact = -days, -exact
	}
	b.WriteByte('P')
	if days != 0 {
		b.WriteString(strconv.FormatUint(uint64(days), 10) + "D")
	}
	if exact == 0 && days != 0 {
		return b.String()
	}
	b.WriteByte('T')
	u := uint64(exact) // the negation of MinInt64 is right when read unsigned
	for _, part := range []struct {
		unit uint64
		name string
	}{{uint64(time.Hour), "H"}, {uint64(time.Minute), "M"}} {
		if n := u / part.unit; n != 0 {
			b.WriteString(strconv.FormatUint(n, 10) + part.name)
			u %= part.unit
		}
	}
	if sec, frac := u/uint64(time.Second), u%uint64(time.Second); frac != 0 {
		fmt.Fprintf(&b, "%d.%sS", sec, strings.TrimRight(fmt.Sprintf("%09d", frac), "0"))
	} else if sec != 0 || b.String()[b.Len()-1] == 'T' {
		fmt.Fprintf(&b, "%dS", sec)
	}
	return b.String()
}

// MarshalText writes the text form; parts of different sign have none.
func (d Duration) MarshalText() ([]byte, error) {
	if d.Days > 0 && d.Exact < 0 || d.Days < 0 && d.Exact > 0 {
		return nil, &validate.Error{Path: "duration", Problem: fmt.Sprintf("days %d and exact time %v differ in sign, which no text can say", d.Days, d.Exact)}
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads the text form.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := ParseDuration(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
