// Package gen makes small random instances in which every constraint kind of the
// waist binds often, for tests against the oracle. The same code serves a seeded
// generator, for long runs that must repeat, and rapid, which shrinks what fails.
package gen

import (
	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Source of random choices; [prng.Rand] is one.
type Source interface {
	IntN(n int) int // in [0, n)
}

// Options switch off what a test does not want. The zero Options make everything.
type Options struct {
	Tasks   int        // most tasks; 0: 5
	Horizon rcpsp.Time // longest horizon; 0: 12

	NoOptional, NoModes, NoWork, NoLags, NoMaxLags, NoResources, NoOverlap, NoGroups, NoBudgets, NoSameSpan, NoLinks, NoDomains bool
	Makespan                                                                                                                    bool // the makespan is the only goal
	Tiers                                                                                                                       int  // if not 0: one to so many tiers, of one or two goals each
}

// Seeded returns the instance of a seed.
func Seeded(seed uint64, o Options) *rcpsp.Instance { return Make(prng.New(seed), o) }

// Draw returns a rapid generator of instances.
func Draw(o Options) *rapid.Generator[*rcpsp.Instance] {
	return rapid.Custom(func(t *rapid.T) *rcpsp.Instance { return Make(drawer{t}, o) })
}

type drawer struct{ t *rapid.T }

func (d drawer) IntN(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "choice") }

// Make builds an instance from the choices of src. It is well formed.
func Make(src Source, o Options) *rcpsp.Instance {
	if o.Tasks == 0 {
		o.Tasks = 5
	}
	if o.Horizon == 0 {
		o.Horizon = 12
	}
	g := maker{src: src, o: o}
	h := o.Horizon - rcpsp.Time(g.n(int(o.Horizon/3)+1))
	g.in = &rcpsp.Instance{Horizon: h}
	g.resources()
	n := max(1, o.Tasks-g.n(min(3, o.Tasks)))
	for range n {
		g.in.Tasks = append(g.in.Tasks, g.task())
	}
	g.lags()
	g.sets()
	g.groups()
	g.budgets()
	g.sameSpans()
	g.links()
	g.goals()
	return g.in
}

type maker struct {
	src Source
	o   Options
	in  *rcpsp.Instance
}

func (g *maker) n(n int) int                  { return g.src.IntN(n) }
func (g *maker) one(in int) bool              { return g.n(in) == 0 }
func (g *maker) time(n rcpsp.Time) rcpsp.Time { return rcpsp.Time(g.n(int(n))) }
func (g *maker) taskID() rcpsp.TaskID         { return rcpsp.TaskID(g.n(len(g.in.Tasks))) }

func (g *maker) resources() {
	if g.o.NoResources {
		return
	}
	for range g.n(3) {
		g.in.Resources = append(g.in.Resources, rcpsp.Resource{Capacity: g.steps(2, 4)})
	}
}

// steps makes a step function with values between lo and lo+n-1, mostly constant.
func (g *maker) steps(lo, n int) []rcpsp.Step {
	out := []rcpsp.Step{{Value: int64(lo + g.n(n))}}
	for at := rcpsp.Time(0); g.one(2) && len(out) < 4; {
		at += 1 + g.time(5)
		out = append(out, rcpsp.Step{From: at, Value: int64(g.n(lo + n))})
	}
	return out
}

func (g *maker) task() rcpsp.Task {
	t := rcpsp.Task{Optional: !g.o.NoOptional && g.one(3)}
	modes := 1
	if !g.o.NoModes && g.one(3) {
		modes = 2
	}
	for range modes {
		t.Modes = append(t.Modes, g.mode())
	}
	return t
}

func (g *maker) mode() rcpsp.Mode {
	h := g.in.Horizon
	m := rcpsp.Mode{Duration: g.time(5)}
	if m.Duration > 0 && g.one(3) {
		m.Duration = 1 + g.time(max(1, h/2))
	}
	for r := range g.in.Resources {
		if g.one(2) {
			m.Demands = append(m.Demands, rcpsp.Demand{Resource: rcpsp.ResourceID(r), Amount: int64(1 + g.n(3))})
		}
	}
	if !g.o.NoWork && g.one(3) {
		m.Hold = g.one(2)
		m.Work = g.spans(2+g.n(3), true)
	}
	switch {
	case g.o.NoDomains || g.n(3) == 0:
		m.Starts = []rcpsp.Range{{Lo: 0, Hi: h}}
	case g.one(40):
		// No start at all: the mode is impossible.
	default:
		for _, s := range g.spans(2+g.n(3), true) {
			m.Starts = append(m.Starts, rcpsp.Range{Lo: s.Lo, Hi: s.Hi - 1})
		}
	}
	return m
}

