package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"pgregory.net/rapid"
)

// shifts are calendars of three zones, each with hours on its own clock.
func shifts() []calendar.Calendar {
	daily := func(id, zone, rule string, length calendar.Duration) calendar.Calendar {
		return calendar.Calendar{ID: id, Zone: zone, Windows: []calendar.Window{{ID: id, Kind: calendar.Maintenance, Starts: calendar.MustParseRecurrence(rule), Length: length}}}
	}
	return []calendar.Calendar{
		daily("berlin", "Europe/Berlin", "DTSTART:20260302T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", calendar.Exactly(8*time.Hour)),
		daily("new-york", "America/New_York", "DTSTART:20260301T013000\nRRULE:FREQ=DAILY", calendar.Exactly(3*time.Hour)),
		daily("night", "Europe/London", "DTSTART:20260301T220000\nRRULE:FREQ=DAILY", calendar.Exactly(8*time.Hour)),
	}
}

var staffZones = func() map[string]*time.Location {
	out := map[string]*time.Location{}
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Europe/London"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		out[name] = loc
	}
	return out
}()

// onShift says whether it is in hours, from the wall clock alone.
func onShift(hours string, at time.Time) bool {
	in := func(zone string) time.Time { return at.In(staffZones[zone]) }
	switch hours {
	case "berlin":
		t := in("Europe/Berlin")
		return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && t.Hour() >= 9 && t.Hour() < 17
	case "new-york": // three hours that pass, from 1:30 on the wall
		t := in("America/New_York")
		start := time.Date(t.Year(), t.Month(), t.Day(), 1, 30, 0, 0, t.Location())
		return !at.Before(start) && at.Before(start.Add(3*time.Hour))
	case "night":
		for back := range 2 {
			t := in("Europe/London").AddDate(0, 0, -back)
			start := time.Date(t.Year(), t.Month(), t.Day(), 22, 0, 0, 0, t.Location())
			if !at.Before(start) && at.Before(start.Add(8*time.Hour)) {
				return true
			}
		}
		return false
	}
	return true
}

// staffSpan holds the nights in which the clocks of New York and of Berlin and London change.
func staffSpan(month time.Month) calendar.Interval {
	if month == time.March {
		return calendar.Interval{Start: time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)}
	}
	return calendar.Interval{Start: time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)}
}

func anyRoster(t *rapid.T, span calendar.Interval) *Roster {
	r := &Roster{Calendars: shifts(), Groups: map[string][]string{}}
	minutes := int(span.Duration() / time.Minute)
	some := func(name string, most int) (out []calendar.Interval) {
		for range rapid.IntRange(0, most).Draw(t, name) {
			from := rapid.IntRange(-100, minutes).Draw(t, "from")
			out = append(out, calendar.Interval{Start: span.Start.Add(time.Duration(from) * time.Minute), End: span.Start.Add(time.Duration(from+rapid.IntRange(1, 2000).Draw(t, "long")) * time.Minute)})
		}
		return out
	}
	skills := []string{"dba", "net", "sre"}
	for i := range rapid.IntRange(1, 5).Draw(t, "people") {
		p := Person{ID: fmt.Sprint("p", i), Team: rapid.SampledFrom([]string{"red", "blue"}).Draw(t, "team"), Hours: rapid.SampledFrom([]string{"", "berlin", "new-york", "night"}).Draw(t, "hours"),
			OnCall: some("on call", 2), Absences: some("absences", 2)}
		for _, s := range skills {
			if rapid.Bool().Draw(t, s) {
				p.Skills = append(p.Skills, s)
			}
		}
		r.People = append(r.People, p)
		if rapid.Bool().Draw(t, "on board") {
			r.Groups["board"] = append(r.Groups["board"], p.ID)
		}
	}
	for range rapid.IntRange(0, 5).Draw(t, "delegations") {
		d := Delegation{From: rapid.SampledFrom(r.People[:min(2, len(r.People))]).Draw(t, "of").ID, To: rapid.SampledFrom(r.People).Draw(t, "to").ID,
			WhenAbsent: rapid.Bool().Draw(t, "when absent"), During: span}
		if d.From != d.To {
			if during := some("during", 1); during != nil {
				d.During = during[0]
			}
			if rapid.Bool().Draw(t, "panels") {
				d.Panels = []string{rapid.SampledFrom([]string{"board", "red"}).Draw(t, "panel")}
			}
			r.Delegations = append(r.Delegations, d)
		}
	}
	return r
}

