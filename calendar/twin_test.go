package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// twinZones are zones whose clocks do what clocks can do: half-hour shifts (Lord Howe), odd
// offsets (Kathmandu, Chatham), a lost day (Apia), winter time as the exception (Dublin), clocks
// set back for Ramadan (Casablanca), changes at midnight (Santiago, Havana, Azores, Cairo), two hours
// at once (Troll), none (Kolkata, UTC).
var twinZones = []string{
	"Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia",
	"Europe/Dublin", "America/Santiago", "America/Havana", "Atlantic/Azores", "Africa/Cairo", "Antarctica/Troll",
	"Pacific/Chatham", "Asia/Kolkata", "America/Sao_Paulo", "UTC",
}

// A clock is the dumb twin of all zone code: the readings of a stretch of time, minute by minute.
type clock struct {
	from    int64 // minutes since 1970
	reading []int64
	first   map[int64]int64 // minute at which a reading is shown
	last    map[int64]int64
}

func newClock(loc *time.Location, from, to time.Time) *clock {
	c := &clock{from: from.Unix() / 60, first: map[int64]int64{}, last: map[int64]int64{}}
	for m := c.from; m < to.Unix()/60; m++ {
		_, off := time.Unix(m*60, 0).In(loc).Zone()
		r := m + int64(off)/60
		c.reading = append(c.reading, r)
		if _, ok := c.first[r]; !ok {
			c.first[r] = m
		}
		c.last[r] = m
	}
	return c
}

// find returns the first or last minute at which the clock shows r; where it never does, r
// read with the offset before the jump.
func (c *clock) find(r int64, last bool) int64 {
	shown := c.first
	if last {
		shown = c.last
	}
	if m, ok := shown[r]; ok {
		return m
	}
	for i := 1; i < len(c.reading); i++ {
		if c.reading[i-1] < r && r < c.reading[i] {
			return c.from + int64(i-1) + r - c.reading[i-1]
		}
	}
	panic("the clock does not reach that far")
}

// A twinWindow is a window in terms that need no recurrence engine.
type twinWindow struct {
	kind      Kind
	days      map[time.Weekday]bool // nil: every day
	hour, min int
	every     int   // minutes between starts in a day from hour:min on; 0: one start
	kindOfEnd int   // 0 exact, 1 nominal days, 2 local end
	length    int64 // minutes, or days
	endHour   int
	endMinute int
}

func (w *twinWindow) window(id string, zone string, start time.Time) Window {
	rule := "FREQ=DAILY"
	if w.days != nil {
		var list []string
		for d := range w.days {
			list = append(list, weekdayNames[(int(d)+6)%7])
		}
		slices.Sort(list)
		rule = "FREQ=WEEKLY;BYDAY=" + strings.Join(list, ",")
	}
	if w.every > 0 {
		var hours []string
		for h := w.hour; h < 24; h += w.every / 60 {
			hours = append(hours, itoa(h))
		}
		rule += ";BYHOUR=" + strings.Join(hours, ",")
	}
	out := Window{ID: id, Kind: w.kind, Starts: MustParseRecurrence(fmt.Sprintf("DTSTART;TZID=%s:%sT%02d%02d00\nRRULE:%s",
		zone, start.Format("20060102"), w.hour, w.min, rule))}
	switch w.kindOfEnd {
	case 0:
		out.Length = Exactly(time.Duration(w.length) * time.Minute)
	case 1:
		out.Length = Duration{Days: int(w.length)}
	default:
		out.EndWall = At(w.endHour, w.endMinute)
	}
	return out
}

// spans returns the occurrences in minutes, the dumb way: every reading of every minute, and
// those between two readings that do not follow each other, is tried against the rule.
func (w *twinWindow) spans(c *clock) [][2]int64 {
	var out [][2]int64
	seen := map[int64]bool{}
	try := func(r, at int64) {
		tod, day := floorMod(r, 1440), floorDiv(r, 1440)
		since := tod - int64(w.hour*60+w.min)
		if w.every == 0 && since != 0 || w.every > 0 && (since < 0 || since%int64(w.every) != 0) {
			return
		}
		if w.days != nil && !w.days[time.Weekday((day+4)%7)] || seen[r] {
			return
		}
		seen[r] = true
		var end int64
		switch w.kindOfEnd {
		case 0:
			end = at + w.length
		case 1:
			// Nominal days count from the reading at which the occurrence really began.
			end = c.find(c.reading[at-c.from]+w.length*1440, w.kind != Maintenance)
		default:
			e := r + 1
			for floorMod(e, 1440) != int64(w.endHour%24*60+w.endMinute) {
				e++
			}
			end = c.find(e, w.kind != Maintenance)
		}
		if at < end {
			out = append(out, [2]int64{at, end})
		}
	}
	const margin = 4 * 1440
	for i := 1; i < len(c.reading)-margin; i++ {
		for r := c.reading[i-1] + 1; r < c.reading[i]; r++ {
			try(r, c.from+int64(i-1)+r-c.reading[i-1])
		}
		try(c.reading[i], c.from+int64(i))
	}
	return out
}

