package engine

import (
	"context"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
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
// once their context has ended, at most, over ends spread over the run.
func BenchmarkCancel(b *testing.B) {
	for _, c := range []struct {
		name string
		in   *rcpsp.Instance
	}{{"project of 120", hard(3, 120)}, {"portfolio of 1000", gen.Portfolio(1000, 300, 1)}, {"portfolio of 10000", gen.Portfolio(10_000, 300, 1)}} {
		b.Run(c.name, func(b *testing.B) {
			var worst time.Duration
			k := int64(0)
			for b.Loop() {
				k++
				ctx, cancel := context.WithCancel(context.Background())
				ended := make(chan time.Time, 1)
				timer := time.AfterFunc(time.Duration(k*37%1500)*time.Millisecond, func() {
					ended <- time.Now()
					cancel()
				})
				if _, err := Run(ctx, c.in, Options{}); err != nil {
					b.Fatal(err)
				}
				if !timer.Stop() {
					worst = max(worst, time.Since(<-ended))
				}
				cancel()
			}
			b.ReportMetric(float64(worst.Milliseconds()), "ms-to-return-at-most")
		})
	}
}
