package engine

import (
	"context"
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// A pairRule refuses pairs of tasks by an arbitrary function of their modes and starts,
// and now and then all tasks by a function of everything.
type pairRule struct {
	salt  uint64
	share uint64 // one pair of places in so many is refused
	whole bool
	wide  bool // it refuses starts by twos: 0 and 1, 2 and 3, ...
}

func (p *pairRule) hash(x ...int64) uint64 {
	h := p.salt
	for _, v := range x {
		h = (h ^ uint64(v)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}

func (p *pairRule) clashes(s *rcpsp.Solution, decided []bool) []Clash {
	var out []Clash
	unit := rcpsp.Time(1)
	if p.wide {
		unit = 2
	}
	known := func(t int) bool { return decided == nil || decided[t] }
	place := func(t int) int64 {
		if s.Mode[t] < 0 {
			return -1
		}
		return int64(s.Mode[t])<<32 | int64(s.Start[t]/unit)
	}
	for a := range s.Mode {
		for b := range a {
			if known(a) && known(b) && p.hash(int64(a), int64(b), place(a), place(b))%p.share == 0 {
				c := Clash{Tasks: []rcpsp.TaskID{rcpsp.TaskID(a), rcpsp.TaskID(b)}}
				if p.wide {
					for _, t := range c.Tasks {
						c.Starts = append(c.Starts, rcpsp.Range{Lo: s.Start[t] / unit * unit, Hi: s.Start[t]/unit*unit + unit - 1})
					}
				}
				out = append(out, c)
			}
		}
	}
	if p.whole && decided == nil {
		all := []int64{7}
		for t := range s.Mode {
			all = append(all, place(t))
		}
		if p.hash(all...)%2 == 0 {
			out = append(out, Clash{})
		}
	}
	return out
}

// TestRejectAgainstOracle compares the whole engine, its heuristics alone and the exact
// search alone with enumeration and a filter.
func TestRejectAgainstOracle(t *testing.T) {
	counts := map[string]int{}
	for seed := range instances(250) {
		in := gen.Seeded(seed, gen.Options{Tasks: 4})
		r := prng.New(seed).Split(9)
		rule := &pairRule{salt: r.Uint64(), share: uint64(2 + r.IntN(8)), whole: r.IntN(3) == 0, wide: r.IntN(2) == 0}
		reject := func(s *rcpsp.Solution) []Clash { return rule.clashes(s, nil) }
		var want *rcpsp.Solution
		free := false
		for s := range oracle.All(in) {
			free = true
			if len(reject(s)) == 0 && (want == nil || rcpsp.Compare(in.Value(s), in.Value(want)) < 0) {
				want = s.Clone()
			}
		}
		counts["instances"]++
		if free && want == nil {
			counts["refused altogether"]++
		}
		opts := []Options{{Reject: reject}, {Reject: reject, RejectPart: rule.clashes}}
		for i, opt := range opts {
			got, err := Run(context.Background(), in, opt)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				if got.Status != Infeasible {
					t.Fatalf("seed %d, %d: %v %v, but all is refused", seed, i, got.Status, got.Best)
				}
				if free && !got.Refused {
					t.Fatalf("seed %d, %d: a core %v without the rule, which has solutions", seed, i, got.Core)
				}
				continue
			}
			if got.Best == nil || rcpsp.Compare(got.Value, in.Value(want)) != 0 || got.Status != Optimal {
				t.Fatalf("seed %d, %d: %v %v, want %v", seed, i, got.Status, got.Value, in.Value(want))
			}
			if len(reject(got.Best)) > 0 {
				t.Fatalf("seed %d, %d: an answer that is refused", seed, i)
			}
		}
		if want == nil {
			continue
		}
		if rcpsp.Compare(in.Value(want), in.Value(oracle.Best(in))) > 0 {
			counts["binding"]++
		}
		opts[1].HeuristicOnly = true
		opts[1].MaxWork = 20_000
		got, err := Run(context.Background(), in, opts[1])
		if err != nil {
			t.Fatal(err)
		}
		if got.Best != nil && (len(reject(got.Best)) > 0 || rcpsp.Compare(got.Value, in.Value(want)) < 0) {
			t.Fatalf("seed %d: heuristics give what is refused", seed)
		}
		if got.Best != nil {
			counts["heuristics found one"]++
		}
	}
	n := counts["instances"]
	if counts["binding"]*20 < n || counts["refused altogether"]*50 < n || counts["heuristics found one"]*3 < n {
		t.Errorf("the rule binds too seldom: %v", counts)
	}
	t.Log(counts)
}

// TestRejectRepeats runs twice with the work of the first as the limit of the second.
func TestRejectRepeats(t *testing.T) {
	for seed := range instances(40) {
		in := gen.Seeded(seed, gen.Options{Tasks: 5})
		rule := &pairRule{salt: seed, share: 4}
		reject := func(s *rcpsp.Solution) []Clash { return rule.clashes(s, nil) }
		opt := Options{Reject: reject, RejectPart: rule.clashes, MaxWork: 3000}
		a, err := Run(context.Background(), in, opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.MaxWork = a.Stats.Work
		b, err := Run(context.Background(), in, opt)
		if err != nil || (a.Best == nil) != (b.Best == nil) || !slices.Equal(a.Value, b.Value) ||
			a.Best != nil && !slices.Equal(a.Best.Start, b.Best.Start) {
			t.Fatalf("seed %d: %v, again %v (%v)", seed, a, b, err)
		}
	}
}
