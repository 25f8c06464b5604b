package risk

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// soaked is a model in which soak and lead time make a change safer, size and the number of CIs riskier.
func soaked(t *rapid.T) *Model {
	m := Default()
	m.Intercept = rapid.Float64Range(-3, 1).Draw(t, "intercept")
	weight := func(name string) float64 { return rapid.Float64Range(0, 1.5).Draw(t, "weight of "+name) }
	m.Factors = []Factor{
		{Name: "soak", Source: Given, Scale: Linear, Spread: 24, Weight: -weight("soak"), Words: "hours of soak"},
		{Name: "lead", Source: Given, Scale: Log, Center: 1, Weight: -weight("lead")},
		{Name: "size", Source: Given, Scale: Log, Weight: weight("size"), Monotone: true},
		{Name: "cis", Source: CICount, Scale: Linear, Weight: weight("cis") / 4, Monotone: true},
	}
	low := 33 * sigmoid(m.Intercept) * rapid.Float64Range(0.1, 1).Draw(t, "medium")
	m.Thresholds = [3]float64{low, 2 * low, 3 * low}
	return m
}

// TestRaiseIsTheLeastThatCrosses holds Lower against a twin that tries every one of a thousand
// values of a factor, from what is stated to the most that can be had.
func TestRaiseIsTheLeastThatCrosses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := soaked(t).Rater(nil)
		if err != nil {
			t.Fatal(err)
		}
		c := Change{ID: "c", Factors: map[string]float64{"size": rapid.Float64Range(0, 50).Draw(t, "size")}}
		raise := map[string]float64{}
		for _, name := range []string{"soak", "lead"} {
			if rapid.Bool().Draw(t, name+" stated") {
				c.Factors[name] = rapid.Float64Range(0, 20).Draw(t, name)
			}
			if rapid.Bool().Draw(t, name+" raised") {
				raise[name] = rapid.Float64Range(0, 90).Draw(t, name+" at most")
			}
		}
		before, err1 := r.Assess(c)
		list, err2 := r.Lower(c, Levers{Raise: raise})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"soak", "lead", "size"} {
			to, ok := raise[name]
			from := c.Factors[name]
			if name == "size" {
				to, ok = 0, true
			} else if to <= from {
				ok = false
			}
			i := slices.IndexFunc(list, func(x Remedy) bool { return x.Factor == name })
			if i >= 0 && slices.ContainsFunc(list[i+1:], func(x Remedy) bool { return x.Factor == name }) {
				t.Fatalf("two remedies by %s: %+v", name, list)
			}
			const steps = 1000
			at := func(k int) (x float64, a Assessment) {
				x = from + (to-from)*float64(k)/steps
				if k == steps {
					x = to
				}
				d := c
				d.Factors = map[string]float64{name: x}
				for other, v := range c.Factors {
					if other != name {
						d.Factors[other] = v
					}
				}
				a, err := r.Assess(d)
				if err != nil {
					t.Fatal(err)
				}
				return x, a
			}
			first := 0
			for ok && first <= steps {
				if _, a := at(first); a.Score < before.Score && a.Level != before.Level {
					break
				}
				first++
			}
			_, most := at(steps)
			switch {
			case !ok || first > steps && most.Score >= before.Score:
				if i >= 0 {
					t.Fatalf("%s lowers nothing, yet %+v", name, list[i])
				}
			case i < 0:
				t.Fatalf("nothing by %s, though %v lowers %v to %v", name, to, before.Score, most.Score)
			case first > steps:
				if x := list[i].Change.Factors[name]; list[i].Crosses || x != to {
					t.Fatalf("%s does not cross even at %v: %+v", name, to, list[i])
				}
			default:
				hi, _ := at(first)
				lo, _ := at(max(first-1, 0))
				const slack = 1e-9
				x, toward := list[i].Change.Factors[name], 1.0
				if to < from {
					toward = -1
				}
				if !list[i].Crosses || toward*(x-hi) > slack || toward*(lo-x) > slack {
					t.Fatalf("%s must move from %v to between %v and %v: %+v", name, from, lo, hi, list[i])
				}
			}
		}
	})
}

// TestRaiseToTheBoundOfALevel has an answer by hand: P falls from 0.5 to 0.4, the log-odds from 0 to
// ln(2/3), at a day of soak for each unit.
func TestRaiseToTheBoundOfALevel(t *testing.T) {
	m := Default()
	m.Intercept, m.Thresholds = 0, [3]float64{40, 60, 80}
	m.Factors = []Factor{{Name: "soak", Source: Given, Scale: Linear, Spread: 24, Weight: -1, Words: "hours of soak"}}
	r, err := m.Rater(nil)
	if err != nil {
		t.Fatal(err)
	}
	for most, crosses := range map[float64]bool{9: false, 48: true} {
		want := min(most, 24*math.Log(1.5))
		list, err := r.Lower(Change{ID: "c"}, Levers{Raise: map[string]float64{"soak": most}})
		if err != nil || len(list) != 1 || list[0].Crosses != crosses || math.Abs(list[0].Change.Factors["soak"]-want) > 1e-4 {
			t.Errorf("up to %v: %+v, %v; want %v", most, list, err, want)
		}
	}
}

func TestRaiseFaults(t *testing.T) {
	r, err := Default().Rater(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Lower(Change{ID: "c"}, Levers{Raise: map[string]float64{"sok": 3, "untested": 2}})
	for _, path := range []string{`raise["sok"]`, `raise["untested"]`} {
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), path) {
			t.Errorf("no fault at %s: %v", path, err)
		}
	}
}

