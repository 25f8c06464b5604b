package calendar

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

// hostileRules are rules that panic, hang or fill memory elsewhere, and the worst we could
// think of here: long silences, dense periods, conflicts between steps and filters.
func hostileRules() []string {
	all := func(lo, hi int) string {
		var s []string
		for i := lo; i <= hi; i++ {
			s = append(s, itoa(i))
		}
		return strings.Join(s, ",")
	}
	days := "MO,TU,WE,TH,FR,SA,SU"
	return []string{
		"\xe0;", "FREQ=MONTHLY;BYDAY=033MO", "FREQ=MONTHLY;BYDAY=-32SU", "FREQ=DAILY;BYEASTER=300",
		"FREQ=MONTHLY;INTERVAL=9223372036854775807", "FREQ=DAILY;INTERVAL=9223372036854775807",
		"FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "FREQ=HOURLY;INTERVAL=2;BYHOUR=4", "FREQ=MINUTELY;INTERVAL=60;BYMINUTE=30", "FREQ=SECONDLY;INTERVAL=60;BYSECOND=30",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2", "FREQ=DAILY;BYSETPOS=2;BYHOUR=1", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=HOURLY;BYSETPOS=2;BYMINUTE=1", "FREQ=MINUTELY;BYSETPOS=2;BYSECOND=1", "FREQ=SECONDLY;BYSETPOS=2;BYMONTH=1",
		"FREQ=YEARLY;BYDAY=" + days + ";BYHOUR=" + all(0, 23) + ";BYMINUTE=" + all(0, 59) + ";BYSECOND=" + all(0, 59),
		"FREQ=YEARLY;BYDAY=" + days + ";BYHOUR=" + all(0, 23) + ";BYMINUTE=" + all(0, 59) + ";BYSECOND=" + all(0, 59) + ";BYSETPOS=-1",
		"FREQ=SECONDLY;COUNT=100000", "FREQ=SECONDLY;INTERVAL=604800;BYDAY=SA", "FREQ=MINUTELY;INTERVAL=10081;BYDAY=SA;BYHOUR=3;BYMINUTE=7;COUNT=100000",
		"FREQ=SECONDLY;INTERVAL=86399;BYHOUR=0;BYMINUTE=0;BYSECOND=0;COUNT=100", "FREQ=SECONDLY;INTERVAL=7;BYHOUR=0;BYMINUTE=0;BYSECOND=0;BYYEARDAY=366;COUNT=9000",
		"FREQ=DAILY;INTERVAL=7;BYDAY=SA", "FREQ=DAILY;INTERVAL=21;BYDAY=SA;BYMONTH=2;BYMONTHDAY=29", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=7",
		"FREQ=WEEKLY;INTERVAL=3;BYMONTH=2;BYDAY=MO;BYSETPOS=2;COUNT=100", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=YEARLY;BYWEEKNO=" + all(1, 53) + ";BYYEARDAY=366;BYMONTHDAY=30",
		"FREQ=HOURLY;BYYEARDAY=" + all(1, 180) + ";BYMONTH=12", "FREQ=SECONDLY;BYYEARDAY=366;BYDAY=MO;BYMONTHDAY=31;BYMONTH=12;BYHOUR=23;BYMINUTE=59;BYSECOND=59;COUNT=100000",
		"FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11;COUNT=5", "FREQ=MONTHLY;BYMONTHDAY=" + all(1, 31) + ";BYHOUR=" + all(0, 23) + ";BYMINUTE=" + all(0, 59) + ";BYSETPOS=" + all(1, 60) + ";COUNT=100000",
		"FREQ=SECONDLY;INTERVAL=59;BYSECOND=0;BYMONTH=2;BYMONTHDAY=29;COUNT=100000",
		"FREQ=SECONDLY\nEXRULE:FREQ=SECONDLY", "FREQ=DAILY\nEXRULE:FREQ=DAILY", "FREQ=SECONDLY;BYMONTH=2\nRRULE:FREQ=MINUTELY\nRDATE:20260101T000000Z",
		"FREQ=YEARLY\nEXRULE:FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nRDATE:99990101T000000Z", "FREQ=MINUTELY\nEXRULE:FREQ=SECONDLY" + strings.Repeat("\nRRULE:FREQ=SECONDLY", 30),
	}
}

