package schedule

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// drawRules gives a problem of whole hours random rules: all functions of a salt.
func drawRules(t *rapid.T, p *Problem) {
	mix := func(salt uint64, x ...int64) uint64 {
		for _, v := range x {
			salt = (salt ^ uint64(v)) * 0x9e3779b97f4a7c15
			salt ^= salt >> 29
		}
		return salt
	}
	hour := func(at time.Time) int64 { return at.Unix() / 3600 }
	text := func(s string) int64 {
		n := int64(0)
		for _, c := range s {
			n = n*31 + int64(c)
		}
		return n
	}
	salt := rapid.Uint64().Draw(t, "salt")
	if rapid.Bool().Draw(t, "forbids") {
		share := rapid.Uint64Range(2, 5).Draw(t, "share of starts")
		p.Custom = append(p.Custom, CustomRule{ID: "forbids", Step: Hour,
			Forbids: func(a *Activity, at time.Time) bool { return mix(salt, 1, text(a.ID), hour(at))%share == 0 }})
	}
	if rapid.Bool().Draw(t, "costs") {
		p.Custom = append(p.Custom, CustomRule{ID: "costs", Step: 2 * Hour, Activities: []string{"a", "b"},
			Cost: func(a *Activity, at time.Time) int64 { return int64(mix(salt, 2, text(a.ID), hour(at))%9) - 3 }})
		p.Goals = append(p.Goals, Goal{Measure: CustomCosts, Custom: "costs", Weight: rapid.Int64Range(1, 3).Draw(t, "weight"), Tier: rapid.IntRange(0, 2).Draw(t, "tier")})
	}
	if rapid.Bool().Draw(t, "judges") {
		share := rapid.Uint64Range(2, 9).Draw(t, "share of pairs")
		together, wide := rapid.Bool().Draw(t, "as one set"), rapid.Bool().Draw(t, "with starts")
		p.Custom = append(p.Custom, CustomRule{ID: "judges", Partial: !together && rapid.Bool().Draw(t, "partial"),
			Judge: func(d *Draft) []Clash {
				var out []Clash
				for x := range d.All() {
					for y := range d.All() {
						if x.Activity < y.Activity && mix(salt, 3, text(x.Activity+x.Mode), text(y.Activity+y.Mode), hour(x.Start), hour(y.End))%share == 0 {
							out = append(out, Clash{Activities: []string{x.Activity, y.Activity}})
						}
					}
					if d.LeftOut("a") && mix(salt, 4, text(x.Activity), hour(x.Start))%share == 0 {
						out = append(out, Clash{Activities: []string{x.Activity, "a"}})
					}
				}
				if together && len(out) > 0 {
					return []Clash{{}}
				}
				if wide {
					for i := range out {
						for _, id := range out[i].Activities {
							x, ok := d.Of(id)
							iv := calendar.Interval{Start: x.Start, End: x.Start.Add(time.Minute)}
							if !ok {
								iv = calendar.Interval{}
							}
							out[i].Starts = append(out[i].Starts, iv)
						}
					}
				}
				return out
			}})
	}
}