// estate draws CIs and what they reach, and a change to some of them, some named twice.
func estate(t *rapid.T, most int) (chain, Change) {
	n := rapid.IntRange(1, most).Draw(t, "cis")
	g := chain{reach: map[string]map[string]int{}, crit: map[string]int{}}
	for s := range 4 {
		g.crit[fmt.Sprint("service-", s)] = rapid.IntRange(0, 5).Draw(t, "criticality")
	}
	c := Change{ID: "c"}
	for i := range n {
		ci := fmt.Sprint("ci-", i)
		g.crit[ci] = rapid.IntRange(0, 5).Draw(t, "criticality")
		g.reach[ci] = map[string]int{}
		for s := range 4 {
			if rapid.IntRange(0, 2).Draw(t, "reached") == 0 {
				g.reach[ci][fmt.Sprint("service-", s)] = rapid.IntRange(1, 3).Draw(t, "distance")
			}
		}
		c.CIs = append(c.CIs, ci)
		if rapid.IntRange(0, 9).Draw(t, "twice") == 0 {
			c.CIs = append(c.CIs, ci)
		}
	}
	return g, c
}

// leastSplit tries every set of CIs: how few must be left out so that the level is left, 0 where
// no set does it, and the least score with so few left out; with 1 left out where none crosses.
func leastSplit(t *rapid.T, r *Rater, c Change) (size int, least float64) {
	before, err := r.Assess(c)
	if err != nil {
		t.Fatal(err)
	}
	cis := slices.Compact(slices.Sorted(slices.Values(c.CIs)))
	scores := make([]float64, len(cis)+1) // by CIs left out
	crosses := make([]bool, len(cis)+1)
	for i := range scores {
		scores[i] = 1e9
	}
	for kept := uint(1); kept < 1<<len(cis)-1; kept++ {
		d := c
		d.CIs = nil
		for i, ci := range cis {
			if kept>>i&1 == 1 {
				d.CIs = append(d.CIs, ci)
			}
		}
		a, err := r.Assess(d)
		if err != nil {
			t.Fatal(err)
		}
		out := len(cis) - bits.OnesCount(kept)
		scores[out] = min(scores[out], a.Score)
		crosses[out] = crosses[out] || a.Score < before.Score && a.Level != before.Level
	}
	if size = slices.Index(crosses, true); size < 0 {
		return 0, scores[1]
	}
	return size, scores[size]
}

// TestSplitLeavesOutAsFewAsWillDo holds Lower against a twin that tries every set of CIs.
func TestSplitLeavesOutAsFewAsWillDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, c := estate(t, 7)
		r, err := soaked(t).Rater(g)
		if err != nil {
			t.Fatal(err)
		}
		before, err1 := r.Assess(c)
		list, err2 := r.Lower(c, Levers{Split: true})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if distinct(c.CIs, 9)[0] == c.CIs[len(c.CIs)-1] {
			if len(list) > 0 {
				t.Fatalf("one CI cannot be split: %+v", list)
			}
			return
		}
		size, least := leastSplit(t, r, c)
		if size == 0 && least >= before.Score {
			if len(list) > 0 {
				t.Fatalf("nothing lowers %v, yet %+v", before.Score, list)
			}
			return
		}
		if len(list) != 1 {
			t.Fatalf("%d CIs left out make %v of %v: %+v", size, least, before.Score, list)
		}
		x := list[0]
		a, err := r.Assess(x.Change)
		if err != nil || a.Score != least || a.LogOdds != x.LogOdds || x.Crosses != (size > 0) || len(x.Apart) != max(size, 1) {
			t.Fatalf("%d CIs left out make %v of %v: %+v, %v", size, least, before.Score, x, err)
		}
		both := slices.Concat(x.Apart, x.Change.CIs)
		slices.Sort(both)
		if all := slices.Compact(slices.Sorted(slices.Values(c.CIs))); !slices.Equal(both, all) {
			t.Fatalf("%v apart and %v together are not %v", x.Apart, x.Change.CIs, all)
		}
	})
}

// TestSplitOfManyCIs has too many CIs to try every set: seven of thirty reach what is critical.
func TestSplitOfManyCIs(t *testing.T) {
	g := chain{reach: map[string]map[string]int{}, crit: map[string]int{"shop": 5}}
	c := Change{ID: "c"}
	for i := range 30 {
		ci := fmt.Sprint("ci-", i)
		g.crit[ci] = 1
		if i%4 == 1 && i < 28 {
			g.crit[ci], g.reach[ci] = 4, map[string]int{"shop": 1}
		}
		c.CIs = append(c.CIs, ci)
	}
	m := Default()
	bare := c
	bare.CIs = slices.DeleteFunc(slices.Clone(c.CIs), func(ci string) bool { return g.crit[ci] > 1 })
	a, err := m.Assess(bare, g)
	if err != nil {
		t.Fatal(err)
	}
	m.Thresholds = [3]float64{a.Score + 1e-9, 100, 100}
	r, err := m.Rater(g)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Lower(c, Levers{Split: true})
	if err != nil || len(list) != 1 || !list[0].Crosses || len(list[0].Apart) != 7 || !slices.Equal(list[0].Change.CIs, bare.CIs) {
		t.Errorf("%+v, %v", list, err)
	}
	c.CIs = append(c.CIs, make([]string, mostSplit)...)
	for i := range c.CIs {
		c.CIs[i] = fmt.Sprint("ci-", i)
	}
	if list, err := r.Lower(c, Levers{Split: true}); err != nil || len(list) != 0 {
		t.Errorf("a split of %d CIs is searched: %+v, %v", len(c.CIs), list, err)
	}
}