// cost measures the work that a rule of at most 1 KiB can cause: to parse it, to find its first
// occurrence, the next one far from DTSTART, and the open time of a window over a month.
func cost(rule, start string) (cpu time.Duration, bytes uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := cputime.Now()
	r, err := ParseRecurrence("DTSTART:" + start + "\nRRULE:" + rule)
	if err == nil {
		r.Never()
		r.Next(time.Date(2050, 6, 1, 0, 0, 0, 0, time.UTC))
		c := Calendar{ID: "c", Zone: "UTC", Windows: []Window{{ID: "w", Kind: Blackout, Starts: r, Length: Exactly(time.Hour)}}}
		from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		_, _ = c.Open(Interval{from, from.AddDate(0, 1, 0)}, Subject{}) // an error is an end too
	}
	cpu = cputime.Now() - begin
	runtime.ReadMemStats(&after)
	return cpu, after.TotalAlloc - before.TotalAlloc
}

// TestHostileRulesAreBounded holds every hostile rule to 1 MiB; time is logged and
// reported by the benchmark, since a test must not depend on it.
func TestHostileRulesAreBounded(t *testing.T) {
	worst, most := time.Duration(0), uint64(0)
	for _, rule := range hostileRules() {
		for _, start := range []string{"20260101T030000Z", "20260101", "00010101T000000Z", "99991231T235959Z"} {
			cpu, bytes := cost(rule, start)
			if worst = max(worst, cpu); cpu > 10*time.Millisecond {
				t.Logf("%v for DTSTART:%s RRULE:%s", cpu, start, clip(rule))
			}
			if most = max(most, bytes); bytes > 1<<20 {
				t.Errorf("%d bytes for DTSTART:%s RRULE:%s", bytes, start, clip(rule))
			}
		}
	}
	t.Logf("worst of %d rules: %v, %d bytes", len(hostileRules())*4, worst, most)
}

// TestRandomRulesAreBounded does the same for random rules that need not make sense.
func TestRandomRulesAreBounded(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 14))
	n := 400
	worst, rule, most := time.Duration(0), "", uint64(0)
	for range n {
		text := randomRule(rnd)
		cpu, bytes := cost(text, "20260101T030000Z")
		if cpu > worst {
			worst, rule = cpu, text
		}
		if most = max(most, bytes); bytes > 1<<20 {
			t.Errorf("%d bytes for %s", bytes, text)
		}
	}
	t.Logf("worst of %d random rules: %v, %d bytes: %s", n, worst, most, rule)
}

func randomRule(rnd *rand.Rand) string {
	parts := []string{"FREQ=" + frequencyNames[rnd.IntN(7)]}
	pick := func(key string, lo, hi int, signed bool) {
		if rnd.IntN(3) > 0 {
			return
		}
		var v []string
		for range rnd.IntN(4) + 1 {
			n := lo + rnd.IntN(hi-lo+1)
			if signed && rnd.IntN(2) == 0 {
				n = -n
			}
			v = append(v, itoa(n))
		}
		parts = append(parts, key+"="+strings.Join(v, ","))
	}
	pick("BYMONTH", 1, 12, false)
	pick("BYMONTHDAY", 1, 31, true)
	pick("BYHOUR", 0, 23, false)
	pick("BYMINUTE", 0, 59, false)
	pick("BYSECOND", 0, 60, false)
	if rnd.IntN(2) == 0 {
		parts = append(parts, "BYDAY="+weekdayNames[rnd.IntN(7)])
	}
	if parts[0] == "FREQ=YEARLY" {
		pick("BYWEEKNO", 1, 53, true)
	}
	pick("BYSETPOS", 1, 366, true)
	if rnd.IntN(2) == 0 {
		parts = append(parts, fmt.Sprintf("INTERVAL=%d", 1+rnd.IntN(1<<rnd.IntN(20))))
	}
	if rnd.IntN(3) == 0 {
		parts = append(parts, fmt.Sprintf("COUNT=%d", 1+rnd.IntN(maxCount)))
	}
	return strings.Join(parts, ";")
}

