package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

// spacious is [large] with so much more capacity that any number of activities has a plan.
func spacious(n int) *Problem {
	p := large(n, 1)
	for i := range p.Resources {
		p.Resources[i].Capacity.Base *= int64(max(1, n/4000))
	}
	return p
}

// A counted context ends when it has been asked so often, and counts on.
type counted struct {
	context.Context
	cancel func()
	left   int
}

func (c *counted) Err() error {
	if c.left--; c.left == 0 {
		c.cancel()
	}
	return c.Context.Err()
}

func countdown(n int) *counted {
	ctx, cancel := context.WithCancel(context.Background())
	return &counted{ctx, cancel, n}
}

// TestCancelIsHeard ends the context while a problem is validated, compiled and judged, at
// each question in turn: a few are asked after that, and what is returned is no plan, or one
// that passes Check.
func TestCancelIsHeard(t *testing.T) {
	p := spacious(2500)
	asked := func(verb func(ctx context.Context) (*Plan, error), at int) (before, after int) {
		ctx := countdown(at)
		plan, err := verb(ctx)
		if ctx.left > 0 { // it did not ask so often
			ctx.cancel()
			return at - ctx.left, 0
		}
		switch {
		case plan == nil && (!errors.Is(err, ErrNoPlan) || !errors.Is(err, context.Canceled)):
			t.Fatalf("ended at question %d: %v", at, err)
		case plan != nil:
			if found, err := Check(p, plan); err != nil || !Sound(found) {
				t.Fatalf("ended at question %d: the plan does not pass Check: %v", at, err)
			}
		}
		return at, -ctx.left
	}
	for name, verb := range map[string]func(ctx context.Context) (*Plan, error){
		"Solve":  func(ctx context.Context) (*Plan, error) { return Solve(ctx, p, &Options{MaxWork: 1}) },
		"Repair": func(ctx context.Context) (*Plan, error) { return Repair(ctx, p, &Plan{}, &Options{MaxWork: 1}) },
		"Explain": func(ctx context.Context) (*Plan, error) {
			_, err := Explain(ctx, p, &Options{MaxWork: 1})
			return nil, err
		},
		"WhyNot": func(ctx context.Context) (*Plan, error) {
			_, err := WhyNot(ctx, p, &Plan{}, p.Activities[0].ID, p.Horizon.Start, &Options{MaxWork: 1})
			return nil, err
		},
	} {
		for at := 1; at < 60; at += 1 + at/4 {
			before, after := asked(verb, at)
			if before < at {
				t.Logf("%s: %d questions", name, before)
				break
			}
			if after > 6 {
				t.Errorf("%s: %d questions after the end at question %d", name, after, at)
			}
		}
	}
}

// TestRefereeKeepsUp has a referee follow solutions of a run and stops it at each question:
// what it holds as the best has passed, whatever came after.
func TestRefereeKeepsUp(t *testing.T) {
	p := spacious(1300)
	c := compiledOf(t, p)
	first, ok := firstCome(c)
	if !ok {
		t.Fatal("the plain rule finds no plan")
	}
	next := first.Clone()
	bad := first.Clone()
	for i := range bad.Start {
		bad.Start[i] = c.in.Tasks[i].Modes[0].Starts[0].Lo
	}
	r := &referee{c: c}
	if done, err := r.judge(first, nil, 5, unstopped); !done || err != nil || r.best != first {
		t.Fatal(done, err)
	}
	if done, err := r.judge(next, nil, 6, unstopped); !done || err != nil || r.best != next {
		t.Fatal(done, err)
	}
	if done, err := r.judge(bad, nil, 7, unstopped); !done || err == nil || r.best != next || r.work != 6 {
		t.Fatal("a solution that is none passes", done, err)
	}
	if r.quick(first) || !r.quick(next) {
		t.Error("all has to move back, and that is called quick; or what is judged is not")
	}
	for n := 1; ; n++ {
		q := &referee{c: c}
		asked := 0
		done, err := q.judge(first, nil, 1, func() bool { asked++; return asked >= n })
		if err != nil || asked > n || done != (q.best == first) {
			t.Fatal(n, asked, done, err)
		}
		if done {
			break
		}
	}
	if got := r.plan(nil); !Sound(verdict(p, c.at, got)) || len(got.Assignments) != len(p.Activities) {
		t.Error("the plan of the best does not pass")
	}
	r.consider(bad, 8, unstopped)
	r.consider(first, 9, func() bool { return true })
	if r.best != next {
		t.Error("what does not pass is the best")
	}
	if r.consider(first, 9, unstopped); r.best != first || r.work != 9 {
		t.Error("what passes is not the best")
	}
}

