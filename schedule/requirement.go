package schedule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// withoutStart returns a conflict for each activity that must be carried out and has
// no possible start by itself.
func (c *compiled) withoutStart() []Conflict {
	var out []Conflict
	for t, i := range c.acts {
		task := &c.in.Tasks[t]
		if task.Optional || slices.ContainsFunc(task.Modes, func(m rcpsp.Mode) bool { return len(m.Starts) > 0 }) {
			continue
		}
		k := c.ofTask(rcpsp.TaskID(t))
		k.Kind = NoSlot
		k.Reason = fmt.Sprintf("There is no time at which %s can start: %s.", c.who(c.p.Activities[i].ID), c.limits(&c.p.Activities[i]))
		out = append(out, k)
	}
	return out
}

// requirements turns constraints of the instance into the requirements of the problem
// that they come from, each once.
func (c *compiled) requirements(core []rcpsp.ConstraintID) []Conflict {
	var out []Conflict
	seen := map[string]bool{}
	for _, id := range core {
		k, ok := c.requirement(id)
		if ok && !seen[k.ID] {
			seen[k.ID] = true
			k.Reason = asSentence(k.Reason)
			out = append(out, k)
		}
	}
	return out
}

func (c *compiled) requirement(id rcpsp.ConstraintID) (Conflict, bool) {
	i := int(id.Index)
	switch id.Kind {
	case rcpsp.KindTask:
		if i < len(c.acts) {
			return c.ofTask(rcpsp.TaskID(i)), true
		}
	case rcpsp.KindLag:
		return c.ofLag(int(c.lags[i]), c.backwards(i)), true
	case rcpsp.KindResource:
		if r := c.resources[i]; r >= 0 {
			return c.ofResource(int(r), c.users(rcpsp.ResourceID(i))), true
		}
	case rcpsp.KindNoOverlap:
		return c.ofExclusion(int(c.noOverlap[i])), true
	case rcpsp.KindGroup:
		return c.ofGroup(int(c.groups[i]), c.outages(i)), true
	case rcpsp.KindBudget:
		switch b := c.budgets[i]; {
		case b == noBudget:
		case b < 0:
			return c.ofResource(int(^b), c.consumers(i)), true
		default:
			return c.ofBudget(int(b), c.consumers(i)), true
		}
	case rcpsp.KindSameSpan:
		return c.oneWindow(int(c.sameSpan[i]), &c.p.Bundles[c.sameSpan[i]]), true
	case rcpsp.KindLink:
		if l := c.links[i]; l < 0 {
			b := &c.p.Bundles[^l]
			return c.together(int(^l), b), true
		} else {
			return c.ofLink(int(l)), true
		}
	}
	return Conflict{}, false
}

// conflict builds one member of a set of requirements.
func (c *compiled) conflict(kind ConflictKind, of, id, path string, activities []string, reason string) Conflict {
	k := Conflict{Kind: kind, Severity: Blocking, Activities: activities, Reason: reason, ID: of + ":" + or(path, id),
		Evidence: []Evidence{{Of: of, ID: id, Path: path}}}
	for _, id := range activities {
		k.Members = append(k.Members, ConflictMember{Activity: id, From: c.activity(id).From})
	}
	return k
}

func (c *compiled) activity(id string) *Activity {
	t, ok := slices.BinarySearchFunc(c.acts, id, func(i int32, id string) int { return strings.Compare(c.p.Activities[i].ID, id) })
	if !ok {
		return &Activity{}
	}
	return &c.p.Activities[c.acts[t]]
}

func (c *compiled) name(i int32) string { return or(c.p.Activities[i].Name, c.p.Activities[i].ID) }

// who names an activity.
func (c *compiled) who(id string) string { return quoted(or(c.activity(id).Name, id)) }

// matter returns those of some activities that an explanation is about, all where it is
// about none of them.
func (c *compiled) matter(ids []string) []string {
	out := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(c.about, id) })
	if len(out) == 0 {
		return ids
	}
	return out
}

// whos names some of many.
func (c *compiled) whos(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = c.who(id)
	}
	return someOf(names)
}

