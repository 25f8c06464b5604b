package cmdb

import (
	"slices"
	"strings"
	"time"
)

func (a *auditor) relations() {
	seen := map[[3]string]int{}
	hosts, many := map[string]int{}, map[[2]string]int{}
	relies := map[string]bool{}
	for i := range a.s.Relations {
		r := &a.s.Relations[i]
		at := path("relations", i)
		from, okFrom := a.at[r.From]
		to, okTo := a.at[r.To]
		var ends []int
		if okFrom {
			ends = append(ends, from)
		}
		if okTo && to != from {
			ends = append(ends, to)
		}
		tell := func(check string, sev Severity, format string, args ...any) {
			a.found(check, sev, at, ends, "", format, args...)
		}
		for _, end := range [...]struct {
			id string
			ok bool
		}{{r.From, okFrom}, {r.To, okTo}} {
			if !end.ok {
				tell("L1", Error, "names %q, which is no CI", shorten(end.id))
			}
		}
		if r.From == r.To {
			tell("L4", Error, "relates %q to itself", shorten(r.From))
		}
		kind, known := a.types[r.Type]
		if !known && a.inverse[r.Type] == "" {
			tell("L14", Error, "is of type %q, which is not in the catalogue", shorten(r.Type))
		}
		// The same fact is written from its From, whatever it was told from.
		fact := [3]string{r.From, r.Type, r.To}
		inverted := !known && a.inverse[r.Type] != ""
		if inverted {
			fact = [3]string{r.To, a.inverse[r.Type], r.From}
			kind = a.types[fact[1]]
		}
		if kind.Inverse == kind.Name && fact[0] > fact[2] {
			fact[0], fact[2] = fact[2], fact[0]
		}
		if j, ok := seen[fact]; ok {
			if first := a.s.Relations[j]; first.From == r.From && first.Type == r.Type {
				tell("L2", Error, "repeats relations[%d]", j)
			} else {
				tell("L10", Warning, "says relations[%d] the other way round", j)
			}
		} else {
			seen[fact] = i
		}
		a.relationAge(r, ends, tell)
		if !okFrom || !okTo {
			continue
		}
		a.joins(fact, tell)
		many[[2]string{fact[1], fact[0]}]++
		a.cardinality(fact, many[[2]string{fact[1], fact[0]}], tell)
		if (fact[1] == RunsOn || fact[1] == HostedOn) && a.singleHost(fact[0]) {
			if hosts[fact[0]]++; hosts[fact[0]] > 1 {
				tell("L8", Error, "gives %q a second host", fact[0])
			}
		}
		dep, prov := fact[0], fact[2]
		if kind.Impact == FromTo {
			dep, prov = prov, dep
		}
		if kind.Impact != NoImpact {
			relies[dep] = true
			a.standing(dep, prov, tell)
		}
		if kind.Impact == BothWays {
			relies[prov] = true
		}
	}
	for _, g := range a.s.Groups {
		for _, d := range g.Dependents {
			relies[d] = true
		}
	}
	for i := range a.s.CIs {
		if c := &a.s.CIs[i]; isService(c.Class) && a.live(i) {
			a.test(required, i, relies[c.ID], "C7", Warning, "is a service that relies on nothing")
		}
	}
}

func (a *auditor) relationAge(r *Relation, ends []int, tell func(string, Severity, string, ...any)) {
	stale := a.rules.StaleAfter
	if stale == 0 {
		stale = Duration(60 * 24 * time.Hour)
	}
	old := !a.rules.Now.IsZero() && !r.LastSeen.IsZero() && a.rules.Now.Sub(r.LastSeen) > time.Duration(stale)
	if old || slices.ContainsFunc(ends, func(i int) bool { return a.stale[i] }) {
		tell("L3", Warning, "is stale, or joins a stale CI")
	}
	if a.rules.MinConfidence > 0 && r.Confidence > 0 && r.Confidence < a.rules.MinConfidence {
		tell("L13", Warning, "is only %d %% certain", r.Confidence)
	}
}

// joins checks the classes that a relation joins (L5, L6).
func (a *auditor) joins(fact [3]string, tell func(string, Severity, string, ...any)) {
	from, to := a.s.CIs[a.at[fact[0]]].Class, a.s.CIs[a.at[fact[2]]].Class
	named, right, reverse := false, false, false
	for _, p := range a.rules.Relations {
		if p.Type == fact[1] {
			named = true
			right = right || a.is(from, p.From) && a.is(to, p.To)
			reverse = reverse || a.is(to, p.From) && a.is(from, p.To)
		}
	}
	switch {
	case !named || right:
	case reverse:
		tell("L6", Error, "%s from %q to %q is the wrong way round", fact[1], from, to)
	default:
		tell("L5", Error, "%s may not join %q to %q", fact[1], from, to)
	}
}

func (a *auditor) cardinality(fact [3]string, n int, tell func(string, Severity, string, ...any)) {
	for _, p := range a.rules.Relations {
		if p.Type == fact[1] && p.Max > 0 && n == p.Max+1 && a.is(a.s.CIs[a.at[fact[0]]].Class, p.From) {
			tell("L9", Error, "gives %q more than %d relations %s", fact[0], p.Max, fact[1])
		}
	}
}

func (a *auditor) singleHost(id string) bool {
	single := false
	a.lineage(a.s.CIs[a.at[id]].Class, func(r *ClassRule) { single = single || r.SingleHost })
	return single
}

// standing checks that nobody depends on what is held in lower esteem (L11, L12).
func (a *auditor) standing(dep, prov string, tell func(string, Severity, string, ...any)) {
	d, p := &a.s.CIs[a.at[dep]], &a.s.CIs[a.at[prov]]
	protected := a.rules.Protected
	if len(protected) == 0 {
		protected = []string{"production"}
	}
	if slices.Contains(protected, d.Environment) && p.Environment != "" && !slices.Contains(protected, p.Environment) {
		tell("L11", Error, "%q in %s depends on %q in %s", dep, d.Environment, prov, p.Environment)
	}
	if d.Criticality > 0 && p.Criticality > 0 && p.Criticality < d.Criticality {
		tell("L12", Warning, "%q of criticality %d depends on %q of %d", dep, d.Criticality, prov, p.Criticality)
	}
}

// circles finds what contains or hosts itself, and circles of dependencies (L7).
func (a *auditor) circles() {
	contains := []string{PartOf, MemberOf, HostedOn, RunsOn, LocatedIn}
	told := map[string]bool{}
	for _, only := range [...]bool{true, false} {
		im := NewImport(a.s.RelationTypes...)
		for i := range a.s.CIs {
			im.Add(CI{ID: a.s.CIs[i].ID})
		}
		for _, r := range a.s.Relations {
			name := r.Type
			if inv := a.inverse[name]; inv != "" {
				name = inv
			}
			if t := a.types[name]; t.Impact == BothWays || only && !slices.Contains(contains, name) {
				continue
			}
			im.AddRelation(Relation{From: r.From, Type: r.Type, To: r.To})
		}
		g, _, err := im.Graph()
		if err != nil {
			continue // the types themselves are wrong, and New says so
		}
		for _, circle := range g.Cycles() {
			key := strings.Join(circle, "\x00")
			if told[key] {
				continue
			}
			told[key] = true
			var at []int
			for _, id := range circle {
				if i, ok := a.at[id]; ok {
					at = append(at, i)
				}
			}
			if only {
				a.found("L7", Error, "relations", at, "", "%d CIs contain or host each other in a circle", len(circle))
			} else {
				a.found("L7", Warning, "relations", at, "", "%d CIs depend on each other in a circle", len(circle))
			}
		}
	}
}
