package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/invariant"
	"github.com/slackwater-go/slackwater/internal/nogood"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/search"
)

// always is the fact that needs no variable.
var always = cp.Atom{Var: -1}

// A model is an instance as variables and rules.
//
// A task has a start. It ends a fixed time later, or has an end of its own if that
// depends on the mode or on pauses. An optional task has one value more than its
// starts, right after the last: absent. So "present" is the fact start <= last, lower
// bounds on starts hold whether the task is present or not, and a task that is pushed
// past its last start is absent, without a rule for it.
type model struct {
	in     *rcpsp.Instance
	off    map[string]bool // rules that are switched off; looked up by name only
	s      *cp.Store
	db     *nogood.DB
	lags   *propagate.Lags
	solver *search.Solver
	tasks  []taskVars
	tiers  []tierVars
	pairs  []pairVar
	spans  []spanVar
	sums   []derived
	parts  []meaning // what variables of goals stand for, in certificates
	energy []*propagate.Energetic
	late   []func() // posts rules that are to be heard from the first inference on
	// costVars tells, by the variable of a term's cost, what it is the cost of; looked up only.
	costVars map[cp.Var]costVar
	// far is the largest start or end of all.
	far int64
	// tooLarge says that a goal passes what the arithmetic holds.
	tooLarge bool
	// dead says that posting failed: there is no solution.
	dead bool
}

type taskVars struct {
	start   cp.Var
	end     cp.Var
	endOff  int64   // the task ends at end + endOff
	last    int64   // the last start of an optional task; Far of any other
	present cp.Atom // always, or start <= last
	modes   []modeVars
}

type modeVars struct {
	modeDomain
	on cp.Atom // the fact that the mode is taken
}

// A pairVar is 1 if a ends before b starts, 0 if b ends before a starts.
type pairVar struct {
	v    cp.Var
	a, b int
}

// A spanVar is the index of the span that a set of SameSpan shares.
type spanVar struct {
	v   cp.Var
	set int
}

// derived is a variable whose value follows from a solution, for phases.
type derived struct {
	v     cp.Var
	value func(*rcpsp.Solution) int64
}

// newModel makes the variables and posts everything. False: there is no solution. When
// stop says so it ends early, with a model whose store is halted.
func newModel(in *rcpsp.Instance, off []string, best *rcpsp.Solution, stop func() bool) (*model, bool) {
	m := &model{in: in, off: map[string]bool{}, s: cp.NewStore(), costVars: map[cp.Var]costVar{}}
	m.s.Stop = stop
	for _, name := range off {
		m.off[name] = true
	}
	opt := nogood.Defaults()
	opt.Minimise = !m.off["minimise"]
	m.db = nogood.New(m.s, opt)
	m.lags = propagate.NewLags(m.s)
	m.s.Follow(m.lags, m.db)
	w, ok := windows(in, best, m.off["energy"] || m.off["early"] || invariant.Enabled, stop)
	if !ok {
		return m, false
	}
	dom := domains(in, w, stop)
	if m.halted() {
		return m, true
	}
	for t := range in.Tasks {
		if t%64 == 63 && m.halted() {
			return m, true
		}
		if !m.addTask(&in.Tasks[t], dom[t]) {
			return m, false
		}
	}
	m.grow()
	if !m.postTasks() || !m.postLags() || !m.postLinks() || !m.postSpans() {
		return m, false
	}
	if m.halted() {
		return m, true
	}
	if !m.postGoals() || !m.settle() {
		return m, false
	}
	if best != nil && len(m.tiers) == 1 && !m.capTier(0, m.tierValue(0, best)-1) {
		return m, false
	}
	if !m.postResources() || !m.postNoOverlap() || !m.postGroups() || !m.postBudgets() || !m.settle() {
		return m, false
	}
	if m.halted() {
		return m, true
	}
	if !m.postFlows() {
		return m, false
	}
	if m.halted() {
		return m, true
	}
	m.solver = search.New(m.s, m.db)
	for t := range m.tasks {
		m.solver.Starts = append(m.solver.Starts, m.tasks[t].start)
		for _, k := range m.tasks[t].modes {
			if len(m.tasks[t].modes) > 1 {
				m.solver.Rest = append(m.solver.Rest, k.on.Var)
			}
		}
	}
	if best != nil {
		m.setPhases(best)
	}
	return m, true
}

// halted says whether to end.
func (m *model) halted() bool { return m.s.Halt() }

// grow makes room for new variables.
func (m *model) grow() {
	m.db.Grow()
	m.lags.Grow()
	for t := range m.tasks {
		tv := &m.tasks[t]
		if tv.last != cp.Far {
			m.lags.SetLast(tv.start, tv.last+1)
			if tv.end != tv.start {
				m.lags.SetLast(tv.end, m.s.Upper(tv.end))
			}
		}
	}
}

