package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/psplib"
)

// A closing says how much of the time is closed, in hours.
type closing struct {
	task, resource int // each night
	weekly         int // once a week
}

var (
	sparse = closing{task: 4, resource: 3, weekly: 24}
	dense  = closing{task: 8, resource: 6, weekly: 36}
)

// A closed span of hours since the start of the horizon, half-open.
type closedHours [2]int

// A closedProject is a benchmark in hours whose tasks and resources are closed at times. It
// is also what a script for another solver reads.
type closedProject struct {
	Name      string          `json:"name"`
	Horizon   int             `json:"horizon"`
	Durations []int64         `json:"durations"`
	Demands   [][]int64       `json:"demands"`
	Arcs      [][3]int64      `json:"arcs"` // from, to, lag of their starts
	Capacity  []int64         `json:"capacity"`
	Tasks     [][]closedHours `json:"tasks"`     // by task: it must not run then
	Resources [][]closedHours `json:"resources"` // by resource: nothing may use it then

	rules      []calendar.Calendar // of tasks, then of resources
	ofTask     []string
	ofResource []string
}

// monday is when the hours of a closedProject begin.
var monday = time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)

// closeProject puts daily and weekly closures over a single-mode project. All fall into
// the night, so that each day has one stretch in which a job of ten hours fits. The horizon
// holds so many nights; what happens in the first of them does not depend on how many.
func closeProject(name string, p *psplib.Project, seed uint64, nights int, c closing) *closedProject {
	r := prng.New(seed)
	out := &closedProject{Name: name, Horizon: 24 * nights, Capacity: p.Renewable}
	calendarOf := func(id string, length int) []closedHours {
		begin := 18 + r.IntN(4)
		day := r.IntN(7)
		cal := calendar.Calendar{ID: id, Windows: []calendar.Window{
			{ID: "nightly", Kind: calendar.Blackout, Length: calendar.Exactly(time.Duration(length) * time.Hour),
				Starts: calendar.MustParseRecurrence(fmt.Sprintf("DTSTART:20260104T%02d0000Z\nRRULE:FREQ=DAILY", begin))},
			{ID: "weekly", Kind: calendar.Blackout, Length: calendar.Exactly(time.Duration(c.weekly) * time.Hour),
				Starts: calendar.MustParseRecurrence(fmt.Sprintf("DTSTART:202512%02dT180000Z\nRRULE:FREQ=WEEKLY", 22+day))},
		}}
		out.rules = append(out.rules, cal)
		var spans []closedHours
		whole := calendar.Interval{Start: monday, End: monday.Add(time.Duration(out.Horizon) * time.Hour)}
		open, err := cal.Open(whole, calendar.Subject{})
		if err != nil {
			panic(err) // the windows are the ones above
		}
		for iv := range open.Complement(whole).All() {
			spans = append(spans, closedHours{int(iv.Start.Sub(monday) / time.Hour), int(iv.End.Sub(monday) / time.Hour)})
		}
		return spans
	}
	var classes [][]closedHours
	for k := range 3 {
		classes = append(classes, calendarOf(fmt.Sprintf("tasks-%d", k), c.task))
	}
	for k := range p.Renewable {
		id := fmt.Sprintf("resource-%d", k)
		out.ofResource = append(out.ofResource, id)
		out.Resources = append(out.Resources, calendarOf(id, c.resource))
	}
	for j := range p.Jobs {
		m := &p.Jobs[j].Modes[0]
		out.Durations, out.Demands = append(out.Durations, m.Duration), append(out.Demands, m.Renewable)
		k := r.IntN(4)
		if k == 3 || m.Duration == 0 {
			out.ofTask, out.Tasks = append(out.ofTask, AlwaysOpen), append(out.Tasks, nil)
		} else {
			out.ofTask, out.Tasks = append(out.ofTask, fmt.Sprintf("tasks-%d", k)), append(out.Tasks, classes[k])
		}
	}
	for _, a := range p.Arcs {
		lag := a.Lag
		if a.FromEnd {
			lag += p.Jobs[a.From].Modes[0].Duration
		}
		out.Arcs = append(out.Arcs, [3]int64{int64(a.From), int64(a.To), lag})
	}
	return out
}

