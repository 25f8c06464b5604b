package propagate_test

import (
	"math"
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"pgregory.net/rapid"
)

// flowCase is a small network: points from 0 to top, arcs without limit and with.
type flowCase struct {
	n, top int
	arcs   []flowCaseArc
}

type flowCaseArc struct {
	from, to      int
	length, limit int64
	off           bool
}

// least is the least cost by enumeration; false where nothing keeps the arcs.
func (c *flowCase) least() (int64, bool) {
	at := make([]int64, c.n+1)
	best, ok := int64(math.MaxInt64), false
	var walk func(i int)
	walk = func(i int) {
		if i > c.n {
			cost := int64(0)
			for _, a := range c.arcs {
				short := a.length - (at[a.to] - at[a.from])
				if a.off || short <= 0 {
					continue
				}
				if a.limit == cp.Far {
					return
				}
				cost += short * a.limit
			}
			best, ok = min(best, cost), true
			return
		}
		for x := range int64(c.top + 1) {
			at[i] = x
			walk(i + 1)
		}
	}
	walk(1)
	return best, ok
}

// TestCirculationAgainstEnumeration: after any changes the value is the least cost, it is
// what the flow says, and the flow is a circulation within its limits.
func TestCirculationAgainstEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &flowCase{n: rapid.IntRange(1, 4).Draw(t, "n"), top: 5}
		f := propagate.NewCirculation(c.n + 1)
		var ids []int32
		add := func(from, to int, length, limit int64) {
			c.arcs = append(c.arcs, flowCaseArc{from, to, length, limit, false})
			ids = append(ids, f.Add(from, to, length, limit))
		}
		for v := 1; v <= c.n; v++ {
			add(0, v, 0, cp.Far)
			add(v, 0, -int64(c.top), cp.Far)
		}
		for range rapid.IntRange(1, 8).Draw(t, "arcs") {
			from, to := rapid.IntRange(0, c.n).Draw(t, "from"), rapid.IntRange(0, c.n).Draw(t, "to")
			if from == to {
				continue
			}
			limit := int64(cp.Far)
			if from == 0 || to == 0 || rapid.Bool().Draw(t, "soft") {
				limit = rapid.Int64Range(1, 4).Draw(t, "limit")
			}
			add(from, to, rapid.Int64Range(-5, 5).Draw(t, "length"), limit)
		}
		for range 12 {
			if _, ok := c.least(); ok {
				if !f.Settle(math.MaxInt64, math.MaxInt64/4) {
					t.Fatalf("not settled: %+v", c)
				}
				want, _ := c.least()
				if f.Value() != want {
					t.Fatalf("%d, but the least is %d: %+v", f.Value(), want, c)
				}
				sum, net := int64(0), make([]int64, c.n+1)
				for i, a := range c.arcs {
					x := f.Flow(ids[i])
					sum += x * a.length
					net[a.from] -= x
					net[a.to] += x
					if x < 0 || x > a.limit || a.off && x > 0 {
						t.Fatalf("arc %d carries %d: %+v", i, x, c)
					}
				}
				if sum != want || slices.Max(net) != 0 {
					t.Fatalf("the flow says %d, nodes are left with %v: %+v", sum, net, c)
				}
			}
			if rapid.Bool().Draw(t, "also where arcs contradict each other") {
				f.Settle(math.MaxInt64, math.MaxInt64/4)
			}
			i := rapid.IntRange(0, len(c.arcs)-1).Draw(t, "which")
			a := &c.arcs[i]
			switch lags := i >= 2*c.n && a.limit == cp.Far; {
			case lags && rapid.Bool().Draw(t, "switch"):
				a.off = !a.off
				f.Switch(ids[i], !a.off)
			case i < 2*c.n && a.to > 0:
				a.length = rapid.Int64Range(0, 3).Draw(t, "lower")
				f.Stretch(ids[i], a.length)
			case i < 2*c.n:
				a.length = -rapid.Int64Range(2, 5).Draw(t, "upper")
				f.Stretch(ids[i], a.length)
			default:
				a.length = rapid.Int64Range(-5, 5).Draw(t, "length")
				f.Stretch(ids[i], a.length)
			}
		}
	})
}
