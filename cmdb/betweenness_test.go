package cmdb

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/graph/network"

	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

func TestBetweennessEqualsGonum(t *testing.T) {
	for seed := range uint64(4) {
		g := newSynthetic(150, 300+100*int(seed), seed).build(t)
		want := network.Betweenness(view{&g.core})
		got := g.Betweenness(0, 0)
		for _, x := range got {
			v, _ := g.number(x.CI)
			if math.Abs(x.Score-want[int64(v)]) > 1e-7*(1+x.Score) {
				t.Errorf("seed %d: %s has %g, want %g", seed, x.CI, x.Score, want[int64(v)])
			}
		}
		for v, score := range want {
			if score > 1e-9 && !slices.ContainsFunc(got, func(x Central) bool { return x.CI == g.ids[v] }) {
				t.Errorf("seed %d: %s is missing", seed, g.ids[v])
			}
		}
		// All pivots but one come near, and all of them are exact.
		if all := g.Betweenness(g.Len(), 1); !slices.Equal(all, got) {
			t.Errorf("seed %d: all pivots differ from none", seed)
		}
		if some := g.Betweenness(100, 1); len(got) > 0 && len(some) == 0 {
			t.Errorf("seed %d: 100 pivots find nothing", seed)
		}
	}
}

// BenchmarkBetweenness takes four pivots; 256 of them take 64 times as long, and the list of results a second more.
func BenchmarkBetweenness(b *testing.B) {
	s := large()
	g := s.build(b)
	w := brandes{c: &g.core}
	w.begin()
	next := 0
	start := cputime.Now()
	for b.Loop() {
		for range 4 {
			w.pivot(s.to[next])
			next += 1000
		}
	}
	b.ReportMetric((cputime.Now()-start).Seconds()/float64(b.N)/4*256, "cpu-s/256-pivots")
}
