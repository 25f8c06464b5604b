package cmdb

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
)

// synthetic is an estate by numbers: relation i says from[i] depends on to[i]. Each relation
// begins anywhere and ends at a CI drawn by a power law, so that of a million CIs with five
// million relations the largest hub has about 137,000 dependents, and circles abound.
type synthetic struct {
	ids      []string
	from, to []int32
}

func newSynthetic(n, relations int, seed uint64) *synthetic {
	rnd := prng.New(seed)
	s := &synthetic{ids: make([]string, n), from: make([]int32, 0, relations), to: make([]int32, 0, relations)}
	place := make([]int32, n) // hubs stand anywhere among the IDs
	for i := range place {
		s.ids[i] = fmt.Sprintf("ci-%08d", i)
		j := rnd.IntN(i + 1)
		place[i] = place[j]
		place[j] = int32(i)
	}
	seen := make(map[uint64]struct{}, relations)
	for len(s.from) < relations {
		from := int32(rnd.IntN(n))
		u := float64(rnd.Uint64()>>11) / (1 << 53)
		to := place[min(n-1, int(float64(n)*math.Pow(u, 3.84)))]
		key := uint64(from)<<32 | uint64(to)
		if _, ok := seen[key]; ok || from == to {
			continue
		}
		seen[key] = struct{}{}
		s.from, s.to = append(s.from, from), append(s.to, to)
	}
	return s
}

// build makes the graph through the Builder, from numbers.
func (s *synthetic) build(t testing.TB) *Graph { return s.buildWith(t, 0) }

// buildWith adds groups of up to three CIs, one of which is enough.
func (s *synthetic) buildWith(t testing.TB, groups int) *Graph {
	b := NewBuilder()
	b.Reserve(len(s.ids), len(s.from))
	for _, id := range s.ids {
		b.Add(CI{ID: id})
	}
	kind := b.Type(DependsOn)
	for i := range s.from {
		b.Relate(Ref(s.from[i]), kind, Ref(s.to[i]))
	}
	for i := range groups {
		members := unique([]string{s.ids[s.to[3*i]], s.ids[s.to[3*i+1]], s.ids[s.to[3*i+2]]})
		dep := s.ids[s.from[i]]
		if len(members) > 1 && !slices.Contains(members, dep) {
			b.AddGroup(Group{ID: "group of " + strconv.Itoa(i), Members: members, Dependents: []string{dep}})
		}
	}
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// hub returns the CI with the most dependents.
func (s *synthetic) hub() int32 {
	in := make([]int32, len(s.ids))
	best := int32(0)
	for _, v := range s.to {
		if in[v]++; in[v] > in[best] {
			best = v
		}
	}
	return best
}

// newSparse is an estate without circles in which a CI brings about twenty others down: each
// relies on one or two CIs of the layer below it, as hosts, platforms, applications and services do.
func newSparse(n int, seed uint64) *synthetic {
	rnd := prng.New(seed)
	s := &synthetic{ids: make([]string, n)}
	for i := range n {
		s.ids[i] = fmt.Sprintf("ci-%08d", i)
		if i == 0 {
			continue
		}
		first := rnd.IntN(i)
		s.from, s.to = append(s.from, int32(i)), append(s.to, int32(first))
		if second := rnd.IntN(i); second != first && rnd.IntN(3) == 0 {
			s.from, s.to = append(s.from, int32(i)), append(s.to, int32(second))
		}
	}
	return s
}