// problem states the project with calendars as recurrences.
func (c *closedProject) problem() *Problem {
	p := &Problem{Name: c.Name, Horizon: calendar.Interval{Start: monday, End: monday.Add(time.Duration(c.Horizon) * time.Hour)},
		Calendars: c.rules, Goals: []Goal{{Measure: Makespan}}}
	for k, capacity := range c.Capacity {
		p.Resources = append(p.Resources, Resource{ID: fmt.Sprintf("R%d", k), Capacity: calendar.Profile{Base: capacity}, Calendar: c.ofResource[k]})
	}
	for j, d := range c.Durations {
		a := Activity{ID: fmt.Sprintf("j%03d", j), Duration: Duration(d) * Hour, Calendar: c.ofTask[j]}
		for k, n := range c.Demands[j] {
			if n > 0 {
				a.Demands = append(a.Demands, Demand{fmt.Sprintf("R%d", k), n})
			}
		}
		p.Activities = append(p.Activities, a)
	}
	for _, a := range c.Arcs {
		p.Precedences = append(p.Precedences, Precedence{From: fmt.Sprintf("j%03d", a[0]), To: fmt.Sprintf("j%03d", a[1]), Type: StartStart, MinLag: Duration(a[2]) * Hour})
	}
	return p
}

// share returns the largest part of the time before until that is closed for some tasks.
func (c *closedProject) share(until int64) float64 {
	sum, n := 0.0, 0
	for _, spans := range c.Tasks {
		if spans == nil {
			continue
		}
		closed := int64(0)
		for _, s := range spans {
			closed += max(0, min(int64(s[1]), until)-int64(s[0]))
		}
		sum += float64(closed) / float64(until)
		n++
	}
	return sum / float64(max(1, n))
}

// settled is what a run on a benchmark came to.
type settled struct {
	status   string
	makespan int64
	bound    int64
	took     time.Duration
}

func solveFor(tb testing.TB, p *Problem, unit int64, limit time.Duration) settled {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	begin := time.Now()
	plan, err := Solve(ctx, p, &Options{Seed: 1})
	out := settled{took: time.Since(begin)}
	switch {
	case errors.Is(err, ErrInfeasible):
		out.status = "infeasible"
	case errors.Is(err, ErrNoPlan):
		out.status = "unknown"
	case err != nil:
		tb.Fatal(err)
	default:
		out.status, out.makespan, out.bound = string(plan.Status), plan.Tiers[0].Value/unit, plan.Tiers[0].Bound/unit
	}
	return out
}

// randomProject is a small single-mode project.
func randomProject(seed uint64, jobs int) *psplib.Project {
	r := prng.New(seed)
	p := &psplib.Project{Format: psplib.SingleMode, Renewable: []int64{5, 6}}
	for j := range jobs {
		p.Jobs = append(p.Jobs, psplib.Job{Modes: []psplib.Mode{{Duration: int64(1 + r.IntN(8)), Renewable: []int64{int64(r.IntN(5)), int64(r.IntN(5))}}}})
		if j > 1 && r.IntN(2) == 0 {
			p.Arcs = append(p.Arcs, psplib.Arc{From: r.IntN(j), To: j, FromEnd: true})
		}
	}
	return p
}

// TestClosures: a longer horizon with more closures has the same optimum.
func TestClosures(t *testing.T) {
	for seed := range uint64(6) {
		p := randomProject(seed, 9)
		c := sparse
		if seed%2 == 1 {
			c = dense
		}
		short := solveFor(t, closeProject("short", p, seed, 20, c).problem(), 3600, time.Minute)
		long := solveFor(t, closeProject("long", p, seed, 500, c).problem(), 3600, time.Minute)
		if short.status != "optimal" || long.status != "optimal" || short.makespan != long.makespan {
			t.Errorf("seed %d: %+v with 20 closures, %+v with 500", seed, short, long)
		}
	}
}