// drawHours makes a problem of a few activities in a few hours, small enough to try every
// plan on the hour.
func drawHours(t *rapid.T) *Problem {
	n := rapid.IntRange(2, 3).Draw(t, "activities")
	p := &Problem{Tick: Hour, Horizon: calendar.Interval{Start: at(1, 0), End: at(1, rapid.IntRange(4, 8).Draw(t, "hours"))},
		Resources: []Resource{{ID: "crew", Capacity: calendar.Profile{Base: 2}}}}
	hours := func(label string, lo, hi int) Duration { return Duration(rapid.IntRange(lo, hi).Draw(t, label)) * Hour }
	for i := range n {
		a := Activity{ID: string(rune('a' + i)), Duration: hours("duration", 0, 3), Demands: []Demand{{"crew", rapid.Int64Range(1, 2).Draw(t, "crew")}},
			Optional: rapid.IntRange(0, 2).Draw(t, "optional") == 0, Due: at(1, rapid.IntRange(0, 8).Draw(t, "due")), Weight: rapid.Int64Range(1, 3).Draw(t, "weight")}
		if rapid.IntRange(0, 2).Draw(t, "modes") == 0 {
			a.Modes = []Mode{{ID: "fast", Duration: hours("fast", 1, 2), Demands: []Demand{{"crew", 2}}, Price: 2}, {ID: "slow", Duration: hours("slow", 1, 4), Demands: []Demand{{"crew", 1}}}}
			a.Duration, a.Demands = 0, nil
		}
		p.Activities = append(p.Activities, a)
	}
	if rapid.Bool().Draw(t, "order") {
		p.Precedences = []Precedence{{From: "a", To: "b", MinLag: hours("lag", 0, 1)}}
	}
	for _, m := range []Measure{Unscheduled, Tardiness, Makespan, ModePrice} {
		if rapid.Bool().Draw(t, string(m)) {
			p.Goals = append(p.Goals, Goal{Measure: m, Tier: rapid.IntRange(0, 2).Draw(t, "tier")})
		}
	}
	return p
}

// eachPlan calls f with each plan on the hour, whether it is right or wrong.
func eachPlan(p *Problem, f func(*Plan)) {
	plan := &Plan{Version: Version}
	var from func(i int)
	from = func(i int) {
		if i == len(p.Activities) {
			f(plan)
			return
		}
		a := &p.Activities[i]
		for _, m := range a.modes() {
			for start := p.Horizon.Start; !start.Add(m.Duration.Std()).After(p.Horizon.End); start = start.Add(time.Hour) {
				plan.Assignments = append(plan.Assignments, Assignment{Activity: a.ID, Mode: m.ID, Start: start, End: start.Add(m.Duration.Std())})
				from(i + 1)
				plan.Assignments = plan.Assignments[:len(plan.Assignments)-1]
			}
		}
		if a.Optional {
			plan.Unscheduled = append(plan.Unscheduled, a.ID)
			from(i + 1)
			plan.Unscheduled = plan.Unscheduled[:len(plan.Unscheduled)-1]
		}
	}
	from(0)
}

// valueOf measures a plan tier by tier.
func valueOf(p *Problem, plan *Plan, w wishes) []int64 {
	e := evaluation{p: p, plan: plan, wishes: w}
	e.index()
	byTier := map[int]int64{}
	for _, g := range p.goals() {
		byTier[g.Tier] += g.weight() * e.measure(&g)
	}
	var out []int64
	for tier := range 10 {
		if v, ok := byTier[tier]; ok {
			out = append(out, v)
		}
	}
	return out
}

// TestCustomAgainstEveryPlan compares Solve with trying every plan, each judged by Check
// and by the functions themselves.
func TestCustomAgainstEveryPlan(t *testing.T) {
	counts := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		p := drawHours(t)
		drawRules(t, p)
		var best, free []int64
		bare := *p
		bare.Custom, bare.Goals = nil, slices.DeleteFunc(slices.Clone(p.Goals), func(g Goal) bool { return g.Measure == CustomCosts })
		eachPlan(p, func(plan *Plan) {
			found, err := Check(&bare, plan)
			if err != nil {
				t.Fatal(err)
			}
			if !Sound(found) {
				return
			}
			v := valueOf(p, plan, wishes{})
			if free == nil || slices.Compare(v, free) < 0 {
				free = v
			}
			right := obeys(t, p, plan)
			found, err = Check(p, plan)
			if err != nil || Sound(found) != right {
				t.Fatalf("Check says %v (%v), the rules say %v", found, err, right)
			}
			if right && (best == nil || slices.Compare(v, best) < 0) {
				best = v
			}
		})
		counts["problems"]++
		plan, err := Solve(context.Background(), p, nil)
		switch {
		case best == nil:
			if !errors.Is(err, ErrInfeasible) {
				t.Fatalf("no plan obeys, and Solve says %v, %v", plan, err)
			}
			if free != nil {
				counts["refused altogether"]++
				why, err := Explain(context.Background(), p, nil)
				if err != nil || !slices.ContainsFunc(why, func(c Conflict) bool {
					return c.Kind == CustomBreach && strings.HasPrefix(c.Evidence[0].Path, "custom[")
				}) {
					t.Fatalf("%v (%v) names no rule", why, err)
				}
			}
		case err != nil:
			t.Fatal(err)
		default:
			if got := valueOf(p, plan, wishes{}); !slices.Equal(got, best) || plan.Status != Optimal {
				t.Fatalf("%s with %v, the best is %v: %+v", plan.Status, got, best, plan.Assignments)
			}
			if !obeys(t, p, plan) {
				t.Fatal("Solve breaks a rule")
			}
			if plan.OnGrid != p.judges() {
				t.Fatalf("OnGrid is %v", plan.OnGrid)
			}
			if slices.Compare(best, free) > 0 {
				counts["binding"]++
			}
		}
	})
	t.Log(counts)
	// Some three in a hundred are refused altogether: in few problems by chance none is.
	if n := counts["problems"]; n >= 100 && counts["binding"]*20 < n || n >= 1000 && counts["refused altogether"] == 0 {
		t.Errorf("the rules bind too seldom: %v", counts)
	}
}

