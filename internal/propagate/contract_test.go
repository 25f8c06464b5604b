package propagate_test

import (
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/cp/cptest"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// contract runs a generator of small cases through cptest and wants the rule to move
// bounds often.
func contract(t *testing.T, build func(r *prng.Rand, s *cp.Store) cptest.Case) {
	t.Helper()
	moves := 0
	for seed := range uint64(150) {
		r := prng.New(seed)
		moves += cptest.Run(t, r, 6, func(s *cp.Store) cptest.Case { return build(r, s) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d moves", moves)
	if moves < 300 {
		t.Errorf("the rule moved only %d bounds: the cases test nothing", moves)
	}
}

// starts makes n start variables, some with holes, some of optional tasks; last is Far
// for tasks that are not.
func starts(r *prng.Rand, s *cp.Store, n int) (vars []cp.Var, last []int64, present []cp.Atom) {
	for range n {
		lo := int64(r.IntN(3))
		hi := lo + int64(1+r.IntN(5))
		l, p := int64(cp.Far), cp.Atom{Var: -1}
		top := hi
		if r.IntN(3) == 0 {
			l, top = hi, hi+1
		}
		v := s.NewVar(lo, top)
		if r.IntN(4) == 0 && hi-lo > 2 {
			s.SetGaps(v, []cp.Gap{{Lo: lo + 1, Hi: lo + 1}})
		}
		if l != cp.Far {
			p = cp.AtMost(v, l)
		}
		vars, last, present = append(vars, v), append(last, l), append(present, p)
	}
	return vars, last, present
}

func TestLagsContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		v := []cp.Var{s.NewVar(0, 6), s.NewVar(0, 6), s.NewVar(1, 7), s.NewVar(0, 1), s.NewVar(0, 1)}
		l := propagate.NewLags(s)
		s.Follow(l, nil)
		type arc struct {
			a, b int
			w    int64
			cond []cp.Atom
		}
		var arcs []arc
		for range 1 + r.IntN(5) {
			x := arc{a: r.IntN(3), b: r.IntN(3), w: int64(r.IntN(6) - 2)}
			if x.a == x.b {
				continue
			}
			for k := 3; k < 5; k++ {
				switch r.IntN(4) {
				case 0:
					x.cond = append(x.cond, cp.AtLeast(v[k], 1))
				case 1:
					x.cond = append(x.cond, cp.AtMost(v[k], 0))
				}
			}
			arcs = append(arcs, x)
			l.AddBoth(v[x.a], v[x.b], x.w, 1, x.cond...)
		}
		holds := func(x []int64) bool {
			for _, a := range arcs {
				on := true
				for _, c := range a.cond {
					for k := 3; k < 5; k++ {
						if c == cp.AtLeast(v[k], 1) {
							on = on && x[k] == 1
						} else if c == cp.AtMost(v[k], 0) {
							on = on && x[k] == 0
						}
					}
				}
				if on && x[a.b] < x[a.a]+a.w {
					return false
				}
			}
			return true
		}
		if !l.Init() {
			s.Post(failing{}, cp.Quick) // the contract then wants no solution
		}
		return cptest.Case{Vars: v, Holds: holds}
	})
}

func TestTimeTableContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		n := 2 + r.IntN(3)
		v, last, present := starts(r, s, n)
		top := cp.Var(-1)
		if r.IntN(3) == 0 {
			top = s.NewVar(0, 5)
		}
		var items []propagate.Item
		for i := range n {
			items = append(items, propagate.Item{Start: v[i], End: v[i], EndOff: int64(1 + r.IntN(4)), Demand: int64(1 + r.IntN(3)), If: present[i], Last: last[i]})
			if r.IntN(5) == 0 {
				items[i].Work = []propagate.Span{{Lo: 1, Hi: 3}, {Lo: 5, Hi: 9}}
			}
		}
		caps := []propagate.Level{{From: 0, Cap: int64(1 + r.IntN(4))}}
		if r.IntN(2) == 0 {
			caps = append(caps, propagate.Level{From: int64(2 + r.IntN(4)), Cap: int64(r.IntN(5))})
		}
		propagate.NewTimeTable(1, items, caps, top, true).Post(s)
		vars := v
		if top >= 0 {
			vars = append(append([]cp.Var(nil), v...), top)
		}
		return cptest.Case{Vars: vars, Holds: func(x []int64) bool {
			for now := int64(0); now < 16; now++ {
				use, cap := int64(0), int64(0)
				for i, it := range items {
					if x[i] > last[i] || now < x[i] || now >= x[i]+it.EndOff {
						continue
					}
					if it.Work == nil || now >= 1 && now < 3 || now >= 5 && now < 9 {
						use += it.Demand
					}
				}
				for _, c := range caps {
					if c.From <= now {
						cap = c.Cap
					}
				}
				if top >= 0 {
					cap = min(cap, x[n])
				}
				if use > cap {
					return false
				}
			}
			return true
		}}
	})
}

func TestDisjunctiveContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		n := 3 + r.IntN(2)
		v, last, present := starts(r, s, n)
		var spells []propagate.Spell
		var items []propagate.Item
		for i := range n {
			d := int64(1 + r.IntN(3))
			spells = append(spells, propagate.Spell{Start: v[i], End: v[i], EndOff: d, Length: d, If: present[i]})
			items = append(items, propagate.Item{Start: v[i], End: v[i], EndOff: d, Demand: 1, If: present[i], Last: last[i]})
		}
		propagate.NewDisjunctive(1, spells, r.IntN(2) == 0).Post(s)
		// The rule does not look at pairs; the time-table judges complete assignments.
		propagate.NewTimeTable(1, items, []propagate.Level{{Cap: 1}}, -1, false).Post(s)
		return cptest.Case{Vars: v, Holds: func(x []int64) bool {
			for i := range n {
				for k := range i {
					apart := x[i] > last[i] || x[k] > last[k] || x[i]+spells[i].Length <= x[k] || x[k]+spells[k].Length <= x[i]
					if !apart {
						return false
					}
				}
			}
			return true
		}}
	})
}

func TestModesContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		var ways []propagate.Way
		n := 1 + r.IntN(3)
		start, end := s.NewVar(0, 9), s.NewVar(0, 14)
		vars := []cp.Var{start, end}
		for range n {
			m := &rcpsp.Mode{Duration: rcpsp.Time(r.IntN(4))}
			if r.IntN(2) == 0 {
				m.Work = []rcpsp.Span{{Lo: 0, Hi: 2}, {Lo: rcpsp.Time(4 + r.IntN(2)), Hi: 7}, {Lo: 9, Hi: 14}}
			}
			w := propagate.Way{On: cp.Atom{Var: -1}, Mode: m, Starts: []rcpsp.Range{{Lo: 0, Hi: 3}, {Lo: 5, Hi: 9}}}
			if n > 1 {
				x := s.NewVar(0, 1)
				vars = append(vars, x)
				w.On = cp.AtLeast(x, 1)
			}
			ways = append(ways, w)
		}
		propagate.NewModes(1, start, end, 0, cp.Atom{Var: -1}, cp.Far, ways).Post(s)
		one := &exactlyOne{vars[2:]}
		if n > 1 {
			id := s.Post(one, cp.Quick)
			for _, x := range vars[2:] {
				s.Watch(x, id, 0)
				s.Watch(x^1, id, 0)
			}
		}
		return cptest.Case{Vars: vars, Holds: func(x []int64) bool {
			taken := 0
			for k, w := range ways {
				if n > 1 && x[2+k] == 0 {
					continue
				}
				taken++
				e, ok := w.Mode.End(rcpsp.Time(x[0]))
				if !ok || int64(e) != x[1] || x[0] == 4 {
					return false
				}
			}
			return taken == 1
		}}
	})
}

// failing is a conflict without premises.
type failing struct{}

func (failing) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	s.Because(1, cp.RuleNone)
	return s.Fail(s.Reason())
}

// exactlyOne takes one of some Booleans: the engine has nogoods for that.
type exactlyOne struct{ vars []cp.Var }

