package engine

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// ending is a context that ends when the heuristics have done so much work, and notes the
// work at which they first heard of it, how often they asked after that, and the most work
// between two questions.
type ending struct {
	context.Context
	h     *heuristic
	from  int64
	heard int64 // -1: not yet
	asked int
	last  int64
	gap   int64
}

func (c *ending) Err() error {
	if c.h == nil || c.h.b == nil {
		return nil
	}
	c.gap, c.last = max(c.gap, c.h.b.Work-c.last), c.h.b.Work
	if c.h.b.Work < c.from {
		return nil
	}
	if c.heard < 0 {
		c.heard = c.h.b.Work
	}
	c.asked++
	return context.Canceled
}

// TestCancelledImproveEndsAtOnce ends the context in the middle of the large-neighbourhood
// search on large instances, at many places, so also while neighbourhoods are made and
// searched: little work follows, less than of a pass over the instance, and what stands is
// a solution. Nor is there ever much work between two questions.
func TestCancelledImproveEndsAtOnce(t *testing.T) {
	for name, in := range map[string]*rcpsp.Instance{
		"portfolio": gen.Portfolio(3200, 100, 1), "middling portfolio": gen.Portfolio(800, 100, 2), "project": hard(3, 1200),
	} {
		worst, late := int64(0), 0
		ctx := &ending{Context: context.Background(), from: math.MaxInt64, heard: -1}
		r := &run{ctx: ctx, in: in, opt: Options{Seed: 1}}
		r.start()
		h := newHeuristic(r, place.NewWindows(in, nil, nil))
		ctx.h = h
		h.until = int64(200 * len(in.Tasks)) // a few schedules will do
		h.construct()
		h.until = 0
		h.prepare()
		ctx.gap = 0
		for k := range int64(8) {
			ctx.from, ctx.heard, ctx.asked = h.b.Work+1+k*k*9973, -1, 0
			h.ended, ctx.last = false, h.b.Work
			for i := range h.exact.list {
				h.arms.Cost(h.exact.first+i, 1) // at first they are tried as often as others
			}
			h.improve()
			if ctx.heard < 0 {
				t.Fatalf("%s: improve ended by itself after %d", name, h.b.Work)
			}
			worst, late = max(worst, h.b.Work-ctx.heard), max(late, ctx.asked)
			if broken := check.Solution(in, r.res.Best); len(broken) > 0 {
				t.Fatalf("%s: no solution: %v", name, broken)
			}
			h.b.Load(r.res.Best, func() bool { return false })
		}
		tried := slices.ContainsFunc(h.exact.list, func(a *exactArm) bool { return a.work != firstTry })
		t.Logf("%s: at most %d units of work, %d questions after the end; %d between questions", name, worst, late, ctx.gap)
		if worst > int64(60*len(in.Tasks)) || late > 40 {
			t.Errorf("%s: %d units of work and %d questions after the end", name, worst, late)
		}
		if ctx.gap > 80_000 {
			t.Errorf("%s: %d units of work between two questions", name, ctx.gap)
		}
		if !tried {
			t.Errorf("%s: no neighbourhood was searched exactly", name)
		}
	}
}
