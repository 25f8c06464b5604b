package strategy_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/strategy"
)

// An estateFile is a CI graph read apart from package cmdb: who relies on what, and of which
// sets how many must be up.
type estateFile struct {
	ids    []string
	number map[string]int
	relies [][]int // what fails when any of these does
	sets   []set
	inSets [][]int // by member
}

type set struct {
	of      int
	need    int
	members []int
}

func (e *estateFile) node(id string) int {
	if n, ok := e.number[id]; ok {
		return n
	}
	n := len(e.ids)
	e.number[id] = n
	e.ids = append(e.ids, id)
	e.relies, e.inSets = append(e.relies, nil), append(e.inSets, nil)
	return n
}

func table(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// components returns the strong components of "relies on" as numbers, providers first, by
// Kosaraju's two passes.
func (e *estateFile) components() (of []int, count int) {
	n := len(e.ids)
	down, up := make([][]int, n), make([][]int, n)
	for v := range n {
		down[v] = append(down[v], e.relies[v]...)
	}
	for _, s := range e.sets {
		down[s.of] = append(down[s.of], s.members...)
	}
	for v := range n {
		for _, w := range down[v] {
			up[w] = append(up[w], v)
		}
	}
	var order []int
	seen := make([]bool, n)
	type frame struct{ v, next int }
	for root := range n {
		if seen[root] {
			continue
		}
		seen[root] = true
		stack := []frame{{root, 0}}
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next < len(up[f.v]) {
				w := up[f.v][f.next]
				f.next++
				if !seen[w] {
					seen[w] = true
					stack = append(stack, frame{w, 0})
				}
				continue
			}
			order = append(order, f.v)
			stack = stack[:len(stack)-1]
		}
	}
	of = make([]int, n)
	for v := range of {
		of[v] = -1
	}
	for _, root := range slices.Backward(order) { // first what nobody waits for to be found: providers
		if of[root] >= 0 {
			continue
		}
		of[root] = count
		for stack := []int{root}; len(stack) > 0; {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, w := range down[v] {
				if of[w] < 0 {
					of[w] = count
					stack = append(stack, w)
				}
			}
		}
		count++
	}
	return of, count
}

// out returns what fails when some CIs are out, in a fixpoint: one and all of what is relied on,
// and of each set no less than needed. Failed sets are returned by index.
func (e *estateFile) out(consumers [][]int, cis ...int) (sets map[int]bool) {
	down := map[int]bool{}
	lost := map[int]int{} // by set: members that are down
	sets = map[int]bool{}
	queue := slices.Clone(cis)
	for _, v := range cis {
		down[v] = true
	}
	fail := func(v int) {
		if !down[v] {
			down[v] = true
			queue = append(queue, v)
		}
	}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, w := range consumers[v] {
			fail(w)
		}
		for _, k := range e.inSets[v] {
			if lost[k]++; len(e.sets[k].members)-lost[k] < e.sets[k].need {
				sets[k] = true
				fail(e.sets[k].of)
			}
		}
	}
	return sets
}

// check fails where waves are not what a roll-out over the estate may be, and returns the
// longest chain of wanted CIs, below which no roll-out can go.
func (e *estateFile) check(t *testing.T, name string, wanted []string, waves [][]string) (chain int) {
	t.Helper()
	n := len(e.ids)
	wave := make([]int, n)
	for i, w := range waves {
		for _, id := range w {
			v, ok := e.number[id]
			if !ok || wave[v] != 0 {
				t.Fatalf("%s: %s is unknown or there twice", name, id)
			}
			wave[v] = i + 1
		}
	}
	for _, id := range wanted {
		if wave[e.number[id]] == 0 {
			t.Fatalf("%s: %s is in no wave", name, id)
		}
	}
	// By component, providers first: the last wave of what is below, and how long the chain is.
	of, count := e.components()
	members := make([][]int, count)
	for v, c := range of {
		members[c] = append(members[c], v)
	}
	last, length := make([]int, count), make([]int, count)
	consumers := make([][]int, n)
	below := make([][]int, n)
	for v := range n {
		below[v] = append(below[v], e.relies[v]...)
		for _, w := range e.relies[v] {
			consumers[w] = append(consumers[w], v)
		}
	}
	for _, s := range e.sets {
		below[s.of] = append(below[s.of], s.members...)
	}
	for c := range count {
		own := 0
		for _, v := range members[c] {
			for _, w := range below[v] {
				if of[w] > c {
					t.Fatalf("%s: the components are out of order", name)
				}
				last[c], length[c] = max(last[c], last[of[w]]), max(length[c], length[of[w]])
			}
			if wave[v] > 0 {
				own++
			}
		}
		for _, v := range members[c] {
			if wave[v] > 0 && wave[v] <= last[c] {
				t.Errorf("%s: %s is in wave %d, what it relies on in wave %d", name, e.ids[v], wave[v], last[c])
			}
		}
		if own > 1 {
			t.Fatalf("%s: two CIs of one circle are wanted", name)
		}
		for _, v := range members[c] {
			last[c] = max(last[c], wave[v])
		}
		length[c] += own
		chain = max(chain, length[c])
	}
	alone := map[int]map[int]bool{}
	for i, w := range waves {
		var cis []int
		for _, id := range w {
			cis = append(cis, e.number[id])
		}
		for k := range e.out(consumers, cis...) {
			if len(e.sets[k].members) < 2 {
				continue
			}
			by := slices.ContainsFunc(cis, func(v int) bool {
				if alone[v] == nil {
					alone[v] = e.out(consumers, v)
				}
				return alone[v][k]
			})
			if !by {
				t.Errorf("%s: wave %d leaves less than %d of %d up for %s", name, i+1, e.sets[k].need, len(e.sets[k].members), e.ids[e.sets[k].of])
			}
		}
	}
	return chain
}

