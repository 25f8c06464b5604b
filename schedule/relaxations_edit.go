package schedule

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// leversOf returns the levers that could undo a reason, made where they are new. All that
// could are among them: each requirement of the reason, and each activity that it is about,
// since the requirements leave no plan for these even if there were no others.
func (r *relaxing) leversOf(why *whyNot) []int {
	var out []int
	lever := func(key leverKey, steps ...Edit) {
		i, ok := r.known[key]
		if !ok {
			steps = slices.DeleteFunc(steps, func(e Edit) bool { _, ok := r.o.price(&e); return !ok })
			for k := range steps {
				steps[k].Price, _ = r.o.price(&steps[k])
				steps[k].Grantor = r.grantor(&steps[k])
			}
			i = len(r.levers)
			r.known[key] = i
			all := key
			all.amount = 0
			if _, ok := r.families[all]; !ok {
				r.families[all] = i
			}
			r.levers = append(r.levers, chain{steps, r.families[all]})
		}
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	one := func(e Edit) { lever(keyOf(&e), e) }
	graded := func(e Edit, most Duration) {
		var steps []Edit
		for _, by := range r.o.Steps {
			e.By = min(by, most)
			if len(steps) == 0 || steps[len(steps)-1].By < e.By {
				steps = append(steps, e)
			}
		}
		if n := len(steps); n > 0 && steps[n-1].By < most {
			e.By = most
			steps = append(steps, e)
		}
		lever(keyOf(&e), steps...)
	}
	for _, u := range why.units {
		r.pull(u, why, one, graded, lever)
	}
	for _, id := range why.activities {
		k := slices.IndexFunc(r.p.Activities, func(a Activity) bool { return a.ID == id })
		a := &r.p.Activities[k]
		if a.Effect == Soaking && a.Duration > 0 && len(a.Modes) == 0 {
			graded(Edit{Kind: ShortenSoak, Activity: id, index: k, Path: r.at.activity(k)}, a.Duration)
		}
		if !a.Optional {
			if a.From.Release != "" { // one lever for all of the release
				k = slices.IndexFunc(r.p.Activities, func(x Activity) bool { return x.From.Release == a.From.Release })
			}
			one(Edit{Kind: LeaveOut, Activity: r.p.Activities[k].ID, index: k, Path: r.at.activity(k)})
		}
	}
	return out
}

// pull makes the levers of one requirement.
func (r *relaxing) pull(u unit, why *whyNot, one func(Edit), graded func(Edit, Duration), lever func(leverKey, ...Edit)) {
	p := r.p
	whole := Duration(p.Horizon.Duration())
	amounts := func(e Edit, steps ...int64) {
		var list []Edit
		for _, n := range steps {
			if e.Amount = n; n > 0 && (len(list) == 0 || list[len(list)-1].Amount < n) {
				list = append(list, e)
			}
		}
		e.Amount = 0 // one lever for all of them
		lever(keyOf(&e), list...)
	}
	switch u.kind {
	case unitNotAfter:
		a := &p.Activities[u.i]
		graded(Edit{Kind: MoveDeadline, Activity: a.ID, index: u.i, Path: r.at.activity(u.i) + ".notAfter"}, max(Duration(p.Horizon.End.Sub(a.NotAfter)), 0))
	case unitNotBefore:
		a := &p.Activities[u.i]
		graded(Edit{Kind: AllowEarlier, Activity: a.ID, index: u.i, Path: r.at.activity(u.i) + ".notBefore"}, max(Duration(a.NotBefore.Sub(p.Horizon.Start)), 0))
	case unitPinned:
		one(Edit{Kind: Unpin, Activity: p.Activities[u.i].ID, index: u.i, Path: r.at.activity(u.i) + ".pinned"})
	case unitDateRule:
		one(Edit{Kind: WaiveDateRule, index: u.i, Path: r.at.dateRule(u.i)})
	case unitMinLag:
		if lag := p.Precedences[u.i].MinLag; lag > 0 {
			graded(Edit{Kind: ShortenLag, index: u.i, Path: r.at.precedence(u.i)}, lag)
		}
		one(Edit{Kind: DropOrder, index: u.i, Path: r.at.precedence(u.i)})
	case unitMaxLag:
		graded(Edit{Kind: ExtendLag, index: u.i, Path: r.at.precedence(u.i)}, whole)
	case unitExclusion:
		one(Edit{Kind: AllowOverlap, index: u.i, Path: pathOf("exclusions", u.i)})
	case unitLink:
		one(Edit{Kind: DropLink, index: u.i, Path: r.at.link(u.i)})
	case unitTogether, unitWindow:
		one(Edit{Kind: LoosenBundle, index: u.i, Path: r.at.bundle(u.i)})
	case unitResource:
		var most, sum int64
		for i := range p.Activities {
			for _, m := range p.Activities[i].modes() {
				for _, d := range m.Demands {
					if d.Resource == p.Resources[u.i].ID {
						most, sum = max(most, d.Amount), sum+d.Amount
					}
				}
			}
		}
		e := Edit{Kind: AddCapacity, index: u.i, Path: pathOf("resources", u.i)}
		if p.Resources[u.i].Kind == NonRenewable {
			amounts(e, 1, most, sum)
		} else {
			for _, n := range []int64{1, most, sum} {
				if e.Amount < n {
					e.Amount = n
					lever(keyOf(&e), r.placed(e, p.Horizon)...)
				}
			}
		}
		if id := p.Resources[u.i].Calendar; id != "" && id != AlwaysOpen {
			k := slices.IndexFunc(p.Calendars, func(c calendar.Calendar) bool { return c.ID == id })
			for j := range p.Calendars[k].Windows {
				if p.Calendars[k].Windows[j].Closes() {
					r.pullWindow(k, j, nil, one, graded, lever)
				}
			}
		}
	case unitGroup:
		amounts(Edit{Kind: AllowOut, index: u.i, Path: pathOf("groups", u.i)}, 1, int64(len(p.Groups[u.i].Members)))
	case unitBudget:
		var most, sum int64
		for _, use := range p.uses(&p.Budgets[u.i]) {
			most, sum = max(most, use.Amount), sum+use.Amount
		}
		amounts(Edit{Kind: RaiseBudget, index: u.i, Path: pathOf("budgets", u.i)}, most, sum)
	case unitMaintenance, unitClosed:
		i := r.base(u.i)
		if u.kind == unitClosed {
			r.pullWindow(i, u.j, why, one, graded, lever)
			return
		}
		for _, id := range why.activities {
			k := slices.IndexFunc(p.Activities, func(a Activity) bool { return a.ID == id })
			if r.runsOn(k, p.Calendars[i].ID) {
				d := p.Activities[k].shortest()
				for _, m := range p.Activities[k].modes() {
					d = max(d, m.Duration)
				}
				one(Edit{Kind: AddWindow, Activity: id, index: k, Calendar: p.Calendars[i].ID, By: d, Path: pathOf("calendars", i)})
			}
		}
	}
}

// pullWindow makes the levers of one blackout or freeze.
func (r *relaxing) pullWindow(i, j int, why *whyNot, one func(Edit), graded func(Edit, Duration), lever func(leverKey, ...Edit)) {
	c := &r.p.Calendars[i]
	if j >= len(c.Windows) {
		return
	}
	w := c.Windows[j]
	path := fmt.Sprintf("calendars[%d].windows[%d]", i, j)
	n := 0
	for _, iv := range occurrencesOf(c, &w, r.p.Horizon) {
		if n++; n > 50 {
			break
		}
		e := Edit{Calendar: c.ID, Window: w.ID, Span: iv, index: j, Path: path}
		e.Kind = EndEarlier
		graded(e, Duration(iv.Duration()))
		e.Kind = BeginLater
		graded(e, Duration(iv.Duration()))
		e.Kind = Interrupt
		lever(keyOf(&e), r.placed(e, r.inside(iv))...)
	}
	if why == nil {
		return
	}
	for _, id := range why.activities {
		k := slices.IndexFunc(r.p.Activities, func(a Activity) bool { return a.ID == id })
		a := &r.p.Activities[k]
		if s := a.Subject(); r.runsOn(k, c.ID) && w.Concerns(&s) {
			one(Edit{Kind: Exempt, Activity: id, Calendar: c.ID, Window: w.ID, By: a.shortest(), index: k, Path: path})
		}
	}
}

func (r *relaxing) runsOn(k int, id string) bool {
	a := &r.p.Activities[k]
	return slices.ContainsFunc(a.modes(), func(m Mode) bool { return r.p.calendarOf(a, &m) == id })
}

// own separates the ID of a calendar from that of the activity which has it by itself.
const own = " only for "

// base is the index of the calendar that another one was copied from.
func (r *relaxing) base(i int) int {
	if i < len(r.p.Calendars) {
		return i
	}
	return r.copies[i-len(r.p.Calendars)]
}

// corrected returns the lowered problem with edits made.
func (r *relaxing) corrected(edits []Edit) *Problem {
	q := *r.p
	q.Activities, q.Precedences, q.DateRules = slices.Clone(q.Activities), slices.Clone(q.Precedences), slices.Clone(q.DateRules)
	q.Calendars, q.Exclusions, q.Links, q.Bundles = slices.Clone(q.Calendars), slices.Clone(q.Exclusions), slices.Clone(q.Links), slices.Clone(q.Bundles)
	q.Resources, q.Groups, q.Budgets = slices.Clone(q.Resources), slices.Clone(q.Groups), slices.Clone(q.Budgets)
	r.copies = nil
	var later []*Edit
	for k := range edits {
		e := &edits[k]
		if e.Kind == AddWindow || e.Kind == Exempt {
			later = append(later, e)
			continue
		}
		r.make(&q, e)
	}
	for _, e := range later { // copies of calendars that are corrected already
		r.makeOwn(&q, e)
	}
	return &q
}

// tidy returns a corrected problem without what corrections have left empty.
func (p *Problem) tidy() *Problem {
	q := *p
	far := -2 * Duration(p.Horizon.Duration())
	q.Precedences = slices.DeleteFunc(slices.Clone(p.Precedences), func(x Precedence) bool { return x.MinLag == far && x.MaxLag == nil })
	q.Exclusions = slices.DeleteFunc(slices.Clone(p.Exclusions), func(x Exclusion) bool { return len(x.Activities) == 0 })
	q.Links = slices.DeleteFunc(slices.Clone(p.Links), func(x Link) bool { return x.If == x.Then })
	q.DateRules = slices.DeleteFunc(slices.Clone(p.DateRules), func(x DateRule) bool { return len(x.Activities) == 0 })
	q.Bundles = slices.DeleteFunc(slices.Clone(p.Bundles), func(x Bundle) bool { return !x.AllOrNothing && len(x.Window) == 0 && x.Calendar == "" })
	return &q
}

func (r *relaxing) make(q *Problem, e *Edit) {
	i := e.index
	far := -2 * Duration(q.Horizon.Duration())
	switch e.Kind {
	case MoveDeadline:
		q.Activities[i].NotAfter = q.Activities[i].NotAfter.Add(e.By.Std())
	case AllowEarlier:
		q.Activities[i].NotBefore = q.Activities[i].NotBefore.Add(-e.By.Std())
	case Unpin:
		q.Activities[i].Pinned = time.Time{}
	case ShortenSoak:
		q.Activities[i].Duration -= e.By
		q.Activities[i].Parts = nil
	case LeaveOut:
		whole := Bundle{ID: "leave out " + e.Activity, AllOrNothing: true}
		for k := range q.Activities {
			if a := &q.Activities[k]; k == i || a.From.Release != "" && a.From.Release == q.Activities[i].From.Release {
				price := a.price()
				a.Optional, a.Price, a.Pinned = true, &price, time.Time{}
				whole.Activities = append(whole.Activities, a.ID)
			}
		}
		if len(whole.Activities) > 1 {
			q.Bundles = append(q.Bundles, whole)
		}
	case WaiveDateRule:
		q.DateRules[i].Activities = nil
	case ShortenLag:
		q.Precedences[i].MinLag -= e.By
	case DropOrder:
		q.Precedences[i].MinLag = far
	case ExtendLag:
		most := *q.Precedences[i].MaxLag + e.By
		q.Precedences[i].MaxLag = &most
	case AllowOverlap:
		q.Exclusions[i].Activities = nil
	case DropLink:
		q.Links[i].If = q.Links[i].Then
	case LoosenBundle:
		q.Bundles[i].AllOrNothing, q.Bundles[i].Window, q.Bundles[i].Calendar = false, nil, ""
	case AddCapacity:
		c := &q.Resources[i].Capacity
		if e.placed() {
			*c = raised(c, e.Span, e.Amount)
			return
		}
		c.Base = min(c.Base+e.Amount, rcpsp.Limit)
		c.Steps = slices.Clone(c.Steps)
		for k := range c.Steps {
			c.Steps[k].Value = min(c.Steps[k].Value+e.Amount, rcpsp.Limit)
		}
	case AllowOut:
		g := &q.Groups[i]
		g.MaxOut, g.MaxOutPercent = g.allowed()+e.Amount, 0
	case RaiseBudget:
		q.Budgets[i].Periods = slices.Clone(q.Budgets[i].Periods)
		for k := range q.Budgets[i].Periods {
			q.Budgets[i].Periods[k].Limit += e.Amount
		}
	case EndEarlier, BeginLater, Interrupt:
		k := slices.IndexFunc(q.Calendars, func(c calendar.Calendar) bool { return c.ID == e.Calendar })
		c := &q.Calendars[k]
		from, until := e.Span.End.Add(-e.By.Std()), e.Span.End
		switch e.Kind {
		case BeginLater:
			from, until = e.Span.Start, e.Span.Start.Add(e.By.Std())
		case Interrupt:
			from, until = e.Span.Start, e.Span.End
		}
		c.Overrides = append(slices.Clone(c.Overrides), calendar.Override{ID: fmt.Sprintf("%s/%s/%d", e.Kind, e.Window, e.Span.Start.Unix()),
			Lifts: []string{e.Window}, From: from, Expires: until, Who: r.grantor(e), Reason: "a proposed correction"})
	}
}

// makeOwn gives an activity a calendar of its own, without maintenance windows or without
// one window that closes.
func (r *relaxing) makeOwn(q *Problem, e *Edit) {
	a := &q.Activities[e.index]
	id := e.Calendar + own + a.ID
	k := slices.IndexFunc(q.Calendars, func(c calendar.Calendar) bool { return c.ID == id })
	if k < 0 {
		from := slices.IndexFunc(q.Calendars, func(c calendar.Calendar) bool { return c.ID == e.Calendar })
		c := q.Calendars[from]
		c.ID = id
		k = len(q.Calendars)
		q.Calendars = append(q.Calendars, c)
		r.copies = append(r.copies, from)
		if a.Modes = slices.Clone(a.Modes); len(a.Modes) > 0 {
			for m := range a.Modes {
				if q.calendarOf(a, &a.Modes[m]) == e.Calendar {
					a.Modes[m].Calendar = id
				}
			}
		}
		if q.calendarOf(a, nil) == e.Calendar {
			a.Calendar = id
		}
	}
	c := &q.Calendars[k]
	windows := c.Windows
	c.Windows = nil
	for _, w := range windows {
		switch {
		case e.Kind == AddWindow && w.Kind == calendar.Maintenance, e.Kind == Exempt && w.ID == e.Window:
			// It stays in its place, so that windows keep their indices, and concerns nobody.
			w.Scope = calendar.Scope{Types: []string{"nobody at all"}}
			c.Windows = append(c.Windows, w)
		default:
			c.Windows = append(c.Windows, w)
		}
	}
	if e.Kind == AddWindow {
		c.Default = calendar.DefaultOpen
	}
	c.Overrides = stillThere(c)
}
