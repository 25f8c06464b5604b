package schedule

import (
	"context"
	"fmt"
	"slices"
)

const (
	defaultReasons = 10
	// mostSubsets bounds how many sets of requirements are looked at for further reasons.
	mostSubsets = 2_000
)

// Explanations returns several answers of [Explain], up to Options.Reasons of them, none a
// part of another: each is a set of requirements that cannot hold together, and without
// any one of its members the set has a plan. To mend a problem, each of them must be
// broken. The first is what Explain returns; nil says that p has a plan. Where fewer than
// Options.Reasons come back without an error, there are no more.
//
// The method is MARCO (Liffiton, Previti, Malik, Marques-Silva 2016) with maximal seeds: a
// map of the sets of requirements that nothing is known of yet yields a largest one; a plan
// for it takes all its parts off the map, and otherwise a minimal part of it is an answer,
// which takes everything around it off. There may be exponentially many answers, and
// proving that there are no more can take as many runs. Errors are those of Explain; where
// limits end it early, it returns what it has found and an error that matches [ErrNoPlan].
func Explanations(ctx context.Context, p *Problem, opts *Options) ([][]Conflict, error) {
	limit := defaultReasons
	if opts != nil && opts.Reasons > 0 {
		limit = opts.Reasons
	}
	return explain(ctx, p, opts, limit)
}

// sets returns up to so many minimal sets.
func (x *explaining) sets(limit int) ([][]Conflict, error) {
	if bare, err := x.infeasible(nil); err != nil {
		return nil, err
	} else if bare {
		return [][]Conflict{{x.nothing()}}, nil
	}
	m := subsets{n: len(x.units)}
	var out [][]Conflict
	for range mostSubsets {
		without, ok := m.unknown(x.ctx.Err)
		if err := x.ctx.Err(); err != nil {
			return out, fmt.Errorf("schedule: %w: %w", ErrNoPlan, err)
		}
		if !ok {
			return out, nil
		}
		least, possible, err := x.minimal(slices.DeleteFunc(x.all(), func(u int) bool { return slices.Contains(without, u) }))
		switch {
		case err != nil:
			return out, err
		case possible && len(without) == 0:
			return nil, nil
		case possible:
			m.possible = append(m.possible, without)
		default:
			m.reasons = append(m.reasons, least)
			set, err := x.conflicts(least)
			if err != nil {
				return out, err
			}
			if out = append(out, set); len(out) == limit {
				return out, nil
			}
		}
	}
	return out, fmt.Errorf("schedule: %w: %d sets of requirements were looked at", ErrNoPlan, mostSubsets)
}

// subsets is the map of MARCO: what is known of the sets of n requirements. A set is
// unknown if it lacks a member of each reason and has a member of each of those without
// which there is a plan.
type subsets struct {
	n        int
	reasons  [][]int // minimal sets that are infeasible
	possible [][]int // sets without which all the others have a plan
}

// unknown returns which requirements a largest unknown set lacks. It is a search with unit
// propagation: of a reason one member has to go, of the sets of possible one has to stay.
// Stop ends it.
func (m *subsets) unknown(stop func() error) ([]int, bool) {
	state := make([]int8, m.n) // 0: open, gone or stays
	const gone, stays = 1, 2
	// clause looks for what is left to do in a clause that wants one member to be want.
	clause := func(list []int, want int8) (open []int, done bool) {
		for _, u := range list {
			switch state[u] {
			case want:
				return nil, true
			case 0:
				open = append(open, u)
			}
		}
		return open, false
	}
	var search func() bool
	search = func() bool {
		if stop() != nil {
			return false
		}
		var set []int // by propagation
		undo := func() {
			for _, u := range set {
				state[u] = 0
			}
		}
		var branch []int
		for changed := true; changed; {
			changed, branch = false, nil
			for k := range len(m.reasons) + len(m.possible) {
				var list []int
				want := int8(gone)
				if k < len(m.reasons) {
					list = m.reasons[k]
				} else {
					list, want = m.possible[k-len(m.reasons)], stays
				}
				open, done := clause(list, want)
				switch {
				case done:
				case len(open) == 0:
					undo()
					return false
				case len(open) == 1:
					state[open[0]] = want
					set = append(set, open[0])
					changed = true
				case want == gone && (branch == nil || len(open) < len(branch)):
					branch = open
				}
			}
		}
		if branch == nil {
			return true // what is open stays
		}
		for _, u := range branch {
			state[u] = gone
			set = append(set, u)
			if search() {
				return true
			}
			state[u] = stays // all with it gone has been looked at
		}
		undo()
		return false
	}
	if !search() {
		return nil, false
	}
	// Put back what need not be gone.
	var out []int
	for u := range state {
		if state[u] != gone {
			continue
		}
		state[u] = stays
		if slices.ContainsFunc(m.reasons, func(r []int) bool { return !slices.ContainsFunc(r, func(v int) bool { return state[v] == gone }) }) {
			state[u] = gone
			out = append(out, u)
		}
	}
	return out, true
}
