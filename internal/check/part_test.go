package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// benches is two benches with two tasks each: of lengths 2 and 3, and of lengths 3 and 4.
// First the sum of all ends counts, 7 and 10 at best, then the last end, 7.
func benches() *rcpsp.Instance {
	in := &rcpsp.Instance{Horizon: 14}
	sum := rcpsp.Goal{Kind: rcpsp.Sum, Weight: 1}
	for t, d := range []rcpsp.Time{2, 3, 3, 4} {
		if t%2 == 0 {
			in.Resources = append(in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{Value: 1}}})
		}
		in.Tasks = append(in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{{Duration: d, Starts: []rcpsp.Range{{Lo: 0, Hi: 14}}, Demands: []rcpsp.Demand{{Resource: rcpsp.ResourceID(t / 2), Amount: 1}}}}})
		sum.Terms = append(sum.Terms, rcpsp.Term{Task: rcpsp.TaskID(t), OnEnd: true, Cost: []rcpsp.Piece{{Slope: 1}}})
	}
	last := gen.Makespan(4)
	last.Tier = 1
	in.Goals = []rcpsp.Goal{sum, last}
	return in
}

// benchesLog proves each bench by itself: whichever task goes first, less than the best is
// refuted by propagation.
const benchesLog = `p slackwater 1
s 0=0@0 1=0@2 2=0@0 3=0@3
b 0 1
v 0 start 0
v 1 start 1
v 2 order 0 1
v 3 goal 0
s 0=0@0 1=0@2
a 1 2 >= 1
a 2 3 <= 6
n 1 1 2
n 2 2
t 0 7
c optimal 7 5
b 3 2
v 9 goal 0
v 8 order 3 2
v 7 term 0 3 1
s 2=0@0 3=0@3
a 1 9 <= 9
a 2 8 <= 0
a 3 8 >= 1
n 1 1 2
n 2 1 3
t 0 10
c optimal 10 7
t 0 17
c optimal 17 7
`

func TestPartsByHand(t *testing.T) {
	v, err := check.Proof(benches(), strings.NewReader(benchesLog))
	if err != nil || v.Claim != proof.Optimal || !slices.Equal(v.Value, []int64{17, 7}) || v.Nogoods != 4 {
		t.Errorf("Proof = %+v, %v", v, err)
	}
}

// TestPartFaults plants one fault at a time into the parts by hand.
func TestPartFaults(t *testing.T) {
	second := benchesLog[strings.Index(benchesLog, "b 3 2"):strings.Index(benchesLog, "t 0 17")]
	for _, c := range []struct{ old, new, want string }{
		{"b 0 1\n", "b 0 2\n", "not in the part"}, // the wrong tasks
		{"b 0 1\n", "b 0\n", "not in the part"},
		{"b 0 1\n", "b 0 1 1\n", "twice in the part"},
		{"b 0 1\n", "b 0 4\n", "no task 4"},
		{"b 0 1\n", "b 0 -1\n", "no task -1"},
		{"b 0 1\n", "b\n", "needs tasks"},
		{"b 0 1\n", "b 0 1\nb 2 3\n", "a part within a part"},
		{"b 0 1\n", "", "breaks"},
		{"v 7 term 0 3 1", "v 7 term 0 0 1", "not in the part"},
		{"v 7 term 0 3 1", "v 7 term 0 9 1", "not in the part"},
		{"c optimal 7 5", "c optimal 7 4", "is claimed"},
		{"c optimal 7 5", "c none", "tier 0 could be better"}, // a part that is left open
		{"t 0 7\nc optimal 7 5", "c unsat", "after one"},
		{"s 0=0@0 1=0@2\na", "a", "without a solution"},
		{"s 0=0@0 1=0@2\na", "s 0=0@0 1=0@2 2=0@0\na", "not in the part"},
		{"s 0=0@0 1=0@2\na", "s 0=0@0\na", "breaks"},
		{"a 2 3 <= 6", "a 2 3 <= 7", "nogood 1 does not follow"},
		{second, "", "tier 0 could be better"},              // a part left out
		{second, second + second, "tier 0 could be better"}, // or there twice
		{"s 2=0@0 3=0@3\na", "s 2=0@4 3=0@0\na", "the best solution has 11"},
		{"t 0 17\nc optimal 17 7", "t 0 17\nc optimal 17 6", "is claimed"},
		{"t 0 17\nc optimal 17 7", "t 0 17\nc optimal 16 7", "is claimed"},
		{"t 0 17\nc optimal 17 7", "t 0 16\nc optimal 16 7", "the best solution has 17"},
		{"t 0 17\nc optimal 17 7\n", "", "without a conclusion"},
		{"s 0=0@0 1=0@2 2=0@0 3=0@3", "s 0=0@0 1=0@2 2=0@0 3=0@4", "the best solution has 18"},
	} {
		log := strings.Replace(benchesLog, c.old, c.new, 1)
		if log == benchesLog {
			t.Fatalf("%q is not in the log", c.old)
		}
		if v, err := check.Proof(benches(), strings.NewReader(log)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %+v, %v; want %q", c.new, c.old, v, err, c.want)
		}
	}
}

