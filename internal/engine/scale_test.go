package engine

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// BenchmarkScale runs the portfolio from 1,000 to 50,000 tasks, once each with
// -benchtime=1x. It reports when the first plan stood, how much memory
// the run held, the gap, and what the search won over one priority rule alone.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{1000, 2000, 5000, 10_000, 20_000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := gen.Portfolio(n, 300, 1)
			for b.Loop() {
				measure(b, in, scaleLimit())
			}
		})
	}
}

// scaleLimit is the time that each run has: SLACKWATER_SCALE, such as "60s", or 20 s.
func scaleLimit() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("SLACKWATER_SCALE")); err == nil {
		return d
	}
	return 20 * time.Second
}

func measure(b *testing.B, in *rcpsp.Instance, limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var first time.Duration
	var rule []int64
	var peak uint64
	begin := time.Now()
	res, err := Run(ctx, in, Options{Seed: 1, Progress: func(e Event) bool {
		if first == 0 && e.Best != nil {
			first, rule = time.Since(begin), slices.Clone(e.Value)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse+m.StackInuse)
		return true
	}})
	if err != nil || res.Best == nil {
		b.Fatalf("no plan: %v %v", res.Status, err)
	}
	over := time.Since(begin) - limit
	busy, bound := tightness(in, res.Best)
	b.ReportMetric(first.Seconds(), "s-first")
	b.ReportMetric(float64(over.Milliseconds()), "ms-over")
	b.ReportMetric(float64(peak)/(1<<20), "MiB")
	b.ReportMetric(float64(rule[0]), "rule")
	b.ReportMetric(float64(res.Value[0]), "value")
	b.ReportMetric(float64(res.Bound[0]), "bound")
	b.ReportMetric(float64(res.Value[0])/float64(max(1, rule[0])), "ratio")
	b.ReportMetric(100*busy, "%busy")
	b.ReportMetric(100*bound, "%binding")
}

// tightness returns how much of the working hours of a year the fifth scarcest
// resource is busy, and which part of the tasks has a lag to it that keeps it from
// starting at the allowed start before.
func tightness(in *rcpsp.Instance, s *rcpsp.Solution) (busy, binding float64) {
	used := make([]int64, len(in.Resources))
	lo := make([]rcpsp.Time, len(in.Tasks))
	for t := range in.Tasks {
		m := &in.Tasks[t].Modes[s.Mode[t]]
		for _, d := range m.Demands {
			used[d.Resource] += d.Amount * int64(m.Duration)
		}
		lo[t] = -1
	}
	for _, l := range in.Lags {
		if l.FromEnd && !l.ToEnd {
			lo[l.To] = max(lo[l.To], in.End(s, l.From)+l.Min)
		}
	}
	n := 0
	for t := range in.Tasks {
		m := &in.Tasks[t].Modes[s.Mode[t]]
		for _, r := range m.Starts {
			if r.Hi >= lo[t] {
				at := max(r.Lo, lo[t])
				a, _ := m.End(at)
				b, _ := m.End(s.Start[t])
				if lo[t] >= 0 && (at == s.Start[t] || a == b) {
					n++
				}
				break
			}
		}
	}
	share := make([]float64, len(used))
	for r, u := range used {
		share[r] = float64(u) / (float64(in.Resources[r].Capacity[0].Value) * float64(gen.Year) * 40 / 168)
	}
	slices.Sort(share)
	return share[max(0, len(share)-5)], float64(n) / float64(len(in.Tasks))
}
