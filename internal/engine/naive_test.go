package engine

import (
	"context"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// BenchmarkNaive runs, in turns on the same instances, the engine and the two naive ways:
// trying everything, which anybody would write first, and one schedule by a priority rule,
// which is fast and proves nothing. It reports the times of trying everything over ours, in
// all and as a geometric mean (most of the small instances are settled by a few steps of
// either), and how much worse the value of the rule is:
//
//	go test ./internal/engine -run - -bench Naive -benchtime 200x
func BenchmarkNaive(b *testing.B) {
	for _, tasks := range []int{5, 6, 7} {
		b.Run(strconv.Itoa(tasks), func(b *testing.B) { besideNaive(b, tasks) })
	}
}

func besideNaive(b *testing.B, tasks int) {
	var logs, above float64
	var all, own time.Duration
	n, worse, missed := 0, 0, 0
	for seed := uint64(0); b.Loop(); seed++ {
		in := gen.Seeded(seed, gen.Options{Tasks: tasks, Horizon: rcpsp.Time(2 * tasks), Makespan: true})
		begin := time.Now()
		want := oracle.Best(in)
		tried := time.Since(begin)
		begin = time.Now()
		res, err := Run(context.Background(), in, Options{})
		ours := time.Since(begin)
		if err != nil || (want == nil) != (res.Best == nil) || want != nil && rcpsp.Compare(in.Value(want), res.Value) != 0 {
			b.Fatalf("seed %d: %v, %v, want %v", seed, res, err, want)
		}
		all, own = all+tried, own+ours
		logs += math.Log(float64(tried) / float64(max(ours, 1)))
		n++
		if want == nil {
			continue
		}
		var first []int64
		if _, err := Run(context.Background(), in, Options{HeuristicOnly: true, Progress: func(e Event) bool {
			if e.Best == nil {
				return true
			}
			first = e.Value
			return false
		}}); err != nil {
			b.Fatal(err)
		}
		switch {
		case first == nil:
			missed++
		case first[0] > res.Value[0]:
			worse++
			above += float64(first[0]-res.Value[0]) / float64(max(1, res.Value[0]))
		}
	}
	b.ReportMetric(float64(all)/float64(max(1, own)), "×-enumeration")
	b.ReportMetric(math.Exp(logs/float64(max(1, n))), "×-geomean")
	b.ReportMetric(100*float64(worse)/float64(max(1, n)), "%rule-worse")
	b.ReportMetric(100*above/float64(max(1, worse)), "%worse-by")
	b.ReportMetric(float64(missed), "rule-none")
}
