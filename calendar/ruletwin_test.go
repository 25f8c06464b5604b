package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A twinRule is the dumb twin of the generator: it steps from DTSTART period by period, tries
// every day and every second of a period by the words of RFC 5545, 3.3.10, and writes all of it
// out. It knows neither masks nor jumps.
type twinRule struct {
	freq     string
	interval int
	by       map[string][]int // BYMONTH, BYMONTHDAY, ... as numbers
	days     []nthDay
	wkst     time.Weekday
	start    time.Time
}

func newTwinRule(text string, start time.Time) *twinRule {
	w := &twinRule{interval: 1, by: map[string][]int{}, wkst: time.Monday, start: start}
	weekday := func(s string) int { return slices.Index([]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}, s) }
	for part := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "FREQ":
			w.freq = value
		case "INTERVAL":
			w.interval, _ = strconv.Atoi(value)
		case "WKST":
			w.wkst = time.Weekday(weekday(value))
		case "BYDAY":
			for item := range strings.SplitSeq(value, ",") {
				n, _ := strconv.Atoi(item[:len(item)-2])
				w.days = append(w.days, nthDay{n, weekday(item[len(item)-2:])})
			}
		default:
			for item := range strings.SplitSeq(value, ",") {
				n, _ := strconv.Atoi(item)
				w.by[key] = append(w.by[key], n)
			}
		}
	}
	return w
}

// has reports whether v, or v counted from the end of n, is in a list, which is no condition where absent.
func (w *twinRule) has(key string, v, n int) bool {
	list, ok := w.by[key]
	return !ok || slices.Contains(list, v) || n > 0 && slices.Contains(list, v-n-1)
}

// weekOfYear returns the week-numbering year, the week and the number of weeks of a day (3.3.10: week
// one is the first with at least four days in the year).
func (w *twinRule) weekOfYear(d time.Time) (year, week, weeks int) {
	one := func(y int) time.Time {
		t := time.Date(y, 1, 4, 0, 0, 0, 0, time.UTC)
		for t.Weekday() != w.wkst {
			t = t.AddDate(0, 0, -1)
		}
		return t
	}
	year = d.Year() + 1
	for d.Before(one(year)) {
		year--
	}
	days := func(a, b time.Time) int { return int(b.Sub(a) / (24 * time.Hour)) }
	return year, days(one(year), d)/7 + 1, days(one(year), one(year+1)) / 7
}

// nth reports whether d is the n-th of its weekday from the first day to the last.
func nth(d, first, last time.Time, n int) bool {
	k := 0
	if n > 0 {
		for t := d; !t.Before(first); t = t.AddDate(0, 0, -7) {
			k++
		}
	} else {
		for t := d; !t.After(last); t = t.AddDate(0, 0, 7) {
			k--
		}
	}
	return k == n
}

func (w *twinRule) dayOK(d time.Time) bool {
	y, m, _ := d.Date()
	monthEnd, yearEnd := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC), time.Date(y, 12, 31, 0, 0, 0, 0, time.UTC)
	if !w.has("BYMONTH", int(m), 0) || !w.has("BYMONTHDAY", d.Day(), monthEnd.Day()) || !w.has("BYYEARDAY", d.YearDay(), yearEnd.YearDay()) {
		return false
	}
	_, week, weeks := w.weekOfYear(d)
	if !w.has("BYWEEKNO", week, weeks) {
		return false
	}
	_, months := w.by["BYMONTH"]
	ok := w.days == nil
	for _, n := range w.days {
		switch {
		case int(d.Weekday()) != n.weekday:
		case n.n == 0:
			ok = true
		case w.freq == "MONTHLY" || months:
			ok = ok || nth(d, time.Date(y, m, 1, 0, 0, 0, 0, time.UTC), monthEnd, n.n)
		default:
			ok = ok || nth(d, time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), yearEnd, n.n)
		}
	}
	if w.days != nil || w.by["BYMONTHDAY"] != nil || w.by["BYYEARDAY"] != nil {
		return ok
	}
	// What a rule lacks comes from DTSTART.
	switch w.freq {
	case "YEARLY":
		if w.by["BYWEEKNO"] != nil {
			return d.Weekday() == w.start.Weekday()
		}
		return d.Day() == w.start.Day() && (months || m == w.start.Month())
	case "MONTHLY":
		return d.Day() == w.start.Day()
	case "WEEKLY":
		return d.Weekday() == w.start.Weekday()
	}
	return ok
}

