package schedule

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
)

// profile checks a step function of time.
func (v *validator) profile(path string, p calendar.Profile, positive bool) {
	value := func(at string, n int64) {
		if positive {
			v.l.number(at, n, 0)
		} else {
			v.l.number(at, max(n, -n), 0)
		}
	}
	value(path+".base", p.Base)
	for i, s := range p.Steps {
		at := v.item(path+".steps", i)
		v.l.instant(at+".interval.start", s.Interval.Start, true)
		v.l.instant(at+".interval.end", s.Interval.End, true)
		value(at+".value", s.Value)
	}
	v.l.join(path, p.Validate())
}

// span checks an interval that must not be empty.
func (v *validator) span(path string, iv calendar.Interval) {
	v.l.instant(path+".start", iv.Start, true)
	v.l.instant(path+".end", iv.End, true)
	if !iv.Start.IsZero() && !iv.End.IsZero() && iv.Empty() {
		v.l.addf(path, "is empty: its end must be after its start")
	}
}

// apart checks spans that must not overlap.
func (v *validator) apart(path string, spans []calendar.Interval) {
	order := make([]int, len(spans))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return spans[a].Start.Compare(spans[b].Start) })
	for k := 1; k < len(order); k++ {
		if spans[order[k-1]].Overlaps(spans[order[k]]) {
			v.l.addf(fmt.Sprintf(path, order[k]), "overlaps the one at index %d: they must not share time", order[k-1])
		}
	}
}

func (v *validator) constraints() {
	seen := newIDs(v.l, "a precedence")
	for i := range v.p.Precedences {
		if v.halted(i) {
			return
		}
		c := &v.p.Precedences[i]
		path := v.place(&v.at.precedences, "precedences", i)
		if c.ID != "" {
			seen.add(path+".id", c.ID)
		}
		from := v.activityIDs.refer(path+".from", c.From, true)
		to := v.activityIDs.refer(path+".to", c.To, true)
		if from && to && c.From == c.To {
			v.l.addf(path+".to", "is the activity that it follows: a precedence joins two")
		}
		switch c.Type {
		case "", FinishStart, StartStart, FinishFinish, StartFinish:
		default:
			v.l.addf(path+".type", "%s is not one of %q, %q, %q, %q or absent", quote(string(c.Type)), FinishStart, StartStart, FinishFinish, StartFinish)
		}
		v.l.lag(path+".minLag", c.MinLag)
		if c.MaxLag != nil {
			v.l.lag(path+".maxLag", *c.MaxLag)
			if *c.MaxLag < c.MinLag {
				v.l.addf(path+".maxLag", "is %v, less than the minimal lag %v", *c.MaxLag, c.MinLag)
			}
		}
	}
	seen = newIDs(v.l, "a link")
	for i, c := range v.p.Links {
		path := v.place(&v.at.links, "links", i)
		if c.ID != "" {
			seen.add(path+".id", c.ID)
		}
		v.activityIDs.refer(path+".if", c.If, true)
		v.activityIDs.refer(path+".then", c.Then, true)
	}
}

// members checks a list of activities: known, each once.
func (v *validator) members(path string, list []string, least int) {
	if len(list) < least {
		v.l.addf(path, "names %d activities: must name at least %d", len(list), least)
	}
	seen := make(map[string]bool, len(list))
	for k, id := range list {
		at := v.item(path, k)
		if v.activityIDs.refer(at, id, true) && seen[id] {
			v.l.addf(at, "%s comes twice: remove one", quote(id))
		}
		seen[id] = true
	}
}

func (v *validator) sets() {
	seen := newIDs(v.l, "an exclusion")
	for i := range v.p.Exclusions {
		x := &v.p.Exclusions[i]
		path := v.item("exclusions", i)
		if x.ID != "" {
			seen.add(path+".id", x.ID)
		}
		switch x.Kind {
		case Exclusive, SameCI, RelatedCI, SameService:
		default:
			v.l.addf(path+".kind", "%s is not %q, %q, %q or absent", quote(string(x.Kind)), SameCI, RelatedCI, SameService)
		}
		v.members(path+".activities", x.Activities, 1)
		for k, e := range x.Paths {
			if !slices.Contains(x.Activities, e.Activity) {
				v.l.addf(v.item(path+".paths", k)+".activity", "is %s, which is not one of the activities", quote(e.Activity))
			}
			if n := len(e.Links); n > 0 && n != len(e.CIs)-1 {
				v.l.addf(v.item(path+".paths", k)+".links", "has %d of them for %d CIs: give one for each step, or none", n, len(e.CIs))
			}
		}
	}
	v.groups()
	v.budgets()
	seen = newIDs(v.l, "a bundle")
	for i := range v.p.Bundles {
		b := &v.p.Bundles[i]
		path := v.place(&v.at.bundles, "bundles", i)
		seen.add(path+".id", b.ID)
		v.members(path+".activities", b.Activities, 1)
		v.window(path, b.Window, b.Calendar)
	}
	seen = newIDs(v.l, "a date rule")
	for i := range v.p.DateRules {
		r := &v.p.DateRules[i]
		path := v.place(&v.at.dateRules, "dateRules", i)
		seen.add(path+".id", r.ID)
		switch r.Kind {
		case LeadTime, Notice, Approval:
		default:
			v.l.addf(path+".kind", "%s is not one of %q, %q, %q", quote(string(r.Kind)), LeadTime, Notice, Approval)
		}
		v.members(path+".activities", r.Activities, 1)
		v.l.instant(path+".from", r.From, false)
		v.l.instant(path+".until", r.Until, false)
		if r.From.IsZero() && r.Until.IsZero() {
			v.l.addf(path+".from", "is missing, and so is until: set one")
		}
	}
}

