package cmdb

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Duration is an exact length of time whose text is that of RFC 5545, section 3.3.6, and
// ISO 8601: "PT1H30M", "P1D" (24 hours), "P2W". Fractions of seconds are allowed ("PT0.5S").
type Duration time.Duration

// String returns the shortest such text, in days, hours, minutes and seconds.
func (d Duration) String() string {
	if d == 0 {
		return "PT0S"
	}
	var b strings.Builder
	u := uint64(d)
	if d < 0 {
		b.WriteByte('-')
		u = -u
	}
	b.WriteByte('P')
	const day = uint64(24 * time.Hour)
	if u >= day {
		fmt.Fprintf(&b, "%dD", u/day)
		u %= day
	}
	if u > 0 {
		b.WriteByte('T')
	}
	if h := u / uint64(time.Hour); h > 0 {
		fmt.Fprintf(&b, "%dH", h)
	}
	u %= uint64(time.Hour)
	if m := u / uint64(time.Minute); m > 0 {
		fmt.Fprintf(&b, "%dM", m)
	}
	u %= uint64(time.Minute)
	if u > 0 {
		s := strconv.FormatUint(u/uint64(time.Second), 10)
		if f := u % uint64(time.Second); f > 0 {
			s += "." + strings.TrimRight(fmt.Sprintf("%09d", f), "0")
		}
		b.WriteString(s + "S")
	}
	return b.String()
}

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := parseDuration(string(text))
	if err == nil {
		*d = v
	}
	return err
}

// parseDuration reads W, D, H, M, S parts, each at most once and in that order.
func parseDuration(text string) (Duration, error) {
	bad := func() (Duration, error) {
		return 0, fmt.Errorf("%q is not a duration such as \"PT1H30M\" or \"P1D\"", shorten(text))
	}
	s := text
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	s, ok := strings.CutPrefix(s, "P")
	if !ok || s == "" || strings.HasSuffix(s, "T") {
		return bad()
	}
	units := []struct {
		letter byte
		unit   int64
		time   bool
	}{
		{'W', int64(7 * 24 * time.Hour), false}, {'D', int64(24 * time.Hour), false},
		{'H', int64(time.Hour), true}, {'M', int64(time.Minute), true}, {'S', int64(time.Second), true},
	}
	var sum int64
	inTime, next := false, 0
	for s != "" {
		if s[0] == 'T' {
			if inTime {
				return bad()
			}
			inTime, s = true, s[1:]
			continue
		}
		i := 0
		for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
			i++
		}
		if i == 0 || i == len(s) {
			return bad()
		}
		number, letter := s[:i], s[i]
		s = s[i+1:]
		for next < len(units) && (units[next].letter != letter || units[next].time != inTime) {
			next++
		}
		if next == len(units) {
			return bad()
		}
		unit := units[next].unit
		next++
		whole, frac, dotted := strings.Cut(number, ".")
		if dotted && (letter != 'S' || len(frac) == 0 || len(frac) > 9 || strings.Contains(frac, ".")) {
			return bad()
		}
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil || n > (1<<62)/unit {
			return bad()
		}
		part := n * unit
		if dotted {
			f, err := strconv.ParseInt((frac + "000000000")[:9], 10, 64)
			if err != nil {
				return bad()
			}
			part += f
		}
		if sum += part; sum < 0 {
			return bad()
		}
	}
	if negative {
		sum = -sum
	}
	return Duration(sum), nil
}

// shorten cuts a text that an error message quotes.
func shorten(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "?") + "..."
	}
	return s
}
