package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func jan(day, hour int) time.Time { return time.Date(2026, 1, day, hour, 0, 0, 0, time.UTC) }

// span of January, as a set.
func inJan(day, hour, hours int) Intervals {
	return Union(Interval{jan(day, hour), jan(day, hour).Add(time.Duration(hours) * time.Hour)})
}

// clean is a policy without faults: weekly maintenance, a freeze, an override in use.
func clean() *Policy {
	return &Policy{Version: 1, Calendars: []Calendar{{ID: "c", Windows: []Window{
		{ID: "weekend", Kind: Maintenance, Length: Exactly(30 * time.Hour), Starts: MustParseRecurrence("DTSTART:20260103T000000Z\nRRULE:FREQ=WEEKLY;BYDAY=SA")},
		{ID: "nights", Kind: Maintenance, Length: Exactly(5 * time.Hour), Starts: MustParseRecurrence("DTSTART:20260101T220000Z\nRRULE:FREQ=DAILY")},
		{ID: "freeze", Kind: Freeze, Length: Duration{Days: 2}, Starts: Once(jan(20, 0)), Exempt: []string{"emergency"}},
		{ID: "audit", Kind: Blackout, Length: Exactly(12 * time.Hour), Starts: Once(jan(24, 0)), Scope: Scope{Services: []string{"ledger"}}},
	}, Overrides: []Override{{ID: "o", Lifts: []string{"freeze"}, Who: "a", Reason: "b", From: jan(20, 0), Expires: jan(21, 0)}}}}}
}

func TestLintOfACleanPolicyIsEmpty(t *testing.T) {
	found, err := clean().Lint(Interval{jan(1, 0), jan(31, 0)}, &LintOptions{Floor: Floor{20 * time.Hour, 7 * 24 * time.Hour, 4 * time.Hour}})
	if err != nil || len(found) > 0 {
		t.Errorf("%v %+v", err, found)
	}
}