// crewTwin lists who can be taken for a demand in a minute: members who are there, then one stand-in for each who is not.
func crewTwin(r *Roster, id string, at time.Time) map[string]bool {
	there := func(p *Person) bool {
		in := func(list []calendar.Interval) bool {
			return slices.ContainsFunc(list, func(iv calendar.Interval) bool { return !at.Before(iv.Start) && at.Before(iv.End) })
		}
		return (onShift(p.Hours, at) || in(p.OnCall)) && !in(p.Absences)
	}
	of, name, _ := strings.Cut(id, "/")
	out := map[string]bool{}
	for i := range r.People {
		p := &r.People[i]
		member := of == "skill" && slices.Contains(p.Skills, name) || of == "team" && p.Team == name || of == "group" && slices.Contains(r.Groups[name], p.ID) || of == "person" && p.ID == name
		if !member {
			continue
		}
		if there(p) {
			out[p.ID] = true
			continue
		}
		for _, d := range r.Delegations {
			if to, ok := r.Person(d.To); ok && of != "skill" && d.From == p.ID && d.During.Contains(at) && there(to) && (!d.WhenAbsent || r.Absent(p.ID, at)) {
				if d.Panels == nil || slices.Contains(d.Panels, name) {
					out[d.To] = true
				}
				break
			}
		}
	}
	return out
}

// matched says whether each of some demands can have a person of its own, by trying all.
func matched(wants []map[string]bool, used map[string]bool) bool {
	if len(wants) == 0 {
		return true
	}
	for who := range wants[0] {
		if !used[who] {
			used[who] = true
			if matched(wants[1:], used) {
				return true
			}
			used[who] = false
		}
	}
	return false
}

