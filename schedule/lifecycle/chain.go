package lifecycle

import (
	"cmp"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
)

// chain follows what an activity waited for, back to the start: to the predecessor that
// was ready last, or to who held a resource last, where precedences and calendar alone
// would have let it start earlier. It ends where an activity waited for nobody, but for
// its own calendar or for the day from which it may run.
func (n *network) chain(last int) []ChainLink {
	var out []ChainLink
	seen := make([]bool, len(n.acts))
	for i := last; i >= 0 && !seen[i]; {
		seen[i] = true
		link := ChainLink{Activity: n.acts[i].ID, From: n.acts[i].From, During: n.now[i]}
		next, why := -1, ""
		var ready time.Time
		consider := func(k int, t time.Time, reason string) {
			if !seen[k] && (next < 0 || t.After(ready)) {
				next, ready, why = k, t, reason
			}
		}
		for _, e := range n.pred[i] {
			o := n.now[e.other]
			t := o.End
			if e.kind == schedule.StartStart || e.kind == schedule.StartFinish {
				t = o.Start
			}
			consider(e.other, t.Add(e.lag), "precedence")
		}
		// waited says whether it could have started earlier, had it been ready at an instant.
		waited := func(ready time.Time) bool {
			for _, t := range []time.Time{n.p.Horizon.Start, n.acts[i].NotBefore} {
				if t.After(ready) {
					ready = t
				}
			}
			iv, ok := n.earliest(i, ready)
			return ok && iv.Start.Before(n.now[i].Start)
		}
		if waited(ready) {
			for k := range n.acts {
				if id := shared(&n.acts[i], &n.acts[k]); k != i && id != "" && !n.now[k].End.After(n.now[i].Start) {
					consider(k, n.now[k].End, "resource "+id)
				}
			}
		}
		if !waited(time.Time{}) {
			next = -1
		}
		if next >= 0 {
			link.Why, link.Wait = why, schedule.Duration(max(0, n.now[i].Start.Sub(n.now[next].End)))
		}
		out = append(out, link)
		i = next
	}
	slices.Reverse(out)
	return out
}

// shared returns the first resource, by ID, that both demand.
func shared(a, b *schedule.Activity) string {
	best := ""
	for _, x := range a.Demands {
		if slices.ContainsFunc(b.Demands, func(y schedule.Demand) bool { return y.Resource == x.Resource }) && (best == "" || cmp.Less(x.Resource, best)) {
			best = x.Resource
		}
	}
	return best
}