// obeys asks the functions of the rules, by hand.
func obeys(t *rapid.T, p *Problem, plan *Plan) bool {
	for i := range p.Custom {
		r := &p.Custom[i]
		for _, x := range plan.Assignments {
			if r.Forbids != nil {
				k := slices.IndexFunc(p.Activities, func(a Activity) bool { return a.ID == x.Activity })
				if r.Forbids(&p.Activities[k], x.Start) { // whole hours, and so are the steps
					return false
				}
			}
		}
		if r.Judge == nil {
			continue
		}
		var ids []string
		for _, a := range p.Activities {
			ids = append(ids, a.ID)
		}
		d := newDraft(ids) // a, b, c: sorted
		for k, id := range ids {
			if x, ok := plan.Of(id); ok {
				d.set(k, present, x)
			} else {
				d.set(k, absent, Assignment{})
			}
		}
		if !d.Complete() {
			t.Fatal("the draft is not complete")
		}
		if len(r.Judge(d)) > 0 {
			return false
		}
	}
	return true
}

// TestCustomFailures: what goes wrong in a function is an error that names the rule.
func TestCustomFailures(t *testing.T) {
	fault := errors.New("no such crane")
	for name, r := range map[string]CustomRule{
		"forbids panics": {Forbids: func(*Activity, time.Time) bool { panic(fault) }},
		"cost panics":    {Cost: func(*Activity, time.Time) int64 { panic(fault) }},
		"judge panics":   {Judge: func(*Draft) []Clash { panic(fault) }},
		"nil draft": {Judge: func(*Draft) []Clash {
			var none *Draft
			_, _ = none.Of("a")
			return nil
		}},
		"unknown activity":   {Judge: func(*Draft) []Clash { return []Clash{{Activities: []string{"x"}}} }},
		"undecided activity": {Partial: true, Judge: func(d *Draft) []Clash { return []Clash{{Activities: []string{"a", "b"}}} }},
		"starts of others": {Judge: func(*Draft) []Clash {
			return []Clash{{Activities: []string{"a"}, Starts: []calendar.Interval{{Start: at(5, 0), End: at(6, 0)}}}}
		}},
		"starts of one": {Judge: func(*Draft) []Clash {
			return []Clash{{Activities: []string{"a", "b"}, Starts: []calendar.Interval{{}}}}
		}},
		"enormous cost": {Cost: func(*Activity, time.Time) int64 { return 1 << 50 }},
	} {
		p := work(2)
		r.ID = "crane"
		p.Custom = []CustomRule{r}
		if r.Cost != nil {
			p.Goals = []Goal{{Measure: CustomCosts, Custom: "crane"}}
		}
		_, err := Solve(context.Background(), p, nil)
		var bad *CustomError
		if !errors.As(err, &bad) || bad.Rule != "crane" {
			t.Errorf("%s: Solve: %v", name, err)
		}
		if strings.HasSuffix(name, "panics") && !errors.Is(err, fault) {
			t.Errorf("%s: %v does not wrap the cause", name, err)
		}
		if r.Cost != nil {
			continue
		}
		if _, err := Explain(context.Background(), p, nil); !errors.As(err, &bad) {
			t.Errorf("%s: Explain: %v", name, err)
		}
		plan := &Plan{Assignments: []Assignment{{Activity: "a", Start: at(1, 0), End: at(1, 1)}}}
		if name != "undecided activity" {
			plan.Assignments = append(plan.Assignments, Assignment{Activity: "b", Start: at(1, 0), End: at(1, 1)})
		}
		if found, err := Check(p, plan); !errors.As(err, &bad) {
			t.Errorf("%s: Check: %v, %v", name, found, err)
		}
		if found, _, err := CheckWith(p, plan, nil); !errors.As(err, &bad) {
			t.Errorf("%s: CheckWith: %v, %v", name, found, err)
		}
		k, err := NewChecker(p, plan, nil)
		if err != nil || k.Sound() {
			t.Errorf("%s: a Checker finds nothing wrong (%v)", name, err)
		}
	}
}

