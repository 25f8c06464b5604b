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
