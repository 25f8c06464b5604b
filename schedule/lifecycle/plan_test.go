package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"pgregory.net/rapid"
)

func testBoard() *Board {
	return &Board{ID: "cab", Name: "Change advisory board", Length: schedule.Hour, Opening: 10 * schedule.Minute, CutOff: 2,
		Meetings: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Berlin:20261126T100000\nRRULE:FREQ=WEEKLY;BYDAY=TH"),
		Items:    []ItemRule{{Length: 15 * schedule.Minute}, {Type: schedule.Normal, MinRisk: 50, Length: 25 * schedule.Minute}}}
}

// boardProblem has n releases before the board, one told to it and one after the fact.
func boardProblem(n int) *schedule.Problem {
	p := &schedule.Problem{Horizon: calendar.Interval{Start: walkDay(11, 23), End: walkDay(12, 21)}}
	for i := range n {
		p.Releases = append(p.Releases, schedule.Release{ID: fmt.Sprintf("R%d", i), Type: schedule.Normal, CIs: []string{fmt.Sprint("ci", i)}, Risk: int64(i%3) * 30,
			Submitted: walkDay(11, 23).Add(time.Duration(i*9) * time.Hour),
			Stages: []schedule.Stage{{ID: "build", Kind: schedule.StageBuild, Duration: 8 * schedule.Hour}, {ID: "go", Kind: schedule.StageDeploy, Duration: schedule.Hour},
				{ID: "soak", Kind: schedule.StageSoak, Duration: 24 * schedule.Hour}, {ID: "wave", Kind: schedule.StageWave, Duration: schedule.Hour}}})
	}
	for i, kind := range []string{schedule.Standard, schedule.Emergency} {
		p.Releases = append(p.Releases, schedule.Release{ID: "X" + kind, Type: kind, CIs: []string{"x"}, NotBefore: walkDay(11, 27+i),
			Stages: []schedule.Stage{{ID: "go", Kind: schedule.StageDeploy, Duration: schedule.Hour}}})
	}
	return p
}

// The solver sees the board: no meeting has more items than fit, none is decided before
// its cut-off allows, none delivers before it is decided.
func TestBoardCapacity(t *testing.T) {
	g, b := walkGovernance(t), testBoard()
	p, err := g.Seat(b, boardProblem(7))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := schedule.Solve(context.Background(), p, &schedule.Options{MaxWork: 200_000})
	if err != nil {
		t.Fatal(err)
	}
	agendas, err := g.Agendas(b, p, plan, p.Horizon)
	if err != nil {
		t.Fatal(err)
	}
	items, told, after := 0, 0, 0
	for _, a := range agendas {
		end := a.Meeting.During.Start.Add(b.Opening.Std())
		for _, it := range a.Items {
			items++
			want := 15 * time.Minute
			if it.Risk >= 50 {
				want = 25 * time.Minute
			}
			if it.At.Start.Before(end) || it.At.End.After(a.Meeting.During.End) || it.At.Duration() != want || it.Late || it.Delivers.Start.Before(it.At.End) {
				t.Errorf("meeting %s: item %+v", a.Meeting.During, it)
			}
			end = it.At.End
			r := &p.Releases[slices.IndexFunc(p.Releases, func(r schedule.Release) bool { return r.ID == it.Release })]
			if cut := a.Meeting.During.Start.AddDate(0, 0, -1); !r.Submitted.Before(cut) { // Tuesday night in Berlin
				t.Errorf("%s was submitted on %s for %s", r.ID, r.Submitted, a.Meeting.During)
			}
		}
		told, after = told+len(a.PreApproved), after+len(a.Retrospective)
	}
	if items != 7 || told != 1 || after != 1 {
		t.Errorf("%d items, %d told, %d after the fact; want 7, 1, 1", items, told, after)
	}
	if len(agendas[0].Items) > 3 {
		t.Errorf("%d items in 50 minutes", len(agendas[0].Items))
	}
	// What was submitted on a Wednesday missed the cut-off of Tuesday.
	late := schedule.Release{ID: "late", Submitted: walkDay(11, 25).Add(9 * time.Hour)}
	m := agendas[0].Meeting
	if g.Takes(&m, late.Submitted) || !g.Takes(&m, late.Submitted.AddDate(0, 0, -1)) || m.CutOff != (calendar.Date{Year: 2026, Month: 11, Day: 24}) {
		t.Errorf("the cut-off of %s is %s", m.During, m.CutOff)
	}
	if _, err := g.Seat(b, p); !errors.Is(err, ErrInvalid) {
		t.Errorf("a board sits twice: %v", err)
	}
}

