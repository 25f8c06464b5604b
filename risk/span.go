package risk

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Span is an elapsed time. Its text is an ISO 8601 duration of exact units, as RFC 5545 has
// them: "PT1H30M", "PT0.5S"; a day of "P1D" is 24 hours.
type Span time.Duration

func (s Span) String() string {
	b, _ := s.MarshalText()
	return string(b)
}

// MarshalText writes hours, minutes and seconds; a negative span has a sign in front.
func (s Span) MarshalText() ([]byte, error) {
	u := uint64(s)
	sign := ""
	if s < 0 {
		sign, u = "-", -u
	}
	h, m, ns := u/uint64(time.Hour), u/uint64(time.Minute)%60, u%uint64(time.Minute)
	text := sign + "PT"
	if h > 0 {
		text += fmt.Sprintf("%dH", h)
	}
	if m > 0 {
		text += fmt.Sprintf("%dM", m)
	}
	if ns > 0 || h == 0 && m == 0 {
		sec := fmt.Sprintf("%d.%09d", ns/uint64(time.Second), ns%uint64(time.Second))
		text += strings.TrimRight(strings.TrimRight(sec, "0"), ".") + "S"
	}
	return []byte(text), nil
}

// UnmarshalText reads days, hours, minutes and seconds in this order, each at most once; only
// seconds may have a fraction. Weeks, months and years are not elapsed time and are refused.
func (s *Span) UnmarshalText(b []byte) error {
	text := string(b)
	rest, negative := strings.CutPrefix(text, "-")
	rest, ok := strings.CutPrefix(rest, "P")
	bad := fmt.Errorf("%q is not a span such as PT1H30M", text)
	if !ok || rest == "" || strings.HasSuffix(rest, "T") {
		return bad
	}
	days, clock, _ := strings.Cut(rest, "T")
	total := 0.0
	take := func(part *string, unit string, size time.Duration) error {
		number, after, found := strings.Cut(*part, unit)
		if !found {
			return nil
		}
		if number == "" || strings.Trim(number, "0123456789.") != "" || unit != "S" && strings.Contains(number, ".") {
			return bad
		}
		x, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return bad
		}
		total += math.Round(x * float64(size))
		*part = after
		return nil
	}
	for _, step := range []struct {
		part *string
		unit string
		size time.Duration
	}{{&days, "D", 24 * time.Hour}, {&clock, "H", time.Hour}, {&clock, "M", time.Minute}, {&clock, "S", time.Second}} {
		if err := take(step.part, step.unit, step.size); err != nil {
			return err
		}
	}
	if days != "" || clock != "" {
		return bad
	}
	if total > 1<<62 {
		return fmt.Errorf("%q is longer than 146 years", text)
	}
	*s = Span(total)
	if negative {
		*s = -*s
	}
	return nil
}
