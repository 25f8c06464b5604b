package cmdb

import (
	"os"
	"slices"
	"testing"

	"gonum.org/v1/gonum/graph/topo"
)

// What only happens in graphs too large for the twin: steps taken backwards, and a knot found
// before the rest. Both are compared with the plain way and with gonum.
func TestLargeWalks(t *testing.T) {
	for seed := range uint64(3) {
		s := newSynthetic(20_000, 60_000, seed)
		g := s.build(t)
		c := &g.core
		mark, queue := make([]bool, c.n), make([]int32, c.n)
		hub := s.hub()
		for _, from := range []int32{hub, 0, 1, 777, 19_999} {
			for _, down := range []bool{false, true} {
				a := &c.dependents
				if down {
					a = &c.providers
				}
				clear(mark)
				want := slices.Clone(queue[:bare(a, from, mark, queue)])
				w := c.acquire()
				c.walk(w, []int32{from}, order{down: down})
				traced := c.acquire()
				c.walk(traced, []int32{from}, order{down: down, trace: true})
				if !slices.Equal(w.ends, traced.ends) {
					t.Errorf("seed %d from %d: levels %v, traced %v", seed, from, w.ends, traced.ends)
				}
				w.measure()
				traced.measure()
				for _, v := range want {
					if !w.reached(v) || w.dist[v] != traced.dist[v] {
						t.Fatalf("seed %d from %d: %d is reached %v after %d steps, want %d", seed, from, v, w.reached(v), w.dist[v], traced.dist[v])
					}
				}
				if len(want) != w.total() {
					t.Errorf("seed %d from %d: %d reached, want %d", seed, from, w.total(), len(want))
				}
				last := -1
				for v, d := range c.levels(w) {
					if d < last || !w.reached(v) {
						t.Fatal("levels are out of order")
					}
					last = d
				}
				c.release(w)
				c.release(traced)
			}
		}
		all := make([]int32, c.n)
		of := make([]int, c.n)
		for v := range all {
			all[v] = int32(v)
		}
		var ours [][]int32
		c.components(all, func(comp []int32) {
			comp = slices.Sorted(slices.Values(comp))
			for _, v := range comp {
				of[v] = len(ours)
			}
			ours = append(ours, comp)
		})
		for v := range c.n {
			for _, w := range c.providers.row(v) {
				if of[w] > of[v] {
					t.Fatalf("%d comes before %d, on which it relies", v, w)
				}
			}
		}
		var theirs [][]int32
		for _, scc := range topo.TarjanSCC(view{c}) {
			var comp []int32
			for _, n := range scc {
				comp = append(comp, int32(n.ID()))
			}
			slices.Sort(comp)
			theirs = append(theirs, comp)
		}
		slices.SortFunc(ours, slices.Compare)
		slices.SortFunc(theirs, slices.Compare)
		if !slices.EqualFunc(ours, theirs, slices.Equal) {
			t.Errorf("seed %d: %d components, gonum finds %d others", seed, len(ours), len(theirs))
		}
	}
}

// A chain of ten million CIs (a million, unless SLACKWATER_LONG is set) needs no recursion. Names
// are left out to save time.
func TestLongChain(t *testing.T) {
	n := int32(10_000_000)
	if os.Getenv("SLACKWATER_LONG") == "" {
		n /= 10
	}
	arcs := make([]arc, 0, n)
	for v := range n - 1 {
		arcs = append(arcs, arc{v, v + 1, 1})
	}
	c := &core{n: n, codes: []arcCode{{depth: 1 << 30}, {depth: 1 << 30}}}
	c.providers, c.dependents, _ = compress(n, oneBlock(arcs))
	s := newScratch(c)
	c.walk(s, []int32{n - 1}, order{trace: true})
	if len(s.ends) != int(n) {
		t.Errorf("the walk has %d levels, want %d", len(s.ends), n)
	}
	count := 0
	c.components([]int32{0}, func([]int32) { count++ })
	if count != int(n) {
		t.Errorf("%d components, want %d", count, n)
	}
}
