package rcpsp

import (
	"errors"
	"fmt"
	"math/bits"
)

// maxProblems bounds how many faults Validate lists, so that a report stays readable
// and hostile input cheap.
const maxProblems = 100

// Validate reports whether the instance is well formed: indices in range, lists
// sorted and disjoint as their fields promise, numbers within ±[Limit], sums of
// demands, uses and costs within an int64. It lists all faults, the first hundred at
// most. Whether a solution exists is not its question: a mode without starts is well
// formed.
//
// The cost of a goal is bounded over the whole horizon, so Weight times the largest
// possible value, added up over a tier, must stay below 2^62.
func (in *Instance) Validate() error {
	v := validator{in: in, starts: map[*Range]int{}, works: map[*Span]int{}, demanded: make([]int, len(in.Resources))}
	v.instance()
	return errors.Join(v.errs...)
}

type validator struct {
	in   *Instance
	errs []error
	// Lists that were found sound, by their first element, and their lengths: tasks of one
	// calendar share them.
	starts map[*Range]int
	works  map[*Span]int
	// modes counts them, and demanded is the last one that named a resource.
	modes    int
	demanded []int
}

func (v *validator) addf(format string, args ...any) {
	if len(v.errs) < maxProblems {
		v.errs = append(v.errs, fmt.Errorf("rcpsp: "+format, args...))
	}
}

func inLimit[T ~int64](x T) bool { return -Limit <= x && x <= Limit }

func (v *validator) instance() {
	in := v.in
	if in.Horizon < 0 || in.Horizon > Limit {
		v.addf("Horizon is %d: must be between 0 and 2^50", in.Horizon)
	}
	for t := range in.Tasks {
		v.task(t)
	}
	for i, l := range in.Lags {
		if !v.isTask(l.From) || !v.isTask(l.To) {
			v.addf("Lags[%d] joins tasks %d and %d: there are %d tasks", i, l.From, l.To, len(in.Tasks))
		}
		if !inLimit(l.Min) {
			v.addf("Lags[%d].Min is %d: must be within ±2^50", i, l.Min)
		}
	}
	for i := range in.Resources {
		v.steps(in.Resources[i].Capacity, "Resources[%d].Capacity", i)
	}
	for i, set := range in.NoOverlap {
		v.tasks(set, "NoOverlap", i)
	}
	for i := range in.Groups {
		v.group(i)
	}
	for i := range in.Budgets {
		v.budget(i)
	}
	for i := range in.SameSpan {
		v.tasks(in.SameSpan[i].Tasks, "SameSpan", i)
		v.spans(in.SameSpan[i].Spans, false, "SameSpan[%d].Spans", i)
	}
	for i, l := range in.Links {
		if !v.isTask(l.If) || !v.isTask(l.Then) {
			v.addf("Links[%d] joins tasks %d and %d: there are %d tasks", i, l.If, l.Then, len(in.Tasks))
		}
	}
	v.goals()
}

func (v *validator) isTask(t TaskID) bool { return t >= 0 && int(t) < len(v.in.Tasks) }

// tasks checks a set of tasks: known, each once.
func (v *validator) tasks(set []TaskID, list string, i int) {
	seen := make(map[TaskID]bool, len(set))
	for _, t := range set {
		if !v.isTask(t) || seen[t] {
			v.addf("%s[%d] holds task %d: must be one of %d tasks, once", list, i, t, len(v.in.Tasks))
			return
		}
		seen[t] = true
	}
}

func (v *validator) task(t int) {
	if len(v.in.Tasks[t].Modes) == 0 {
		v.addf("Tasks[%d] has no mode: must have at least one", t)
	}
	for k := range v.in.Tasks[t].Modes {
		m := &v.in.Tasks[t].Modes[k]
		if m.Duration < 0 || m.Duration > Limit {
			v.addf("Tasks[%d].Modes[%d].Duration is %d: must be between 0 and 2^50", t, k, m.Duration)
		}
		v.startsOf(t, k, m.Starts)
		v.workOf(t, k, m.Work)
		v.modes++
		for i, d := range m.Demands {
			known := d.Resource >= 0 && int(d.Resource) < len(v.in.Resources)
			if !known || v.demanded[d.Resource] == v.modes {
				v.addf("Tasks[%d].Modes[%d].Demands[%d] names resource %d: must be one of %d resources, once", t, k, i, d.Resource, len(v.in.Resources))
			}
			if known {
				v.demanded[d.Resource] = v.modes
			}
			if d.Amount <= 0 || d.Amount > Limit {
				v.addf("Tasks[%d].Modes[%d].Demands[%d].Amount is %d: must be between 1 and 2^50", t, k, i, d.Amount)
			}
		}
	}
}

