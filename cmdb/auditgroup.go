package cmdb

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

func (a *auditor) groups() {
	byID := map[string]*Group{}
	nested := map[string]bool{}
	for i := range a.s.Groups {
		byID[a.s.Groups[i].ID] = &a.s.Groups[i]
		for _, m := range a.s.Groups[i].Members {
			nested[m] = true
		}
	}
	for i := range a.s.Groups {
		gr := &a.s.Groups[i]
		tell := func(check string, sev Severity, format string, args ...any) {
			a.found(check, sev, path("groups", i), nil, gr.ID, format, args...)
		}
		if gr.need() > len(gr.Members) {
			tell("G1", Error, "needs %d of %d members", gr.need(), len(gr.Members))
		}
		if gr.Need < 0 || gr.NeedPercent < 0 {
			tell("G2", Error, "needs fewer than one member")
		}
		seen := map[string]bool{}
		up := 0
		under := map[string]int{} // live members that each open change takes out
		for _, m := range gr.Members {
			p, ci := a.at[m]
			if seen[m] {
				tell("G3", Error, "has %q twice", shorten(m))
			}
			if !ci && byID[m] == nil {
				tell("R4", Error, "has %q, which is no CI and no group", shorten(m))
			} else if !seen[m] && (!ci || a.live(p)) {
				up++
				for _, w := range a.open[m] {
					under[w]++
				}
			}
			seen[m] = true
		}
		if len(gr.Members) == 1 {
			tell("G3", Warning, "has one member, which covers for nobody")
		}
		if up < gr.need() && gr.need() <= len(gr.Members) {
			tell("G5", Error, "has %d live members and needs %d", up, gr.need())
		} else {
			for _, w := range slices.Sorted(maps.Keys(under)) {
				if up-under[w] < gr.need() {
					tell("G5", Warning, "would have %d members up during %q and needs %d", up-under[w], shorten(w), gr.need())
				}
			}
		}
		if len(gr.Dependents) == 0 && !nested[gr.ID] && !a.implied(gr) {
			tell("G6", Warning, "has nothing that depends on it")
		}
		for _, d := range gr.Dependents {
			if _, ok := a.at[d]; !ok {
				tell("R4", Error, "has the dependent %q, which is no CI", shorten(d))
			}
		}
	}
	a.falseGroups()
}

// implied reports whether relations make a CI depend on two members or more.
func (a *auditor) implied(gr *Group) bool {
	on := map[string]map[string]bool{}
	for _, r := range a.s.Relations {
		dep, prov := r.From, r.To
		if a.types[r.Type].Impact == FromTo {
			dep, prov = prov, dep
		}
		if slices.Contains(gr.Members, prov) && a.types[r.Type].Impact != NoImpact {
			if on[dep] == nil {
				on[dep] = map[string]bool{}
			}
			if on[dep][prov] = true; len(on[dep]) > 1 {
				return true
			}
		}
	}
	return false
}

// falseGroups finds groups whose members share a single point (G4), among the groups that are
// right by themselves and have only CIs as members.
func (a *auditor) falseGroups() {
	if len(a.s.Groups) == 0 {
		return
	}
	im := NewImport(a.s.RelationTypes...)
	for i := range a.s.CIs {
		im.Add(CI{ID: a.s.CIs[i].ID, Zone: a.s.CIs[i].Zone})
	}
	for _, r := range a.s.Relations {
		im.AddRelation(Relation{From: r.From, Type: r.Type, To: r.To})
	}
	names := map[string]int{}
	for i, gr := range a.s.Groups {
		if _, ok := names[gr.ID]; !ok {
			names[gr.ID] = i
		}
	}
	known, _, err := im.Graph()
	if err != nil {
		return
	}
	var good []Group
	for i, gr := range a.s.Groups {
		_, clash := known.number(gr.ID)
		nested := slices.ContainsFunc(gr.Members, func(m string) bool { _, ok := names[m]; return ok })
		var b Builder
		b.checkGroup(known, "", &gr, nil)
		if !clash && !nested && names[gr.ID] == i && gr.ID != "" && b.faults.n == 0 {
			good = append(good, gr)
		}
	}
	g, err := New(withGroups(known, good))
	if err != nil {
		return
	}
	for _, f := range g.FalseGroups() {
		i := slices.IndexFunc(a.s.Groups, func(gr Group) bool { return gr.ID == f.Group })
		var at []int
		for _, id := range f.CIs {
			if p, ok := a.at[id]; ok {
				at = append(at, p)
			}
		}
		a.found("G4", Error, path("groups", i), at, f.Group, "falls with %s alone", strings.Join(f.CIs[:min(3, len(f.CIs))], " or "))
	}
}

// scores adds the tests up over the whole, each class, owner and service.
func (a *auditor) scores() []Score {
	type key struct {
		rank     int
		by, name string
	}
	sum := map[key]*tested{}
	count := map[key]int{}
	for i := range a.s.CIs {
		c := &a.s.CIs[i]
		for _, k := range [...]key{{0, "all", ""}, {1, "class", c.Class}, {2, "owner", c.Owner}, {3, "service", c.Service}} {
			if k.rank > 0 && k.name == "" {
				continue
			}
			if sum[k] == nil {
				sum[k] = &tested{}
			}
			count[k]++
			for j := range a.tests[i].made {
				sum[k].made[j] += a.tests[i].made[j]
				sum[k].passed[j] += a.tests[i].passed[j]
			}
		}
	}
	keys := slices.SortedFunc(maps.Keys(sum), func(x, y key) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.name, y.name))
	})
	out := []Score{}
	for _, k := range keys {
		t := sum[k]
		s := Score{By: k.by, Name: k.name, CIs: count[k], Correctness: t.percent(correct), Compliance: t.percent(compliant)}
		req, rec := t.percent(required), t.percent(recommended)
		switch {
		case req < 0:
			s.Completeness = rec
		case rec < 0:
			s.Completeness = req
		default:
			s.Completeness = (60*req + 40*rec) / 100
		}
		out = append(out, s)
	}
	return out
}

func (t *tested) percent(kind int) int {
	if t.made[kind] == 0 {
		return -1
	}
	return 100 * t.passed[kind] / t.made[kind]
}

func (a *auditor) offenders() []Offense {
	var all []Offense
	for i := range a.s.CIs {
		if a.errors[i]+a.warnings[i] > 0 {
			all = append(all, Offense{a.s.CIs[i].ID, a.errors[i], a.warnings[i]})
		}
	}
	slices.SortFunc(all, func(x, y Offense) int {
		return cmp.Or(cmp.Compare(y.Errors, x.Errors), cmp.Compare(y.Warnings, x.Warnings), cmp.Compare(x.CI, y.CI))
	})
	return all[:min(10, len(all))]
}

// withGroups is the graph's snapshot with other groups.
func withGroups(g *Graph, groups []Group) Snapshot {
	s := g.Snapshot()
	s.Groups = groups
	return s
}
