package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/internal/words"
)

// Length says how long a stretch of time is, in its two largest units: "1 d 9 h". Days have 24 hours.
func Length(d time.Duration) string { return words.Length(d) }

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
