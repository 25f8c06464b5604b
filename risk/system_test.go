package risk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawSystem draws a small system, circles included.
func drawSystem(t *rapid.T, most int) *System {
	n := rapid.IntRange(1, most).Draw(t, "nodes")
	s := &System{}
	for i := range n {
		s.Nodes = append(s.Nodes, Node{ID: fmt.Sprint(i), Fails: rapid.SampledFrom([]float64{0, 0.1, 0.3, 0.5, 0.9, 1}).Draw(t, "fails")})
	}
	for i := range n {
		for range rapid.IntRange(0, 2).Draw(t, "needs") {
			size := rapid.IntRange(1, min(3, n)).Draw(t, "size")
			members := rapid.Permutation(names(n)).Draw(t, "members")[:size]
			s.Nodes[i].Needs = append(s.Nodes[i].Needs, Need{rapid.IntRange(1, size).Draw(t, "k"), members})
		}
	}
	return s
}

func names(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint(i))
	}
	return out
}

// enumerate is the dumb twin: all failure patterns, each iterated to its least fixed point.
func enumerate(s *System) []float64 {
	n := len(s.Nodes)
	out := make([]float64, n)
	for mask := range 1 << n {
		p := 1.0
		down := map[string]bool{}
		for i, v := range s.Nodes {
			if mask>>i&1 == 1 {
				p *= v.Fails
				down[v.ID] = true
			} else {
				p *= 1 - v.Fails
			}
		}
		if p == 0 {
			continue
		}
		for changed := true; changed; {
			changed = false
			for _, v := range s.Nodes {
				for _, q := range v.Needs {
					up := 0
					for _, m := range q.Of {
						if !down[m] {
							up++
						}
					}
					if up < q.K && !down[v.ID] {
						down[v.ID], changed = true, true
					}
				}
			}
		}
		for i, v := range s.Nodes {
			if down[v.ID] {
				out[i] += p
			}
		}
	}
	return out
}

func TestOutagesAgreeWithEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSystem(t, 7)
		want := enumerate(s)
		got, err := s.Outages(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range got {
			if !a.Exact || math.Abs(a.Down-want[i]) > 1e-12 {
				t.Fatalf("node %d down with %v (%s), enumeration says %v", i, a.Down, a.Method, want[i])
			}
		}
	})
}

func TestSampledOutagesLieWithinTheirError(t *testing.T) {
	far := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawSystem(t, 6)
		want := enumerate(s)
		got, err := s.Outages(context.Background(), &OutageOptions{Nodes: 1, Samples: 2000, Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range got {
			if a.Exact && math.Abs(a.Down-want[i]) > 1e-12 || !a.Exact && math.Abs(a.Down-want[i]) > 6*a.Error+1e-3 {
				t.Fatalf("node %d: %v ± %v (%s), enumeration says %v", i, a.Down, a.Error, a.Method, want[i])
			}
			if math.Abs(a.Down-want[i]) > 2*a.Error+1e-9 {
				far++
			}
		}
	})
	t.Logf("%d estimates beyond two standard errors", far)
}

// rare is a service of two pairs behind a shared switch, in which an outage is rare.
func rare(p float64) *System {
	s := &System{Nodes: []Node{{ID: "switch", Fails: p * p}}}
	top := Node{ID: "service"}
	for g := range 2 {
		var pair []string
		for m := range 2 {
			id := fmt.Sprintf("node-%d-%d", g, m)
			s.Nodes = append(s.Nodes, Node{ID: id, Fails: p, Needs: []Need{{1, []string{"switch"}}}})
			pair = append(pair, id)
		}
		top.Needs = append(top.Needs, Need{1, pair})
	}
	s.Nodes = append(s.Nodes, top)
	return s
}

