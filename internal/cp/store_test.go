package cp_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// TestTrailAgainstCopies walks the store beside a model that copies every bound at each
// level.
func TestTrailAgainstCopies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := cp.NewStore()
		for range 3 {
			v := s.NewVar(0, 12)
			if rapid.Bool().Draw(t, "holes") {
				s.SetGaps(v, []cp.Gap{{Lo: 3, Hi: 4}, {Lo: 8, Hi: 10}})
			}
		}
		model := [][]int64{append([]int64(nil), s.Lb...)}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now := model[len(model)-1]
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				s.Open()
				model = append(model, append([]int64(nil), now...))
			case 1:
				v := cp.Var(rapid.IntRange(0, 5).Draw(t, "variable"))
				b := rapid.Int64Range(-14, 14).Draw(t, "bound")
				s.Because(1, cp.RuleNone)
				s.Premise(v^1, now[v^1])
				want := max(now[v], ceil(s.HasGaps(v), v, b))
				fits := want+now[v^1] <= 0
				if got := s.Push(v, b, s.Reason()); got != fits {
					t.Fatalf("Push(%d, %d) = %v with bounds %v", v, b, got, now)
				}
				if fits {
					now[v] = want
				} else if len(s.Conflict) == 0 {
					t.Fatalf("a conflict without facts")
				}
			default:
				if len(model) == 1 {
					continue
				}
				level := rapid.IntRange(0, len(model)-2).Draw(t, "level")
				for start := s.LevelStart(level + 1); len(s.Trail) > start; {
					s.Pop()
				}
				s.Cut(level)
				model = model[:level+1]
			}
			for v, b := range model[len(model)-1] {
				if s.Lb[v] != b || s.Trail[s.Head[v]].Bound != b {
					t.Fatalf("variable %d is at %d, not at %d", v, s.Lb[v], b)
				}
			}
		}
	})
}

// ceil is Ceil for the holes 3-4 and 8-10, by walking.
func ceil(holes bool, v cp.Var, b int64) int64 {
	in := func(x int64) bool { return x == 3 || x == 4 || x >= 8 && x <= 10 }
	for holes && (v&1 == 0 && in(b) || v&1 == 1 && in(-b)) {
		b++
	}
	return b
}

func TestRelaxIsTheWeakestEquivalent(t *testing.T) {
	s := cp.NewStore()
	v := s.NewVar(0, 12)
	s.SetGaps(v, []cp.Gap{{Lo: 3, Hi: 4}, {Lo: 8, Hi: 10}})
	for _, dir := range []cp.Var{v, v ^ 1} {
		for b := int64(-13); b <= 13; b++ {
			got := s.Relax(dir, b)
			if s.Ceil(dir, got) != s.Ceil(dir, b) || s.Ceil(dir, got-1) == s.Ceil(dir, b) {
				t.Errorf("Relax(%d, %d) = %d, which is not the weakest that means %d", dir, b, got, s.Ceil(dir, b))
			}
		}
	}
}

// adder keeps b >= a + 1.
type adder struct {
	a, b  cp.Var
	moved [][]int32
}

func (p *adder) Propagate(s *cp.Store, moved []int32, all bool) bool {
	p.moved = append(p.moved, append([]int32(nil), moved...))
	s.Because(7, cp.RuleLag)
	s.Premise(p.a, s.Lower(p.a))
	return s.Push(p.b, s.Lower(p.a)+1, s.Reason())
}

func TestQueueRunsToTheFixpoint(t *testing.T) {
	s := cp.NewStore()
	var v []cp.Var
	for range 4 {
		v = append(v, s.NewVar(0, 9))
	}
	var ps []*adder
	for i := range 3 {
		p := &adder{a: v[i], b: v[i+1]}
		s.Watch(v[i], s.Post(p, cp.Normal), int32(10+i))
		ps = append(ps, p)
	}
	if !s.Propagate() || s.Lower(v[3]) != 3 {
		t.Fatalf("the chain ends at %d, not at 3", s.Lower(v[3]))
	}
	s.Settle()
	s.Decide(cp.AtLeast(v[0], 4))
	if !s.Propagate() || s.Lower(v[3]) != 7 {
		t.Fatalf("the chain ends at %d, not at 7", s.Lower(v[3]))
	}
	if m := ps[1].moved; len(m[len(m)-1]) != 1 || m[len(m)-1][0] != 11 {
		t.Errorf("the second was told %v, not that 11 moved", m)
	}
	s.Decide(cp.AtMost(v[3], 8))
	s.Decide(cp.AtLeast(v[1], 7))
	if s.Propagate() {
		t.Error("7, 8 and 9 in a chain that ends at 8")
	}
	for _, f := range s.Conflict {
		if !s.Holds(f) {
			t.Errorf("the conflict %v uses a false fact", s.Conflict)
		}
	}
}

func TestSinkHearsSourceRuleAndPremises(t *testing.T) {
	s := cp.NewStore()
	a, b := s.NewVar(0, 9), s.NewVar(0, 9)
	p := &adder{a: a, b: b}
	s.Watch(a, s.Post(p, cp.Normal), 0)
	heard := &sink{}
	s.Sink = heard
	s.Decide(cp.AtLeast(a, 3))
	if !s.Propagate() {
		t.Fatal("conflict")
	}
	e := s.Trail[s.Head[b]]
	s.Explain(nil, cp.Atom{Bound: e.Bound, Var: e.Var}, e.Why)
	if heard.why.Source != 7 || heard.why.Rule != cp.RuleLag || heard.why.Seen != nil || len(heard.premises) != 1 || heard.premises[0] != cp.AtLeast(a, 3) || heard.implied != cp.AtLeast(b, 4) {
		t.Errorf("heard %+v", heard)
	}
}

type sink struct {
	why      cp.Cause
	premises []cp.Atom
	implied  cp.Atom
}

func (k *sink) Inference(why cp.Cause, premises []cp.Atom, implied cp.Atom) {
	*k = sink{why, append([]cp.Atom(nil), premises...), implied}
}

func (k *sink) Nogood([]cp.Atom) {}
