package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// allReasons finds all minimal sets by enumeration: of sets by size, each with all plans.
func allReasons(t *testing.T, low *Problem, at *origins, units []unit) [][]int {
	t.Helper()
	bySize := make([][]int, len(units)+1)
	for set := range 1 << len(units) {
		var members []int
		for i := range units {
			if set>>i&1 == 1 {
				members = append(members, i)
			}
		}
		bySize[len(members)] = append(bySize[len(members)], set)
	}
	var found []int
	var out [][]int
	for _, sets := range bySize {
		for _, set := range sets {
			if slices.ContainsFunc(found, func(f int) bool { return f&set == f }) {
				continue
			}
			keep := map[unit]bool{}
			var members []int
			for i, u := range units {
				if set>>i&1 == 1 {
					keep[u] = true
					members = append(members, i)
				}
			}
			if !oracle.Feasible(compiledFor(t, low.relaxed(keep), at).in) {
				found, out = append(found, set), append(out, members)
			}
		}
	}
	return out
}

// TestExplanationsAreAll compares Explanations with the enumeration of all sets of
// requirements, and each shorter list with the beginning of the longer one.
func TestExplanationsAreAll(t *testing.T) {
	problems, counts, several := 30, map[int]int{}, 0
	if slow() {
		problems = 1_000
	}
	looked := 0
	for n := 0; looked < problems; n++ {
		low, at := crowded(t, 7, n)
		x := &explaining{p: low, at: at, units: unitsOf(low)}
		if len(x.units) > 9 {
			continue
		}
		looked++
		got, err := Explanations(context.Background(), low, &Options{Reasons: 1_000})
		if err != nil {
			t.Fatalf("problem %d: %v", n, err)
		}
		var sets []string
		for _, set := range got {
			var ids []string
			for _, k := range set {
				ids = append(ids, k.ID)
			}
			slices.Sort(ids)
			sets = append(sets, strings.Join(ids, " + "))
		}
		slices.Sort(sets)
		var want []string
		for _, members := range allReasons(t, low, at, x.units) {
			var ids []string
			for _, i := range members {
				ids = append(ids, x.conflict(x.units[i]).ID)
			}
			slices.Sort(ids)
			want = append(want, strings.Join(ids, " + "))
		}
		slices.Sort(want)
		if d := cmp.Diff(want, sets); d != "" {
			t.Fatalf("problem %d: %s\n%s", n, d, text(low))
		}
		counts[len(got)]++
		if len(got) > 1 {
			several++
			short, err := Explanations(context.Background(), low, &Options{Reasons: len(got) - 1})
			if d := cmp.Diff(got[:len(got)-1], short); err != nil || d != "" {
				t.Fatalf("problem %d: a shorter list is not the beginning: %v %s", n, err, d)
			}
		}
		one, err := Explain(context.Background(), low, nil)
		if d := cmp.Diff(got[0], one); err != nil || d != "" {
			t.Fatalf("problem %d: Explain says something else: %v %s", n, err, d)
		}
	}
	t.Logf("%d problems, numbers of minimal sets %v", looked, counts)
	if several*4 < looked {
		t.Errorf("only %d of %d problems have several minimal sets", several, looked)
	}
}

// TestSubsetsAreLargest compares the map with the enumeration of all sets.
func TestSubsetsAreLargest(t *testing.T) {
	m := subsets{n: 5, reasons: [][]int{{0, 1}, {1, 2, 3}}, possible: [][]int{{1}, {0, 2}}}
	without, ok := m.unknown(func() error { return nil })
	if !ok || fmt.Sprint(without) != "[0 3]" {
		t.Errorf("%v %v", without, ok) // {0, 3} hits both reasons and holds neither {1} nor {0, 2}
	}
	m.possible = append(m.possible, []int{0, 3})
	if without, ok = m.unknown(func() error { return nil }); ok {
		t.Errorf("%v is left on the map", without)
	}
}

// TestExplanationsEnd gives no time, and too little work.
func TestExplanationsEnd(t *testing.T) {
	low, _ := crowded(t, 7, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if sets, err := Explanations(ctx, low, nil); !errors.Is(err, ErrNoPlan) || len(sets) > 0 {
		t.Errorf("%v %v", sets, err)
	}
	if _, err := Explanations(context.Background(), low, &Options{Reasons: -1}); !errors.Is(err, ErrInvalid) {
		t.Errorf("a negative number of reasons: %v", err)
	}
	q := freezeAgainstDeadline()
	q.Calendars = nil
	q.Activities[0].Calendar, q.Activities[1].Calendar = "", ""
	if sets, err := Explanations(context.Background(), q, nil); sets != nil || err != nil {
		t.Errorf("reasons where there is a plan: %v %v", sets, err)
	}
}