func (p *exactlyOne) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	open, taken := cp.Var(-1), cp.Var(-1)
	n := 0
	for _, x := range p.vars {
		switch {
		case s.Lower(x) == 1:
			taken = x
		case s.Upper(x) == 1:
			open = x
			n++
		}
	}
	for _, x := range p.vars {
		if taken >= 0 && x != taken {
			s.Because(1, cp.RuleClause)
			s.Premise(taken, 1)
			if !s.Push(x^1, 0, s.Reason()) {
				return false
			}
		}
	}
	if taken >= 0 || n > 1 {
		return true
	}
	s.Because(1, cp.RuleClause)
	for _, x := range p.vars {
		if x != open {
			s.Premise(x^1, 0)
		}
	}
	if n == 0 {
		return s.Fail(s.Reason())
	}
	return s.Push(open, 1, s.Reason())
}

// loads makes tasks with up to three modes and what each takes, with all of their
// variables.
func loads(r *prng.Rand, s *cp.Store, n int) (list []propagate.Load, vars []cp.Var) {
	for range n {
		v, last, present := starts(r, s, 1)
		vars = append(vars, v[0])
		l := propagate.Load{Start: v[0], End: v[0], If: present[0], Last: last[0]}
		way := func(on cp.Atom) propagate.LoadWay {
			return propagate.LoadWay{On: on, Length: int64(r.IntN(6)), Demand: int64(r.IntN(6)) * 2 / 3}
		}
		if len(list) > 0 || r.IntN(2) > 0 { // one with modes is enough to enumerate
			l.Ways = []propagate.LoadWay{way(present[0])}
			l.EndOff = l.Ways[0].Length
			list = append(list, l)
			continue
		}
		x := s.NewVar(0, 1)
		l.End = s.NewVar(0, 9)
		vars = append(vars, l.End, x)
		l.If, l.Last = cp.Atom{Var: -1}, cp.Far
		l.Ways = []propagate.LoadWay{way(cp.AtLeast(x, 1)), way(cp.AtMost(x, 0))}
		list = append(list, l)
	}
	return list, vars
}

func TestEnergeticContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		n := 3 + r.IntN(2)
		list, vars := loads(r, s, n)
		caps := []propagate.Level{{From: 0, Cap: int64(2 + r.IntN(3))}}
		if r.IntN(2) == 0 {
			caps = append(caps, propagate.Level{From: int64(2 + r.IntN(4)), Cap: int64(1 + r.IntN(4))})
		}
		e := propagate.NewEnergetic(1, list, caps, 14)
		e.Always = true
		e.Post(s)
		j := &loadJudge{list: list, caps: caps}
		j.post(s, vars)
		return cptest.Case{Vars: vars, Holds: func(x []int64) bool { return j.holds(vars, x) }}
	})
}

// loadJudge accepts only what is right once all is fixed: the rule itself looks at
// windows, which need not notice everything.
type loadJudge struct {
	list []propagate.Load
	caps []propagate.Level
	vars []cp.Var
}

func (j *loadJudge) post(s *cp.Store, vars []cp.Var) {
	j.vars = vars
	id := s.Post(j, cp.Slowest)
	for _, v := range vars {
		s.Watch(v, id, 0)
		s.Watch(v^1, id, 0)
	}
}

func (j *loadJudge) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	x := make([]int64, len(j.vars))
	for i, v := range j.vars {
		if x[i] = s.Lower(v); !s.Fixed(v) {
			return true
		}
	}
	if j.holds(j.vars, x) {
		return true
	}
	s.Because(1, cp.RuleNone)
	for i, v := range j.vars {
		s.Premise(v, x[i])
		s.Premise(v^1, -x[i])
	}
	return s.Fail(s.Reason())
}

func (j *loadJudge) holds(vars []cp.Var, x []int64) bool {
	value := func(v cp.Var) int64 { return x[slices.Index(vars, v)] }
	var use [32]int64
	for _, l := range j.list {
		start, w := value(l.Start), l.Ways[0]
		if len(l.Ways) > 1 {
			if value(l.Ways[0].On.Var) == 0 {
				w = l.Ways[1]
			}
			if value(l.End) < start+w.Length { // a task may hold longer than it works
				return false
			}
			w.Length = value(l.End) - start
		}
		for t := start; start <= l.Last && t < start+w.Length; t++ {
			use[t] += w.Demand
		}
	}
	for t, u := range use {
		room := int64(0)
		for _, c := range j.caps {
			if c.From <= int64(t) {
				room = c.Cap
			}
		}
		if u > room {
			return false
		}
	}
	return true
}