// ofTask is the requirement that an activity is carried out within its own limits.
func (c *compiled) ofTask(t rcpsp.TaskID) Conflict {
	i := c.acts[t]
	a := &c.p.Activities[i]
	kind := Missing
	switch {
	case !a.Pinned.IsZero():
		kind = PinMoved
	case !a.NotAfter.IsZero():
		kind = TooLate
	case !a.NotBefore.IsZero():
		kind = TooEarly
	case c.p.calendarOf(a, nil) != "":
		kind = OutsideWindow
	}
	return c.conflict(kind, "activity", a.ID, c.at.activity(int(i)), []string{a.ID},
		fmt.Sprintf("%s must be done: %s", c.who(a.ID), c.limits(a)))
}

// limits says in words what an activity keeps to by itself.
func (c *compiled) limits(a *Activity) string {
	loc, _ := c.p.location()
	var out []string
	d := a.shortest()
	if d > 0 {
		out = append(out, "it takes "+lengthOf(d.Std()))
	}
	switch id := c.p.calendarOf(a, nil); {
	case !a.Pinned.IsZero():
		out = append(out, "its start is fixed at "+whenIn(loc, a.Pinned))
	case id != "" && a.Pause == NoPause && d > 0:
		out = append(out, "without a break while "+quoted(id)+" is open")
	case id != "":
		out = append(out, "while "+quoted(id)+" is open")
	}
	from, until := c.p.Horizon.Start, c.p.Horizon.End
	rules := func(yield func(DateRule) bool) {
		for _, r := range c.p.DateRules {
			if slices.Contains(r.Activities, a.ID) && !yield(r) {
				return
			}
		}
	}
	if a.NotBefore.After(from) {
		from = a.NotBefore
	}
	if !a.NotAfter.IsZero() && a.NotAfter.Before(until) {
		until = a.NotAfter
	}
	for r := range rules {
		if r.From.After(from) {
			from = r.From
		}
		if !r.Until.IsZero() && r.Until.Before(until) {
			until = r.Until
		}
	}
	out = append(out, fmt.Sprintf("from %s to %s", whenIn(loc, from), whenIn(loc, until)))
	for r := range rules {
		out = append(out, "with "+r.called())
	}
	for i := range c.p.Custom {
		if r := &c.p.Custom[i]; r.Forbids != nil && (len(r.Activities) == 0 || slices.Contains(r.Activities, a.ID)) {
			out = append(out, "where the rule "+r.title()+" lets it start")
		}
	}
	return strings.Join(out, ", ")
}

// backwards says that a lag of the instance is the maximal lag of its precedence.
func (c *compiled) backwards(i int) bool {
	return c.in.Lags[i].From == c.taskOf(c.p.Precedences[c.lags[i]].To)
}

// ofLag is the minimal lag of a precedence, or the maximal one.
func (c *compiled) ofLag(k int, most bool) Conflict {
	p := &c.p.Precedences[k]
	kind := OrderBreach
	if most {
		kind = LagExceeded
	}
	reason := c.sayLag(p, most)
	out := c.conflict(kind, "precedence", p.ID, c.at.precedence(k), []string{p.From, p.To}, reason)
	out.ID += ":" + string(kind)
	out.Evidence[0].Limit, out.Evidence[0].Rule, out.Evidence[0].Text = p.MinLag, "min-lag", p.Reason
	if most {
		out.Evidence[0].Limit, out.Evidence[0].Rule = *p.MaxLag, "max-lag"
	}
	return out
}

func (c *compiled) taskOf(id string) rcpsp.TaskID {
	t, _ := slices.BinarySearchFunc(c.acts, id, func(i int32, id string) int { return strings.Compare(c.p.Activities[i].ID, id) })
	return rcpsp.TaskID(t)
}

func (c *compiled) ofResource(i int, users []string) Conflict {
	r := &c.p.Resources[i]
	kind := map[ResourceKind]ConflictKind{Person: PersonOverload, Team: TeamOverload, Environment: EnvironmentOverload, NonRenewable: BudgetExceeded}[r.Kind]
	if kind == "" {
		kind = Overload
	}
	return c.conflict(kind, "resource", r.ID, pathOf("resources", i), users, c.sayResource(r, users))
}