// benchmarks reads every step-th project of a family.
func benchmarks(tb testing.TB, family string, step int) (names []string, out []*psplib.Project) {
	tb.Helper()
	root := os.Getenv("SLACKWATER_DATA")
	if root == "" {
		tb.Skip("SLACKWATER_DATA names no folder with the public libraries")
	}
	files, err := filepath.Glob(filepath.Join(root, "psplib", family, "*.sm"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no files of %s: %v", family, err)
	}
	for i := 0; i < len(files); i += step {
		data, err := os.ReadFile(files[i])
		if err != nil {
			tb.Fatal(err)
		}
		p, err := psplib.Read(data)
		if err != nil {
			tb.Fatal(err)
		}
		names, out = append(names, filepath.Base(files[i])), append(out, p)
	}
	return names, out
}

// A ratioOf gathers the times that two ways need for the same.
type ratioOf struct {
	logs   float64
	n      int
	either int // solved by one way only, or by none
}

// add takes a pair if both ways proved it; they must agree.
func (r *ratioOf) add(tb testing.TB, name string, x, y settled) {
	if x.status != "optimal" || y.status != "optimal" {
		r.either++
		return
	}
	if x.makespan != y.makespan {
		tb.Fatalf("%s: %+v, but %+v", name, x, y)
	}
	// Below a millisecond the clock and the rest of the machine say more than the run.
	floor := time.Millisecond
	r.logs += math.Log(float64(max(y.took, floor)) / float64(max(x.took, floor)))
	r.n++
}

func (r *ratioOf) report(b *testing.B) {
	b.ReportMetric(math.Exp(r.logs/float64(max(1, r.n))), "ratio")
	b.ReportMetric(float64(r.n), "pairs")
	b.ReportMetric(float64(r.either), "unproved")
}

// BenchmarkClosures runs one instance after another with 20 and with 500 nights of closures
// and reports the geometric mean of the ratio of the times to proof, 500 to 20:
//
//	SLACKWATER_DATA=... go test ./schedule -run - -bench Closures -benchtime 60x
func BenchmarkClosures(b *testing.B) {
	for _, family := range []string{"j30", "j60"} {
		for name, c := range map[string]closing{"sparse": sparse, "dense": dense} {
			b.Run(family+"/"+name, func(b *testing.B) {
				names, projects := benchmarks(b, family, 4)
				var r ratioOf
				for i := 0; b.Loop(); i++ {
					k := i % len(projects)
					short := closeProject(names[k], projects[k], uint64(k), 20, c).problem()
					long := closeProject(names[k], projects[k], uint64(k), 500, c).problem()
					r.add(b, names[k], solveFor(b, short, 3600, 10*time.Second), solveFor(b, long, 3600, 10*time.Second))
				}
				r.report(b)
			})
		}
	}
}

// inUnits states a project with durations in units of some seconds, on a grid of its own.
func inUnits(p *psplib.Project, unit, grid Duration) *Problem {
	c := closeProject("", p, 0, 1, closing{task: 1, resource: 1, weekly: 1})
	c.rules, c.Horizon = nil, 0
	for k := range c.ofTask {
		c.ofTask[k] = ""
	}
	for k := range c.ofResource {
		c.ofResource[k] = ""
	}
	out := c.problem()
	scale := func(d Duration) Duration { return d / Hour * unit }
	out.Horizon.End = monday.Add((Duration(max(1, p.Horizon())) * unit).Std())
	out.Tick = grid
	for i := range out.Activities {
		out.Activities[i].Duration = scale(out.Activities[i].Duration)
	}
	for i := range out.Precedences {
		out.Precedences[i].MinLag = scale(out.Precedences[i].MinLag)
	}
	return out
}

// BenchmarkMinutes runs the same instances on a grid of days and on one of minutes, which
// has 1,440 times as many starts, and reports the geometric mean of the ratio of the times
// to proof, minutes to days:
//
//	SLACKWATER_DATA=... go test ./schedule -run - -bench Minutes -benchtime 60x
func BenchmarkMinutes(b *testing.B) {
	for _, family := range []string{"j30", "j60"} {
		b.Run(family, func(b *testing.B) {
			names, projects := benchmarks(b, family, 4)
			var r ratioOf
			for i := 0; b.Loop(); i++ {
				k := i % len(projects)
				r.add(b, names[k], solveFor(b, inUnits(projects[k], 24*Hour, 24*Hour), 86400, 10*time.Second),
					solveFor(b, inUnits(projects[k], 24*Hour, Minute), 86400, 10*time.Second))
			}
			r.report(b)
		})
	}
}

// TestMinutes: the grid does not change the optimum.
func TestMinutes(t *testing.T) {
	for seed := range uint64(6) {
		p := randomProject(seed+50, 9)
		days := solveFor(t, inUnits(p, 24*Hour, 24*Hour), 86400, time.Minute)
		minutes := solveFor(t, inUnits(p, 24*Hour, Minute), 86400, time.Minute)
		if days.status != "optimal" || minutes.status != "optimal" || days.makespan != minutes.makespan {
			t.Errorf("seed %d: %+v on days, %+v on minutes", seed, days, minutes)
		}
	}
}

// TestWriteClosures writes the sets with closures as JSON, with what Solve makes of them in
// ten seconds each, for a script to run another solver on: SLACKWATER_CLOSURES names the
// folder.
func TestWriteClosures(t *testing.T) {
	dir := os.Getenv("SLACKWATER_CLOSURES")
	if dir == "" {
		t.Skip("SLACKWATER_CLOSURES names no folder to write to")
	}
	for family, step := range map[string]int{"j30": 4, "j60": 4} {
		names, projects := benchmarks(t, family, step)
		for i, p := range projects {
			c := closeProject(family+"/"+names[i], p, uint64(i), 20, dense)
			data, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, family+"-"+names[i]+".json"), data, 0o644); err != nil {
				t.Fatal(err)
			}
			s := solveFor(t, c.problem(), 3600, 10*time.Second)
			fmt.Printf("%s/%s,%s,%d,%d,%.3f,%.2f\n", family, names[i], s.status, s.makespan, s.bound, s.took.Seconds(), c.share(max(1, s.makespan)))
		}
	}
}
