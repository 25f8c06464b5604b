package engine

import (
	"context"
	"runtime"
	"testing"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// TestMemoryLimit compares what a run holds, by the heap before and within it, with its
// limit, and wants a plan also where there is room for the heuristics only.
func TestMemoryLimit(t *testing.T) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for name, in := range map[string]*rcpsp.Instance{"project": hard(3, 90), "portfolio": gen.Portfolio(300, 20, 1)} {
		alone := heuristicBytes(in)
		for _, limit := range []int64{alone + 1000, alone + int64(len(in.Tasks))*modelBytes + 4_000_000} {
			before, most, seen := heap(), int64(0), 0
			_, err := Run(context.Background(), in, Options{MaxMemory: limit, MaxWork: 1_000_000, Progress: func(ev Event) bool {
				if seen++; seen&(seen-1) == 0 { // seldom: it takes time
					most = max(most, heap()-before)
				}
				return true
			}})
			if err != nil || seen == 0 {
				t.Fatalf("%s: %d events, %v", name, seen, err)
			}
			if most > limit {
				t.Errorf("%s: %d bytes held, the limit is %d", name, most, limit)
			}
			t.Logf("%s: limit %d, held %d", name, limit, most)
		}
	}
}
