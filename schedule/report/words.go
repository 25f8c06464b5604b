package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Length says how long a stretch of time is, in its two largest units: "1 d 9 h". Days have 24 hours.
func Length(d time.Duration) string {
	if d < 0 {
		return "-" + Length(-d)
	}
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	for i, u := range units {
		if d < u.size {
			continue
		}
		out := fmt.Sprintf("%d %s", d/u.size, u.name)
		if i+1 < len(units) {
			if rest := d % u.size / units[i+1].size; rest > 0 {
				out += fmt.Sprintf(" %d %s", rest, units[i+1].name)
			}
		}
		return out
	}
	return "0 s"
}

// Clip cuts a text to n characters, the last of which is "…" where something is cut; n is at least 1.
func Clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:max(n, 1)-1]) + "…"
}

// Count says a number of things: "1 change", "2 changes".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// sentence makes the first letter large.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return strings.ToUpper(string(r)) + s[n:]
}

// clean keeps control characters, which could repaint a terminal or break a table, out
// of a line of text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, s)
}