// startsOf checks that allowed starts are within 0 and Limit, sorted, disjoint and not
// adjacent.
func (v *validator) startsOf(t, k int, list []Range) {
	if len(list) == 0 || v.starts[&list[0]] == len(list) {
		return
	}
	for i, r := range list {
		if r.Lo < 0 || r.Hi > Limit || r.Lo > r.Hi || i > 0 && r.Lo <= list[i-1].Hi+1 {
			v.addf("Tasks[%d].Modes[%d].Starts[%d] is [%d, %d]: must be within 0 and 2^50, after the one before it and not adjacent to it", t, k, i, r.Lo, r.Hi)
			return
		}
	}
	v.starts[&list[0]] = len(list)
}

// workOf checks the working time of a mode.
func (v *validator) workOf(t, k int, list []Span) {
	if len(list) == 0 || v.works[&list[0]] == len(list) {
		return
	}
	if v.spans(list, true, "Tasks[%d].Modes[%d].Work", t, k) {
		v.works[&list[0]] = len(list)
	}
}

// spans checks that spans are within ±Limit, not empty, sorted and disjoint, and, if
// apart, not adjacent. It says whether they are.
func (v *validator) spans(list []Span, apart bool, format string, args ...any) bool {
	for i, s := range list {
		ok := inLimit(s.Lo) && inLimit(s.Hi) && s.Lo < s.Hi
		if i > 0 {
			ok = ok && s.Lo >= list[i-1].Hi && !(apart && s.Lo == list[i-1].Hi)
		}
		if !ok {
			v.addf("%s[%d] is [%d, %d): spans must not be empty, be within ±2^50, sorted and disjoint", fmt.Sprintf(format, args...), i, s.Lo, s.Hi)
			return false
		}
	}
	return true
}

// steps checks a step function.
func (v *validator) steps(list []Step, format string, args ...any) {
	if len(list) == 0 || list[0].From != 0 {
		v.addf("%s: must begin with a step at 0", fmt.Sprintf(format, args...))
		return
	}
	for i, s := range list {
		if s.Value < 0 || s.Value > Limit || s.From > Limit || i > 0 && s.From <= list[i-1].From {
			v.addf("%s[%d] is %d from %d: values must be between 0 and 2^50, steps sorted", fmt.Sprintf(format, args...), i, s.Value, s.From)
			return
		}
	}
}

func (v *validator) group(i int) {
	g := &v.in.Groups[i]
	v.steps(g.Allowed, "Groups[%d].Allowed", i)
	for k := range g.Members {
		for _, t := range g.Members[k].Tasks {
			if !v.isTask(t) {
				v.addf("Groups[%d].Members[%d] names task %d: there are %d tasks", i, k, t, len(v.in.Tasks))
			}
		}
		for _, n := range g.Members[k].Groups {
			if n < 0 || int(n) >= i {
				v.addf("Groups[%d].Members[%d] names group %d: must be an earlier group", i, k, n)
			}
		}
	}
}

func (v *validator) budget(i int) {
	b := &v.in.Budgets[i]
	for k, p := range b.Periods {
		if !inLimit(p.Lo) || !inLimit(p.Hi) || p.Lo >= p.Hi || k > 0 && p.Lo < b.Periods[k-1].Hi {
			v.addf("Budgets[%d].Periods[%d] is [%d, %d): periods must not be empty, be within ±2^50, sorted and disjoint", i, k, p.Lo, p.Hi)
			break
		}
		if p.Limit < 0 || p.Limit > Limit {
			v.addf("Budgets[%d].Periods[%d].Limit is %d: must be between 0 and 2^50", i, k, p.Limit)
		}
		if p.Free < 0 || p.Free > Limit {
			v.addf("Budgets[%d].Periods[%d].Free is %d: must be between 0 and 2^50", i, k, p.Free)
		}
	}
	total := uint64(0)
	for k, u := range b.Uses {
		if !v.isTask(u.Task) {
			v.addf("Budgets[%d].Uses[%d] names task %d: there are %d tasks", i, k, u.Task, len(v.in.Tasks))
			continue
		}
		if u.Mode < -1 || int(u.Mode) >= len(v.in.Tasks[u.Task].Modes) {
			v.addf("Budgets[%d].Uses[%d].Mode is %d: must be -1 or a mode of task %d", i, k, u.Mode, u.Task)
		}
		if u.Amount <= 0 || u.Amount > Limit {
			v.addf("Budgets[%d].Uses[%d].Amount is %d: must be between 1 and 2^50", i, k, u.Amount)
			continue
		}
		total = satAdd(total, uint64(u.Amount))
	}
	if total > maxTier {
		v.addf("Budgets[%d]: its uses add up to more than 2^62", i)
	}
}