func (c *compiled) ofGroup(i int, outages []string) Conflict {
	g := &c.p.Groups[i]
	return c.conflict(RedundancyBreach, "group", g.ID, pathOf("groups", i), outages, c.sayGroup(g, outages))
}

func (c *compiled) ofBudget(i int, users []string) Conflict {
	b := &c.p.Budgets[i]
	return c.conflict(BudgetExceeded, "budget", b.ID, pathOf("budgets", i), users, c.sayBudget(b, users))
}

func (c *compiled) ofLink(i int) Conflict {
	l := &c.p.Links[i]
	return c.conflict(Missing, "link", l.ID, c.at.link(i), []string{l.If, l.Then},
		fmt.Sprintf("%s goes only together with %s", c.who(l.If), c.who(l.Then))+because(l.Reason))
}

func (c *compiled) ofExclusion(i int) Conflict {
	x := &c.p.Exclusions[i]
	kind := map[ExclusionKind]ConflictKind{SameCI: SameCIOverlap, RelatedCI: RelatedCIOverlap, SameService: SameServiceOverlap}[x.Kind]
	if kind == "" {
		kind = ExclusiveOverlap
	}
	reason := c.whos(c.matter(x.Activities)) + " must not run at the same time"
	if x.At != "" {
		reason += "; they meet at " + quoted(x.At)
	}
	reason += because(x.Reason)
	k := c.conflict(kind, "exclusion", x.ID, pathOf("exclusions", i), x.Activities, reason)
	k.Evidence[0].At, k.Evidence[0].Text = x.At, x.Reason
	for _, p := range x.Paths {
		for j := range k.Members {
			if k.Members[j].Activity == p.Activity {
				k.Members[j].Path, k.Members[j].Links = p.CIs, p.Links
			}
		}
	}
	return k
}

// together is the requirement that a bundle goes as a whole.
func (c *compiled) together(i int, b *Bundle) Conflict {
	k := c.conflict(SplitBundle, "bundle", b.ID, c.at.bundle(i), b.Activities, fmt.Sprintf("%s goes as a whole or not at all", quoted(or(b.Name, b.ID))))
	k.ID += ":all-or-nothing"
	k.Evidence[0].Rule = "all-or-nothing"
	return k
}

// oneWindow is the requirement that a bundle starts in one window.
func (c *compiled) oneWindow(i int, b *Bundle) Conflict {
	k := c.conflict(SplitBundle, "bundle", b.ID, c.at.bundle(i), b.Activities, fmt.Sprintf("all of %s starts in one and the same window", quoted(or(b.Name, b.ID))))
	k.ID += ":same-window"
	k.Evidence[0].Rule = "same-window"
	return k
}

// users returns the activities that demand a resource.
func (c *compiled) users(r rcpsp.ResourceID) []string {
	var out []string
	for t, i := range c.acts {
		if slices.ContainsFunc(c.in.Tasks[t].Modes, func(m rcpsp.Mode) bool {
			return slices.ContainsFunc(m.Demands, func(d rcpsp.Demand) bool { return d.Resource == r })
		}) {
			out = append(out, c.p.Activities[i].ID)
		}
	}
	return out
}

// consumers returns the activities that use a budget of the instance.
func (c *compiled) consumers(b int) []string {
	var out []string
	for _, u := range c.in.Budgets[b].Uses {
		if id := c.p.Activities[c.acts[u.Task]].ID; len(out) == 0 || out[len(out)-1] != id {
			out = append(out, id)
		}
	}
	return out
}

// outages returns the activities that take members of a group of the instance out.
func (c *compiled) outages(g int) []string {
	var out []string
	for _, m := range c.in.Groups[g].Members {
		for _, t := range m.Tasks {
			if int(t) < len(c.acts) {
				out = append(out, c.p.Activities[c.acts[t]].ID)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// calendarNamed returns a calendar of the problem, or nil.
func (p *Problem) calendarNamed(id string) *calendar.Calendar {
	i := slices.IndexFunc(p.Calendars, func(c calendar.Calendar) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Calendars[i]
}
