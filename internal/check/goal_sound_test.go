package check

import (
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// A capped is a follower with all the solutions that there are, and what each makes of the
// variables.
type capped struct {
	*follower
	all   []*rcpsp.Solution
	value [][]int64
	x     [][]int64
	ok    [][]bool
}

func newCapped(in *rcpsp.Instance, r *prng.Rand) *capped {
	c := &capped{follower: newFollower(in)}
	c.net = ready(in)
	for s := range oracle.All(in) {
		c.all = append(c.all, s.Clone())
		if len(c.all) == 2000 {
			break
		}
	}
	for _, s := range c.all {
		x, ok := c.net.valuesOf(s, r)
		c.x, c.ok, c.value = append(c.x, x), append(c.ok, ok), append(c.value, in.Value(s))
	}
	for i := range c.net.goal.goals {
		g := &c.net.goal.goals[i]
		list := append(slices.Clone(g.terms), g.v)
		for _, v := range append(list, g.periods...) {
			if v >= 0 {
				c.vars[int64(v)], c.parts[v] = v, true
			}
		}
	}
	return c
}

// counts says whether solution i is one that counts, by the definition of package proof.
func (c *capped) counts(i int) bool {
	if c.best == nil {
		return true
	}
	n := len(c.best)
	for k := range min(n, c.settled+1) {
		if v := c.value[i][k]; v > c.best[k] || k == n-1 && v == c.best[k] {
			return false
		}
	}
	return true
}

// TestCapsAreSound walks at random through steps of logs: solutions, tiers that are settled
// or not, sums of parts, and nogoods. What is accepted no solution that counts may
// contradict, and a tier is settled only at its least value.
func TestCapsAreSound(t *testing.T) {
	done := map[string]int{}
	for seed := range uint64(300) {
		in := gen.Seeded(seed, gen.Options{Tasks: 4, Horizon: 8, Tiers: 3, NoLinks: seed%2 == 0})
		r := prng.New(seed)
		c := newCapped(in, r)
		n := in.Tiers()
		if len(c.all) == 0 || len(c.all) == 2000 {
			continue
		}
		least := slices.MinFunc(c.value, rcpsp.Compare)
		for range 60 {
			i := r.IntN(len(c.all))
			switch what := r.IntN(12); {
			case what == 0:
				if r.IntN(2) == 0 {
					i = slices.IndexFunc(c.value, func(v []int64) bool { return slices.Equal(v, least) })
				}
				if err := c.take(c.all[i]); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			case what == 1 && c.best != nil:
				k, v := c.settled, c.best[min(c.settled, n-1)]+int64(r.IntN(3)-1)
				if c.tier(int64(k), v) == nil {
					done["settled"]++
					if v != least[k] || !slices.Equal(c.best[:k], least[:k]) {
						t.Fatalf("seed %d: tier %d settled at %d, the best is %v", seed, k, v, least)
					}
				}
			case what == 2:
				c.addSum(t, r, done)
			default:
				facts := c.net.draw(c.x[i], c.ok[i], r, r.IntN(4))
				if !c.net.contradicts(facts) {
					continue
				}
				done["nogoods"]++
				for k, s := range c.all {
					if c.counts(k) && c.net.freed(facts, c.x[k], c.ok[k], s) {
						t.Fatalf("seed %d: nogood %v accepted with best %v and %d tiers settled, but %+v with %v fulfils it in %+v",
							seed, facts, c.best, c.settled, s, c.value[k], in)
					}
				}
				c.net.learn(facts)
			}
		}
		if c.best != nil && c.conclude(&proof.Step{Claim: proof.Optimal, Args: c.best}) == nil {
			done["concluded"]++
			if !slices.Equal(c.best, least) {
				t.Fatalf("seed %d: concluded %v, the best is %v", seed, c.best, least)
			}
		}
		if c.conclude(&proof.Step{Claim: proof.Optimal, Args: append(slices.Clone(least[:n-1]), least[n-1]-1)}) == nil {
			t.Fatalf("seed %d: concluded better than %v", seed, least)
		}
	}
	t.Log(done)
	for _, k := range []string{"settled", "sums", "replaced", "nogoods", "concluded"} {
		if done[k] < 20 {
			t.Errorf("%s: %d only", k, done[k])
		}
	}
}

// addSum adds a sum of two or three parts, mostly of the tier that is next.
func (c *capped) addSum(t *testing.T, r *prng.Rand, done map[string]int) {
	var from []int32
	for _, p := range c.net.goal.tiers[c.settled].form.parts {
		from = append(from, p.v)
	}
	if r.IntN(4) == 0 {
		for v := range int32(len(c.net.lb) / 2) {
			if c.parts[v] {
				from = append(from, v)
			}
		}
	}
	step := proof.Step{Meaning: proof.Sum}
	for range 2 + r.IntN(2) {
		if len(from) > 0 {
			step.Args = append(step.Args, int64(from[r.IntN(len(from))]))
		}
	}
	before := len(c.net.goal.tiers[c.settled].form.parts)
	v, err := c.sum(&step)
	slices.Sort(step.Args)
	if twice := len(slices.Compact(slices.Clone(step.Args))) < len(step.Args); (err != nil) != twice {
		t.Fatalf("sum of %v: %v", step.Args, err)
	}
	if err != nil {
		return
	}
	done["sums"]++
	if len(c.net.goal.tiers[c.settled].form.parts) != before {
		done["replaced"]++
	}
	c.vars[int64(v)], c.parts[v] = v, true
	for i := range c.x {
		for len(c.x[i]) <= int(v) {
			c.x[i], c.ok[i] = append(c.x[i], 0), append(c.ok[i], false)
		}
		for _, a := range step.Args {
			c.x[i][v] += c.x[i][a]
		}
		c.ok[i][v] = true
	}
}
