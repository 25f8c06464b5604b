package lns

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// TestFree checks that each neighbourhood holds known tasks, each once, no more than
// asked for and at least one, and is the same for the same seed.
func TestFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(gen.Options{Tasks: 6}).Draw(t, "instance")
		s := &rcpsp.Solution{Mode: make([]int32, len(in.Tasks)), Start: make([]rcpsp.Time, len(in.Tasks))}
		for k := range s.Mode {
			s.Start[k] = rcpsp.Time(rapid.IntRange(0, 12).Draw(t, "start"))
			if in.Tasks[k].Optional && rapid.Bool().Draw(t, "absent") {
				s.Mode[k] = -1
			}
		}
		x := NewIndex(in)
		size := rapid.IntRange(1, 7).Draw(t, "size")
		seed := rapid.Uint64().Draw(t, "seed")
		for k := range Kinds {
			got := x.Free(k, size, s, prng.New(seed))
			if len(got) < 1 || len(got) > size {
				t.Fatalf("%v frees %d tasks, want 1 to %d", k, len(got), size)
			}
			if again := x.Free(k, size, s, prng.New(seed)); !slices.Equal(got, again) {
				t.Fatalf("%v frees %v, then %v", k, got, again)
			}
			slices.Sort(got)
			if got[0] < 0 || int(got[len(got)-1]) >= len(in.Tasks) || len(slices.Compact(got)) != len(got) {
				t.Fatalf("%v frees %v of %d tasks", k, got, len(in.Tasks))
			}
		}
	})
}

func TestConeFollowsLags(t *testing.T) {
	in := &rcpsp.Instance{Tasks: make([]rcpsp.Task, 6), Lags: []rcpsp.Lag{{From: 0, To: 1}, {From: 1, To: 2}, {From: 3, To: 4}}}
	x := NewIndex(in)
	s := &rcpsp.Solution{Mode: make([]int32, 6), Start: make([]rcpsp.Time, 6)}
	for seed := range uint64(40) {
		got := x.Free(Cone, 6, s, prng.New(seed))
		slices.Sort(got)
		if !slices.Equal(got, []rcpsp.TaskID{0, 1, 2}) && !slices.Equal(got, []rcpsp.TaskID{3, 4}) && !slices.Equal(got, []rcpsp.TaskID{5}) {
			t.Fatalf("a cone is %v", got)
		}
	}
}

func TestAdaptiveFavoursWhatPays(t *testing.T) {
	a, r := NewAdaptive(1, 1, 1), prng.New(7)
	var picks [3]int
	for range 2000 {
		i := a.Pick(r)
		picks[i]++
		a.Learn(i, i == 1 && r.IntN(4) == 0)
	}
	if picks[1] < 2*picks[0] || picks[1] < 2*picks[2] || picks[0] == 0 || picks[2] == 0 {
		t.Errorf("picks %v: want the second most, and none never", picks)
	}
}

// TestNear checks that what is near is present, known, there once, not freed, no more than
// asked for, and joined or of the same group; and that what shares the time goes before
// what is far.
func TestNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, s := packed(t)
		x := NewIndex(in)
		free := x.Free(Random, 2, s, prng.New(rapid.Uint64().Draw(t, "seed")))
		most := rapid.IntRange(0, 6).Draw(t, "most")
		got := x.Near(free, most, s)
		if len(got) > most {
			t.Fatalf("%d tasks, want up to %d", len(got), most)
		}
		for i, u := range got {
			near := false
			for _, f := range free {
				near = near || slices.Contains(x.joined[f], u)
				for _, g := range x.groups[f] {
					near = near || slices.Contains(x.groups[u], g)
				}
			}
			if !near || !s.Present(u) || slices.Contains(free, u) || slices.Contains(got[:i], u) {
				t.Fatalf("%v is near %v", got, free)
			}
		}
	})
	mode := rcpsp.Mode{Duration: 1, Starts: []rcpsp.Range{{Lo: 0, Hi: 10}}, Demands: []rcpsp.Demand{{Resource: 0, Amount: 1}}}
	task := rcpsp.Task{Modes: []rcpsp.Mode{mode}}
	in := &rcpsp.Instance{Horizon: 20, Tasks: []rcpsp.Task{task, task, task}, Resources: []rcpsp.Resource{{Capacity: []rcpsp.Step{{Value: 1}}}}}
	s := &rcpsp.Solution{Mode: []int32{0, 0, 0}, Start: []rcpsp.Time{9, 4, 0}}
	if got := NewIndex(in).Near([]rcpsp.TaskID{0}, 1, s); !slices.Equal(got, []rcpsp.TaskID{1}) {
		t.Errorf("%v is nearest", got)
	}
}

// TestWay checks that a way holds known tasks, each once and no more than asked for; that
// all but the first are present and none starts after what it leads to; and that it goes
// on through what waits: here the last task waits for two of one resource, and the later
// of these for what a lag joins to it.
func TestWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, s := packed(t)
		size := rapid.IntRange(1, 8).Draw(t, "size")
		seed := rapid.Uint64().Draw(t, "seed")
		x := NewIndex(in)
		got := x.Way(size, s, prng.New(seed))
		if len(got) < 1 || len(got) > size || !slices.Equal(got, x.Way(size, s, prng.New(seed))) {
			t.Fatalf("way of up to %d tasks: %v", size, got)
		}
		for i, u := range got[1:] {
			if !s.Present(u) || s.Start[u] > s.Start[got[0]] || slices.Contains(got[:i+1], u) {
				t.Fatalf("%v is on the way %v of %v", u, got, s)
			}
		}
	})
	mode := rcpsp.Mode{Duration: 1, Starts: []rcpsp.Range{{Lo: 0, Hi: 10}}}
	busy := mode
	busy.Demands = []rcpsp.Demand{{Resource: 0, Amount: 1}}
	in := &rcpsp.Instance{
		Horizon: 20, Tasks: []rcpsp.Task{{Modes: []rcpsp.Mode{mode}}, {Modes: []rcpsp.Mode{busy}}, {Modes: []rcpsp.Mode{busy}}, {Modes: []rcpsp.Mode{busy}}},
		Lags: []rcpsp.Lag{{From: 0, To: 2, FromEnd: true}}, Resources: []rcpsp.Resource{{Capacity: []rcpsp.Step{{Value: 1}}}},
		Goals: []rcpsp.Goal{{Kind: rcpsp.Sum, Weight: 1, Terms: []rcpsp.Term{{Task: 3, Cost: []rcpsp.Piece{{Slope: 1}}}}}},
	}
	s := &rcpsp.Solution{Mode: make([]int32, 4), Start: []rcpsp.Time{1, 2, 3, 6}}
	if got := NewIndex(in).Way(9, s, prng.New(1)); !slices.Equal(got, []rcpsp.TaskID{3, 2, 1, 0}) {
		t.Errorf("the way is %v", got)
	}
}
