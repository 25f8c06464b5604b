package calendar

import "fmt"

// A stamp is an RFC 5545 DATE or DATE-TIME as written: a wall-clock reading and
// whether it is UTC, or a whole day.
type stamp struct {
	wall int64
	utc  bool
	date bool
}

// parseStamp reads "20260131", "20260131T090000" or "20260131T090000Z". A missing
// second part, as some producers write, counts as zero seconds.
// With roll, a day past the end of its month counts into the next month.
func parseStamp(s string, roll bool) (stamp, error) {
	fail := func(why string) (stamp, error) {
		return stamp{}, fmt.Errorf("%q is not a date such as 20260131 or a date-time such as 20260131T090000 (%s)", clip(s), why)
	}
	var v stamp
	body := s
	if n := len(body); n > 0 && (body[n-1] == 'Z' || body[n-1] == 'z') {
		v.utc, body = true, body[:n-1]
	}
	if len(body) != 8 && (len(body) != 15 || body[8] != 'T' && body[8] != 't') {
		return fail("wrong length")
	}
	field := func(from, to int) int {
		n := 0
		for _, c := range []byte(body[from:to]) {
			if c < '0' || c > '9' {
				return -1
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	y, m, d := field(0, 4), field(4, 6), field(6, 8)
	switch {
	case y < 1:
		return fail("no year from 0001 to 9999")
	case m < 1 || m > 12:
		return fail("no such month")
	case d < 1 || d > monthLength(y, m) && !roll:
		return fail("no such day")
	}
	v.wall = int64(dayNumber(y, m, d)) * daySeconds
	if len(body) == 8 {
		v.date = true
		return v, nil
	}
	h, min, sec := field(9, 11), field(11, 13), field(13, 15)
	if h < 0 || h > 23 || min < 0 || min > 59 || sec < 0 || sec > 60 {
		return fail("no such time of day")
	}
	if sec == 60 {
		sec = 59 // a clock without leap seconds, RFC 5545, 3.3.12
	}
	v.wall += int64(h*3600 + min*60 + sec)
	return v, nil
}

// String writes the stamp as parseStamp reads it.
func (v stamp) String() string {
	day := floorDiv(v.wall, daySeconds)
	y, m, d := civil(int(day))
	if v.date {
		return fmt.Sprintf("%04d%02d%02d", y, m, d)
	}
	s := v.wall - day*daySeconds
	z := ""
	if v.utc {
		z = "Z"
	}
	return fmt.Sprintf("%04d%02d%02dT%02d%02d%02d%s", y, m, d, s/3600, s/60%60, s%60, z)
}