// Minute by minute, across changes of the clocks, capacities are how many a twin counts
// who reads the wall clock; and demands fit all capacities if and only if
// the twin can give everybody to one demand.
func TestStaffAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := staffSpan(rapid.SampledFrom([]time.Month{time.March, time.October}).Draw(t, "month"))
		r := anyRoster(t, span)
		var demands []schedule.Demand
		for _, id := range []string{"skill/dba", "skill/net", "skill/sre", "team/red", "group/board", "person/p0"} {
			of, name, _ := strings.Cut(id, "/")
			if len(r.members(of, name)) > 0 && rapid.Bool().Draw(t, id) {
				demands = append(demands, schedule.Demand{Resource: id, Amount: rapid.Int64Range(1, 2).Draw(t, "amount")})
			}
		}
		p := &schedule.Problem{Horizon: span, Activities: []schedule.Activity{{ID: "a", Duration: schedule.Hour, Demands: demands}}}
		got, err := r.Staff(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := got.Validate(); err != nil {
			t.Fatal(err)
		}
		for i := range got.Resources {
			for s, step := range got.Resources[i].Capacity.Steps {
				if step.Value < 1 || s > 0 && got.Resources[i].Capacity.Steps[s-1].End.After(step.Start) {
					t.Fatalf("%s has the step %v", got.Resources[i].ID, step)
				}
			}
		}
		// Every 15 minutes, and the minutes around: all shifts begin and end on quarters, the other
		// spans anywhere, which the random phase of the minutes hits.
		phase := rapid.IntRange(0, 14).Draw(t, "phase")
		for m := phase; m < int(span.Duration()/time.Minute); m += 15 {
			at := span.Start.Add(time.Duration(m) * time.Minute)
			var wants []map[string]bool
			for _, d := range demands {
				crew := crewTwin(r, d.Resource, at)
				for range d.Amount {
					wants = append(wants, crew)
				}
			}
			fits := true
			for i := range got.Resources {
				res := &got.Resources[i]
				parts, isPool := strings.CutPrefix(res.ID, "people/")
				all := map[string]bool{}
				var sum int64
				for _, id := range strings.Split(parts, "+") {
					for who := range crewTwin(r, id, at) {
						all[who] = true
					}
					sum += demands[slices.IndexFunc(demands, func(d schedule.Demand) bool { return d.Resource == id })].Amount
				}
				if n := res.Capacity.At(at); n != int64(len(all)) {
					t.Fatalf("%s: %s has %d, the twin counts %v", at, res.ID, n, all)
				}
				k := slices.IndexFunc(got.Activities[0].Demands, func(d schedule.Demand) bool { return d.Resource == res.ID })
				if k < 0 || got.Activities[0].Demands[k].Amount != sum {
					t.Fatalf("%s (a union: %v) takes %v, not %d", res.ID, isPool, got.Activities[0].Demands, sum)
				}
				fits = fits && sum <= res.Capacity.At(at)
			}
			if want := matched(wants, map[string]bool{}); fits != want {
				t.Fatalf("%s: the capacities say %v, trying all says %v", at, fits, want)
			}
		}
		if len(p.Resources) > 0 || len(p.Activities[0].Demands) != len(demands) {
			t.Fatal("the problem was changed")
		}
		if again, err := r.Staff(got); err != nil || len(again.Resources) != len(got.Resources) || len(again.Activities[0].Demands) != len(got.Activities[0].Demands) {
			t.Fatalf("people are counted twice: %v", err)
		}
	})
}

// What each and any two skills have is not all: of a chain of skills, the first and last
// asked for twice, each pair has enough people and all three have not. Nor is a group that
// others have joined at other times: who stands in on one panel does not count for another.
func TestStaffNeedsAllUnions(t *testing.T) {
	span := staffSpan(time.March)
	noon := span.Start.Add(12 * time.Hour)
	first, second := calendar.Interval{Start: span.Start, End: noon}, calendar.Interval{Start: noon, End: span.End}
	r := &Roster{Groups: map[string][]string{"a": {"boss", "mia"}, "b": {"boss", "mia"}, "c": {"mia"}},
		Delegations: []Delegation{{From: "boss", To: "deputy", During: first, Panels: []string{"a"}, WhenAbsent: true}, {From: "boss", To: "deputy", During: second, Panels: []string{"b"}, WhenAbsent: true}},
		People: []Person{{ID: "1", Skills: []string{"x"}}, {ID: "2", Skills: []string{"x", "y"}}, {ID: "3", Skills: []string{"y", "z"}}, {ID: "4", Skills: []string{"z"}},
			{ID: "boss", Absences: []calendar.Interval{span}}, {ID: "deputy"}, {ID: "mia"}}}
	for _, c := range []struct {
		text  string // "demand amount, ..."
		start time.Time
		want  bool
	}{
		{"skill/x 2, skill/y 1, skill/z 2", span.Start, false},
		{"skill/x 2, skill/y 1, skill/z 1", span.Start, true},
		{"skill/x 1, skill/y 1, skill/z 2", span.Start, true},
		{"group/a 2", span.Start, true},
		{"group/a 2", noon, false},
		{"group/b 2", span.Start, false},
		{"group/b 2", noon, true},
		{"group/a 1, group/c 1", span.Start, true},
		{"group/a 1, group/c 1", noon, false},
		{"group/b 1, group/c 1", noon, true},
		{"group/a 1, group/b 1, group/c 1", noon, false},
	} {
		p := &schedule.Problem{Horizon: span, Activities: []schedule.Activity{{ID: "w", Duration: schedule.Hour}}}
		for _, text := range strings.Split(c.text, ", ") {
			var d schedule.Demand
			if _, err := fmt.Sscan(text, &d.Resource, &d.Amount); err != nil {
				t.Fatal(err)
			}
			p.Activities[0].Demands = append(p.Activities[0].Demands, d)
		}
		for _, id := range []string{"group/a", "group/b", "group/c"} { // others ask for these
			p.Activities = append(p.Activities, schedule.Activity{ID: id, Duration: schedule.Hour, Optional: true, Demands: []schedule.Demand{{Resource: id, Amount: 1}}})
		}
		p, err := r.Staff(p)
		if err != nil {
			t.Fatal(err)
		}
		plan := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "w", Start: c.start, End: c.start.Add(time.Hour)}}}
		found, err := schedule.Check(p, plan)
		if err != nil || (len(found) == 0) != c.want {
			t.Errorf("%s at %s: %v, %v", c.text, c.start, found, err)
		}
		seats, err := r.Seats(p, plan)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Assign(seats, r); (err == nil) != c.want {
			t.Errorf("%s at %s: %v", c.text, c.start, err)
		}
	}
}