func TestLintFindsPlantedFaults(t *testing.T) {
	weekly := func(id string, kind Kind, hour string, hours int) Window {
		return Window{ID: id, Kind: kind, Length: Exactly(time.Duration(hours) * time.Hour), Starts: MustParseRecurrence("DTSTART:20260103T" + hour + "0000Z\nRRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=4")}
	}
	tests := []struct {
		name    string
		plant   func(c *Calendar)
		kind    FindingKind
		windows []string
		when    Intervals
	}{
		{"a window inside another", func(c *Calendar) { c.Windows = append(c.Windows, weekly("w", Maintenance, "02", 3)) },
			Shadowed, []string{"w", "weekend"}, inJan(3, 2, 3).Union(inJan(10, 2, 3)).Union(inJan(17, 2, 3)).Union(inJan(24, 2, 3))},
		{"a freeze inside a blackout", func(c *Calendar) {
			c.Windows = append(c.Windows, Window{ID: "w", Kind: Freeze, Length: Exactly(time.Hour), Starts: Once(jan(24, 3)), Scope: Scope{Services: []string{"ledger"}, Environments: []string{"prod"}}})
		}, Shadowed, []string{"w", "audit"}, inJan(24, 3, 1)},
		{"maintenance under a blackout", func(c *Calendar) {
			c.Windows = append(c.Windows, Window{ID: "w", Kind: Maintenance, Length: Exactly(3 * time.Hour), Starts: Once(jan(7, 10))},
				Window{ID: "b", Kind: Blackout, Length: Exactly(5 * time.Hour), Starts: Once(jan(7, 9))})
		}, Contradictory, []string{"w", "b"}, inJan(7, 10, 3)},
		{"a window that overlaps itself", func(c *Calendar) {
			c.Windows = append(c.Windows, Window{ID: "w", Kind: Maintenance, Length: Exactly(30 * time.Hour), Starts: MustParseRecurrence("DTSTART:20260106T080000Z\nRRULE:FREQ=DAILY;COUNT=2")})
		}, SelfOverlap, []string{"w"}, inJan(7, 8, 6)},
		{"two equal windows", func(c *Calendar) {
			w := c.Windows[2]
			w.ID, w.Starts, w.Length = "w", MustParseRecurrence("DTSTART:20260120T000000Z\nRDATE:20260120T000000Z"), Exactly(48*time.Hour)
			c.Windows = append(c.Windows, w)
		}, Duplicate, []string{"w", "freeze"}, inJan(20, 0, 48)},
		{"a rule that has ended", func(c *Calendar) {
			c.Windows = append(c.Windows, Window{ID: "w", Kind: Blackout, Length: Exactly(time.Hour), Starts: MustParseRecurrence("DTSTART:20250103T080000Z\nRRULE:FREQ=DAILY;UNTIL=20251231")})
		}, NeverOccurs, []string{"w"}, Union(Interval{jan(1, 0), jan(31, 0)})},
		{"an override of nothing", func(c *Calendar) {
			c.Overrides = append(c.Overrides, Override{ID: "x", Lifts: []string{"audit"}, Who: "a", Reason: "b", From: jan(5, 0), Expires: jan(6, 0)})
		}, UnusedLift, []string{"audit"}, inJan(5, 0, 24)},
		{"an override that expired", func(c *Calendar) {
			c.Overrides = append(c.Overrides, Override{ID: "x", Lifts: []string{"audit"}, Who: "a", Reason: "b", From: jan(-5, 0), Expires: jan(-4, 0)})
		}, UnusedLift, nil, Union(Interval{jan(-5, 0), jan(-4, 0)})},
		{"a service that is always closed", func(c *Calendar) {
			c.Windows = append(c.Windows, Window{ID: "w", Kind: Blackout, Length: Duration{Days: 40}, Starts: Once(jan(0, 0)), Scope: Scope{Services: []string{"mainframe"}}})
		}, NeverOpen, []string{"w"}, Union(Interval{jan(1, 0), jan(31, 0)})},
		{"a rule that does not select its start", func(c *Calendar) {
			c.Windows = append(c.Windows, Window{ID: "w", Kind: Blackout, Length: Exactly(time.Hour), Starts: MustParseRecurrence("DTSTART:20260101T080000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO")})
		}, StrayStart, []string{"w"}, Intervals{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := clean()
			tt.plant(&p.Calendars[0])
			found, err := p.Lint(Interval{jan(1, 0), jan(31, 0)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != 1 {
				t.Fatalf("%d findings: %+v", len(found), found)
			}
			f := found[0]
			if f.Kind != tt.kind || !slices.Equal(f.Windows, tt.windows) || !f.When.Equal(tt.when) || f.Problem == "" || f.Suggestion == "" {
				t.Errorf("found %+v\nwhen %v\nwant %v %v when %v", f, slices.Collect(f.When.All()), tt.kind, tt.windows, slices.Collect(tt.when.All()))
			}
		})
	}
}

// TestFloorFindsTheExactPeriods checks the starts of the poor periods against every minute.
func TestFloorFindsTheExactPeriods(t *testing.T) {
	p := clean()
	p.Calendars[0].Windows = slices.Delete(p.Calendars[0].Windows, 1, 2)
	within := Interval{jan(1, 0), jan(31, 0)}
	for _, f := range []Floor{
		{25 * time.Hour, 7 * 24 * time.Hour, 4 * time.Hour},
		{31 * time.Hour, 9 * 24 * time.Hour, 13 * time.Hour},
		{time.Minute, 24 * time.Hour, 0},
		{90 * time.Minute, 24*time.Hour + 30*time.Minute, 0},
	} {
		found, err := p.Lint(within, &LintOptions{Subjects: []Subject{{Services: []string{"ledger"}}}, Floor: f})
		if err != nil || len(found) != 1 || found[0].Kind != Scarce {
			t.Fatalf("%v %+v", err, found)
		}
		open, err := p.Open(within, Subject{Services: []string{"ledger"}})
		if err != nil {
			t.Fatal(err)
		}
		var usable []Interval
		for iv := range open.All() {
			if iv.Duration() >= f.Block {
				usable = append(usable, iv)
			}
		}
		for at := within.Start; !at.Add(f.Per).After(within.End); at = at.Add(5 * time.Minute) {
			var have time.Duration
			for _, iv := range usable {
				have += iv.Intersect(Interval{at, at.Add(f.Per)}).Duration()
			}
			if got, want := found[0].When.Contains(at), have < f.Open; got != want {
				t.Fatalf("floor %v: period from %v holds %v: found %v", f, at, have, got)
			}
		}
	}
	// A demand on the whole interval.
	found, err := p.Lint(within, &LintOptions{Subjects: []Subject{{}}, Demands: map[int]Floor{0: {Open: 500 * time.Hour}}})
	if err != nil || len(found) != 1 || !strings.Contains(found[0].Problem, "needs PT500H") {
		t.Errorf("%v %+v", err, found)
	}
}

func TestDiffToTheInstant(t *testing.T) {
	a, b := clean(), clean()
	b.Calendars[0].Windows[3].Length = Exactly(13 * time.Hour)
	b.Calendars[0].Windows = append(b.Calendars[0].Windows, Window{ID: "care", Kind: Freeze, Grade: Approval, Approvers: []string{"x"}, Length: Exactly(time.Hour), Starts: Once(jan(10, 3))})
	b.Calendars[0].Overrides = nil
	d, err := a.Diff(b, Interval{jan(1, 0), jan(31, 0)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range d.Windows {
		names = append(names, w.ID+" "+w.Change)
	}
	if got := strings.Join(names, ", "); got != "audit changed, o removed, care added" {
		t.Error(got)
	}
	for _, s := range d.Subjects {
		lifted := inJan(20, 0, 3).Union(inJan(20, 22, 2))
		want := lifted
		if s.Subject.Type == "emergency" {
			want = Intervals{}
		}
		if len(s.Subject.Services) > 0 {
			want = want.Union(inJan(24, 12, 1))
		}
		if !s.Opened.Empty() || !s.Closed.Equal(want) || !s.Obliged.Equal(inJan(10, 3, 1)) || !s.Relieved.Empty() {
			t.Errorf("%s: opened %v closed %v obliged %v", s.Subject.name(), slices.Collect(s.Opened.All()), slices.Collect(s.Closed.All()), slices.Collect(s.Obliged.All()))
		}
	}
	if len(d.Subjects) != 3 {
		t.Errorf("%d subjects: %+v", len(d.Subjects), d.Subjects)
	}
	if same, err := a.Diff(clean(), d.Within, nil); err != nil || len(same.Windows)+len(same.Subjects) > 0 {
		t.Errorf("%v %+v", err, same)
	}
}
