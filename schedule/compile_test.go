package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// drawSolution draws a complete assignment: mostly from the start domains, sometimes
// near a start that is drawn already, so that constraints are kept and broken by little.
func drawSolution(t *rapid.T, in *rcpsp.Instance) *rcpsp.Solution {
	s := &rcpsp.Solution{Mode: make([]int32, len(in.Tasks)), Start: make([]rcpsp.Time, len(in.Tasks))}
	for k := range in.Tasks {
		task := &in.Tasks[k]
		if task.Optional && rapid.IntRange(0, 3).Draw(t, "left out") == 0 {
			s.Mode[k] = -1
			continue
		}
		s.Mode[k] = int32(rapid.IntRange(0, len(task.Modes)-1).Draw(t, "mode"))
		m := &task.Modes[s.Mode[k]]
		switch how := rapid.IntRange(0, 7).Draw(t, "how"); {
		case len(m.Starts) > 0 && how > 1:
			r := m.Starts[rapid.IntRange(0, len(m.Starts)-1).Draw(t, "range")]
			hi := r.Hi
			if how > 4 {
				hi = min(hi, r.Lo+3)
			}
			s.Start[k] = rcpsp.Time(rapid.Int64Range(int64(r.Lo), int64(hi)).Draw(t, "start"))
		case k > 0 && how == 1 && s.Mode[k-1] >= 0:
			s.Start[k] = in.End(s, rcpsp.TaskID(k-1))
		default:
			s.Start[k] = rcpsp.Time(rapid.Int64Range(0, int64(in.Horizon)).Draw(t, "anywhere"))
		}
	}
	return s
}

// TestCompileAgainstCheck compares the two roads from a problem to a verdict: the
// integer instance with its own judge, and Check on exact instants, window by window,
// across clock changes. On the exact grid both say the same of every assignment; on a
// coarser one Check accepts whatever the instance accepts. Values agree too.
func TestCompileAgainstCheck(t *testing.T) {
	kept, broken := 0, map[rcpsp.ConstraintKind]int{}
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		low, at, err := p.prepare()
		if err != nil {
			t.Fatal(err)
		}
		o := drawOptions(t, p)
		c, err := compile(context.Background(), low, at, o)
		if errors.Is(err, ErrInvalid) && p.Tick > 0 {
			return // work that pauses on a coarse tick, which the error explains
		}
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			s := drawSolution(t, c.in)
			faults := check.Solution(c.in, s)
			plan := c.plan(s)
			var blocking []Conflict
			for _, k := range verdict(low, at, plan) {
				if k.Severity == Blocking {
					blocking = append(blocking, k)
				}
			}
			switch {
			case len(faults) == 0 && len(blocking) > 0:
				t.Fatalf("the instance accepts what Check does not: %s %s\n%+v\n%s", blocking[0].Kind, blocking[0].Reason, s, text(p))
			case len(faults) > 0 && len(blocking) == 0 && !c.onGrid && !incidental(c, s):
				t.Fatalf("Check accepts what the instance does not: %v\n%+v\n%s", faults, s, text(p))
			}
			if len(faults) == 0 {
				kept++
				compareValues(t, c, o, s, plan)
			}
			for _, f := range faults {
				broken[f.Kind]++
			}
		}
	})
	t.Logf("%d kept, broken: %v", kept, broken)
}

// incidental says that Check is right not to see a fault: the assignment moved a task
// that stands for an incident, which no plan can say.
func incidental(c *compiled, s *rcpsp.Solution) bool {
	for t := len(c.acts); t < len(c.in.Tasks); t++ {
		if !c.in.Tasks[t].Modes[0].Allows(s.Start[t]) {
			return true
		}
	}
	return false
}

func compareValues(t *rapid.T, c *compiled, o *Options, s *rcpsp.Solution, plan *Plan) {
	c.value(plan, wishesOf(o), nil)
	want := c.in.Value(s)
	for k, tier := range plan.Tiers {
		if c.onGrid && slices.ContainsFunc(c.p.goals(), func(g Goal) bool { return (g.Measure == PeakPeriod || g.Measure == OverBudget) && g.Tier == tier.Tier }) {
			continue // a pin between ticks may be booked by hand, which this goal does not see
		}
		if !c.onGrid && tier.Value != want[k] || tier.Value > want[k] {
			t.Fatalf("tier %d: the plan has %d, the instance says %d\n%s", tier.Tier, tier.Value, want[k], text(c.p))
		}
	}
}

func text(v any) string {
	if p, ok := v.(*Problem); ok {
		var b stringWriter
		if err := p.Write(&b); err == nil {
			return string(b)
		}
	}
	return fmt.Sprintf("%+v", v)
}

type stringWriter []byte

func (w *stringWriter) Write(b []byte) (int, error) {
	*w = append(*w, b...)
	return len(b), nil
}