// period returns the bounds of the k-th period from that of DTSTART on.
func (w *twinRule) period(k int) (from, to time.Time) {
	s := w.start
	midnight := time.Date(s.Year(), s.Month(), s.Day(), 0, 0, 0, 0, time.UTC)
	k *= w.interval
	switch w.freq {
	case "YEARLY":
		if w.by["BYWEEKNO"] == nil {
			return time.Date(s.Year()+k, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(s.Year()+k+1, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		y, _, _ := w.weekOfYear(midnight)
		for d := time.Date(y+k-1, 12, 25, 0, 0, 0, 0, time.UTC); ; d = d.AddDate(0, 0, 1) {
			at, _, _ := w.weekOfYear(d)
			if at == y+k && from.IsZero() {
				from = d
			}
			if at == y+k+1 {
				return from, d
			}
		}
	case "MONTHLY":
		return time.Date(s.Year(), s.Month()+time.Month(k), 1, 0, 0, 0, 0, time.UTC), time.Date(s.Year(), s.Month()+time.Month(k)+1, 1, 0, 0, 0, 0, time.UTC)
	case "WEEKLY":
		for midnight.Weekday() != w.wkst {
			midnight = midnight.AddDate(0, 0, -1)
		}
		return midnight.AddDate(0, 0, 7*k), midnight.AddDate(0, 0, 7*k+7)
	case "DAILY":
		return midnight.AddDate(0, 0, k), midnight.AddDate(0, 0, k+1)
	}
	unit := map[string]time.Duration{"HOURLY": time.Hour, "MINUTELY": time.Minute, "SECONDLY": time.Second}[w.freq]
	from = s.Truncate(unit).Add(time.Duration(k) * unit)
	return from, from.Add(unit)
}

// inPeriod returns the readings of a period, after BYSETPOS.
func (w *twinRule) inPeriod(from, to time.Time) []int64 {
	implied := func(key string, v int, finer ...string) []int {
		if list, ok := w.by[key]; ok {
			return list
		}
		if slices.Contains(finer, w.freq) {
			return nil // a filter only
		}
		return []int{v}
	}
	hours := implied("BYHOUR", w.start.Hour(), "HOURLY", "MINUTELY", "SECONDLY")
	minutes := implied("BYMINUTE", w.start.Minute(), "MINUTELY", "SECONDLY")
	seconds := implied("BYSECOND", w.start.Second(), "SECONDLY")
	ok := func(list []int, v int) bool { return list == nil || slices.Contains(list, v) }
	var out []int64
	for day := from.Truncate(24 * time.Hour); day.Before(to); day = day.AddDate(0, 0, 1) {
		if !w.dayOK(day) {
			continue
		}
		begin, end := day, day.AddDate(0, 0, 1)
		if from.After(begin) {
			begin = from
		}
		if to.Before(end) {
			end = to
		}
		for h := begin.Truncate(time.Hour); h.Before(end); h = h.Add(time.Hour) {
			if !ok(hours, h.Hour()) {
				continue
			}
			for m := h; m.Before(h.Add(time.Hour)); m = m.Add(time.Minute) {
				if !ok(minutes, m.Minute()) {
					continue
				}
				for s := m; s.Before(m.Add(time.Minute)); s = s.Add(time.Second) {
					if ok(seconds, s.Second()) && !s.Before(begin) && s.Before(end) {
						out = append(out, s.Unix())
					}
				}
			}
		}
	}
	if pos, ok := w.by["BYSETPOS"]; ok {
		var chosen []int64
		for i := range out {
			if slices.Contains(pos, i+1) || slices.Contains(pos, i-len(out)) {
				chosen = append(chosen, out[i])
			}
		}
		return chosen
	}
	return out
}

// genAnyRule draws rules of all parts that the RFC allows together.
func genAnyRule(t *rapid.T) string {
	freq := rapid.SampledFrom([]string{"YEARLY", "YEARLY", "MONTHLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}).Draw(t, "freq")
	out := "FREQ=" + freq
	if n := rapid.SampledFrom([]int{1, 1, 2, 3, 5, 7, 13, 25, 60, 61, 97}).Draw(t, "interval"); n > 1 {
		out += ";INTERVAL=" + itoa(n)
	}
	parts := 0
	part := func(key string, odds, n, lo, hi int, signed bool) {
		if rapid.IntRange(1, odds).Draw(t, key) != 1 {
			return
		}
		var list []string
		for range rapid.IntRange(1, n).Draw(t, key+" n") {
			v := rapid.IntRange(lo, hi).Draw(t, key+" value")
			if signed && rapid.Bool().Draw(t, key+" sign") {
				v = -v
			}
			list = append(list, itoa(v))
		}
		parts++
		out += ";" + key + "=" + strings.Join(list, ",")
	}
	part("BYMONTH", 3, 3, 1, 12, false)
	before := parts
	if freq == "YEARLY" {
		part("BYWEEKNO", 3, 3, 1, 53, true)
	}
	weeks := parts > before
	if freq == "YEARLY" || freq == "HOURLY" || freq == "MINUTELY" || freq == "SECONDLY" {
		part("BYYEARDAY", 5, 4, 1, 366, true)
	}
	if freq != "WEEKLY" {
		part("BYMONTHDAY", 4, 4, 1, 31, true)
	}
	if rapid.IntRange(0, 1).Draw(t, "byday") == 0 {
		var list []string
		for range rapid.IntRange(1, 5).Draw(t, "days") {
			d := rapid.SampledFrom(weekdayNames[:]).Draw(t, "day")
			if !weeks && (freq == "YEARLY" || freq == "MONTHLY") && rapid.Bool().Draw(t, "nth") {
				most := 5
				if freq == "YEARLY" {
					most = 53
				}
				d = rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign") + itoa(rapid.IntRange(1, most).Draw(t, "n")) + d
			}
			list = append(list, d)
		}
		parts++
		out += ";BYDAY=" + strings.Join(list, ",")
	}
	part("BYHOUR", 4, 4, 0, 23, false)
	part("BYMINUTE", 4, 4, 0, 59, false)
	part("BYSECOND", 5, 3, 0, 59, false)
	if parts > 0 {
		part("BYSETPOS", 3, 3, 1, 12, true)
	}
	if rapid.Bool().Draw(t, "wkst") {
		out += ";WKST=" + rapid.SampledFrom(weekdayNames[:]).Draw(t, "week start")
	}
	return out
}

// TestGeneratorAgainstTwin compares the generator with the twin, from DTSTART and from later on, with
// COUNT, UNTIL and without.
func TestGeneratorAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := genAnyRule(t)
		start := time.Date(rapid.IntRange(1970, 2040).Draw(t, "year"), time.Month(rapid.SampledFrom([]int{1, 2, 2, 3, 6, 12, 12}).Draw(t, "month")),
			rapid.SampledFrom([]int{1, 2, 3, 15, 28, 29, 30, 31}).Draw(t, "date"), rapid.IntRange(0, 23).Draw(t, "hour"),
			rapid.IntRange(0, 59).Draw(t, "minute"), rapid.SampledFrom([]int{0, 0, 30}).Draw(t, "second"), 0, time.UTC)
		twin := newTwinRule(text, start)
		var want []int64
		end := start
		for k := 0; k < 40 && len(want) < 100; k++ {
			from, to := twin.period(k)
			for _, at := range twin.inPeriod(from, to) {
				if at >= start.Unix() {
					want = append(want, at)
				}
			}
			if end = to; end.Year() > 2100 {
				break
			}
		}
		full := "DTSTART:" + start.Format("20060102T150405Z") + "\nRRULE:" + text
		switch n := rapid.IntRange(0, 60).Draw(t, "limit"); {
		case n > 0 && n <= len(want) && n%2 == 0:
			full += fmt.Sprintf(";COUNT=%d", n)
			want = want[:n]
		case n > 0 && n <= len(want):
			full += ";UNTIL=" + time.Unix(want[n-1], 0).UTC().Format("20060102T150405Z")
			want = want[:n]
		}
		r, err := ParseRecurrence(full)
		if err != nil {
			t.Fatalf("%s: %v", full, err)
		}
		begin := start.AddDate(-1, 0, 0)
		if len(want) > 2 && rapid.Bool().Draw(t, "later") {
			i := rapid.IntRange(1, len(want)-1).Draw(t, "from")
			begin, want = time.Unix(want[i], 0), want[i:]
		}
		var got []int64
		for at := range r.Starts(Interval{begin, end}) {
			got = append(got, at.Unix())
		}
		if !slices.Equal(got, want) {
			i := 0
			for i < len(got) && i < len(want) && got[i] == want[i] {
				i++
			}
			show := func(list []int64) []string {
				var out []string
				for _, v := range list[min(i, len(list)):min(i+4, len(list))] {
					out = append(out, time.Unix(v, 0).UTC().Format("Mon 2006-01-02 15:04:05"))
				}
				return out
			}
			t.Fatalf("%s\nto %v: %d, want %d; from number %d on\ngot  %v\nwant %v", full, end, len(got), len(want), i, show(got), show(want))
		}
	})
}
