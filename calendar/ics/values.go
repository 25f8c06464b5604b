package ics

import (
	"fmt"
	"strings"
	"time"
)

const (
	dateLayout     = "20060102"
	dateTimeLayout = "20060102T150405"
)

// A stamp is a DATE or DATE-TIME as it stands (RFC 5545, 3.3.4, 3.3.5).
type stamp struct {
	year, month, day, hour, min, sec int
	date                             bool // a whole day
	utc                              bool // ends in Z
}

// reading returns what the clock shows, as if it were UTC.
func (s stamp) reading() time.Time {
	return time.Date(s.year, time.Month(s.month), s.day, s.hour, s.min, s.sec, 0, time.UTC)
}

// parseStamp reads 20260131, 20260131T090000 or 20260131T090000Z, and says what
// is wrong with anything else.
func parseStamp(v string) (stamp, string) {
	var s stamp
	text := strings.TrimSpace(v)
	body := text
	if n := len(body); n > 0 && (body[n-1] == 'Z' || body[n-1] == 'z') {
		s.utc, body = true, body[:n-1]
	}
	bad := fmt.Sprintf("%q is neither a date such as 20260131 nor a date-time such as 20260131T090000 or 20260131T090000Z", clip(text))
	switch {
	case len(body) == 8:
		s.date = true
	case len(body) == 15 && (body[8] == 'T' || body[8] == 't'):
	default:
		return stamp{}, bad
	}
	at := 0
	for _, f := range []struct {
		into   *int
		digits int
	}{{&s.year, 4}, {&s.month, 2}, {&s.day, 2}, {nil, 1}, {&s.hour, 2}, {&s.min, 2}, {&s.sec, 2}} {
		if s.date && f.into == &s.hour || s.date && f.into == nil {
			break
		}
		if f.into != nil {
			n, ok := digits(body[at : at+f.digits])
			if !ok {
				return stamp{}, bad
			}
			*f.into = n
		}
		at += f.digits
	}
	if s.sec == 60 {
		s.sec = 59 // a leap second, for clocks that have none (RFC 5545, 3.3.12)
	}
	r := s.reading()
	if s.year < 1 || r.Year() != s.year || int(r.Month()) != s.month || r.Day() != s.day || r.Hour() != s.hour || r.Minute() != s.min {
		return stamp{}, fmt.Sprintf("%q is no date or time of the calendar", clip(text))
	}
	return s, ""
}

// parseOffset reads a UTC-OFFSET (RFC 5545, 3.3.14): +0100, -0930, +001520.
func parseOffset(v string) (seconds int, problem string) {
	text := strings.TrimSpace(v)
	bad := fmt.Sprintf("%q is no offset from UTC such as +0100 or -0930", clip(text))
	if len(text) != 5 && len(text) != 7 || text[0] != '+' && text[0] != '-' {
		return 0, bad
	}
	h, ok1 := digits(text[1:3])
	m, ok2 := digits(text[3:5])
	s, ok3 := 0, true
	if len(text) == 7 {
		s, ok3 = digits(text[5:])
	}
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || s > 59 {
		return 0, bad
	}
	seconds = h*3600 + m*60 + s
	if text[0] == '-' {
		seconds = -seconds
	}
	return seconds, ""
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:57] + "..."
	}
	return s
}