// spans makes up to n spans, sorted and disjoint, and apart if asked for.
func (g *maker) spans(n int, apart bool) []rcpsp.Span {
	var out []rcpsp.Span
	at := g.time(4)
	for range n {
		hi := at + 1 + g.time(6)
		out = append(out, rcpsp.Span{Lo: at, Hi: hi})
		at = hi + g.time(4)
		if apart && at == hi {
			at++
		}
	}
	return out
}

// lags adds precedences of all four types and, seldom, maximal lags.
func (g *maker) lags() {
	if g.o.NoLags || len(g.in.Tasks) < 2 {
		return
	}
	for range g.n(len(g.in.Tasks) + 1) {
		a, b := g.taskID(), g.taskID()
		l := rcpsp.Lag{From: min(a, b), To: max(a, b), FromEnd: !g.one(3), ToEnd: g.one(5), Min: g.time(3) - 1}
		if a == b {
			continue
		}
		g.in.Lags = append(g.in.Lags, l)
		if !g.o.NoMaxLags && !g.one(3) {
			g.in.Lags = append(g.in.Lags, rcpsp.Lag{From: l.To, To: l.From, FromEnd: l.ToEnd, ToEnd: l.FromEnd, Min: -l.Min - g.time(2)})
		}
	}
}

// subset returns each task with chance two in three.
func (g *maker) subset() []rcpsp.TaskID {
	var out []rcpsp.TaskID
	for t := range g.in.Tasks {
		if !g.one(3) {
			out = append(out, rcpsp.TaskID(t))
		}
	}
	return out
}

func (g *maker) sets() {
	if g.o.NoOverlap || g.one(4) {
		return
	}
	for range 1 + g.n(2) {
		g.in.NoOverlap = append(g.in.NoOverlap, g.subset())
	}
}

// groups adds a group, and at times groups over groups.
func (g *maker) groups() {
	if g.o.NoGroups || !g.one(3) {
		return
	}
	for i := range 1 + g.n(3) {
		gr := rcpsp.Group{Allowed: g.steps(0, 3), Defined: g.one(2)}
		for range 1 + g.n(3) {
			m := rcpsp.Member{Tasks: g.subset()}
			if i > 0 && g.one(2) {
				m.Groups = []int32{int32(g.n(i))}
			}
			gr.Members = append(gr.Members, m)
		}
		g.in.Groups = append(g.in.Groups, gr)
	}
	g.in.Groups[len(g.in.Groups)-1].Defined = false
}

func (g *maker) budgets() {
	if g.o.NoBudgets || !g.one(2) {
		return
	}
	var b rcpsp.Budget
	if g.one(2) {
		b.Periods = []rcpsp.Period{{Span: rcpsp.Span{Hi: g.in.Horizon + 1}, Limit: int64(2 + g.n(6))}}
	} else {
		for _, sp := range g.spans(1+g.n(3), false) {
			b.Periods = append(b.Periods, rcpsp.Period{Span: sp, Limit: int64(g.n(4))})
		}
	}
	for _, t := range g.subset() {
		u := rcpsp.Use{Task: t, Mode: -1, Amount: int64(1 + g.n(3))}
		if g.one(3) {
			u.Mode = int32(g.n(len(g.in.Tasks[t].Modes)))
		}
		b.Uses = append(b.Uses, u)
	}
	g.in.Budgets = append(g.in.Budgets, b)
}

func (g *maker) sameSpans() {
	if !g.o.NoSameSpan && g.one(3) {
		g.in.SameSpan = append(g.in.SameSpan, rcpsp.SameSpan{Tasks: g.subset(), Spans: g.spans(1+g.n(4), false)})
	}
}

func (g *maker) links() {
	if g.o.NoLinks {
		return
	}
	for range g.n(4) {
		g.in.Links = append(g.in.Links, rcpsp.Link{If: g.taskID(), Then: g.taskID()})
	}
}