// TestCustomDocument: a document keeps the rules by name, and no verb runs without them.
func TestCustomDocument(t *testing.T) {
	p := work(2)
	p.Custom = []CustomRule{{ID: "late", Step: Hour, Activities: []string{"a"}, Forbids: func(_ *Activity, at time.Time) bool { return at.Hour() < 6 },
		Cost: func(*Activity, time.Time) int64 { return 1 }}}
	p.Goals = []Goal{{Measure: CustomCosts, Custom: "late"}, {Measure: Makespan, Tier: 1}}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	q, err := ReadProblem(&b)
	if err != nil {
		t.Fatal(err)
	}
	if len(q.Custom) != 1 || q.Custom[0].ID != "late" || q.Custom[0].Step != Hour {
		t.Fatalf("read %+v", q.Custom)
	}
	if _, err := Solve(context.Background(), q, nil); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "custom[0]") {
		t.Errorf("without its functions: %v", err)
	}
	if _, err := Check(q, nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("Check without its functions: %v", err)
	}
	q.Custom[0].Forbids = p.Custom[0].Forbids
	if _, err := Solve(context.Background(), q, nil); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "no Cost") {
		t.Errorf("without its cost: %v", err)
	}
	q.Custom[0].Cost = p.Custom[0].Cost
	plan, err := Solve(context.Background(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	if x, _ := plan.Of("a"); x.Start.Hour() != 6 || plan.Tiers[0].Value != 1 {
		t.Errorf("%v, %v", x, plan.Tiers)
	}
	for what, change := range map[string]func(*Problem){
		"goals[0].custom":         func(p *Problem) { p.Goals[0].Custom = "early" },
		"goals[1].custom":         func(p *Problem) { p.Goals[1].Custom = "late" },
		"custom[0].activities[0]": func(p *Problem) { p.Custom[0].Activities[0] = "x" },
		"custom[1].id":            func(p *Problem) { p.Custom = append(p.Custom, p.Custom[0]) },
		"custom[0].step":          func(p *Problem) { p.Custom[0].Step = -1 },
	} {
		r := *q
		r.Goals, r.Custom = slices.Clone(q.Goals), slices.Clone(q.Custom)
		r.Custom[0].Activities = slices.Clone(q.Custom[0].Activities)
		change(&r)
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	year := many(20)
	year.Horizon.End = year.Horizon.Start.AddDate(2, 0, 0)
	year.Custom = []CustomRule{{ID: "fine", Step: Second, Forbids: func(*Activity, time.Time) bool { return false }}}
	if _, err := Solve(context.Background(), year, nil); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "custom[0].step") {
		t.Errorf("billions of calls: %v", err)
	}
}