func FuzzParseRecurrence(f *testing.F) {
	for _, r := range hostileRules() {
		f.Add("DTSTART:20260101T030000Z\nRRULE:" + r)
	}
	f.Add("DTSTART;TZID=Europe/London:20260105T220000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH\nEXDATE;TZID=Europe/London:20260108T220000")
	f.Add("DTSTART;VALUE=DATE:20260105\nRDATE;VALUE=PERIOD:20260101T000000Z/PT1H,20260102T000000Z/20260103T000000Z\nEXRULE:FREQ=DAILY")
	f.Add("DTSTART;TZID=\"Pacific/Apia\":20111229T020000\r\nRRULE:FREQ=HOURLY;UNTIL=20111231\r\nRDATE;VALUE=DATE:20120101")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1024 {
			return
		}
		r, err := ParseRecurrence(text)
		if err != nil || r.IsZero() {
			return
		}
		canon := r.String()
		back, err := ParseRecurrence(canon)
		if err != nil {
			t.Fatalf("%q was read, its text form %q not: %v", text, canon, err)
		}
		if back.String() != canon {
			t.Fatalf("the text form of %q is not stable: %q, %q", text, canon, back.String())
		}
		r, back = r.In(time.UTC), back.In(time.UTC)
		from := r.set.start.wall - 86400
		within := Interval{time.Unix(from, 0), time.Unix(from, 0).AddDate(1, 0, 0)}
		n, last := 0, time.Time{}
		for at := range r.Starts(within) {
			if !within.Contains(at) || n > 0 && !at.After(last) {
				t.Fatalf("%q yields %v after %v in %v", text, at, last, within)
			}
			if last = at; n == 200 {
				break
			}
			n++
		}
		if next, ok := back.Next(within.Start.Add(-1)); n > 0 && (!ok || next.After(last)) {
			t.Fatalf("%q and its text form differ: %v %v", text, next, ok)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"PT1H30M", "P1DT2H", "-P2W", "PT0.5S", "P", "PT", "P1D1D", "PT99999999999999999999S", "P9999999D"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		back, err := ParseDuration(d.String())
		if err != nil || back != d {
			t.Fatalf("%q is %v, which comes back as %v (%v)", text, d, back, err)
		}
	})
}

func FuzzReadPolicy(f *testing.F) {
	f.Add(`{"version":1}`)
	f.Add(`{"":`)
	f.Add(`{"version":1,"calendars":[{"id":"c","zone":"Europe/London","windows":[{"id":"w","kind":"freeze","starts":"DTSTART;VALUE=DATE:20261220","length":"P14D","exempt":["emergency"]}],"overrides":[{"id":"o","lifts":["w"],"who":"a","reason":"b","expires":"2026-12-24T00:00:00Z"}]}]}`)
	f.Add(`{"version":1,"calendars":[{"id":"c","windows":[{"id":"w","kind":"maintenance","starts":"DTSTART:20260101T220000Z\nRRULE:FREQ=DAILY","endWall":"MO 08:00","cutOff":"PT1H","overrun":true}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPolicy(strings.NewReader(text))
		if err != nil {
			for _, e := range document.Flatten(err) {
				if in := (*ValidationError)(nil); !errors.As(e, &in) || in.Path == "" || in.Problem == "" || !errors.Is(e, ErrInvalid) {
					t.Fatalf("%s\nhas a fault without path or problem: %v", text, e)
				}
			}
			return
		}
		var b strings.Builder
		if _, err := p.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		q, err := ReadPolicy(strings.NewReader(b.String()))
		if err != nil {
			t.Fatalf("%s\nwas read, what was written not: %v\n%s", text, err, b.String())
		}
		var c strings.Builder
		if _, err := q.WriteTo(&c); err != nil || c.String() != b.String() {
			t.Fatalf("not stable: %v\n%s\n%s", err, b.String(), c.String())
		}
		within := Interval{time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 8, 0, 0, 0, 0, time.UTC)}
		s := Subject{Type: "normal"}
		open, err := p.Open(within, s)
		k, err2 := p.Compile(within)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("open: %v, compile: %v", err, err2)
		}
		if err == nil && !k.For(s).Intervals().Equal(open) {
			t.Fatal("compiled and plain open time differ")
		}
	})
}