// window checks the windows of a bundle or train.
func (v *validator) window(path string, spans []calendar.Interval, cal string) {
	for k, iv := range spans {
		v.span(v.item(path+".window", k), iv)
	}
	v.apart(path+".window[%d]", spans)
	v.calendarIDs.refer(path+".calendar", cal, false)
	if len(spans) > 0 && cal != "" {
		v.l.addf(path+".calendar", "stands beside window: remove one")
	}
}

func (v *validator) groups() {
	for i := range v.p.Groups {
		v.groupIDs.add(v.item("groups", i)+".id", v.p.Groups[i].ID)
	}
	for i := range v.p.Groups {
		g := &v.p.Groups[i]
		path := v.item("groups", i)
		if len(g.Members) == 0 {
			v.l.addf(path+".members", "is empty: name the CIs that cover for one another")
		}
		v.l.number(path+".maxOut", g.MaxOut, 0)
		if g.MaxOutPercent < 0 || g.MaxOutPercent > 100 {
			v.l.addf(path+".maxOutPercent", "must be between 0 and 100, is %d", g.MaxOutPercent)
		}
		if g.MaxOutPercent > 0 && g.MaxOut > 0 {
			v.l.addf(path+".maxOutPercent", "stands beside maxOut: remove one")
		}
		for k := range g.Members {
			m := &g.Members[k]
			at := v.item(path+".members", k)
			v.groupIDs.refer(at+".group", m.Group, false)
			v.members(at+".activities", m.Activities, 0)
			if m.CI == "" && m.Group == "" && len(m.Activities) == 0 && len(m.Down) == 0 {
				v.l.addf(at, "is empty: name a CI, a group or activities")
			}
			for j, iv := range m.Down {
				v.span(v.item(at+".down", j), iv)
			}
		}
	}
	if _, circle := v.p.groupOrder(); len(circle) > 0 {
		v.l.addf("groups", "contain one another in a circle: %v", circle)
	}
}

func (v *validator) budgets() {
	for i := range v.p.Budgets {
		b := &v.p.Budgets[i]
		path := v.item("budgets", i)
		v.budgetIDs.add(path+".id", b.ID)
		if len(b.Periods) == 0 {
			v.l.addf(path+".periods", "is empty: add at least one period")
		}
		spans := make([]calendar.Interval, len(b.Periods))
		for k, q := range b.Periods {
			at := v.item(path+".periods", k)
			v.span(at+".span", q.Span)
			v.l.number(at+".limit", q.Limit, 0)
			spans[k] = q.Span
		}
		v.apart(path+".periods[%d].span", spans)
		for k, u := range b.Uses {
			at := v.item(path+".uses", k)
			if v.activityIDs.refer(at+".activity", u.Activity, true) && u.Mode != "" &&
				!slices.ContainsFunc(v.modes[u.Activity], func(m Mode) bool { return m.ID == u.Mode }) {
				v.l.addf(at+".mode", "%s is no mode of %s", quote(u.Mode), quote(u.Activity))
			}
			v.l.number(at+".amount", u.Amount, 1)
		}
		for k, team := range b.Teams {
			if team == "" {
				v.l.addf(v.item(path+".teams", k), "is empty: name a team")
			}
		}
		switch b.Counts {
		case CountUses, CountStarts, CountRisk, CountMinutes:
		default:
			v.l.addf(path+".counts", "%s is not %q, %q, %q or absent", quote(string(b.Counts)), CountStarts, CountRisk, CountMinutes)
		}
	}
}

func (v *validator) goals() {
	known := []Measure{Unscheduled, Tardiness, Moved, Shift, LargestShift, StartCosts, CustomCosts, Fairness, ModePrice, PeakRisk, PeakPeriod, OverBudget, Completion, Makespan, Dropped, NoticeMoves, VoidedApprovals, MoveCount, ShiftSum}
	for i := range v.p.Goals {
		g := &v.p.Goals[i]
		path := v.item("goals", i)
		if !slices.Contains(known, g.Measure) {
			v.l.addf(path+".measure", "%s is not one of %v", quote(string(g.Measure)), known)
		}
		v.l.number(path+".weight", g.Weight, 0)
		if g.Tier < 0 || g.Tier > 1000 {
			v.l.addf(path+".tier", "must be between 0 and 1000, is %d", g.Tier)
		}
		if g.Measure == PeakPeriod || g.Measure == OverBudget {
			v.budgetIDs.refer(path+".budget", g.Budget, true)
		} else if g.Budget != "" {
			v.l.addf(path+".budget", "has a meaning for %q and %q only: remove it", PeakPeriod, OverBudget)
		}
	}
}

// groupOrder returns the indices of the groups, members before those that hold them,
// and the IDs of a circle if there is one.
func (p *Problem) groupOrder() (order []int, circle []string) {
	index := make(map[string]int, len(p.Groups))
	for i := range p.Groups {
		index[p.Groups[i].ID] = i
	}
	// Kahn's algorithm on the edges member -> holder, least index first.
	holders := make([][]int, len(p.Groups))
	waits := make([]int, len(p.Groups))
	for i := range p.Groups {
		for _, m := range p.Groups[i].Members {
			if j, ok := index[m.Group]; ok && m.Group != "" {
				holders[j] = append(holders[j], i)
				waits[i]++
			}
		}
	}
	var ready []int
	for i, n := range waits {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	for len(ready) > 0 {
		i := ready[0]
		ready = ready[1:]
		order = append(order, i)
		for _, h := range holders[i] {
			if waits[h]--; waits[h] == 0 {
				ready = append(ready, h)
			}
		}
	}
	for i, n := range waits {
		if n > 0 {
			circle = append(circle, p.Groups[i].ID)
		}
	}
	return order, circle
}
