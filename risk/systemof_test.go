package risk_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/risk"
)

// *cmdb.Graph is a structure, and its groups, zones and circles count.
var (
	_ risk.Structure = (*cmdb.Graph)(nil)
	_ risk.Topology  = (*cmdb.Graph)(nil)
)

// drawEstate draws a CMDB of up to seven CIs with groups.
func drawEstate(t *rapid.T) *cmdb.Graph {
	s := cmdb.Snapshot{Version: cmdb.Version}
	n := rapid.IntRange(2, 7).Draw(t, "cis")
	for i := range n {
		s.CIs = append(s.CIs, cmdb.CI{ID: fmt.Sprint("c", i), Zone: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "zone")})
	}
	seen := map[cmdb.Relation]bool{}
	for range rapid.IntRange(0, 2*n).Draw(t, "relations") {
		r := cmdb.Relation{From: s.CIs[rapid.IntRange(0, n-1).Draw(t, "from")].ID, Type: cmdb.DependsOn, To: s.CIs[rapid.IntRange(0, n-1).Draw(t, "to")].ID}
		if r.From != r.To && !seen[r] {
			seen[r] = true
			s.Relations = append(s.Relations, r)
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "groups") {
		order := rapid.Permutation(s.CIs).Draw(t, "members")
		size := rapid.IntRange(1, n-1).Draw(t, "size")
		g := cmdb.Group{ID: fmt.Sprint("g", i), Dependents: []string{order[size].ID}}
		zones := map[string]bool{}
		for _, c := range order[:size] {
			g.Members = append(g.Members, c.ID)
			zones[c.Zone] = true
		}
		if rapid.Bool().Draw(t, "by zone") {
			g.NeedZones = rapid.IntRange(1, len(zones)).Draw(t, "zones")
		} else {
			g.Need = rapid.IntRange(1, size).Draw(t, "need")
		}
		s.Groups = append(s.Groups, g)
	}
	g, err := cmdb.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestSystemOfAgreesWithImpact compares chances computed from a CMDB with a sum over all
// sets of broken CIs, each taken down by the CMDB's own walk.
func TestSystemOfAgreesWithImpact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawEstate(t)
		var ids []string
		fails := map[string]float64{}
		for c := range g.All() {
			ids = append(ids, c.ID)
			fails[c.ID] = rapid.SampledFrom([]float64{0, 0.01, 0.3, 0.9, 1}).Draw(t, "fails")
		}
		want := map[string]float64{}
		for mask := range 1 << len(ids) {
			p := 1.0
			var broken []string
			for i, id := range ids {
				if mask>>i&1 == 1 {
					p *= fails[id]
					broken = append(broken, id)
				} else {
					p *= 1 - fails[id]
				}
			}
			if p == 0 || len(broken) == 0 {
				continue
			}
			im, err := g.Impact(cmdb.Query{}, broken...)
			if err != nil {
				t.Fatal(err)
			}
			down := map[string]bool{}
			for _, h := range im.Hits {
				down[h.CI] = true
			}
			for id := range down {
				want[id] += p
			}
		}
		s, err := risk.SystemOf(g, func(node string) float64 { return fails[node] }, ids...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Outages(context.Background(), nil, ids...)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range got {
			if !a.Exact || math.Abs(a.Down-want[a.Node]) > 1e-12 {
				t.Fatalf("%s is down with %v (%s), by all sets of broken CIs %v", a.Node, a.Down, a.Method, want[a.Node])
			}
		}
	})
}

func TestSystemOfFaults(t *testing.T) {
	g, err := cmdb.New(cmdb.Snapshot{Version: cmdb.Version, CIs: []cmdb.CI{{ID: "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := risk.SystemOf(g, nil, "moon"); !errors.Is(err, cmdb.ErrUnknownCI) {
		t.Errorf("unknown service: %v", err)
	}
	if _, err := risk.SystemOf(g, nil); !errors.Is(err, risk.ErrInvalid) {
		t.Errorf("no service: %v", err)
	}
	if _, err := risk.SystemOf(nil, nil, "a"); !errors.Is(err, risk.ErrInvalid) {
		t.Errorf("no graph: %v", err)
	}
	if _, err := risk.SystemOf(g, func(string) float64 { return math.NaN() }, "a"); !errors.Is(err, risk.ErrInvalid) {
		t.Errorf("no chance: %v", err)
	}
}

func ExampleSystemOf() {
	g, err := cmdb.New(cmdb.Snapshot{Version: cmdb.Version,
		CIs: []cmdb.CI{{ID: "shop"}, {ID: "web-1"}, {ID: "web-2"}, {ID: "host"}, {ID: "db"}},
		Relations: []cmdb.Relation{{From: "shop", Type: cmdb.DependsOn, To: "db"}, {From: "web-1", Type: cmdb.RunsOn, To: "host"},
			{From: "web-2", Type: cmdb.RunsOn, To: "host"}},
		Groups: []cmdb.Group{{ID: "web", Members: []string{"web-1", "web-2"}, Dependents: []string{"shop"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// A change works on the host and, one after the other, on both web servers.
	touched := map[string]float64{"host": 0.02, "web-1": 0.1, "web-2": 0.1}
	s, err := risk.SystemOf(g, func(ci string) float64 { return touched[ci] }, "shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := s.Outages(context.Background(), nil, "shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s is down with %.4f, exact: %v (%s)\n", out[0].Node, out[0].Down, out[0].Exact, out[0].Method)
	// Output:
	// shop is down with 0.0298, exact: true (decision diagram)
}