// Over every real CI graph: no wave takes more of a redundancy group out than it can spare, no
// consumer comes before its provider, and the waves are as few as the longest chain, or one
// more, as a reader of the same files that shares nothing with package cmdb finds. Of Debian it takes every
// 29th package; all 63,299 where SLACKWATER_LONG is set, which takes minutes.
func TestWavesOfEstates(t *testing.T) {
	dir := os.Getenv("SLACKWATER_DATA")
	if dir == "" {
		t.Skip("SLACKWATER_DATA does not name the folder of the data of others")
	}
	folders, err := os.ReadDir(filepath.Join(dir, "cmdb"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range folders {
		at := filepath.Join(dir, "cmdb", f.Name())
		e := &estateFile{number: map[string]int{}}
		var g *cmdb.Graph
		open := func(name string) io.Reader {
			file, err := os.Open(filepath.Join(at, name))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { file.Close() })
			if !strings.HasSuffix(name, ".gz") {
				return file
			}
			z, err := gzip.NewReader(file)
			if err != nil {
				t.Fatal(err)
			}
			return z
		}
		switch {
		case exists(filepath.Join(at, "edges.csv")):
			var types []cmdb.RelationType
			known := map[string]bool{}
			for _, r := range table(t, filepath.Join(at, "nodes.csv")) {
				e.node(r[0])
			}
			for _, r := range table(t, filepath.Join(at, "edges.csv")) {
				from, to := e.node(r[0]), e.node(r[1])
				if from != to {
					e.relies[from] = append(e.relies[from], to)
				}
				if !known[r[2]] {
					known[r[2]] = true
					types = append(types, cmdb.RelationType{Name: r[2], Impact: cmdb.ToFrom})
				}
			}
			g, _, err = cmdb.CSV{Nodes: open("nodes.csv"), Edges: open("edges.csv"), Types: types}.Read()
		case exists(filepath.Join(at, "groups.csv.gz")):
			for _, r := range table(t, filepath.Join(at, "nodes.csv.gz")) {
				e.node(r[0])
			}
			for _, r := range table(t, filepath.Join(at, "groups.csv.gz")) {
				s := set{of: e.node(r[0])}
				if s.need, err = strconv.Atoi(r[1]); err != nil {
					t.Fatal(err)
				}
				for _, m := range strings.Fields(r[2]) {
					s.members = append(s.members, e.node(m))
				}
				if slices.Contains(s.members, s.of) {
					continue // it relies on itself, which says nothing
				}
				for _, m := range s.members {
					e.inSets[m] = append(e.inSets[m], len(e.sets))
				}
				e.sets = append(e.sets, s)
			}
			g, _, err = cmdb.CSV{Nodes: open("nodes.csv.gz"), Groups: open("groups.csv.gz")}.Read()
		default:
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		seen++
		// Of each circle one CI is rolled out: the others cannot come before or after each other.
		of, _ := e.components()
		taken := map[int]bool{}
		var wanted []string
		step := 1
		if len(e.ids) > 20_000 && os.Getenv("SLACKWATER_LONG") == "" {
			step = 29
		}
		for v, id := range e.ids {
			if v%step == 0 && !taken[of[v]] {
				taken[of[v]] = true
				wanted = append(wanted, id)
			}
		}
		s := strategy.Strategy{Kind: strategy.Rings, CIs: wanted, Deploy: work(schedule.Hour)}
		rule := cmdb.Rollout{}
		if err := s.Cut(strategy.WaverFunc(func(ids ...string) ([][]string, error) { return rule.Waves(g, ids...) }), len(wanted), 1); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		chain := e.check(t, f.Name(), wanted, s.Waves)
		t.Logf("%s: %d CIs of %d in %d waves; the longest chain is %d", f.Name(), len(wanted), len(e.ids), len(s.Waves), chain)
		most := chain + 1
		if len(e.sets) > 0 && len(wanted) > 20_000 {
			most = 2 * chain // groups keep so many apart that the chain says little
		}
		if len(s.Waves) < chain || len(s.Waves) > most {
			t.Errorf("%s: %d waves, the longest chain is %d", f.Name(), len(s.Waves), chain)
		}
		if _, err := s.Stages(); err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		}
		// Growing waves keep all of it.
		s.Waves = strategy.Grow(s.Waves, 1, 2)
		e.check(t, f.Name()+", growing", wanted, s.Waves)
	}
	if seen < 9 {
		t.Errorf("%d graphs were found, want 9", seen)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