// TestPartsThatDoNotAddUp wants parts refused where the sum of their values, or the largest,
// says nothing of the whole: there is a solution of that value, and a better one.
func TestPartsThatDoNotAddUp(t *testing.T) {
	const far = "s 0=0@0 1=0@2 2=0@5 3=0@8" // ends at 12, has a peak of 1 and starts apart
	for _, c := range []struct {
		name, solution string
		value          []int64
		change         func(in *rcpsp.Instance)
	}{
		{"a largest cost before another tier", far, []int64{12, 1}, func(in *rcpsp.Instance) {
			in.Goals = []rcpsp.Goal{gen.Makespan(4), {Kind: rcpsp.Peak, Tier: 1, Weight: 1, Of: 0}}
		}},
		{"a largest cost and another goal", far, []int64{13}, func(in *rcpsp.Instance) {
			in.Goals = []rcpsp.Goal{gen.Makespan(4), {Kind: rcpsp.Peak, Weight: 1, Of: 0}}
		}},
		{"a group of both", "s 0=0@3 1=0@5 2=0@0 3=0@3", []int64{7}, func(in *rcpsp.Instance) {
			g := in.Goals[0]
			g.Kind = rcpsp.MaxGroup
			g.Terms[2].Cost, g.Terms[3].Cost = []rcpsp.Piece{{Value: -3}}, []rcpsp.Piece{{Value: -3}}
			in.Goals = []rcpsp.Goal{g}
		}},
		{"a peak of both", "s 0=0@0 1=0@2 2=0@0 3=0@3", []int64{2}, func(in *rcpsp.Instance) {
			in.Resources = append(in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{Value: 4}}})
			for t := range in.Tasks {
				m := &in.Tasks[t].Modes[0]
				m.Demands = append(slices.Clone(m.Demands), rcpsp.Demand{Resource: 2, Amount: 1})
			}
			in.Goals = []rcpsp.Goal{{Kind: rcpsp.Peak, Weight: 1, Of: 2}}
		}},
		{"a peak of periods of both", "s 0=0@0 1=0@3 2=0@0 3=0@3", []int64{2}, func(in *rcpsp.Instance) {
			b := rcpsp.Budget{}
			for _, lo := range []rcpsp.Time{0, 3, 6, 9} {
				b.Periods = append(b.Periods, rcpsp.Period{Span: rcpsp.Span{Lo: lo, Hi: lo + 3}, Limit: 9})
			}
			for t := range in.Tasks {
				b.Uses = append(b.Uses, rcpsp.Use{Task: rcpsp.TaskID(t), Mode: -1, Amount: 1})
			}
			in.Budgets = []rcpsp.Budget{b}
			in.Goals = []rcpsp.Goal{{Kind: rcpsp.PeakPeriod, Weight: 1, Of: 0}}
		}},
	} {
		in := benches()
		c.change(in)
		if err := in.Validate(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if best := in.Value(oracle.Best(in)); rcpsp.Compare(best, c.value) >= 0 {
			t.Fatalf("%s: the best is %v, so %v would be right", c.name, best, c.value)
		}
		log := proof.Header + "\n"
		sum, most := make([]int64, len(c.value)), make([]int64, len(c.value))
		for k := range 2 {
			lines, res := run(t, half(in, k), 0)
			for i, v := range res.Value {
				sum[i], most[i] = sum[i]+v, max(most[i], v)
			}
			log += fmt.Sprintf("b %d %d\n", 2*k, 2*k+1)
			for _, l := range lines[1:] {
				log += shift(l, 2*k) + "\n"
			}
		}
		if !slices.Equal(sum, c.value) && !slices.Equal(most, c.value) {
			t.Fatalf("%s: the parts make %v or %v, not %v", c.name, sum, most, c.value)
		}
		if _, err := check.Proof(in, strings.NewReader(log+"c none\n")); err != nil {
			t.Fatalf("%s: %v\n%s", c.name, err, log)
		}
		log += c.solution + "\nc optimal " + strings.Trim(fmt.Sprint(c.value), "[]") + "\n"
		if v, err := check.Proof(in, strings.NewReader(log)); err == nil || !strings.Contains(err.Error(), "not settled") && !strings.Contains(err.Error(), "something is left") {
			t.Errorf("%s: %+v, %v", c.name, v, err)
		}
	}
}

// half is the k-th bench with its tasks by itself.
func half(in *rcpsp.Instance, k int) *rcpsp.Instance {
	out := *in
	out.Tasks = in.Tasks[2*k : 2*k+2]
	out.Goals, out.Budgets = slices.Clone(in.Goals), slices.Clone(in.Budgets)
	for i := range out.Goals {
		if g := &out.Goals[i]; len(g.Terms) > 0 {
			g.Terms = slices.Clone(g.Terms[2*k : 2*k+2])
			g.Terms[0].Task, g.Terms[1].Task = 0, 1
		}
	}
	for i := range out.Budgets {
		b := &out.Budgets[i]
		b.Uses = slices.Clone(b.Uses[2*k : 2*k+2])
		b.Uses[0].Task, b.Uses[1].Task = 0, 1
	}
	return &out
}

// shift has a line speak of tasks, and terms, by more.
func shift(line string, by int) string {
	w := strings.Fields(line)
	add := func(i int) {
		var x int
		rest := strings.IndexByte(w[i]+"=", '=')
		fmt.Sscan(w[i][:rest], &x)
		w[i] = fmt.Sprint(x+by) + w[i][rest:]
	}
	switch {
	case w[0] == "s":
		for i := range w[1:] {
			add(i + 1)
		}
	case w[0] == "v" && w[2] == "order":
		add(3)
		add(4)
	case w[0] == "v" && (w[2] == "start" || w[2] == "end" || w[2] == "mode"):
		add(3)
	case w[0] == "v" && w[2] == "term":
		add(4)
	}
	return strings.Join(w, " ")
}
