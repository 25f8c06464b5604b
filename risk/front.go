package risk

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A FrontPoint is a plan that no other plan beats on both date and risk.
type FrontPoint[P any] struct {
	Plan   P     `json:"plan"`
	Date   int64 `json:"date"`   // when it is done, in any unit: smaller is better
	Risk   int64 `json:"risk"`   // in points: smaller is better
	Proven bool  `json:"proven"` // the solver proved that no plan within Risk is done earlier
}

// A SolveWithin finds the earliest plan whose risk is at most budget, and among the earliest one of least
// risk. ok is false where there is none. Proven in the point says that the date was proved.
type SolveWithin[P any] func(ctx context.Context, budget int64) (p FrontPoint[P], ok bool, err error)

// Front walks the date ↔ risk Pareto front from the earliest plan to the least risky, by the
// ε-constraint method: each step asks for the earliest plan with less risk than the last. With most
// of 0 the front is complete: every point that differs; otherwise at most that many calls are spent,
// evenly over the budget between the two ends, which are always among the points.
//
// Front returns the points by rising date. Where the solver returns plans that are not the best for their
// budget, points that others beat are left out, so that the result is always a front of what was found.
// complete reports that every call was proven and no call was saved, so that nothing is missing.
func Front[P any](ctx context.Context, start int64, most int, solve SolveWithin[P]) (points []FrontPoint[P], complete bool, err error) {
	if start < 0 || most < 0 || most == 1 {
		return nil, false, &validate.Error{Path: "front", Problem: fmt.Sprintf("needs a budget and a number of points that are not negative, and 2 points at least, has %d and %d", start, most)}
	}
	complete = true
	first, ok, err := solve(ctx, start)
	if err != nil || !ok {
		return nil, ok || err == nil, err
	}
	points = append(points, first)
	complete = first.Proven
	low := int64(0)
	if most > 0 {
		if last, found, err := leastRisk(ctx, first, solve); err != nil {
			return points, false, err
		} else if found {
			points = append(points, last)
			low = last.Risk
		}
	}
	for budget, calls := first.Risk-1, 2; budget >= low && budget >= 0; calls++ {
		if most > 0 && calls >= most {
			complete = complete && budget < low
			break
		}
		p, ok, err := solve(ctx, budget)
		if err != nil {
			return undominated(points), false, err
		}
		if !ok {
			break
		}
		complete = complete && p.Proven
		points = append(points, p)
		next := p.Risk - 1
		if most > 0 {
			if step := (first.Risk - low) / int64(most); step > 0 {
				skip := min(next, budget-step)
				complete = complete && skip == next
				next = skip
			}
		}
		budget = min(next, budget-1)
	}
	return undominated(points), complete, nil
}

// leastRisk finds the plan of least risk by bisection of the budget.
func leastRisk[P any](ctx context.Context, first FrontPoint[P], solve SolveWithin[P]) (best FrontPoint[P], found bool, err error) {
	best = first
	lo, hi := int64(0), first.Risk-1 // budgets below lo have no plan, best lies above hi
	for lo <= hi {
		mid := lo + (hi-lo)/2
		p, ok, err := solve(ctx, mid)
		if err != nil {
			return best, found, err
		}
		if ok {
			best, found = p, true
			hi = min(p.Risk, mid) - 1
		} else {
			lo = mid + 1
		}
	}
	return best, found, nil
}

// undominated keeps the points that no other beats, by rising date, one for each pair.
func undominated[P any](list []FrontPoint[P]) []FrontPoint[P] {
	sortFront(list)
	var out []FrontPoint[P]
	for _, p := range list {
		if n := len(out); n > 0 && p.Risk >= out[n-1].Risk {
			continue
		}
		out = append(out, p)
	}
	return out
}

func sortFront[P any](list []FrontPoint[P]) {
	slices.SortStableFunc(list, func(a, b FrontPoint[P]) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Risk, b.Risk))
	})
}
