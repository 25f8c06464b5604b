package engine

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// BenchmarkHeap runs an open instance of j60 and one of j120 and looks at the heap, after a
// collection, twenty times: SLACKWATER_SOAK says for how long each runs, such as "10m". It
// reports the most that the first and the second half of the run held: a search that
// lets go of what it learned holds as much in the second as in the first.
//
//	SLACKWATER_DATA=... SLACKWATER_SOAK=10m go test ./internal/engine -run - -bench Heap -benchtime 1x -timeout 1h
func BenchmarkHeap(b *testing.B) {
	limit := 5 * time.Second
	if d, err := time.ParseDuration(os.Getenv("SLACKWATER_SOAK")); err == nil {
		limit = d
	}
	for _, pattern := range []string{"j60/j609_1.sm", "j120/j12011_1.sm"} {
		b.Run(pattern, func(b *testing.B) {
			_, ins, _, _ := library(b, "psplib", pattern, 1)
			if len(ins) == 0 {
				b.Fatalf("no file %s", pattern)
			}
			for b.Loop() {
				soak(b, ins[0], limit)
			}
		})
	}
}

func soak(b *testing.B, in *rcpsp.Instance, limit time.Duration) {
	const samples = 20
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before := heap()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	ended, sampled := make(chan bool), make(chan []float64)
	go func() {
		var at []float64
		for tick := time.NewTicker(limit / samples); ; {
			select {
			case <-tick.C:
				at = append(at, heap()-before)
			case <-ended:
				tick.Stop()
				sampled <- at
				return
			}
		}
	}()
	res, err := Run(ctx, in, Options{Seed: 1})
	close(ended)
	at := <-sampled
	if err != nil || res.Best == nil || len(at) < 2 {
		b.Fatalf("no plan, or no time to look: %v %v %v", res.Status, err, at)
	}
	var half [2]float64
	for i, x := range at {
		half[2*i/len(at)] = max(half[2*i/len(at)], x)
	}
	b.Logf("%v, %d of at least %d, %d conflicts; MiB: %.1f", res.Status, res.Value[0], res.Bound[0], res.Stats.Conflicts, at)
	b.ReportMetric(half[0], "MiB-first-half")
	b.ReportMetric(half[1], "MiB-second-half")
	b.ReportMetric(float64(res.Stats.Conflicts), "conflicts")
}
