package risk

import (
	"strconv"
	"strings"
	"time"
)

// hours is a range of local hours [from, to), on all days, weekdays or weekends.
type hours struct {
	from, to int
	days     string // "", "weekday" or "weekend"
}

// parseHours reads "20-24", "0-6@weekend".
func parseHours(s string) (hours, bool) {
	span, days, _ := strings.Cut(s, "@")
	a, b, ok := strings.Cut(span, "-")
	from, err1 := strconv.Atoi(a)
	to, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil || from < 0 || to > 24 || from >= to {
		return hours{}, false
	}
	if days != "" && days != "weekday" && days != "weekend" {
		return hours{}, false
	}
	return hours{from, to, days}, !strings.HasSuffix(s, "@")
}

// contains reports whether the local time t lies in h.
func (h hours) contains(t time.Time) bool {
	if hour := t.Hour(); hour < h.from || hour >= h.to {
		return false
	}
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	return h.days == "" || weekend == (h.days == "weekend")
}

// zone loads an IANA zone; "" is UTC, never the local zone of the machine.
func zone(name string) (*time.Location, error) {
	if name == "" || name == "UTC" {
		return time.UTC, nil
	}
	if name == "Local" {
		return nil, errLocal
	}
	return time.LoadLocation(name)
}

type constError string

func (e constError) Error() string { return string(e) }

const errLocal = constError("it depends on the machine; name the zone")
