package engine

import (
	"context"
	"reflect"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestWorkersAgainstOracle compares runs of several workers with enumeration.
func TestWorkersAgainstOracle(t *testing.T) {
	searched := 0
	for seed := range instances(100) {
		in := gen.Seeded(seed+4_000_000, gen.Options{})
		res, err := Run(context.Background(), in, Options{Seed: seed, Workers: 2 + int(seed%2), Off: []string{"divide"}})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		compare(t, seed, in, oracle.Best(in), res)
		if res.Stats.Decisions > 0 {
			searched++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if t.Logf("%d searched", searched); searched < 8 {
		t.Error("so few searches test nothing")
	}
}

// TestWorkersAreDeterministic wants the same bytes from run to run, whatever the
// threads do, also with the work of a run as the limit, and no goroutine left.
func TestWorkersAreDeterministic(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, workers := range []int{2, 3} {
		for _, work := range []int64{300_000, 800_000, 0} {
			in := hard(5, 18)
			if work > 0 {
				in = hard(7, 30) // too hard to end
			}
			var first Result
			for try := range 3 {
				old := runtime.GOMAXPROCS(1 + try%2)
				res, err := Run(context.Background(), in, Options{Seed: 1, Workers: workers, MaxWork: work})
				runtime.GOMAXPROCS(old)
				if err != nil {
					t.Fatal(err)
				}
				if try == 0 {
					first = res
					work = res.Stats.Work
				} else if !reflect.DeepEqual(res, first) {
					t.Fatalf("%d workers, work %d: %+v, then %+v", workers, work, first, res)
				}
			}
			if first.Status == Infeasible || first.Best == nil {
				t.Errorf("%d workers: %v", workers, first.Status)
			}
		}
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

// polled is a context that ends when it has been asked so often.
type polled struct {
	context.Context
	left atomic.Int64
}

func after(polls int64) *polled {
	p := &polled{Context: context.Background()}
	p.left.Store(polls)
	return p
}

func (p *polled) Err() error {
	if p.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestWorkersRepeatACancelledRun cuts runs off and repeats them by their work.
func TestWorkersRepeatACancelledRun(t *testing.T) {
	for _, polls := range []int64{300, 1000} {
		in := hard(7, 40)
		res, err := Run(after(polls), in, Options{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		again, err := Run(context.Background(), in, Options{Workers: 2, MaxWork: res.Stats.Work})
		if err != nil || res.Best == nil || rcpsp.Compare(res.Value, again.Value) != 0 || res.Stats.Work != again.Stats.Work {
			t.Errorf("%v after %d, then %v after %d, %v", res.Value, res.Stats.Work, again.Value, again.Stats.Work, err)
		}
	}
}