// TestCalendarAgainstTwin compares open time, compiled or not, and occurrences with a twin
// that looks at every minute around a clock change.
func TestCalendarAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(twinZones).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(rapid.IntRange(2008, 2036).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, 0, 0, 0, 0, time.UTC)
		if zone == "Pacific/Apia" && rapid.Bool().Draw(t, "lost day") {
			at = time.Date(2011, 12, 30, 0, 0, 0, 0, time.UTC)
		} else if _, change := at.In(loc).ZoneBounds(); !change.IsZero() {
			at = change.UTC().Truncate(24 * time.Hour)
		}
		within := Interval{at.Add(-36 * time.Hour), at.Add(60 * time.Hour)}
		c := newClock(loc, within.Start.Add(-6*24*time.Hour), within.End.Add(10*24*time.Hour))
		calendar := &Calendar{ID: "c"}
		var twins []twinWindow
		for i := range rapid.IntRange(1, 4).Draw(t, "windows") {
			w := twinWindow{kind: rapid.SampledFrom([]Kind{Maintenance, Blackout, Freeze}).Draw(t, "kind")}
			w.hour, w.min = rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 15, 30, 59}).Draw(t, "minute")
			if rapid.Bool().Draw(t, "weekly") {
				w.days = map[time.Weekday]bool{}
				for range 3 {
					w.days[time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))] = true
				}
			}
			if rapid.IntRange(0, 3).Draw(t, "often") == 0 {
				w.every = 60 * rapid.IntRange(1, 5).Draw(t, "every")
			}
			switch w.kindOfEnd = rapid.IntRange(0, 2).Draw(t, "end"); w.kindOfEnd {
			case 0:
				w.length = int64(rapid.IntRange(1, 2000).Draw(t, "length"))
			case 1:
				w.length = int64(rapid.IntRange(1, 2).Draw(t, "length"))
			default:
				w.endHour, w.endMinute = rapid.IntRange(0, 23).Draw(t, "endHour"), rapid.SampledFrom([]int{0, 15, 30}).Draw(t, "endMinute")
				if w.endHour+w.endMinute == 0 {
					w.endHour = 24
				}
			}
			start := c.reading[0]/1440 - 1
			y, m, d := civil(int(start))
			calendar.Windows = append(calendar.Windows, w.window("w"+itoa(i), zone, time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)))
			twins = append(twins, w)
		}
		restricted := false
		var spans [][][2]int64
		for i := range twins {
			restricted = restricted || twins[i].kind == Maintenance
			spans = append(spans, twins[i].spans(c))
		}
		open, err := calendar.Open(within, Subject{})
		if err != nil {
			t.Fatal(err)
		}
		k, err := calendar.Compile(within)
		if err != nil {
			t.Fatal(err)
		}
		line := k.For(Subject{})
		if got := line.Intervals(); !got.Equal(open) {
			t.Fatalf("compiled %v\nopen     %v", slices.Collect(got.All()), slices.Collect(open.All()))
		}
		type held struct {
			id string
			iv Interval
		}
		var occurrences []held
		for w, iv := range calendar.Occurrences(within, Subject{}) {
			occurrences = append(occurrences, held{w.ID, iv})
		}
		var bits []bool
		for m := within.Start.Unix() / 60; m < within.End.Unix()/60; m++ {
			allowed, denied := !restricted, false
			at := time.Unix(m*60, 0).UTC()
			for i := range twins {
				in := slices.ContainsFunc(spans[i], func(s [2]int64) bool { return s[0] <= m && m < s[1] })
				listed := slices.ContainsFunc(occurrences, func(h held) bool { return h.id == calendar.Windows[i].ID && h.iv.Contains(at) })
				if in != listed {
					t.Fatalf("%s at %v (%v): occurrence listed %v, twin %v\n%+v\n%v", calendar.Windows[i].ID, at, at.In(loc), listed, in, twins[i], calendar.Windows[i].Starts)
				}
				if in && twins[i].kind == Maintenance {
					allowed = true
				} else if in {
					denied = true
				}
			}
			if want := allowed && !denied; open.Contains(at) != want || line.Open(at) != want || line.At(at).Open != want {
				t.Fatalf("at %v (%v): open %v, twin %v", at, at.In(loc), open.Contains(at), want)
			}
			bits = append(bits, allowed && !denied)
		}
		checkQueries(t, line, within, bits)
	})
}