// maxTier bounds the value of a tier in both directions.
const maxTier = 1 << 62

func (v *validator) goals() {
	tiers := v.in.Tiers()
	if tiers > len(v.in.Goals) {
		v.addf("Goals: tiers up to %d with %d goals: tiers must be 0, 1, 2, ... without gaps", tiers-1, len(v.in.Goals))
		return
	}
	sum, used := make([]uint64, tiers), make([]bool, tiers)
	for i := range v.in.Goals {
		g := &v.in.Goals[i]
		if g.Tier < 0 {
			v.addf("Goals[%d].Tier is %d: must not be negative", i, g.Tier)
			continue
		}
		used[g.Tier] = true
		if g.Weight < 0 || g.Weight > Limit {
			v.addf("Goals[%d].Weight is %d: must be between 0 and 2^50", i, g.Weight)
			continue
		}
		sum[g.Tier] = satAdd(sum[g.Tier], satMul(uint64(g.Weight), v.goal(i)))
	}
	for k := range sum {
		if !used[k] {
			v.addf("Goals: no goal has tier %d: tiers must be 0, 1, 2, ... without gaps", k)
		}
		if sum[k] > maxTier {
			v.addf("Goals: the value of tier %d could pass ±2^62: scale weights or costs down", k)
		}
	}
}

// goal checks a goal and bounds the size of its value.
func (v *validator) goal(i int) uint64 {
	g := &v.in.Goals[i]
	var size uint64
	switch g.Kind {
	case Sum, Max, MaxGroup:
		for k := range g.Terms {
			size = satAdd(size, v.term(i, k))
		}
	case Peak:
		if g.Of < 0 || int(g.Of) >= len(v.in.Resources) {
			v.addf("Goals[%d].Of is %d: there are %d resources", i, g.Of, len(v.in.Resources))
			break
		}
		for t := range v.in.Tasks {
			var most uint64
			for k := range v.in.Tasks[t].Modes {
				for _, d := range v.in.Tasks[t].Modes[k].Demands {
					if int32(d.Resource) == g.Of && d.Amount > 0 {
						most = max(most, uint64(d.Amount))
					}
				}
			}
			size = satAdd(size, most)
		}
	case PeakPeriod, Excess:
		if g.Of < 0 || int(g.Of) >= len(v.in.Budgets) {
			v.addf("Goals[%d].Of is %d: there are %d budgets", i, g.Of, len(v.in.Budgets))
			break
		}
		for _, u := range v.in.Budgets[g.Of].Uses {
			size = satAdd(size, uint64(max(u.Amount, 0)))
		}
	default:
		v.addf("Goals[%d].Kind is %d: no such kind", i, g.Kind)
	}
	return size
}

// term checks a term and bounds the size of its cost over [0, Horizon].
func (v *validator) term(i, k int) uint64 {
	tm := &v.in.Goals[i].Terms[k]
	if !v.isTask(tm.Task) {
		v.addf("Goals[%d].Terms[%d] names task %d: there are %d tasks", i, k, tm.Task, len(v.in.Tasks))
	}
	if !inLimit(tm.Absent) {
		v.addf("Goals[%d].Terms[%d].Absent is %d: must be within ±2^50", i, k, tm.Absent)
		return 0
	}
	size := abs(tm.Absent)
	for p, c := range tm.Cost {
		if !inLimit(c.From) || !inLimit(c.Value) || !inLimit(c.Slope) || p > 0 && c.From <= tm.Cost[p-1].From {
			v.addf("Goals[%d].Terms[%d].Cost[%d] is from %d, %d, slope %d: numbers must be within ±2^50, pieces sorted", i, k, p, c.From, c.Value, c.Slope)
			return 0
		}
		until := v.in.Horizon
		if p+1 < len(tm.Cost) {
			until = min(until, tm.Cost[p+1].From-1)
		}
		if until > c.From {
			size = max(size, satAdd(abs(c.Value), satMul(abs(c.Slope), uint64(until-c.From))))
		} else {
			size = max(size, abs(c.Value))
		}
	}
	return size
}

func abs(x int64) uint64 { return uint64(max(x, -x)) }

func satAdd(a, b uint64) uint64 {
	s, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return ^uint64(0)
	}
	return s
}

func satMul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	if hi != 0 {
		return ^uint64(0)
	}
	return lo
}