// nightShop has a few people in two zones and releases that take them.
func nightShop() (*Roster, *schedule.Problem) {
	span := staffSpan(time.March)
	r := &Roster{Calendars: shifts(), Groups: map[string][]string{"board": {"mia"}}, People: []Person{
		{ID: "ann", Skills: []string{"dba", "net"}, Hours: "night"},
		{ID: "bob", Skills: []string{"net"}, Hours: "night", Absences: []calendar.Interval{{Start: span.Start, End: span.Start.Add(36 * time.Hour)}}},
		{ID: "joe", Skills: []string{"firmware"}, Supplier: "acme", Hours: "new-york"},
		{ID: "mia", Hours: "berlin"}, {ID: "max", Hours: "berlin"}}}
	p := &schedule.Problem{Horizon: span, Goals: []schedule.Goal{{Measure: schedule.Makespan}}}
	for i := range 3 {
		p.Releases = append(p.Releases, schedule.Release{ID: fmt.Sprint("R", i), Stages: []schedule.Stage{
			{ID: "go", Kind: schedule.StageGate, Duration: schedule.Hour, Demands: []schedule.Demand{{Resource: "group/board", Amount: 1}}, Calendar: "group/board", After: []string{}},
			{ID: "db", Kind: schedule.StageDeploy, Duration: 2 * schedule.Hour, Demands: []schedule.Demand{{Resource: "skill/dba", Amount: 1}}, Calendar: "night", CIs: []string{fmt.Sprint("db", i)}},
			{ID: "net", Kind: schedule.StageDeploy, Duration: 2 * schedule.Hour, Demands: []schedule.Demand{{Resource: "skill/net", Amount: 1}}, Calendar: "night", CIs: []string{fmt.Sprint("net", i)}, After: []string{"go"}}}})
	}
	p.Releases[0].Stages = append(p.Releases[0].Stages, schedule.Stage{ID: "fw", Kind: schedule.StageDeploy, Duration: 3 * schedule.Hour, Calendar: "supplier/acme", CIs: []string{"fw"},
		Demands: []schedule.Demand{{Resource: "supplier/acme", Amount: 1}}, After: []string{}})
	return r, p
}