// The latest times agree with a twin that tries every hour, in any calendar.
func TestBackwardsAgainstTwin(t *testing.T) {
	g := walkGovernance(t)
	rapid.Check(t, func(t *rapid.T) {
		const hours = 24 * 9
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		start := walkDay(11, 23)
		open := make([]bool, hours)
		cal := calendar.Calendar{ID: "c", Default: calendar.DefaultClosed}
		for h := 0; h < hours; {
			n := 1 + r.IntN(9)
			if r.IntN(3) > 0 {
				n = min(n, hours-h)
				cal.Windows = append(cal.Windows, calendar.Window{ID: fmt.Sprint("w", h), Kind: calendar.Maintenance, Starts: calendar.Once(start.Add(time.Duration(h) * time.Hour)), Length: calendar.Exactly(time.Duration(n) * time.Hour)})
				for i := range n {
					open[h+i] = true
				}
			}
			h += n + r.IntN(3)
		}
		if cal.Windows == nil { // one hour at least, or nothing could be planned
			cal.Windows = []calendar.Window{{ID: "w", Kind: calendar.Maintenance, Starts: calendar.Once(start), Length: calendar.Exactly(time.Hour)}}
			open[0] = true
		}
		p := &schedule.Problem{Horizon: calendar.Interval{Start: start, End: start.Add(hours * time.Hour)}, Calendars: []calendar.Calendar{cal}}
		rel := schedule.Release{ID: "R", Type: schedule.Normal, CIs: []string{"x"}, Due: start.Add(time.Duration(hours-r.IntN(60)) * time.Hour)}
		n := 2 + r.IntN(4)
		for k := range n {
			s := schedule.Stage{ID: fmt.Sprint("s", k), Kind: schedule.StageDeploy, Duration: schedule.Duration(1+r.IntN(4)) * schedule.Hour, After: []string{}, MinLag: schedule.Duration(r.IntN(4)) * schedule.Hour}
			if k == 0 {
				s.MinLag = 0
			} else {
				s.After = append(s.After, fmt.Sprint("s", r.IntN(k)))
			}
			if r.IntN(3) > 0 {
				if s.Calendar = "c"; r.IntN(2) == 0 {
					s.Pause = schedule.PauseHolding
				}
			}
			rel.Stages = append(rel.Stages, s)
		}
		p.Releases = []schedule.Release{rel}
		net, err := newNetwork(p)
		if err != nil {
			t.Fatal(err)
		}
		net.forward(nil)
		net.backward()
		due := int(rel.Due.Sub(start) / time.Hour)
		latest := make([]int, n) // start hour; -1: none
		for k := n - 1; k >= 0; k-- {
			s := rel.Stages[k]
			by := hours
			isLast := true
			for j := k + 1; j < n; j++ {
				if slices.Contains(rel.Stages[j].After, s.ID) {
					by = min(by, latest[j]-int(rel.Stages[j].MinLag/schedule.Hour))
					isLast = false
				}
			}
			if isLast {
				by = min(by, due)
			}
			latest[k] = -1 << 20
			for h := 0; h < hours; h++ {
				left, end := int(s.Duration/schedule.Hour), h
				ok := s.Calendar == "" || open[h]
				for ; ok && left > 0 && end < hours; end++ {
					switch {
					case s.Calendar == "" || open[end]:
						left--
					case s.Pause == schedule.NoPause:
						ok = false
					}
				}
				if ok && left == 0 && end <= by {
					latest[k] = h
				}
			}
		}
		if slices.ContainsFunc(latest, func(h int) bool { return h < 0 }) {
			return // too late already; that is said in Problem
		}
		for k := range n {
			i := slices.IndexFunc(net.acts, func(a schedule.Activity) bool { return a.ID == "R/"+rel.Stages[k].ID })
			if got := net.late[i].Start; !got.Equal(start.Add(time.Duration(latest[k])*time.Hour)) || net.bad[i] != "" && net.now[i].End.Before(p.Horizon.End) {
				t.Fatalf("stage %+v: latest start %s, twin %s (%s)", rel.Stages[k], got, start.Add(time.Duration(latest[k])*time.Hour), net.bad[i])
			}
		}
		d, err := g.Backwards(p, nil, nil)
		if err != nil || !d[0].DeliverBy.Equal(start.Add(time.Duration(slices.Min(latest))*time.Hour)) || len(d[0].Chain) == 0 {
			t.Fatalf("%+v %v", d, err)
		}
	})
}