// settle propagates at the root.
func (m *model) settle() bool {
	if !m.s.Propagate() {
		return false
	}
	if !m.s.Halted {
		m.s.Settle()
	}
	return true
}

// addTask makes the variables of a task. False: it is impossible, yet mandatory.
func (m *model) addTask(task *rcpsp.Task, dom []modeDomain) bool {
	tv := taskVars{last: cp.Far, present: always}
	if len(dom) == 0 {
		if !task.Optional {
			return false
		}
		tv.start = m.s.NewVar(0, 0)
		tv.end, tv.last = tv.start, -1
		tv.present = cp.AtMost(tv.start, -1)
		m.tasks = append(m.tasks, tv)
		return true
	}
	var starts []rcpsp.Range
	fixed := dom[0].runsThrough()
	first, last := int64(cp.Far), int64(-cp.Far)
	for i := range dom {
		d := &dom[i]
		starts = append(starts, d.starts...)
		first = min(first, d.end(d.first()))
		last = max(last, d.end(d.last()))
		fixed = fixed && d.runsThrough() && d.mode.Duration == dom[0].mode.Duration
	}
	starts = merge(starts)
	lo, hi := int64(starts[0].Lo), int64(starts[len(starts)-1].Hi)
	m.far = max(m.far, last)
	extra := int64(0)
	if task.Optional {
		extra = 1
		tv.last = hi
	}
	tv.start = m.s.NewVar(lo, hi+extra)
	m.s.SetGaps(tv.start, gapsOf(starts))
	tv.end, tv.endOff = tv.start, int64(dom[0].mode.Duration)
	if !fixed {
		tv.end, tv.endOff = m.s.NewVar(first, last+extra), 0
	}
	if task.Optional {
		tv.present = cp.AtMost(tv.start, hi)
	}
	for _, d := range dom {
		on := tv.present
		if len(dom) > 1 {
			on = cp.AtLeast(m.s.NewVar(0, 1), 1)
		}
		tv.modes = append(tv.modes, modeVars{d, on})
	}
	m.tasks = append(m.tasks, tv)
	return true
}

// source names a constraint for reasons.
func source(kind rcpsp.ConstraintKind, i int) cp.Source {
	return cp.Source(kind)<<26 | cp.Source(i)&(1<<26-1)
}

// postTasks ties modes, starts and ends together.
func (m *model) postTasks() bool {
	for t := range m.tasks {
		tv := &m.tasks[t]
		if len(tv.modes) == 0 {
			continue
		}
		src := source(rcpsp.KindTask, t)
		if len(tv.modes) > 1 && !m.postChoice(tv) {
			return false
		}
		if len(tv.modes) == 1 && tv.end == tv.start {
			continue
		}
		var ways []propagate.Way
		for i := range tv.modes {
			k := &tv.modes[i]
			ways = append(ways, propagate.Way{On: k.on, Mode: k.mode, Starts: k.starts})
		}
		propagate.NewModes(src, tv.start, tv.end, tv.endOff, tv.present, tv.last, ways).Post(m.s)
	}
	return true
}

// postChoice takes exactly one mode of a present task and none of an absent one.
func (m *model) postChoice(tv *taskVars) bool {
	var none []cp.Atom
	if tv.present != always {
		none = append(none, tv.present)
	}
	for i := range tv.modes {
		on := tv.modes[i].on
		none = append(none, on.Not())
		for k := range i {
			if !m.db.Forbid([]cp.Atom{on, tv.modes[k].on}) {
				return false
			}
		}
		if tv.present != always && !m.db.Forbid([]cp.Atom{on, tv.present.Not()}) {
			return false
		}
	}
	return m.db.Forbid(none)
}

// postLinks forbids If without Then.
func (m *model) postLinks() bool {
	for _, l := range m.in.Links {
		a, b := m.tasks[l.If].present, m.tasks[l.Then].present
		if b == always {
			continue
		}
		facts := []cp.Atom{b.Not()}
		if a != always {
			facts = append(facts, a)
		}
		if l.If != l.Then && !m.db.Forbid(facts) {
			return false
		}
	}
	return true
}

// conditions drops facts that always hold.
func conditions(facts ...cp.Atom) []cp.Atom {
	out := facts[:0]
	for _, f := range facts {
		if f != always {
			out = append(out, f)
		}
	}
	return out
}

