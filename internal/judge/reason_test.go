package judge

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slackwater-go/slackwater/calendar"
)

var update = flag.Bool("update", false, "write golden files")

var everyKind = []Kind{InBlackout, InFreeze, OutsideWindow, ExceedsWindow, SameCI, RelatedCI, SameService, Exclusive,
	OrderBreach, LagExceeded, SplitBundle, Overload, PersonOverload, TeamOverload, EnvironmentOverload, RedundancyBreach,
	BudgetExceeded, LeadTime, Notice, Approval, TooEarly, TooLate, PinMoved, Missing, Malformed}

// shop is one activity with a name, planned across the clock change in Berlin.
func shop(t *testing.T) (*Case, *Plan) {
	c := &Case{Zone: berlin(t), Horizon: between(-10, 400), Calendars: []*calendar.Calendar{{ID: "open"}}}
	c.Activities = []Activity{{ID: "t0", Name: "Deploy the shop", Subject: calendar.Subject{CIs: []string{"shop"}, Type: "normal"}, Duration: 4 * slot}}
	return c, &Plan{Assignments: []Assignment{{Activity: "t0", Start: at(2), End: at(6)}}}
}

// TestReasons plants each fault by itself and keeps what the finding says about it.
func TestReasons(t *testing.T) {
	var b strings.Builder
	seen := map[Kind]bool{}
	id := regexp.MustCompile(`\bt0\b`)
	for _, f := range faults {
		c, p := shop(t)
		a, as := c.Activities[0], p.Assignments[0]
		f.plant(c, p, &a, &as)
		c.Activities[0] = a
		for i := range c.Activities {
			if strings.HasPrefix(c.Activities[i].ID, "t0-") {
				c.Activities[i].Name = "Upgrade the database"
			}
		}
		nameAll(c)
		r := Judge(c, p)
		if len(r.Findings) != 1 || r.Findings[0].Kind != f.kind {
			t.Errorf("%s: %d findings: %v", f.name, len(r.Findings), essence(r))
			continue
		}
		reason := r.Findings[0].Reason
		seen[f.kind] = true
		fmt.Fprintf(&b, "%s (%s)\n  %s\n", f.kind, f.name, reason)
		if id.MatchString(reason) && f.kind != Malformed {
			t.Errorf("%s: an id where there is a name: %s", f.name, reason)
		}
		if strings.Contains(reason, "UTC") {
			t.Errorf("%s: not the reader's zone: %s", f.name, reason)
		}
	}
	for _, k := range everyKind {
		if !seen[k] {
			t.Errorf("no fault of kind %s is planted", k)
		}
	}
	golden(t, "testdata/reasons.txt", b.String())
}

// nameAll gives what the faults add a name.
func nameAll(c *Case) {
	for i := range c.Resources {
		c.Resources[i].Name, c.Resources[i].Unit = "database team", "engineers"
	}
	for i := range c.Budgets {
		c.Budgets[i].Name, c.Budgets[i].Unit = "outage of the shop", "minutes"
	}
	for i := range c.Groups {
		g := &c.Groups[i]
		g.Name = "web cluster"
		for j := range g.Members {
			g.Members[j].Name = fmt.Sprintf("web-%d", j+1)
		}
	}
	for i := range c.Bundles {
		c.Bundles[i].Name = "October train"
	}
	for i := range c.DateRules {
		c.DateRules[i].Name = "five business days"
	}
	for _, k := range c.Calendars {
		for i := range k.Windows {
			k.Windows[i].Reason = "Trading days"
		}
	}
	for i := range c.Precedences {
		c.Precedences[i].Why = "the shop needs the new schema"
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); run with -update if this is meant:\n%s", file, diff)
	}
}

