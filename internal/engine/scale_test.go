package engine

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// BenchmarkScale runs the portfolio from 1,000 to 50,000 tasks, once each with
// -benchtime=1x. It reports when the first plan stood, how much memory
// the run held, the gap, and what the search won over one priority rule alone, and plots how
// the cost of the first plan grows.
func BenchmarkScale(b *testing.B) {
	var sizes []int
	var seconds []float64
	for _, n := range []int{1000, 2000, 5000, 10_000, 20_000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := gen.Portfolio(n, 300, 1)
			var first time.Duration
			for b.Loop() {
				first = measure(b, in, scaleLimit())
			}
			sizes, seconds = append(sizes, n), append(seconds, first.Seconds())
		})
	}
	if len(sizes) > 1 {
		fmt.Print(growth("seconds to the first plan", sizes, seconds))
	}
}

// growth plots a cost against the size, each step of a bar being twice the cost, so that
// bars which grow like those of the sizes are linear growth; and says to which power of the
// size the cost grows, by least squares of logarithms.
func growth(what string, sizes []int, cost []float64) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", what)
	var mx, my, xx, xy float64
	for i, n := range sizes {
		mx += math.Log(float64(n)) / float64(len(sizes))
		my += math.Log(cost[i]) / float64(len(sizes))
	}
	for i, n := range sizes {
		x, y := math.Log(float64(n))-mx, math.Log(cost[i])-my
		xx += x * x
		xy += x * y
		bar := func(v, of float64) string { return strings.Repeat("#", 1+int(math.Round(4*math.Log2(v/of)))) }
		fmt.Fprintf(&out, "%6d %10.3f  linear %s\n%17s  cost   %s\n", n, cost[i], bar(float64(n), float64(sizes[0])), "",
			bar(max(cost[i], cost[0]), cost[0]))
	}
	fmt.Fprintf(&out, "the cost grows with the size to the power of %.2f\n", xy/xx)
	return out.String()
}

// TestGrowth: a linear cost has the power 1, a quadratic one 2.
func TestGrowth(t *testing.T) {
	for power, want := range map[float64]string{1: "power of 1.00\n", 2: "power of 2.00\n"} {
		var cost []float64
		sizes := []int{1000, 2000, 5000}
		for _, n := range sizes {
			cost = append(cost, math.Pow(float64(n), power)/7)
		}
		if got := growth("cost", sizes, cost); !strings.HasSuffix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// scaleLimit is the time that each run has: SLACKWATER_SCALE, such as "60s", or 20 s.
func scaleLimit() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("SLACKWATER_SCALE")); err == nil {
		return d
	}
	return 20 * time.Second
}

func measure(b *testing.B, in *rcpsp.Instance, limit time.Duration) (first time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
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
	b.ReportMetric(float64(res.Value[0]-res.Bound[0])/float64(max(1, res.Value[0]))*100, "%gap")
	b.ReportMetric(100*bound, "%binding")
	return first
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