// arc keeps b's point >= a's point + w if both tasks are present and the conditions
// hold. Points are start or end.
func (m *model) arc(a, b int, aEnd, bEnd bool, w int64, src cp.Source, more ...cp.Atom) {
	ta, tb := &m.tasks[a], &m.tasks[b]
	from, to := ta.start, tb.start
	if aEnd {
		from = ta.end
		w += ta.endOff
	}
	if bEnd {
		to = tb.end
		w -= tb.endOff
	}
	// Forward, an absent b is at its last value, so only a must be present. Backward
	// the bound of a is one only if both are.
	m.lags.Add(from, to, w, src, conditions(append([]cp.Atom{ta.present}, more...)...)...)
	m.lags.Add(to^1, from^1, w, src, conditions(append([]cp.Atom{ta.present, tb.present}, more...)...)...)
}

// postLags posts the lags of the instance.
func (m *model) postLags() bool {
	for i, l := range m.in.Lags {
		if len(m.tasks[l.From].modes) == 0 || len(m.tasks[l.To].modes) == 0 {
			continue
		}
		m.arc(int(l.From), int(l.To), l.FromEnd, l.ToEnd, int64(l.Min), source(rcpsp.KindLag, i))
	}
	return m.lags.Init()
}

// solution reads the bounds after search has decided everything.
func (m *model) solution() *rcpsp.Solution {
	n := len(m.tasks)
	sol := &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}
	for t := range m.tasks {
		tv := &m.tasks[t]
		sol.Mode[t] = -1
		if tv.present != always && !m.s.Holds(tv.present) {
			continue
		}
		sol.Start[t] = rcpsp.Time(m.s.Lower(tv.start))
		for i := range tv.modes {
			if len(tv.modes) == 1 || m.s.Holds(tv.modes[i].on) {
				sol.Mode[t] = tv.modes[i].index
			}
		}
	}
	return sol
}

// factsOf returns the facts that a task is as in sol, or starts elsewhere in starts.
func (m *model) factsOf(t int, sol *rcpsp.Solution, starts rcpsp.Range) []cp.Atom {
	tv := &m.tasks[t]
	if sol.Mode[t] < 0 {
		return []cp.Atom{tv.present.Not()}
	}
	hi := int64(starts.Hi)
	if tv.last != cp.Far {
		hi = min(hi, tv.last) // not the value that stands for absent
	}
	out := []cp.Atom{cp.AtLeast(tv.start, int64(starts.Lo)), cp.AtMost(tv.start, hi)}
	for i := range tv.modes {
		if len(tv.modes) > 1 && tv.modes[i].index == sol.Mode[t] {
			out = append(out, tv.modes[i].on)
		}
	}
	return out
}

// valuesOf tells what a solution makes of the variables of a task.
func (m *model) valuesOf(t int, sol *rcpsp.Solution, set func(cp.Var, int64)) {
	tv := &m.tasks[t]
	if sol.Mode[t] < 0 {
		set(tv.start, tv.last+1)
		if tv.end != tv.start {
			set(tv.end, -m.s.Trail[tv.end^1].Bound)
		}
	} else {
		set(tv.start, int64(sol.Start[t]))
		if tv.end != tv.start {
			set(tv.end, int64(m.in.End(sol, rcpsp.TaskID(t))))
		}
	}
	for i := range tv.modes {
		if len(tv.modes) > 1 {
			x := int64(0)
			if tv.modes[i].index == sol.Mode[t] {
				x = 1
			}
			set(tv.modes[i].on.Var, x)
		}
	}
}

// setHint makes search look first where a hint that is no solution has its tasks.
func (m *model) setHint(hint *rcpsp.Solution) {
	for t := range m.tasks {
		tv := &m.tasks[t]
		x := int64(hint.Start[t])
		if hint.Mode[t] < 0 {
			x = tv.last + 1 // Far, where the task is not optional: as late as it may be
		}
		m.prefer(tv.start, x)
		for _, k := range tv.modes {
			if len(tv.modes) > 1 && k.index == hint.Mode[t] {
				m.prefer(k.on.Var, 1)
			}
		}
	}
}

// prefer makes search try x first for v.
func (m *model) prefer(v cp.Var, x int64) {
	m.solver.Phase[v>>1] = x
	m.solver.Prefer[v>>1] = true
}

// setPhases makes search look near sol first.
func (m *model) setPhases(sol *rcpsp.Solution) {
	for t := range m.tasks {
		m.valuesOf(t, sol, m.prefer)
	}
	for _, p := range m.pairs {
		x := int64(0)
		if sol.Mode[p.a] >= 0 && sol.Mode[p.b] >= 0 && m.in.End(sol, rcpsp.TaskID(p.a)) <= sol.Start[p.b] {
			x = 1
		}
		m.prefer(p.v, x)
	}
	for _, d := range m.sums {
		m.prefer(d.v, d.value(sol))
	}
}
