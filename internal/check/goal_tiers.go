package check

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Tiers are settled in order. While tier k is not, only solutions count whose lower
// tiers have the values that were proved and whose tier k is no worse than that of the
// best solution; once all but the last are, only those that are better than the best
// in the last. So what a step may assume becomes less and less, never more, and a
// nogood that was verified stays true: one that needs tier k to be better than the best
// has to say so.

// take notes a solution, and caps what is asked for.
func (f *follower) take(s *rcpsp.Solution) error {
	f.solved = true
	v := valueOf(f.in, s)
	if f.best != nil && rcpsp.Compare(v, f.best) >= 0 {
		return nil // no better than the one before: nothing changes
	}
	for k := range f.settled {
		if v[k] != f.best[k] {
			return fmt.Errorf("the value of tier %d was proved to be %d, this solution has %d", k, f.best[k], v[k])
		}
	}
	f.best = v
	f.cap()
	return nil
}

// cap keeps the tier that is not settled from being worse than the best.
func (f *follower) cap() {
	k := f.settled
	if k == len(f.best) {
		return
	}
	t, most := &f.net.goal.tiers[k], f.best[k]
	if k == len(f.best)-1 {
		most--
	}
	f.net.atMost(t.v, floorDiv(most, t.scale))
}

// tier verifies that the next tier cannot be better than in the best solution, and goes
// on to the one after.
func (f *follower) tier(k, value int64) error {
	switch {
	case f.best == nil:
		return fmt.Errorf("tier %d is settled without a solution", k)
	case k != int64(f.settled) || f.settled >= len(f.best)-1:
		return fmt.Errorf("tier %d is settled when tier %d of %d is next", k, f.settled, len(f.best))
	case value != f.best[k]:
		return fmt.Errorf("tier %d is settled at %d, the best solution has %d", k, value, f.best[k])
	}
	t := &f.net.goal.tiers[k]
	least, parts := f.together.least(f.in)
	byParts := parts && slices.Equal(least[:k+1], f.best[:k+1])
	if !byParts && !f.net.contradicts([]atom{{2*t.v + 1, -floorDiv(value-1, t.scale)}}) {
		return fmt.Errorf("tier %d could be better than %d", k, value)
	}
	f.settled++
	f.cap()
	return nil
}

// Settle judges that no solution that counts has less than value in tier k; from here on
// the next tier is asked for. It says nothing of the last tier, nor of one that is settled.
func (j *Judge) Settle(k int, value int64) error {
	if k != j.f.settled || k >= len(j.f.best)-1 {
		return nil
	}
	return j.f.tier(int64(k), value)
}

// floorDiv divides by positive d, rounding down.
func floorDiv(x, d int64) int64 {
	q := x / d
	if x%d < 0 {
		q--
	}
	return q
}

// part returns the variable of a part of a goal that the log names.
func (f *follower) part(s *proof.Step) (int32, error) {
	unknown := fmt.Errorf("%s %v is not known", s.Meaning, s.Args)
	goals, tiers := f.net.goal.goals, f.net.goal.tiers
	if s.Meaning == proof.Tier {
		if len(s.Args) != 1 || s.Args[0] < 0 || s.Args[0] >= int64(len(tiers)) {
			return 0, fmt.Errorf("there is no tier %v", s.Args)
		}
		if t := &tiers[s.Args[0]]; t.scale == 1 {
			return t.v, nil
		}
		return 0, fmt.Errorf("tier %d is one goal with a weight: name the goal", s.Args[0])
	}
	if s.Args[0] < 0 || s.Args[0] >= int64(len(goals)) || goals[s.Args[0]].v < 0 {
		return 0, unknown
	}
	g, v := &goals[s.Args[0]], int32(-1)
	pick := func(list []int32, i int64) {
		if i >= 0 && i < int64(len(list)) {
			v = list[i]
		}
	}
	switch {
	case s.Meaning == proof.Goal && len(s.Args) == 1:
		v = g.v
	case s.Meaning == proof.Term && len(s.Args) == 3:
		if pick(g.terms, s.Args[1]); v >= 0 && g.units[s.Args[1]] != s.Args[2] {
			return 0, fmt.Errorf("term %d of goal %d costs multiples of %d, not of %d", s.Args[1], s.Args[0], g.units[s.Args[1]], s.Args[2])
		}
	case len(s.Args) != 2:
	case s.Meaning == proof.Group && int64(int32(s.Args[1])) == s.Args[1]:
		if x, ok := g.groups[int32(s.Args[1])]; ok {
			v = x
		}
	case s.Meaning == proof.Period:
		pick(g.periods, s.Args[1])
	}
	if v < 0 {
		return 0, unknown
	}
	return v, nil
}

// sum makes the variable of a sum of parts. Where the objective of the tier that is next
// has all of them, it takes their place there, as often as each of them is there (the
// core of a sum, as in OLL: Andres et al. 2012).
func (f *follower) sum(s *proof.Step) (int32, error) {
	r := &sumRule{}
	seen := map[int32]bool{}
	lo, hi := int64(0), int64(0)
	for _, id := range s.Args {
		v, ok := f.vars[id]
		if !ok || !f.parts[v] || seen[v] {
			return 0, fmt.Errorf("variable %d is no part of a goal, or twice in the sum", id)
		}
		seen[v] = true
		r.parts = append(r.parts, addend{1, v})
		lo, hi = lo+f.net.lb[2*v], hi-f.net.lb[2*v+1]
		if max(lo, -lo, hi, -hi) > largestValue {
			return 0, fmt.Errorf("the sum of %v could pass 2^60", s.Args)
		}
	}
	f.net.root = f.net.root && lo <= hi // a part without values: nothing is left
	v := f.net.sum(r)
	if f.settled < len(f.net.goal.tiers) {
		f.net.replace(&f.net.goal.tiers[f.settled], seen, v)
	}
	return v, nil
}

// replace puts v in the place of some parts, of which it is the sum, as often as all of
// them are there. Where one is not there nothing happens.
func (g *network) replace(t *tierVars, parts map[int32]bool, v int32) {
	r := t.form
	n, least := 0, int64(largestValue)
	for _, p := range r.parts {
		if parts[p.v] {
			n++
			least = min(least, p.factor)
		}
	}
	if n < len(parts) || n == 0 {
		return
	}
	var kept []addend
	for _, p := range r.parts {
		if parts[p.v] {
			p.factor -= least
		}
		if p.factor > 0 {
			kept = append(kept, p)
		}
	}
	r.parts = append(kept, addend{least, v})
	if t.id < 0 {
		t.id = g.postSum(r)
		return
	}
	g.concerns[v] = append(g.concerns[v], t.id)
	g.wake(t.id)
}
