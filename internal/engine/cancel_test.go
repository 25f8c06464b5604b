package engine

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// TestCancelledRunsEndAtOnce ends the context at its k-th poll, for many k, so in every
// stage of a run: few polls follow, and what is returned is a solution and repeatable
// by its work.
func TestCancelledRunsEndAtOnce(t *testing.T) {
	in := hard(11, 24)
	worst := int64(0)
	for polls := int64(0); polls < 250; polls += 1 + polls/2 {
		for workers := 1; workers <= 2; workers++ {
			ctx := after(polls)
			res, err := Run(ctx, in, Options{Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if worst = max(worst, -ctx.left.Load()); worst > 40 {
				t.Fatalf("%d polls after the end of the context at poll %d, %d workers", worst, polls, workers)
			}
			if res.Best != nil && len(check.Solution(in, res.Best)) > 0 {
				t.Fatalf("poll %d: no solution", polls)
			}
			if workers > 1 || res.Best == nil || res.Status == Optimal {
				continue
			}
			again, err := Run(context.Background(), in, Options{MaxWork: res.Stats.Work})
			if err != nil || again.Best == nil || rcpsp.Compare(res.Value, again.Value) != 0 {
				t.Fatalf("poll %d: %v after %d, then %v, %v", polls, res.Value, res.Stats.Work, again.Value, err)
			}
		}
	}
	t.Logf("at most %d polls after the end", worst)
}

// BenchmarkCancel prints how long runs on instances of several sizes take to return
// once their context has ended, at most and of 99 in 100, over ends spread over the run:
// by the clock, and by the processor time of the process, which is what a machine with
// nothing else to do would need. Run it with GOMAXPROCS=1 and -benchtime 100x.
func BenchmarkCancel(b *testing.B) {
	for _, c := range []struct {
		name string
		in   func() *rcpsp.Instance
		most int // ms until the context ends
	}{
		{"project of 120", func() *rcpsp.Instance { return hard(3, 120) }, 1500},
		{"portfolio of 1000", func() *rcpsp.Instance { return gen.Portfolio(1000, 300, 1) }, 1500},
		{"portfolio of 10000", func() *rcpsp.Instance { return gen.Portfolio(10_000, 300, 1) }, 3000},
		{"portfolio of 50000", func() *rcpsp.Instance { return gen.Portfolio(50_000, 300, 1) }, 9000},
	} {
		b.Run(c.name, func(b *testing.B) {
			in := c.in()
			var clock, cpu []time.Duration
			k := 0
			for b.Loop() {
				k++
				ctx, cancel := context.WithCancel(context.Background())
				type end struct {
					at  time.Time
					cpu time.Duration
				}
				ended := make(chan end, 1)
				timer := time.AfterFunc(time.Duration(k*607%c.most)*time.Millisecond, func() {
					ended <- end{time.Now(), cputime.Now()}
					cancel()
				})
				res, err := Run(ctx, in, Options{})
				at, used := time.Now(), cputime.Now()
				if err != nil {
					b.Fatal(err)
				}
				if !timer.Stop() {
					e := <-ended
					clock, cpu = append(clock, at.Sub(e.at)), append(cpu, used-e.cpu)
				}
				cancel()
				if res.Best != nil && len(check.Solution(in, res.Best)) > 0 {
					b.Fatal("the plan is none")
				}
			}
			for unit, d := range map[string][]time.Duration{"ms": clock, "cpu-ms": cpu} {
				if len(d) == 0 {
					continue
				}
				slices.Sort(d)
				b.ReportMetric(float64(d[len(d)-1].Microseconds())/1000, unit+"-at-most")
				b.ReportMetric(float64(d[len(d)*99/100].Microseconds())/1000, unit+"-p99")
			}
		})
	}
}