// checkQueries compares the queries of a timeline with the minutes of its interval.
func checkQueries(t *rapid.T, line *Timeline, within Interval, bits []bool) {
	at := func(i int) time.Time { return within.Start.Add(time.Duration(i) * time.Minute) }
	same := func(what string, from int, got time.Time, ok bool, want int) {
		t.Helper()
		if found := want >= 0; ok != found || ok && !got.Equal(at(want)) {
			t.Fatalf("%s from minute %d: %v %v, twin %d", what, from, got, ok, want)
		}
	}
	first := func(i int, good func(int) bool) int {
		for ; i < len(bits); i++ {
			if good(i) {
				return i
			}
		}
		return -1
	}
	run := make([]int, len(bits)+1) // open minutes in a row from i on
	sum := make([]int, len(bits)+1) // open minutes before i
	for i := len(bits) - 1; i >= 0; i-- {
		if bits[i] {
			run[i] = run[i+1] + 1
		}
	}
	for i, b := range bits {
		sum[i+1] = sum[i]
		if b {
			sum[i+1]++
		}
	}
	for range 6 {
		from := rapid.IntRange(0, len(bits)-1).Draw(t, "minute")
		d := rapid.IntRange(1, 2000).Draw(t, "length")
		length := time.Duration(d) * time.Minute
		got, ok := line.NextOpen(at(from))
		same("next open", from, got, ok, first(from, func(i int) bool { return bits[i] }))
		got, ok = line.NextClose(at(from))
		same("next close", from, got, ok, first(from, func(i int) bool { return !bits[i] }))
		got, ok = line.FirstFit(at(from), length)
		same("first fit", from, got, ok, first(from, func(i int) bool { return run[i] >= d }))
		if fits := line.Fits(at(from), length); fits != (run[from] >= d) {
			t.Fatalf("%v from minute %d fits: %v", length, from, fits)
		}
		to := min(from+d, len(bits))
		if got, want := line.Total(Interval{at(from), at(to)}), time.Duration(sum[to]-sum[from])*time.Minute; got != want {
			t.Fatalf("total from minute %d to %d: %v, twin %v", from, to, got, want)
		}
		want := -1
		for i := from; i <= len(bits) && want < 0; i++ {
			if sum[i]-sum[from] >= d {
				want = i
			}
		}
		got, ok = line.Advance(at(from), length)
		same("business time", from, got, ok, want)
		want = -1
		for i := from; i >= 0 && want < 0; i-- {
			if sum[from]-sum[i] >= d {
				want = i
			}
		}
		got, ok = line.Advance(at(from), -length)
		same("business time back", from, got, ok, want)
	}
}

// TestLocalTimeAgainstClock compares localTime and the zone walk with the twin's search at
// every minute around a change, in every twin zone.
func TestLocalTimeAgainstClock(t *testing.T) {
	for _, zone := range twinZones {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		changes := []time.Time{time.Date(2011, 12, 30, 0, 0, 0, 0, time.UTC)}
		for at := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC); len(changes) < 4; {
			_, next := at.In(loc).ZoneBounds()
			if next.IsZero() {
				break
			}
			changes, at = append(changes, next), next
		}
		for _, change := range changes {
			c := newClock(loc, change.Add(-60*time.Hour), change.Add(60*time.Hour))
			z := newZoneTable(loc).walk()
			from, to := c.reading[30*60], c.reading[len(c.reading)-30*60]
			for r := from; r < to; r++ {
				want := c.find(r, false) * 60
				if got := resolve(r*60, loc).Unix(); got != want {
					t.Fatalf("%s reading %v = %v, want %v", zone, time.Unix(r*60, 0).UTC(), time.Unix(got, 0).UTC(), time.Unix(want, 0).UTC())
				}
				if got, _ := z.instant(r * 60); got != want {
					t.Fatalf("%s zone walk %v = %v, want %v", zone, time.Unix(r*60, 0).UTC(), time.Unix(got, 0).UTC(), time.Unix(want, 0).UTC())
				}
				if got := z.second(r * 60); got != c.find(r, true)*60 {
					t.Fatalf("%s second %v = %v", zone, time.Unix(r*60, 0).UTC(), time.Unix(got, 0).UTC())
				}
			}
		}
	}
}
