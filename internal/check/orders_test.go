package check

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// TestCircles closes a long chain of tasks to a circle: where it leaves no time there is
// no solution, and that is found without walking over the horizon.
func TestCircles(t *testing.T) {
	for _, n := range []int{3, ordersMost + 100} {
		for back, want := range map[rcpsp.Time]bool{0: false, 1: true} {
			in := &rcpsp.Instance{Horizon: 1 << 45}
			for range n {
				in.Tasks = append(in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{{Duration: 2, Starts: []rcpsp.Range{{Lo: 0, Hi: 1 << 45}}}}})
			}
			for k := 1; k < n; k++ {
				in.Lags = append(in.Lags, rcpsp.Lag{From: rcpsp.TaskID(k - 1), To: rcpsp.TaskID(k), FromEnd: true})
			}
			in.Lags = append(in.Lags, rcpsp.Lag{From: rcpsp.TaskID(n - 1), To: 0, Min: -2*rcpsp.Time(n-1) + back})
			if g := newNetwork(in); g.root == want {
				t.Errorf("%d tasks, %d too late: contradictory: %v", n, back, !g.root)
			}
			// One of them may be absent: then the others go on.
			in.Tasks[n/2].Optional = true
			if g := newNetwork(in); !g.root {
				t.Errorf("%d tasks, %d too late: contradictory without one of them", n, back)
			}
		}
	}
}
