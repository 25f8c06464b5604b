package cmdb

import (
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/flow"
	"gonum.org/v1/gonum/graph/iterator"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
	"gonum.org/v1/gonum/graph/traverse"

	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

// The estate of the benchmarks: a million CIs, five million relations.
const (
	manyCIs       = 1_000_000
	manyRelations = 5_000_000
)

var large = sync.OnceValue(func() *synthetic { return newSynthetic(manyCIs, manyRelations, 1) })

// ratio runs the peer once for each run of ours and reports how many times as much processor time it took.
func ratio(b *testing.B, name string, ours, peer func()) {
	var a, p time.Duration
	for b.Loop() {
		runtime.GC() // neither pays for the other's garbage
		start := cputime.Now()
		ours()
		a += cputime.Now() - start
		runtime.GC()
		start = cputime.Now()
		peer()
		p += cputime.Now() - start
	}
	b.ReportMetric(float64(a.Milliseconds())/float64(b.N), "ours-cpu-ms")
	b.ReportMetric(float64(p.Milliseconds())/float64(b.N), name+"-cpu-ms")
	b.ReportMetric(float64(p)/float64(a), name+"/ours")
}

// perRun reports the processor time of a run, garbage collection and all, in milliseconds.
func perRun(b *testing.B, start time.Duration) {
	b.ReportMetric(float64((cputime.Now()-start).Microseconds())/1000/float64(b.N), "cpu-ms")
}

func BenchmarkBuild(b *testing.B) {
	s := large()
	var g *Graph
	start := cputime.Now()
	for b.Loop() {
		g = s.build(b)
	}
	perRun(b, start)
	bytes := 0
	for _, a := range []adjacency{g.core.providers, g.core.dependents} {
		bytes += 4*len(a.off) + 4*len(a.to) + len(a.code)
	}
	b.ReportMetric(float64(bytes)/manyRelations, "adjacency-B/relation")
}

// BenchmarkReachHub walks to everything that the largest hub brings down: against a bare loop over
// the same arrays, and against gonum's breadth-first search over a view of them.
func BenchmarkReachHub(b *testing.B) {
	s := large()
	g, hub := s.build(b), s.hub()
	c := &g.core
	ours := func() {
		w := c.acquire()
		c.walk(w, []int32{hub}, order{})
		c.release(w)
	}
	b.Run("bare", func(b *testing.B) {
		mark, queue := make([]bool, c.n), make([]int32, c.n)
		ratio(b, "bare", ours, func() {
			clear(mark)
			bare(&c.dependents, hub, mark, queue)
		})
	})
	b.Run("ordered", func(b *testing.B) { // with IDs, sorted
		mark, queue := make([]bool, c.n), make([]int32, c.n)
		ratio(b, "bare", func() {
			for range g.Impacted(s.ids[hub]) {
			}
		}, func() {
			clear(mark)
			bare(&c.dependents, hub, mark, queue)
		})
	})
	b.Run("gonum-adapter", func(b *testing.B) {
		ratio(b, "gonum", ours, func() {
			var bf traverse.BreadthFirst
			bf.Walk(view{c}, node(hub), nil)
		})
	})
	b.Run("gonum-simple", func(b *testing.B) {
		if os.Getenv("SLACKWATER_LONG") == "" {
			b.Skip("takes a gigabyte and half a minute; set SLACKWATER_LONG=1")
		}
		d := simple.NewDirectedGraph()
		for v := range c.n {
			d.AddNode(node(v))
		}
		for i := range s.from {
			d.SetEdge(simple.Edge{F: node(s.to[i]), T: node(s.from[i])})
		}
		ratio(b, "gonum", ours, func() {
			var bf traverse.BreadthFirst
			bf.Walk(d, node(hub), nil)
		})
	})
}

func bare(a *adjacency, from int32, mark []bool, queue []int32) int {
	mark[from], queue[0] = true, from
	tail := 1
	for head := 0; head < tail; head++ {
		u := queue[head]
		for _, v := range a.to[a.off[u]:a.off[u+1]] {
			if !mark[v] {
				mark[v] = true
				queue[tail] = v
				tail++
			}
		}
	}
	return tail
}

func BenchmarkComponents(b *testing.B) {
	g := large().build(b)
	c := &g.core
	all := make([]int32, c.n)
	for v := range all {
		all[v] = int32(v)
	}
	ours, theirs := 0, 0
	ratio(b, "gonum", func() {
		ours = 0
		c.components(all, func([]int32) { ours++ })
	}, func() {
		theirs = len(topo.TarjanSCC(view{c}))
	})
	if ours != theirs {
		b.Fatalf("%d components, gonum finds %d", ours, theirs)
	}
}

// BenchmarkSmallImpact asks for the dependents of CIs that have few, one query a CI.
func BenchmarkSmallImpact(b *testing.B) {
	s := newSparse(200_000, 1)
	g := s.build(b)
	c := &g.core
	mark, queue := make([]uint32, c.n), make([]int32, c.n)
	epoch := uint32(0)
	hits, bareHits := 0, 0
	ratio(b, "bare", func() {
		for v := range c.n {
			w := c.acquire()
			c.walk(w, []int32{v}, order{})
			hits += w.total()
			c.release(w)
		}
	}, func() {
		for v := range c.n {
			epoch++
			mark[v], queue[0] = epoch, v
			tail := 1
			for head := 0; head < tail; head++ {
				u := queue[head]
				for _, x := range c.dependents.row(u) {
					if mark[x] != epoch {
						mark[x] = epoch
						queue[tail] = x
						tail++
					}
				}
			}
			bareHits += tail
		}
	})
	if hits != bareHits {
		b.Fatal(hits, bareHits)
	}
	b.ReportMetric(float64(hits)/float64(b.N)/float64(c.n), "hits/query")
}

// node is a CI for gonum, and view the core as one of its graphs.
type node int64

func (n node) ID() int64 { return int64(n) }

type view struct{ c *core }

func (v view) Node(id int64) graph.Node { return node(id) }
func (v view) Nodes() graph.Nodes {
	nodes := make([]graph.Node, v.c.n)
	for i := range nodes {
		nodes[i] = node(i)
	}
	return iterator.NewOrderedNodes(nodes)
}
func (v view) From(id int64) graph.Nodes {
	return &rowIterator{row: v.c.dependents.row(int32(id)), i: -1}
}
func (v view) To(id int64) graph.Nodes { return &rowIterator{row: v.c.providers.row(int32(id)), i: -1} }
func (v view) HasEdgeBetween(x, y int64) bool {
	return v.HasEdgeFromTo(x, y) || v.HasEdgeFromTo(y, x)
}
func (v view) HasEdgeFromTo(x, y int64) bool {
	for _, w := range v.c.dependents.row(int32(x)) {
		if int64(w) == y {
			return true
		}
	}
	return false
}
func (v view) Edge(x, y int64) graph.Edge { return simple.Edge{F: node(x), T: node(y)} }

type rowIterator struct {
	row []int32
	i   int
}

func (r *rowIterator) Next() bool       { r.i++; return r.i < len(r.row) }
func (r *rowIterator) Len() int         { return len(r.row) - r.i - 1 }
func (r *rowIterator) Reset()           { r.i = -1 }
func (r *rowIterator) Node() graph.Node { return node(r.row[r.i]) }

// reversed is a view along the dependencies.
type reversed struct{ view }

func (r reversed) From(id int64) graph.Nodes { return r.view.To(id) }
func (r reversed) To(id int64) graph.Nodes   { return r.view.From(id) }
func (r reversed) HasEdgeFromTo(x, y int64) bool {
	return r.view.HasEdgeFromTo(y, x)
}
func (r reversed) Edge(x, y int64) graph.Edge { return r.view.Edge(x, y) }

func BenchmarkDominators(b *testing.B) {
	s := large()
	g, root := s.build(b), s.from[0]
	b.Run("gonum", func(b *testing.B) {
		ratio(b, "gonum", func() { g.core.dominators(root) }, func() {
			flow.Dominators(node(root), reversed{view{&g.core}})
		})
	})
	b.Run("deep", func(b *testing.B) { // what takes over where the flat way gives up
		ratio(b, "deep", func() { g.core.dominators(root) }, func() { g.core.deepDominators(root) })
	})
}

// BenchmarkGroups compares a walk in which 100,000 groups count their members with one over the
// same arrays, gates and all, in which they do not.
func BenchmarkGroups(b *testing.B) {
	s := large()
	g := s.buildWith(b, 100_000)
	c, hub := &g.core, s.hub()
	mark, queue := make([]bool, int(c.n)+len(c.need)), make([]int32, int(c.n)+len(c.need))
	ratio(b, "plain", func() {
		w := c.acquire()
		c.walk(w, []int32{hub}, order{})
		c.release(w)
	}, func() {
		clear(mark)
		bare(&c.dependents, hub, mark, queue)
	})
}