func TestRareOutagesAreSeen(t *testing.T) {
	const p = 1e-3
	exact, err := rare(p).Outages(context.Background(), nil, "service")
	if err != nil {
		t.Fatal(err)
	}
	want := 1 - (1-p*p)*math.Pow(1-p*p, 2)
	if math.Abs(exact[0].Down-want) > 1e-15 {
		t.Errorf("exact %v, by hand %v", exact[0].Down, want)
	}
	got, err := rare(p).Outages(context.Background(), &OutageOptions{Nodes: 1, Samples: 20000}, "service")
	if err != nil {
		t.Fatal(err)
	}
	if a := got[0]; math.Abs(a.Down-want) > 4*a.Error || a.Error > 0.1*want {
		t.Errorf("sampled %v ± %v of %v: plain sampling would see %v outages", a.Down, a.Error, want, 20000*want)
	}
}

func TestLossesCountServiceHours(t *testing.T) {
	s := rare(0.1)
	from := time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC)
	office := func(_ string, from, to time.Time) float64 {
		closes := time.Date(from.Year(), from.Month(), from.Day(), 17, 0, 0, 0, time.UTC)
		if to.After(closes) {
			to = closes
		}
		return to.Sub(from).Minutes()
	}
	l, err := s.Losses(context.Background(), from, from.Add(3*time.Hour), []Stake{{Node: "service", CostPerMinute: 10}}, office, nil)
	if err != nil {
		t.Fatal(err)
	}
	if x := l[0]; x.WorstMinutes != 60 || x.WorstCost != 600 || math.Abs(x.ExpectedMinutes-60*x.Down) > 1e-12 {
		t.Errorf("loss %+v", x)
	}
}

func TestSystemFaults(t *testing.T) {
	for name, s := range map[string]*System{
		"chance":  {Nodes: []Node{{ID: "a", Fails: math.NaN()}}},
		"name":    {Nodes: []Node{{ID: "a"}, {ID: "a"}}},
		"unknown": {Nodes: []Node{{ID: "a", Needs: []Need{{1, []string{"b"}}}}}},
		"k":       {Nodes: []Node{{ID: "a", Needs: []Need{{2, []string{"a"}}}}}},
	} {
		if _, err := s.Outages(context.Background(), nil); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	if _, err := rare(0.1).Outages(context.Background(), nil, "nobody"); !errors.Is(err, ErrInvalid) {
		t.Errorf("unknown target: error is %v", err)
	}
}

// lattice is a service behind layers of servers, each of which needs two of the three in
// front of it: far too many failures to enumerate, and nothing is a tree.
func lattice(layers int, p float64) *System {
	s := &System{}
	for l := range layers {
		for m := range 3 {
			n := Node{ID: fmt.Sprint(l, ".", m), Fails: p}
			if l > 0 {
				n.Needs = []Need{{2, []string{fmt.Sprint(l-1, ".0"), fmt.Sprint(l-1, ".1"), fmt.Sprint(l-1, ".2")}}}
			}
			s.Nodes = append(s.Nodes, n)
		}
	}
	return s
}

// TestDiagramOfALattice compares sixty failures with a computation layer by layer: as long
// as the service is reached, either one or none of a layer is broken, or all is lost.
func TestDiagramOfALattice(t *testing.T) {
	const layers, p = 20, 0.01
	exact, err := lattice(layers, p).Outages(context.Background(), nil, fmt.Sprint(layers-1, ".0"))
	if err != nil {
		t.Fatal(err)
	}
	holds := math.Pow(1-p, 3) + 3*p*math.Pow(1-p, 2) // of a layer: two of three
	want := 1 - math.Pow(holds, layers-1)*(1-p)
	if a := exact[0]; !a.Exact || a.Method != "decision diagram" || math.Abs(a.Down-want) > 1e-12 {
		t.Errorf("%+v, by hand %v", a, want)
	}
	sampled, err := lattice(layers, p).Outages(context.Background(), &OutageOptions{Nodes: 1, Samples: 20000, Seed: 3}, fmt.Sprint(layers-1, ".0"))
	if err != nil {
		t.Fatal(err)
	}
	if a := sampled[0]; a.Exact || math.Abs(a.Down-want) > 4*a.Error {
		t.Errorf("%+v, exactly %v", a, want)
	}
}

func TestOutagesEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := lattice(5, 0.1).Outages(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ended before: %v", err)
	}
}
