package schedule

import "slices"

// cast returns the activities that a minimal set of requirements is about, by ID: for these
// alone, as if there were no others, the requirements leave no plan, and without any one
// of them they do. A shared resource or calendar concerns hundreds; here are the three that
// clash.
func (x *explaining) cast(least []int) ([]string, error) {
	kept := make(map[unit]bool, len(least))
	for _, i := range least {
		kept[x.units[i]] = true
	}
	q := x.p.relaxed(kept)
	all := make([]int, len(q.Activities))
	for i := range all {
		all[i] = i
	}
	if len(q.Custom) == 0 { // what those say of fewer activities, nobody knows
		var err error
		all, err = quick(func(keep []int) (bool, error) {
			if len(keep) == 0 {
				return false, nil
			}
			_, _, bad, err := x.try(q.among(keep))
			return bad, err
		}, nil, false, all)
		if err != nil {
			return nil, err
		}
	}
	out := make([]string, len(all))
	for k, i := range all {
		out[k] = q.Activities[i].ID
	}
	slices.Sort(out)
	return out, nil
}

// among returns the lowered problem as if there were no other activities. All other
// activities only ever add to what it asks for, so that where this has no plan, leaving
// others out or exempting them does not help.
func (p *Problem) among(keep []int) *Problem {
	q := *p
	q.Activities = nil
	there := make(map[string]bool, len(keep))
	for _, i := range keep {
		q.Activities = append(q.Activities, p.Activities[i])
		there[p.Activities[i].ID] = true
	}
	gone := func(id string) bool { return !there[id] }
	few := func(ids []string) []string { return slices.DeleteFunc(slices.Clone(ids), gone) }
	q.Precedences = slices.DeleteFunc(slices.Clone(p.Precedences), func(x Precedence) bool { return gone(x.From) || gone(x.To) })
	q.Links = slices.DeleteFunc(slices.Clone(p.Links), func(x Link) bool { return gone(x.If) || gone(x.Then) })
	q.Exclusions = slices.Clone(p.Exclusions)
	for i := range q.Exclusions {
		q.Exclusions[i].Activities = few(q.Exclusions[i].Activities)
	}
	q.Bundles = slices.Clone(p.Bundles)
	for i := range q.Bundles {
		q.Bundles[i].Activities = few(q.Bundles[i].Activities)
	}
	q.DateRules = slices.Clone(p.DateRules)
	for i := range q.DateRules {
		q.DateRules[i].Activities = few(q.DateRules[i].Activities)
	}
	q.Budgets = slices.Clone(p.Budgets)
	for i := range q.Budgets {
		q.Budgets[i].Uses = slices.DeleteFunc(slices.Clone(q.Budgets[i].Uses), func(u Use) bool { return gone(u.Activity) })
	}
	q.Groups = slices.Clone(p.Groups)
	for i := range q.Groups {
		g := &q.Groups[i]
		g.Members = slices.Clone(g.Members)
		for k := range g.Members {
			g.Members[k].Activities = few(g.Members[k].Activities)
		}
	}
	return &q
}
