package cmdb

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dataFolder returns the folder of real CI graphs, which is no part of this repository.
func dataFolder(t testing.TB) string {
	dir := os.Getenv("SLACKWATER_DATA")
	if dir == "" {
		t.Skip("SLACKWATER_DATA does not name the data folder")
	}
	return filepath.Join(dir, "cmdb")
}

func openFile(t testing.TB, name string) io.Reader {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// allDependencies reads every type of edge in a table as "source depends on target", as the
// reference results do.
func allDependencies(t testing.TB, edges string) (types []RelationType) {
	rows, err := csv.NewReader(openFile(t, edges)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rows[1:] {
		if !seen[r[2]] {
			seen[r[2]] = true
			types = append(types, RelationType{Name: r[2], Impact: ToFrom})
		}
	}
	return types
}

// The real graphs load with the counts of the reference results, and mean and largest numbers
// of dependents agree with them.
func TestRealGraphs(t *testing.T) {
	dir := dataFolder(t)
	raw, err := os.ReadFile(filepath.Join(dir, "oracles.json"))
	if err != nil {
		t.Fatal(err)
	}
	var oracles map[string]struct {
		Nodes          int      `json:"nodes"`
		Edges          int      `json:"edges"`
		Declared       int      `json:"declared_nodes"`
		Dangling       []string `json:"dangling"`
		ReachablePairs int      `json:"reachable_pairs"`
		BlastTop       [][2]any `json:"blast_top"`
	}
	if err := json.Unmarshal(raw, &oracles); err != nil {
		t.Fatal(err)
	}
	loaded := 0
	for name, want := range oracles {
		nodes, edges := filepath.Join(dir, name, "nodes.csv"), filepath.Join(dir, name, "edges.csv")
		if _, err := os.Stat(nodes); err != nil {
			continue
		}
		loaded++
		g, rep, err := CSV{Nodes: openFile(t, nodes), Edges: openFile(t, edges), Types: allDependencies(t, edges)}.Read()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if rep.CIs != want.Nodes || rep.Relations != want.Edges || rep.CIs-rep.Unknown != want.Declared || rep.Unknown != len(want.Dangling) || rep.Count(Dangling) != len(want.Dangling) {
			t.Errorf("%s: %d CIs (%d unknown), %d relations; want %d (%d), %d; %v", name, rep.CIs, rep.Unknown, rep.Relations, want.Nodes, len(want.Dangling), want.Edges, rep.Findings)
		}
		pairs := 0
		for c := range g.All() {
			for range g.Impacted(c.ID) {
				pairs++
			}
			pairs-- // itself
		}
		if pairs != want.ReachablePairs {
			t.Errorf("%s: %d pairs, want %d", name, pairs, want.ReachablePairs)
		}
		for _, top := range want.BlastTop {
			if n := len(ids(g, top[0].(string))) - 1; n != int(top[1].(float64)) {
				t.Errorf("%s: %s brings %d down, want %v", name, top[0], n, top[1])
			}
		}
		// Without being told what the types mean, each one not understood is named.
		_, plain, err := CSV{Nodes: openFile(t, nodes), Edges: openFile(t, edges)}.Read()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s: %d CIs, %d relations, %d dangling; types not understood: %d", name, rep.CIs, rep.Relations, rep.Unknown, plain.Count(UnknownType))
	}
	if loaded == 0 {
		t.Error("no graph was found")
	}
}

// Debian: 63,436 packages, 279,225 clauses of which 8,869 have alternatives.
func TestDebian(t *testing.T) {
	dir := filepath.Join(dataFolder(t), "debian-bookworm")
	g, rep, err := CSV{Nodes: openFile(t, filepath.Join(dir, "nodes.csv.gz")), Groups: openFile(t, filepath.Join(dir, "groups.csv.gz"))}.Read()
	if err != nil {
		t.Fatal(err)
	}
	large := 0
	for _, gr := range g.Groups() {
		if len(gr.Members) > 1 {
			large++
		}
	}
	dropped := rep.Count(DuplicateRelation) + rep.Count(SelfLoop) + rep.Count(NotUnderstood) + rep.Omitted
	if rep.CIs != 63436 || large != 8869 || rep.Groups+rep.Relations+dropped != 279225 {
		t.Errorf("%d CIs, %d groups (%d large), %d relations, %d dropped", rep.CIs, rep.Groups, large, rep.Relations, dropped)
	}
	if testing.Short() {
		return
	}
	with, without, differ := 0, 0, 0
	c := &g.core
	for v := range c.n {
		s := c.acquire()
		c.walk(s, []int32{v}, order{})
		a := s.total() - 1
		c.release(s)
		s = c.acquire()
		c.walk(s, []int32{v}, order{first: true})
		b := s.total() - 1
		c.release(s)
		with, without = with+a, without+b
		if a != b {
			differ++
		}
	}
	ratio := float64(without) / float64(with)
	t.Logf("mean blast %.2f with groups, %.2f without, ratio %.3f; differs for %d", float64(with)/float64(c.n), float64(without)/float64(c.n), ratio, differ)
	if ratio < 1.46 || ratio > 1.48 || differ != 5370 {
		t.Errorf("ratio %.3f for %d packages, want 1.47 for 5,370", ratio, differ)
	}
}
