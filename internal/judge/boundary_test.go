package judge

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slackwater-go/slackwater/calendar"
	"pgregory.net/rapid"
)

// TestBoundaryRules walks one piece of work of four slots along a window from 8 to 16, under
// each boundary rule, with what stands before and after it.
func TestBoundaryRules(t *testing.T) {
	window := func(change func(w *calendar.Window)) calendar.Window {
		w := oneWindow("w", calendar.Maintenance, between(8, 16))
		change(&w)
		return w
	}
	plain := window(func(*calendar.Window) {})
	black := func(a, b int, overrun bool) calendar.Window {
		w := oneWindow("b", calendar.Blackout, between(a, b))
		w.Overrun = overrun
		return w
	}
	cut := window(func(w *calendar.Window) { w.CutOff = calendar.Exactly(6 * slot) })
	overrun := window(func(w *calendar.Window) { w.Overrun = true })
	tests := []struct {
		name    string
		windows []calendar.Window
		start   int
		pauses  bool
		long    int // slots from start to end
		want    []string
	}{
		{"starts with the window", []calendar.Window{plain}, 8, false, 4, nil},
		{"ends with the window", []calendar.Window{plain}, 12, false, 4, nil},
		{"a slot too early", []calendar.Window{plain}, 7, false, 4, []string{"outside-window 15m0s"}},
		{"a slot too late", []calendar.Window{plain}, 13, false, 4, []string{"exceeds-window 15m0s"}},
		{"starts when it closes", []calendar.Window{plain}, 16, false, 4, []string{"outside-window 1h0m0s"}},
		{"across two that touch", []calendar.Window{plain, oneWindow("v", calendar.Maintenance, between(16, 20))}, 14, false, 4, nil},
		{"across a gap", []calendar.Window{plain, oneWindow("v", calendar.Maintenance, between(17, 20))}, 14, false, 4, []string{"exceeds-window 15m0s"}},
		{"over the end", []calendar.Window{overrun}, 15, false, 4, nil},
		{"over the end, but not from before", []calendar.Window{overrun}, 7, false, 4, []string{"outside-window 15m0s"}},
		{"over the end into a blackout", []calendar.Window{overrun, black(17, 30, false)}, 15, false, 4, []string{"in-blackout 30m0s"}},
		{"the window it runs into may be overrun, not the one it starts in", []calendar.Window{plain, window(func(w *calendar.Window) {
			*w = oneWindow("v", calendar.Maintenance, between(16, 17))
			w.Overrun = true
		})}, 15, false, 4, []string{"exceeds-window 30m0s"}},
		{"at the cut-off", []calendar.Window{cut}, 10, false, 4, nil},
		{"after the cut-off", []calendar.Window{cut}, 11, false, 4, []string{"exceeds-window 15m0s"}},
		{"after the cut-off of one of two", []calendar.Window{cut, oneWindow("v", calendar.Maintenance, between(8, 15))}, 11, false, 4, nil},
		{"paused, after the cut-off", []calendar.Window{cut}, 11, true, 4, []string{"exceeds-window 15m0s"}},
		{"touches a blackout", []calendar.Window{black(0, 8, false), black(12, 13, false)}, 8, false, 4, nil},
		{"into a blackout", []calendar.Window{black(11, 20, false)}, 8, false, 4, []string{"in-blackout 15m0s"}},
		{"into a blackout that lets it", []calendar.Window{black(11, 20, true)}, 8, false, 4, nil},
		{"starts with a blackout that lets what is running run", []calendar.Window{black(8, 9, true)}, 8, false, 4, []string{"in-blackout 15m0s"}},
		{"pauses for a blackout", []calendar.Window{black(10, 20, false)}, 8, true, 14, nil},
		{"pauses, and starts in a blackout", []calendar.Window{black(7, 9, false)}, 8, true, 5, []string{"in-blackout 15m0s"}},
		{"pauses, and starts before the window", []calendar.Window{plain}, 6, true, 6, []string{"outside-window 30m0s"}},
		{"pauses, and ends too late", []calendar.Window{plain, oneWindow("v", calendar.Maintenance, between(20, 30))}, 12, true, 6, []string{"malformed 30m0s"}},
		{"pauses, and works too little", []calendar.Window{plain, oneWindow("v", calendar.Maintenance, between(20, 30))}, 13, true, 7, []string{"malformed 15m0s"}},
	}
	for _, tt := range tests {
		c := &Case{Calendars: []*calendar.Calendar{{ID: "k", Windows: tt.windows}},
			Activities: []Activity{{ID: "a", Calendar: "k", Duration: 4 * slot, Pauses: tt.pauses}}}
		var got []string
		for _, f := range Judge(c, &Plan{Assignments: []Assignment{{"a", "", at(tt.start), at(tt.start + tt.long)}}}).Findings {
			got = append(got, string(f.Kind)+" "+f.Amount.Duration.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestCutOffInDays: nominal days before the end keep the clock reading, here across the
// change in Berlin: the last start is 04:00 the day before, 25 hours earlier.
func TestCutOffInDays(t *testing.T) {
	loc := berlin(t)
	end := time.Date(2026, 10, 25, 4, 0, 0, 0, loc)
	for _, starts := range []string{"DTSTART;TZID=Europe/Berlin:20261023T040000", "DTSTART:20261023T040000"} {
		k := &calendar.Calendar{ID: "k", Zone: "Europe/Berlin", Windows: []calendar.Window{{ID: "w", Kind: calendar.Maintenance,
			Starts: recurrence(starts), Length: calendar.Duration{Days: 2}, CutOff: calendar.Duration{Days: 1}}}}
		for by, want := range map[time.Duration]int{-25 * time.Hour: 0, -25*time.Hour + 1: 1} {
			c := &Case{Calendars: []*calendar.Calendar{k}, Activities: []Activity{{ID: "a", Calendar: "k", Duration: time.Hour}}}
			r := Judge(c, &Plan{Assignments: []Assignment{{"a", "", end.Add(by), end.Add(by + time.Hour)}}})
			if len(r.Findings) != want {
				t.Errorf("%s %v: %v", starts, by, essence(r))
			}
		}
	}
}

// TestOverride: what an override lifts is open, for whom and as long as it says; without an
// owner, a reason or in time it has no effect. A graded freeze obliges and does not block.
func TestOverride(t *testing.T) {
	good := calendar.Override{ID: "o", Lifts: []string{"w"}, Who: "Ada", Reason: "security fix", From: at(0), Expires: at(20),
		Scope: calendar.Scope{CIs: []string{"web"}}}
	tests := []struct {
		name     string
		grade    calendar.Grade
		override func(o *calendar.Override)
		want     []string
	}{
		{"none", "", func(o *calendar.Override) { *o = calendar.Override{} }, []string{"in-freeze blocking 1h0m0s"}},
		{"lifted", "", func(o *calendar.Override) {}, nil},
		{"nobody's", "", func(o *calendar.Override) { o.Who = "" }, []string{"in-freeze blocking 1h0m0s"}},
		{"no reason", "", func(o *calendar.Override) { o.Reason = "" }, []string{"in-freeze blocking 1h0m0s"}},
		{"of others", "", func(o *calendar.Override) { o.Scope.CIs = []string{"db"} }, []string{"in-freeze blocking 1h0m0s"}},
		{"expires in the middle", "", func(o *calendar.Override) { o.Expires = at(6) }, []string{"in-freeze blocking 30m0s"}},
		{"begins in the middle", "", func(o *calendar.Override) { o.From = at(5) }, []string{"in-freeze blocking 15m0s"}},
		{"needs approval", calendar.Approval, func(o *calendar.Override) { *o = calendar.Override{} }, []string{"in-freeze warning 1h0m0s"}},
		{"advised against", calendar.Advisory, func(o *calendar.Override) { *o = calendar.Override{} }, []string{"in-freeze note 1h0m0s"}},
	}
	for _, tt := range tests {
		w := oneWindow("w", calendar.Freeze, between(2, 12))
		w.Grade = tt.grade
		if tt.grade == calendar.Approval {
			w.Approvers = []string{"the release manager", "the CIO"}
		}
		o := good
		tt.override(&o)
		c := &Case{Calendars: []*calendar.Calendar{{ID: "k", Windows: []calendar.Window{w}, Overrides: []calendar.Override{o}}},
			Activities: []Activity{{ID: "a", Calendar: "k", Duration: 4 * slot, Subject: calendar.Subject{CIs: []string{"web"}}}}}
		r := Judge(c, &Plan{Assignments: []Assignment{{"a", "", at(4), at(8)}}})
		var got []string
		for _, f := range r.Findings {
			got = append(got, string(f.Kind)+" "+string(f.Severity)+" "+f.Amount.Duration.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if tt.grade == calendar.Approval && !strings.HasSuffix(r.Findings[0].Reason, "; that needs an extra approval by the release manager or the CIO.") {
			t.Errorf("%s", r.Findings[0].Reason)
		}
		if blocked := len(got) > 0 && tt.grade == ""; r.Clean() == blocked {
			t.Errorf("%s: clean is %v", tt.name, r.Clean())
		}
	}
}

// TestLongOccurrencesAcrossChunks: a freeze that began years before the work, and work that
// lasts over several chunks of occurrences, are seen once and whole.
func TestLongOccurrencesAcrossChunks(t *testing.T) {
	long := calendar.Window{ID: "long", Kind: calendar.Freeze, Starts: calendar.Once(at(-200_000)), Length: calendar.Exactly(400_000 * slot)}
	daily := calendar.Window{ID: "daily", Kind: calendar.Blackout, Starts: recurrence("DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(time.Hour)}
	days := 200
	c := &Case{Calendars: []*calendar.Calendar{{ID: "k", Windows: []calendar.Window{long, daily}}, {ID: "d", Windows: []calendar.Window{daily}}},
		Activities: []Activity{{ID: "a", Calendar: "k", Duration: slot}, {ID: "b", Calendar: "d", Duration: time.Duration(days) * 23 * time.Hour, Pauses: true, Hold: true},
			{ID: "c", Calendar: "d", Duration: time.Duration(days) * 24 * time.Hour}}}
	from := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
	p := &Plan{Assignments: []Assignment{{"a", "", from, from.Add(slot)}, {"b", "", from, from.AddDate(0, 0, days).Add(-time.Hour)}, {"c", "", from, from.AddDate(0, 0, days)}}}
	r := Judge(c, p)
	if len(r.Findings) != 1+days {
		t.Fatalf("%d findings", len(r.Findings))
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		want := "in-blackout c 1h0m0s"
		if f.Kind == InFreeze {
			want = "in-freeze a 15m0s"
		}
		if got := string(f.Kind) + " " + f.Members[0].Activity + " " + f.Amount.Duration.String(); got != want || len(f.Members) != 1 {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestFineRules: a window for half of every second over an hour, and one for every minute over
// weeks, are judged to the instant; a hundred days of minutes are too many, and the finding says so.
func TestFineRules(t *testing.T) {
	every := func(freq string, length time.Duration) *calendar.Calendar {
		return &calendar.Calendar{ID: "k", Windows: []calendar.Window{{ID: "w", Kind: calendar.Blackout, Length: calendar.Exactly(length),
			Starts: recurrence("DTSTART:20260101T000000Z\nRRULE:FREQ=" + freq)}}}
	}
	judge := func(k *calendar.Calendar, from time.Time, long, work time.Duration) Report {
		c := &Case{Calendars: []*calendar.Calendar{k}, Activities: []Activity{{ID: "a", Calendar: "k", Duration: work, Pauses: true}}}
		return Judge(c, &Plan{Assignments: []Assignment{{"a", "", from, from.Add(long)}}})
	}
	from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).Add(time.Second / 2)
	if r := judge(every("SECONDLY", time.Second/2), from, time.Hour-time.Second/2, time.Hour/2); len(r.Findings) != 0 {
		t.Errorf("seconds: %s", r.Findings[0].Reason)
	}
	if r := judge(every("MINUTELY", time.Second/2), from, 20*24*time.Hour-time.Second/2, 20*24*time.Hour-20*24*60*time.Second/2); len(r.Findings) != 0 {
		t.Errorf("minutes: %s", r.Findings[0].Reason)
	}
	r := judge(every("MINUTELY", time.Second/2), from, 100*24*time.Hour, 100*24*time.Hour)
	if len(r.Findings) != 1 || r.Findings[0].Evidence[0].Rule != "calendar-too-fine" {
		t.Errorf("%v", essence(r))
	}
}

// TestSteps compares with what calendar.Profile says of each instant, also where steps overlap.
func TestSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := gen{t: t}
		p := calendar.Profile{Base: 1}
		for i := range g.int("steps", 0, 6) {
			from := g.int("from", 0, 10)
			p.Steps = append(p.Steps, calendar.Step{Interval: between(from, from+g.int("long", -1, 6)), Value: int64(i % 3)})
		}
		s := steps(p)
		for n := -1; n < 20; n++ {
			if got, want := s[stepAt(s, toInstant(at(n)))].value, p.At(at(n)); got != want {
				t.Fatalf("at %d: %d, want %d", n, got, want)
			}
		}
		for i := 1; i < len(s); i++ {
			if s[i-1].value == s[i].value || s[i-1].from >= s[i].from {
				t.Fatalf("%v", s)
			}
		}
	})
}

// TestMembersOnce: a member of several parts has the hull of their spans, the largest breach and
// the shortest path.
func TestMembersOnce(t *testing.T) {
	got := mergeMembers([]Member{{Activity: "b"}, {Activity: "a", Span: between(5, 6), By: 1, Path: []string{"x", "y"}},
		{Activity: "a", Span: between(1, 2), By: 3, Path: []string{"z"}}, {Activity: "a", Span: between(7, 9), By: 2, Path: []string{"w", "y"}}})
	want := []Member{{Activity: "a", Span: between(1, 9), By: 3, Path: []string{"z"}}, {Activity: "b"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