// What the solver plans, people can do: the judge passes it and there is an assignment, in
// which nobody is in two places. Without the union one would be.
func TestStaffedPlanHasPeople(t *testing.T) {
	r, bare := nightShop()
	p, err := r.Staff(bare)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := schedule.Solve(context.Background(), p, &schedule.Options{MaxWork: 200_000})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := schedule.Check(p, plan); err != nil || len(found) > 0 {
		t.Fatalf("the judge finds %v, %v", found, err)
	}
	seats, err := r.Seats(p, plan)
	if err != nil {
		t.Fatal(err)
	}
	if len(seats.Seats) != 10 {
		t.Fatalf("%d seats, want 10", len(seats.Seats))
	}
	done, err := Assign(seats, r)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := CheckStaffing(done, r); err != nil || len(found) > 0 {
		t.Fatalf("%v, %v", found, err)
	}
	for i, a := range done.Seats {
		for _, b := range done.Seats[:i] {
			if a.During.Overlaps(b.During) && a.Taken[0].Person == b.Taken[0].Person {
				t.Errorf("%s does %s and %s at one time", a.Taken[0].Person, a.Role, b.Role)
			}
		}
	}
	// In the first night ann is alone: her two skills are one pair of hands.
	first := p.Horizon.Start.Add(22 * time.Hour)
	both := &schedule.Plan{}
	for i, id := range []string{"R0/db", "R1/net"} {
		both.Assignments = append(both.Assignments, schedule.Assignment{Activity: id, Start: first.Add(time.Duration(i) * time.Hour), End: first.Add(time.Duration(i+2) * time.Hour)})
	}
	found, err := schedule.Check(p, both)
	if err != nil {
		t.Fatal(err)
	}
	overload := slices.IndexFunc(found, func(c schedule.Conflict) bool { return c.Kind == schedule.TeamOverload })
	if overload < 0 || !slices.ContainsFunc(found[overload].Evidence, func(e schedule.Evidence) bool { return e.ID == "people/skill/dba+skill/net" }) {
		t.Errorf("nobody minds that ann is in two places: %v", found)
	}
	if seats, err = r.Seats(p, both); err != nil {
		t.Fatal(err)
	}
	if _, err := Assign(seats, r); !errors.Is(err, ErrUnstaffed) {
		t.Errorf("ann is assigned twice: %v", err)
	}
	// Work across a change of shift fits every instant and yet nobody can do it all.
	day := func(h int) time.Time { return time.Date(2026, 3, 30, h, 0, 0, 0, time.UTC) }
	relay := &Roster{Calendars: shifts(), People: []Person{{ID: "n", Skills: []string{"sre"}, Hours: "night"}, {ID: "d", Skills: []string{"sre"}, OnCall: []calendar.Interval{{Start: day(5), End: day(12)}}, Hours: "berlin"}}}
	q, err := relay.Staff(&schedule.Problem{Horizon: staffSpan(time.March), Activities: []schedule.Activity{{ID: "w", Duration: 4 * schedule.Hour, Demands: []schedule.Demand{{Resource: "skill/sre", Amount: 1}}}}})
	if err != nil {
		t.Fatal(err)
	}
	across := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "w", Start: day(3), End: day(7)}}}
	if found, err := schedule.Check(q, across); err != nil || len(found) > 0 {
		t.Fatalf("%v, %v", found, err)
	}
	if seats, err = relay.Seats(q, across); err != nil {
		t.Fatal(err)
	}
	if _, err := Assign(seats, relay); !errors.Is(err, ErrUnstaffed) {
		t.Errorf("somebody works through two shifts: %v", err)
	}
}

// All demands and calendars that name nobody are reported, each with its path.
func TestStaffReportsAllFaults(t *testing.T) {
	r, p := nightShop()
	p.Releases[0].Stages[1].Demands[0].Resource = "skill/cobol"
	p.Releases[1].Stages[0].Calendar = "supplier/nobody"
	p.Activities = []schedule.Activity{{ID: "a", Modes: []schedule.Mode{{ID: "m", Duration: schedule.Hour, Demands: []schedule.Demand{{Resource: "person/zoe", Amount: 1}}}}}}
	_, err := r.Staff(p)
	if !errors.Is(err, ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{"releases[0].stages[1].demands[0].resource:", "releases[1].stages[0].calendar:", "activities[0].modes[0].demands[0].resource:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not reported in\n%v", want, err)
		}
	}
	r.People[0].Hours = "mars"
	if _, err := r.Staff(p); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "roster.people[0].hours:") {
		t.Error(err)
	}
}