// TestOneCauseOneFinding: eighty changes in one freeze, from two calendars that share it,
// are one finding with eighty members; a second occurrence is a second one.
func TestOneCauseOneFinding(t *testing.T) {
	freeze := calendar.Window{ID: "year-end", Kind: calendar.Freeze, Starts: recurrence(onceText(at(0), berlin(t), "FREQ=DAILY;COUNT=2")),
		Length: calendar.Exactly(40 * slot), Reason: "Year-end closing"}
	c := &Case{Zone: berlin(t)}
	p := &Plan{}
	for _, id := range []string{"a", "b"} {
		c.Calendars = append(c.Calendars, &calendar.Calendar{ID: id, Windows: []calendar.Window{freeze}})
	}
	for i := range 81 {
		a := Activity{ID: fmt.Sprintf("c%02d", i), Name: fmt.Sprintf("Change %d", i), Calendar: []string{"a", "b"}[i%2], Duration: slot}
		c.Activities = append(c.Activities, a)
		start := at(i / 4)
		if i == 80 {
			start = start.Add(24 * time.Hour)
		}
		p.Assignments = append(p.Assignments, Assignment{Activity: a.ID, Start: start, End: start.Add(slot)})
	}
	r := Judge(c, p)
	if len(r.Findings) != 2 || len(r.Findings[0].Members) != 80 || len(r.Findings[1].Members) != 1 {
		t.Fatalf("%v", essence(r))
	}
	f := r.Findings[0]
	if f.Kind != InFreeze || f.Amount.Duration != slot || f.Span != between(0, 20) || len(f.Evidence) != 2 || f.Evidence[1].ID != "b" {
		t.Errorf("%+v", f)
	}
	if want := "“Change 0”, “Change 1”, “Change 2”, “Change 3” and 76 more run in the freeze “Year-end closing”, " +
		"Sun 25 Oct 2026 01:00 CEST to Sun 25 Oct 2026 10:00 CET, for up to 15 min."; f.Reason != want {
		t.Errorf("%s", f.Reason)
	}

	// Two changes that meet at three CIs collide once.
	c = &Case{Activities: []Activity{{ID: "x", Duration: 2 * slot}, {ID: "y", Duration: 2 * slot}}}
	for _, ci := range []string{"web", "app", "db"} {
		c.Exclusions = append(c.Exclusions, Exclusion{ID: "at " + ci, Kind: SameCI, At: ci, Members: []ExclusionMember{{Activity: "x"}, {Activity: "y"}}})
	}
	p = &Plan{Assignments: []Assignment{{"x", "", at(0), at(2)}, {"y", "", at(1), at(3)}}}
	r = Judge(c, p)
	if len(r.Findings) != 1 || len(r.Findings[0].Evidence) != 3 || r.Findings[0].Span != between(1, 2) {
		t.Fatalf("%v", essence(r))
	}
	if want := "“x” and “y” work on “app”, “db” and “web” at the same time, Sat 24 Oct 2026 23:15–23:30 UTC (15 min)."; r.Findings[0].Reason != want {
		t.Errorf("%s", r.Findings[0].Reason)
	}
	p.Assignments[1].Start, p.Assignments[1].End = at(2), at(4)
	if r = Judge(c, p); len(r.Findings) != 0 {
		t.Errorf("touching is not overlapping: %v", essence(r))
	}
}

// TestAcceptances follows a conflict through its life: found, accepted, expired, changed.
func TestAcceptances(t *testing.T) {
	c, p := shop(t)
	c.Activities[0].NotAfter = at(5)
	f := Judge(c, p).Findings[0]
	ok := Acceptance{Finding: f.ID, Facts: f.Facts, Owner: "Ada", Reason: "the customer agreed", Expires: at(100)}
	judge := func(now time.Time, as ...Acceptance) (Finding, Report) {
		d := *c
		d.Now, d.Accepted = now, as
		r := Judge(&d, p)
		if len(r.Findings) != 1 {
			t.Fatalf("%v", essence(r))
		}
		return r.Findings[0], r
	}
	if f, r := judge(at(1), ok); f.Accepted == nil || f.Accepted.Owner != "Ada" || f.Returned != "" || !r.Clean() || len(r.Lapsed) != 0 {
		t.Errorf("accepted: %+v", f)
	}
	tests := []struct {
		name   string
		change func(a *Acceptance)
		why    string
	}{
		{"expired", func(a *Acceptance) { a.Expires = at(1) }, "the acceptance by Ada expired on Sun 25 Oct 2026 01:15 CEST"},
		{"no owner", func(a *Acceptance) { a.Owner = "" }, "the acceptance has no owner"},
		{"no reason", func(a *Acceptance) { a.Reason = "" }, "the acceptance by Ada gives no reason"},
		{"no expiry", func(a *Acceptance) { a.Expires = time.Time{} }, "the acceptance by Ada has no date of expiry"},
		{"other facts", func(a *Acceptance) { a.Facts = "0" }, "what Ada accepted has changed since"},
	}
	for _, tt := range tests {
		bad := ok
		tt.change(&bad)
		f, r := judge(at(1), bad)
		if f.Accepted != nil || f.Returned != tt.why || r.Clean() || len(r.Lapsed) != 1 || r.Lapsed[0].Why != tt.why {
			t.Errorf("%s: %+v %+v", tt.name, f, r.Lapsed)
		}
	}
	p.Assignments[0].Start, p.Assignments[0].End = at(3), at(7)
	if f, r := judge(at(1), ok); f.Accepted != nil || f.Returned == "" || r.Clean() {
		t.Errorf("the conflict is worse, and still accepted: %+v", f)
	}
	p.Assignments[0].Start, p.Assignments[0].End = at(1), at(5)
	d := *c
	d.Accepted = []Acceptance{ok}
	if r := Judge(&d, p); len(r.Findings) != 0 || len(r.Lapsed) != 1 || r.Lapsed[0].Why != "the plan has no such conflict any more" {
		t.Errorf("%+v", r)
	}
}

