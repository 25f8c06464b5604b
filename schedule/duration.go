package schedule

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Duration is an exact length of time. It converts to and from [time.Duration];
// its text, and so its JSON, is the time part of an RFC 5545 duration, such as
// "PT1H30M" or "-PT15M". Days and weeks are not read: how long they last depends on
// the zone and the date (a day is 23 to 25 hours where clocks change), so write
// "PT24H".
type Duration time.Duration

// Units, to be multiplied: 90 * schedule.Minute.
const (
	Second = Duration(time.Second)
	Minute = Duration(time.Minute)
	Hour   = Duration(time.Hour)
)

// Std returns d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns the RFC 5545 text, "PT0S" for no time at all.
func (d Duration) String() string {
	var b strings.Builder
	u := uint64(d)
	if d < 0 {
		b.WriteByte('-')
		u = -u // two's complement: right for the least int64 too
	}
	b.WriteString("PT")
	h, rest := u/uint64(time.Hour), u%uint64(time.Hour)
	m, rest := rest/uint64(time.Minute), rest%uint64(time.Minute)
	s, frac := rest/uint64(time.Second), rest%uint64(time.Second)
	if h > 0 {
		b.WriteString(strconv.FormatUint(h, 10) + "H")
	}
	if m > 0 {
		b.WriteString(strconv.FormatUint(m, 10) + "M")
	}
	switch {
	case frac > 0:
		b.WriteString(strconv.FormatUint(s, 10) + "." + strings.TrimRight(fmt.Sprintf("%09d", frac), "0") + "S")
	case s > 0 || h == 0 && m == 0:
		b.WriteString(strconv.FormatUint(s, 10) + "S")
	}
	return b.String()
}

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := ParseDuration(string(text))
	if err == nil {
		*d = v
	}
	return err
}

// ParseDuration reads a text such as "PT1H30M". Hours, minutes and seconds come in
// this order, each at most once; seconds may have up to nine decimals.
func ParseDuration(text string) (Duration, error) {
	s, negative := strings.CutPrefix(text, "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	body, ok := strings.CutPrefix(s, "PT")
	switch {
	case !ok && strings.HasPrefix(s, "P"):
		return 0, fmt.Errorf("%s has days or weeks, whose length depends on the zone and the date: write hours, such as \"PT24H\"", quote(text))
	case !ok || body == "":
		return 0, badDuration(text)
	}
	var sum uint64
	units := []struct {
		letter byte
		size   uint64
	}{{'H', uint64(time.Hour)}, {'M', uint64(time.Minute)}, {'S', uint64(time.Second)}}
	for body != "" {
		i := strings.IndexFunc(body, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if i <= 0 {
			return 0, badDuration(text)
		}
		number, letter := body[:i], body[i]
		body = body[i+1:]
		for len(units) > 0 && units[0].letter != letter {
			units = units[1:]
		}
		if len(units) == 0 {
			return 0, badDuration(text)
		}
		part, err := timePart(number, units[0].size)
		if err != nil {
			return 0, fmt.Errorf("%s %w", quote(text), err)
		}
		if sum += part; sum > math.MaxInt64 {
			return 0, fmt.Errorf("%s %w", quote(text), errTooLong)
		}
		units = units[1:]
	}
	if negative {
		return -Duration(sum), nil
	}
	return Duration(sum), nil
}

var errTooLong = fmt.Errorf("is longer than 292 years, the most that is supported")

// timePart reads one number of a duration in units of size nanoseconds.
func timePart(number string, size uint64) (uint64, error) {
	whole, frac, dotted := strings.Cut(number, ".")
	if dotted && (size != uint64(time.Second) || frac == "" || len(frac) > 9 || strings.Contains(frac, ".")) {
		return 0, fmt.Errorf("has a decimal point that is not in its seconds, or is followed by more than nine digits")
	}
	n, err := strconv.ParseUint(whole, 10, 64)
	if err != nil || n > math.MaxInt64/size {
		if whole == "" {
			return 0, fmt.Errorf("has a number without digits")
		}
		return 0, errTooLong
	}
	n *= size
	if dotted {
		f, err := strconv.ParseUint((frac + "00000000")[:9], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("has a number without digits")
		}
		n += f
	}
	return n, nil
}

func badDuration(text string) error {
	return fmt.Errorf("%s is not a duration such as \"PT1H30M\" or \"-PT15M\"", quote(text))
}

// quote quotes a text for a message, cut where it is long.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(strings.ToValidUTF8(s[:most], "?")) + "..."
	}
	return strconv.Quote(s)
}

// words writes the length for a sentence: "2 h 30 min".
func (d Duration) words() string {
	var parts []string
	sign, u := "", uint64(d)
	if d < 0 {
		sign, u = "-", -u
	}
	for _, unit := range []struct {
		size uint64
		name string
	}{{uint64(time.Hour), "h"}, {uint64(time.Minute), "min"}, {uint64(time.Second), "s"}} {
		if n := u / unit.size; n > 0 {
			parts = append(parts, strconv.FormatUint(n, 10)+" "+unit.name)
			u %= unit.size
		}
	}
	if len(parts) == 0 {
		return "no time"
	}
	return sign + strings.Join(parts, " ")
}