// TestCancelledRunsRepeat ends runs at some moments and repeats them by their work.
func TestCancelledRunsRepeat(t *testing.T) {
	p := spacious(1200)
	for k, after := range []time.Duration{20 * time.Millisecond, 60 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(context.Background(), after)
		plan, err := Solve(ctx, p, nil)
		cancel()
		if err != nil {
			if !errors.Is(err, ErrNoPlan) || !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			continue // not even compiled
		}
		if k == 3 {
			if found, err := Check(p, plan); err != nil || !Sound(found) {
				t.Fatal("the plan does not pass Check", err)
			}
		}
		again, err := Solve(context.Background(), p, &Options{MaxWork: plan.Stats.Work})
		if err != nil || !slices.Equal(plan.Assignments, again.Assignments) {
			t.Fatalf("after %v: another plan of %d work, %v", after, plan.Stats.Work, err)
		}
	}
}

// BenchmarkCancelSolve prints how long Solve takes to return once its context has ended, at
// most, over ends spread over validation, compilation, judging, heuristics and, where it takes
// part, exact search: by the clock, and by the processor time of the process, which is what
// a machine with nothing else to do would need. It also prints the share of runs that
// returned a plan. Run it with -benchtime 60x.
func BenchmarkCancelSolve(b *testing.B) {
	for _, c := range []struct{ n, most int }{{1000, 1500}, {2500, 2500}, {10_000, 3000}, {50_000, 9000}} { // ms until the end
		b.Run(fmt.Sprint(c.n), func(b *testing.B) {
			p := spacious(c.n)
			var clock, cpu time.Duration
			plans, ends := 0, 0
			for b.Loop() {
				// More ends early, where all is new.
				ends++
				at := float64(ends*607%1000) / 1000
				at = float64(at * at)
				ctx, cancel := context.WithCancel(context.Background())
				type end struct {
					at  time.Time
					cpu time.Duration
				}
				ended := make(chan end, 1)
				timer := time.AfterFunc(time.Duration(at*float64(c.most)*float64(time.Millisecond)), func() {
					ended <- end{time.Now(), cputime.Now()}
					cancel()
				})
				plan, err := Solve(ctx, p, nil)
				now, used := time.Now(), cputime.Now()
				if err != nil && !errors.Is(err, ErrNoPlan) {
					b.Fatal(err)
				}
				if plan != nil {
					plans++
				}
				if !timer.Stop() {
					e := <-ended
					clock, cpu = max(clock, now.Sub(e.at)), max(cpu, used-e.cpu)
				}
				cancel()
			}
			b.ReportMetric(float64(clock.Microseconds())/1000, "ms-at-most")
			b.ReportMetric(float64(cpu.Microseconds())/1000, "cpu-ms-at-most")
			b.ReportMetric(float64(plans)/float64(ends), "with-plan")
		})
	}
}

// TestByStart compares with a stable sort by comparisons.
func TestByStart(t *testing.T) {
	r := prng.New(3)
	for _, n := range []int{0, 1, 50, 1000, 3000} {
		for _, most := range []int{1, 2000, 1 << 30} {
			var list []placed
			for i := range n {
				list = append(list, placed{int64(r.IntN(most)) - int64(r.IntN(5)), int32(i)})
			}
			want := slices.Clone(list)
			slices.SortStableFunc(want, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
			if got := byStart(list); !slices.Equal(got, want) {
				t.Errorf("%d below %d are not in order", n, most)
			}
		}
	}
}

// TestToldPlansAreTheirs changes every plan that is told: the one that is returned is as it
// would be without that.
func TestToldPlansAreTheirs(t *testing.T) {
	p := spacious(60)
	want, err := Solve(context.Background(), p, &Options{MaxWork: 300_000})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	got, err := Solve(context.Background(), p, &Options{MaxWork: 300_000, Progress: func(x Progress) {
		if x.Plan != nil {
			told++
			clear(x.Plan.Assignments)
			clear(x.Plan.Goals)
		}
	}})
	if err != nil || told == 0 {
		t.Fatal(told, err)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%d told: -without +with\n%s", told, diff)
	}
}

// TestCancelledRepairs ends repairs of a large plan at some moments: what is returned passes
// Check, and one that had time for a first repair returns a plan.
func TestCancelledRepairs(t *testing.T) {
	r := freezeOf(t, 1200, 5)
	for _, after := range []time.Duration{time.Millisecond, 50 * time.Millisecond, 150 * time.Millisecond, 5 * time.Second} {
		ctx, cancel := context.WithTimeout(context.Background(), after)
		plan, err := Repair(ctx, r.q, r.plan, &Options{Now: r.now, MaxWork: 3_000_000})
		cancel()
		if err != nil {
			if !errors.Is(err, ErrNoPlan) || after > time.Second {
				t.Fatal(after, err)
			}
			continue
		}
		if found, err := Check(r.q, plan); err != nil || !Sound(found) {
			t.Fatal("the plan does not pass Check", err)
		}
	}
}