// TestClockChange: on the night that clocks go back in Berlin, the window from 01:00 to
// 04:00 is four hours long, and the other way round in spring it is two.
func TestClockChange(t *testing.T) {
	loc := berlin(t)
	night := &calendar.Calendar{ID: "night", Windows: []calendar.Window{{ID: "night", Kind: calendar.Maintenance,
		Starts: recurrence("DTSTART;TZID=Europe/Berlin:20260101T010000\nRRULE:FREQ=DAILY"), EndWall: calendar.At(4, 0)}}}
	for _, tt := range []struct {
		start  time.Time
		length time.Duration
		want   time.Duration // by how much it does not fit
	}{
		{time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC), 4 * time.Hour, 0},
		{time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC), 4*time.Hour + time.Nanosecond, time.Nanosecond},
		{time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), 2 * time.Hour, 0},
		{time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), 3 * time.Hour, time.Hour},
		{time.Date(2026, 6, 1, 23, 0, 0, 0, time.UTC), 3 * time.Hour, 0},
	} {
		c := &Case{Zone: loc, Calendars: []*calendar.Calendar{night}, Activities: []Activity{{ID: "a", Calendar: "night", Duration: tt.length}}}
		r := Judge(c, &Plan{Assignments: []Assignment{{"a", "", tt.start, tt.start.Add(tt.length)}}})
		var got time.Duration
		for _, f := range r.Findings {
			if f.Kind != ExceedsWindow {
				t.Errorf("%s", f.Reason)
			}
			got = f.Amount.Duration
		}
		if got != tt.want {
			t.Errorf("%v for %v exceeds by %v, want %v", tt.start, tt.length, got, tt.want)
		}
	}
}

// TestInstants: work of no length may stand at either end of a window, at either end of
// a blackout, and inside neither blackout nor closed time.
func TestInstants(t *testing.T) {
	k := &calendar.Calendar{ID: "k", Windows: []calendar.Window{
		oneWindow("open", calendar.Maintenance, between(0, 8)), oneWindow("closed", calendar.Blackout, between(4, 6)),
		oneWindow("closed again", calendar.Blackout, between(6, 7)),
	}}
	for n, want := range map[int][]string{-1: {"outside-window"}, 0: nil, 3: nil, 4: nil, 5: {"in-blackout"}, 6: {"in-blackout"}, 7: nil, 8: nil, 9: {"outside-window"}} {
		for _, pauses := range []bool{false, true} {
			c := &Case{Calendars: []*calendar.Calendar{k}, Activities: []Activity{{ID: "a", Calendar: "k", Pauses: pauses}}}
			var got []string
			for _, f := range Judge(c, &Plan{Assignments: []Assignment{{"a", "", at(n), at(n)}}}).Findings {
				got = append(got, string(f.Kind))
			}
			if !slices.Equal(got, want) {
				t.Errorf("at %d: %v, want %v", n, got, want)
			}
		}
	}
}