// Assign agrees with trying all people on all seats, and its reasons are minimal.
func TestAssignAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		during := calendar.Interval{Start: walkDay(12, 1), End: walkDay(12, 2)}
		var ro Roster
		var ids []string
		for i := range 2 + r.IntN(3) {
			p := Person{ID: fmt.Sprint("p", i), Team: pick(r.IntN, []string{"a", "b", ""})}
			if r.IntN(3) == 0 {
				p.Absences = []calendar.Interval{during}
			}
			ids = append(ids, p.ID)
			ro.People = append(ro.People, p)
		}
		for range r.IntN(3) {
			a, b := pick(r.IntN, ids), pick(r.IntN, ids)
			if a != b {
				ro.Delegations = append(ro.Delegations, Delegation{From: a, To: b, During: during, WhenAbsent: r.IntN(2) == 0})
			}
		}
		var s Staffing
		for _, role := range []string{"do", "approve", "review"}[:1+r.IntN(3)] {
			seat := Seat{Role: role, Need: 1 + r.IntN(5)/4, During: during}
			for _, id := range ids {
				if r.IntN(3) > 0 {
					seat.Of = append(seat.Of, id)
				}
			}
			s.Seats = append(s.Seats, seat)
		}
		for i := range r.IntN(3) {
			s.Rules = append(s.Rules, SeparateRule{ID: fmt.Sprint("rule", i), Roles: pick(r.IntN, [][]string{{"do", "approve"}, {"do", "approve", "review"}}), Teams: r.IntN(2) == 0, MaxPerTeam: r.IntN(3)})
		}
		got, err := Assign(&s, &ro)
		want := possible(t, s, &ro, &ro)
		if want != (err == nil) {
			t.Fatalf("%+v %+v\ncode: %v\ntwin: %v", s, ro, err, want)
		}
		if err == nil {
			if b, err := CheckStaffing(got, &ro); len(b) > 0 || err != nil {
				t.Fatalf("%+v: %v %v", got, b, err)
			}
			return
		}
		var no *UnstaffedError
		if !errors.As(err, &no) || len(no.Reasons) == 0 {
			t.Fatal(err)
		}
		ls, lr := loosen(&s, &ro, no.Reasons)
		if possible(t, *ls, &ro, lr) {
			t.Fatalf("the reasons %v are not enough", no.Reasons)
		}
		for i := range no.Reasons {
			ls, lr := loosen(&s, &ro, without(no.Reasons, i))
			if !possible(t, *ls, &ro, lr) {
				t.Fatalf("the reason %v is not needed", no.Reasons[i])
			}
		}
	})
}

// possible tries every person for every person on every seat.
func possible(t *rapid.T, s Staffing, r, there *Roster) bool {
	s.Seats = slices.Clone(s.Seats)
	ok := false
	var try func(k int)
	try = func(k int) {
		if ok {
			return
		}
		if k == len(s.Seats) {
			b, err := CheckStaffing(&s, r)
			if err != nil {
				t.Fatal(err)
			}
			ok = !slices.ContainsFunc(b, func(b Breach) bool { return b.Rule != "available" }) && !slices.ContainsFunc(s.Seats, func(seat Seat) bool {
				return slices.ContainsFunc(seat.Taken, func(x Seated) bool { return there.Absent(x.Person, seat.During.Start) })
			})
			return
		}
		if len(s.Seats[k].Taken) >= s.Seats[k].Need {
			try(k + 1)
			return
		}
		for _, p := range r.People {
			names := []string{""}
			for _, d := range r.Delegations {
				if d.To == p.ID {
					names = append(names, d.From)
				}
			}
			for _, q := range names {
				s.Seats[k].Taken = append(s.Seats[k].Taken, Seated{p.ID, q})
				try(k)
				s.Seats[k].Taken = s.Seats[k].Taken[:len(s.Seats[k].Taken)-1]
			}
		}
	}
	try(0)
	return ok
}

// Hopeless requests with many people end quickly.
func TestAssignHostile(t *testing.T) {
	var ro Roster
	var s Staffing
	var roles []string
	for i := range 400 {
		ro.People = append(ro.People, Person{ID: fmt.Sprintf("p%03d", i), Team: "t"})
	}
	ro.Groups = map[string][]string{"all": nil}
	for _, p := range ro.People {
		ro.Groups["all"] = append(ro.Groups["all"], p.ID)
	}
	for i := range 5 {
		s.Seats = append(s.Seats, Seat{Role: fmt.Sprint("r", i), Need: 2, Of: []string{"all"}})
		roles = append(roles, fmt.Sprint("r", i))
	}
	s.Rules = []SeparateRule{{ID: "teams", Roles: roles, Teams: true}}
	_, err := Assign(&s, &ro)
	var no *UnstaffedError
	if !errors.As(err, &no) || len(no.Reasons) != 3 {
		t.Errorf("want two seats and the rule, got %v", err)
	}
	if _, err := assign(&s, &ro, 1); !errors.Is(err, ErrTooHard) {
		t.Errorf("with one try: %v", err)
	}
}
